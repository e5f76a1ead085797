"""Writing the records: once is as good as ten times, and late is never wrong."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import text

from domain.deal.batches import RecordBatch
from domain.deal.state import DealState, LineState
from domain.facts import CancelRequested, DealLost, Fact, chained
from domain.facts.branches import Abandoned
from domain.words import LineStatus, Role, Stage
from records.engine import open_engine
from records.errors import BatchRefused
from records.queries import RecordQueries
from records.store import RecordStore
from records.tables import Record
from tests.factories import (
    IVANOVA,
    NOW,
    a_batch,
    a_client,
    a_deal,
    a_fact,
    a_good,
    a_line,
    a_payment,
    a_trail,
    a_vote,
    an_approval,
    an_assignment,
)

LEDGERS = {
    "inbox",
    "seen",
    "cursors",
    "budgets",
    "post",
    "files",
    "deferred_writes",
    "stopped_processes",
    "bank_payments",
}
"""What is no projection of the deals."""


def all_rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    tables = [name for name in Record.metadata.tables if name not in LEDGERS]
    engine = open_engine(url)
    with engine.connect() as connection:
        rows = {
            t: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {t}"))), key=repr) for t in tables
        }
    engine.dispose()
    return rows


def a_life(number: str) -> list[RecordBatch]:
    """Five batches of one deal, as it goes on: a line that is sent, a payment, a vote, an assignment done."""
    answers = {"result": "accepted", "serial_numbers": "SN-1, SN-2"}
    accepted = an_assignment("acceptance", 1, closed_at=NOW, closed_by=IVANOVA, answers=answers)
    line = a_line(assignments=[an_assignment("dispatch", 1), accepted])
    deal = a_deal(number, lines=[line, a_line(2)], approvals=[an_approval()])
    batches = [a_batch(deal, [a_fact(1), a_fact(2)])]

    deal.revision, deal.stage = 2, Stage.PREPAYMENT
    deal.approvals["contract"].votes.append(a_vote())
    batches.append(a_batch(deal, [a_fact(3)], lines=[]))

    deal.revision, line.revision, line.status = 3, 2, LineStatus.SENT
    line.assignments["line-1:dispatch"].closed_at = NOW
    batches.append(a_batch(deal, [a_fact(4), a_fact(5)], lines=[line]))

    deal.revision, line.revision = 4, 3
    put = {"line-1:prepayment": Decimal("1250000.00")}
    deal.ledger.post(a_payment("1250000.00", id="bank-1", put=put))
    line.milestones["line-1:prepayment"].allocated = Decimal("1250000.00")
    batches.append(a_batch(deal, [a_fact(6)], lines=[line]))

    deal.revision, deal.stage = 5, Stage.SHIPPED
    batches.append(a_batch(deal, [a_fact(7)], lines=[]))
    return batches


def test_a_repeated_batch_changes_nothing(store: RecordStore, url: str) -> None:
    batches = a_life("77")
    for batch in batches:
        store.apply(batch)
    once = all_rows(url)
    for batch in batches:
        store.apply(batch)
    assert all_rows(url) == once
    assert all(once.values()), "every table was written"


@pytest.mark.parametrize("seed", range(8))
def test_batches_in_any_order_end_in_the_same_records(store: RecordStore, url: str, seed: int) -> None:
    batches = a_life("78")
    for batch in batches:
        store.apply(batch)
    in_order = all_rows(url)
    engine = open_engine(url, writes=True)
    with engine.begin() as connection:
        for table in reversed(list(in_order)):
            if table not in ("deals", "playbooks"):
                connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("DELETE FROM deals"))
    engine.dispose()

    random.Random(seed).shuffle(batches)
    for batch in batches:
        store.apply(batch)
    assert all_rows(url) == in_order


def test_an_older_line_never_overwrites_a_newer_one(store: RecordStore, queries: RecordQueries) -> None:
    line = a_line(revision=7, status=LineStatus.AT_CUSTOMS)
    deal = a_deal(lines=[line], revision=9)
    store.apply(a_batch(deal))
    line.status, line.revision = LineStatus.SENT, 6
    for deal.revision in (9, 8):
        store.apply(a_batch(deal))
    [listed] = queries.deals()
    assert [entry.status for entry in listed.lines] == [LineStatus.AT_CUSTOMS]


def test_money_that_the_deal_puts_on_a_line_counts_though_the_line_has_not_changed(
    store: RecordStore, queries: RecordQueries
) -> None:
    line = a_line()
    deal = a_deal(lines=[line])
    store.apply(a_batch(deal))
    line.milestones["line-1:prepayment"].allocated, deal.revision = Decimal("100.50"), 2
    store.apply(a_batch(deal, lines=[line]))
    assert queries.deals()[0].paid == Decimal("100.50")


def test_facts_come_once_each_in_order_without_gaps(store: RecordStore, queries: RecordQueries) -> None:
    deal = a_deal()
    trail = [a_fact(seq) for seq in range(1, 31)]
    for start in (10, 0, 20, 5, 15, 0):
        store.apply(a_batch(deal, trail[start : start + 10]))
    assert [fact.seq for fact in queries.log(deal.deal)] == list(range(1, 31))


def test_a_fact_is_never_rewritten(store: RecordStore, queries: RecordQueries) -> None:
    deal = a_deal()
    fact = a_fact(1)
    store.apply(a_batch(deal, [fact]))
    store.apply(a_batch(deal, [fact.model_copy(update={"kind": DealLost.kind})]))
    assert queries.log(deal.deal) == [fact]


def told(store: RecordStore, deal: DealState, facts: list[Fact], minute: int) -> Abandoned | None:
    """As a deal tells its facts: with the digest of the last of them, and when it changed."""
    deal.seq, deal.head = facts[-1].seq, facts[-1].digest
    deal.revision, deal.updated_at = facts[-1].seq, NOW + timedelta(minutes=minute)
    return store.apply(a_batch(deal, facts))


def test_a_reset_workflow_goes_on_beside_the_branch_it_left(
    store: RecordStore, queries: RecordQueries
) -> None:
    deal = a_deal(stage=Stage.PREPAYMENT)
    first, *lost = a_trail("a", "b", "c", "d")
    assert told(store, deal, [first, *lost], minute=1) is None
    again = a_trail("b again", "c again", after=first, at=NOW + timedelta(hours=1))
    deal.stage = Stage.CUSTOMS
    left = told(store, deal, again, minute=60)
    assert left == Abandoned(since_seq=1, at=lost[-1].at, facts=3)
    assert told(store, deal, again, minute=60) == left, "a repeated batch says the same"
    assert told(store, deal, a_trail("e", after=again[-1]), minute=61) is None

    assert [fact.data["reason"] for fact in queries.log(deal.deal)] == ["a", "b again", "c again", "e"]
    assert [fact.seq for fact in queries.log(deal.deal, after_seq=2)] == [3, 4]
    placed = queries.branches(deal.deal)
    assert [fact for fact, abandoned in placed if abandoned] == lost
    assert queries.head(deal.deal) == placed[-1].fact.digest
    assert queries.deals()[0].stage is Stage.CUSTOMS, "what is newer counts, though its revisions are fewer"


def test_after_a_reset_the_lines_are_those_of_the_new_branch(
    store: RecordStore, queries: RecordQueries
) -> None:
    line = a_line(status=LineStatus.AT_CUSTOMS, revision=5)
    deal = a_deal(lines=[line])
    told(store, deal, a_trail("a", "b", "c"), minute=1)
    line.status, line.revision = LineStatus.SENT, 3
    told(store, deal, a_trail("a"), minute=60)
    assert [entry.status for entry in queries.deals()[0].lines] == [LineStatus.SENT]


def test_a_fact_is_read_as_it_was_written(store: RecordStore, queries: RecordQueries) -> None:
    substitute = IVANOVA.model_copy(update={"behalf": "petrov", "role": Role.DIRECTOR})
    odd = {
        "comment": "слишком «дорого»\nи 100 %",
        "title": {"ru": "да", "en": "\x00"},
        "n": 2,
        "all": ["a", "b"],
    }
    told = a_fact(actor=substitute, subject="line 3").model_copy(update={"data": odd})
    fact = chained(told, 1, "")
    deal = a_deal()
    store.apply(a_batch(deal, [fact]))
    assert queries.log(deal.deal) == [fact]


def test_an_empty_trail_and_no_lines_are_a_batch_too(store: RecordStore, queries: RecordQueries) -> None:
    store.apply(a_batch(a_deal("5", client=a_client(name=None, inn=None))))
    [listed] = queries.deals()
    assert (listed.number, listed.client, listed.lines) == ("5", "Анна Смирнова", ())


@pytest.mark.parametrize("price", ["0.01", "0.10", "98500.55", "1234567890.12", "999999999999.99"])
def test_money_is_exact(store: RecordStore, queries: RecordQueries, price: str) -> None:
    lines = [a_line(n, good=a_good(unit_price=Decimal(price), quantity=3)) for n in range(1, 8)]
    store.apply(a_batch(a_deal(lines=lines, payments=[a_payment(price)])))
    [listed] = queries.deals()
    assert listed.amount == Decimal(price) * 21
    assert listed.amount.as_tuple().exponent == -2
    assert listed.received == Decimal(price)


def test_a_cancelled_line_counts_no_more(store: RecordStore, queries: RecordQueries) -> None:
    first, second = a_line(1), a_line(2, good=a_good(unit_price=Decimal("10.00"), quantity=1))
    deal = a_deal(lines=[first, second])
    store.apply(a_batch(deal))
    first.status, first.revision = LineStatus.CANCELLED, 2
    store.apply(a_batch(deal, lines=[first]))  # the deal's own revision is the same
    [listed] = queries.deals()
    assert listed.amount == Decimal("10.00")


def test_the_next_deadline_is_the_earliest_open_one_of_the_deal_and_its_lines(
    store: RecordStore, queries: RecordQueries
) -> None:
    soon, later = NOW + timedelta(hours=1), NOW + timedelta(days=9)
    line = a_line(assignments=[an_assignment("acceptance", 1, due_at=soon)])
    deal = a_deal(lines=[line], assignments=[an_assignment(due_at=later)])
    store.apply(a_batch(deal))
    assert queries.deals()[0].next_due_at == soon
    line.assignments["line-1:acceptance"].closed_at = NOW
    line.revision = 2
    store.apply(a_batch(deal))
    assert queries.deals()[0].next_due_at == later
    deal.revision, deal.stage, deal.closed_at = 2, Stage.CANCELLED, NOW
    store.apply(a_batch(deal))
    assert queries.deals()[0].next_due_at is None


def test_what_a_message_smuggles_in_can_not_stop_the_trail(
    store: RecordStore, queries: RecordQueries
) -> None:
    vote = a_vote(comment="a\x00b\\u0000'; DROP TABLE facts; --")
    deal = a_deal(approvals=[an_approval(votes=[vote])], wish="x\x00y")
    fact = a_fact(1, CancelRequested(reason="a\x00b"))
    store.apply(a_batch(deal, [fact]))
    assert len(queries.log(deal.deal)) == 1
    found = queries.snapshot(deal.deal)
    assert found is not None
    assert found[0].approvals["contract"].votes == [vote]


@pytest.mark.parametrize(
    ("column", "poison"),
    [
        ("revision", a_line().model_copy(update={"revision": 2**70})),
        (
            "amount|numeric field",
            a_line().model_copy(
                update={"good": a_good().model_copy(update={"unit_price": Decimal(10) ** 30})}
            ),
        ),
        (
            "",
            a_line().model_copy(
                update={"updated_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))}
            ),
        ),
    ],
)
def test_what_no_column_can_hold_is_refused_in_words_and_nothing_of_it_is_written(
    store: RecordStore, queries: RecordQueries, column: str, poison: LineState
) -> None:
    deal = a_deal("31", lines=[a_line(1), poison.model_copy(update={"number": 2})])
    with pytest.raises(BatchRefused, match=rf"Deal 31 told .*facts 1–2, lines 1, 2.*({column})"):
        store.apply(a_batch(deal, [a_fact(1), a_fact(2)]))
    assert queries.deals() == []
    assert queries.log("31") == []


def test_many_deals_at_once_from_many_threads(store: RecordStore, queries: RecordQueries) -> None:
    deals = [a_deal(lines=[a_line()]) for _ in range(20)]
    batches = [a_batch(deal, [a_fact(seq)]) for seq in range(1, 6) for deal in deals]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store.apply, batches))
    assert {len(queries.log(deal.deal)) for deal in deals} == {5}


def test_two_processes_may_write_the_same_deal(url: str, queries: RecordQueries) -> None:
    stores = [RecordStore(url), RecordStore(url)]
    batches = a_life("79") * 4
    random.Random(1).shuffle(batches)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: stores[n % 2].apply(batches[n]), range(len(batches))))
    for store in stores:
        store.close()
    assert [fact.seq for fact in queries.log("79")] == list(range(1, 8))
    assert queries.progress(["79"])["79"].revision == 5


def test_a_line_that_is_in_the_offer_no_more_leaves_the_records(store: RecordStore, url: str) -> None:
    deal = a_deal("78", lines=[a_line(), a_line(2, assignments=[an_assignment("dispatch", 2)])])
    late = a_batch(deal, [a_fact(1)])
    store.apply(late)
    deal.revision, deal.gone_lines = 2, [2]
    del deal.lines[2]
    for batch in (a_batch(deal, [a_fact(2)]), late):
        store.apply(batch)
        rows = all_rows(url)
        assert [row[1] for row in rows["lines"]] == [1]
        assert "line-2:" not in repr(
            rows["assignments"] + rows["documents"] + rows["milestones"] + rows["open_items"]
        )


def test_a_promised_delivery_stands_beside_its_forecast(store: RecordStore, url: str) -> None:
    by = NOW.date() + timedelta(days=2)
    promised = a_line(good=a_good(source="import", deliver_by=by))
    store.apply(a_batch(a_deal("79", lines=[promised, a_line(2)]), [a_fact(1)]))
    engine = open_engine(url)
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT promised_on, expected_on > promised_on, late_days > 14 FROM lines ORDER BY number")
        ).all()
    engine.dispose()
    assert [(str(row[0]), *map(bool, row[1:])) for row in found] == [
        (str(by), True, True),
        ("None", False, False),
    ]
