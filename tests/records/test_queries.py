"""What list, inbox, log and the archive are told."""

from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from domain.deal.state import DealState
from domain.words import LineStatus, Role, Side, Stage
from records.engine import sqlite_file
from records.errors import RecordsUnavailable
from records.queries import MAX_ROWS, RecordQueries
from records.store import RecordStore
from tests.factories import (
    NOW,
    a_batch,
    a_client,
    a_deal,
    a_fact,
    a_line,
    a_payment,
    a_trail,
    a_vote,
    an_alarm,
    an_approval,
    an_assignment,
)

Tell = Callable[..., str]


@pytest.fixture
def tell(store: RecordStore) -> Tell:
    """Makes a deal, tells the records, and gives its number."""

    def told(*args: object, **changes: object) -> str:
        deal: DealState = a_deal(*args, **changes)  # type: ignore[arg-type]
        store.apply(a_batch(deal))
        return deal.deal

    return told


def numbers(found: list[object]) -> list[str]:
    return [row.number for row in found]  # type: ignore[attr-defined]


def test_a_listed_deal_says_what_the_board_needs(tell: Tell, queries: RecordQueries) -> None:
    line = a_line(status=LineStatus.SENT)
    number = tell(
        lines=[line], stage=Stage.ORDER_SENT, approvals=[an_approval()], payments=[a_payment("7.50")]
    )
    [listed] = queries.deals(now=NOW)
    assert (listed.number, listed.stage, listed.client) == (
        number,
        Stage.ORDER_SENT,
        "ООО «Клиника Образец»",
    )
    assert [(entry.number, entry.status, entry.sku) for entry in listed.lines] == [
        (1, LineStatus.SENT, "US-900")
    ]
    assert listed.awaiting == ("client", "petrov")
    assert (listed.outstanding, str(listed.advance)) == (line.amount, "7.50")
    assert listed.next_due_at == NOW + timedelta(days=1)
    assert listed.next_due_at.tzinfo is UTC
    assert not listed.overdue


def test_deals_are_found_by_stage_manager_and_whether_they_are_closed(
    tell: Tell, queries: RecordQueries
) -> None:
    new = tell(manager="ivanova")
    other = tell(manager="smirnov")
    paid = tell(stage=Stage.PAID, closed_at=NOW)
    assert numbers(queries.deals(stage=Stage.PAID)) == [paid]
    assert numbers(queries.deals(manager="smirnov")) == [other]
    assert set(numbers(queries.deals(closed=False))) == {new, other}
    assert numbers(queries.deals(closed=True)) == [paid]
    assert numbers(queries.deals(stage=Stage.PAID, manager="smirnov")) == []


def test_deals_are_found_by_whom_they_wait_for(tell: Tell, queries: RecordQueries) -> None:
    asks = tell(approvals=[an_approval()])
    voted = tell(approvals=[an_approval(votes=[a_vote()])])
    tell(assignments=[an_assignment(closed_at=NOW, assignee="orlov")])
    tell(approvals=[an_approval()], stage=Stage.LOST, closed_at=NOW)
    unpaid = a_line()
    unpaid.milestones["line-1:prepayment"].alarm = an_alarm()
    owes = tell(lines=[unpaid])
    unsigned = a_line()
    unsigned.documents["line-1:upd"].alarm = an_alarm()
    unsigned.documents["line-1:upd"].sides, unsigned.documents["line-1:upd"].role = (
        (Side.OURS,),
        Role.ACCOUNTANT,
    )
    signs = tell(lines=[unsigned])
    idle = tell(manager="sidorova")
    assert numbers(queries.deals(awaiting="sidorova")) == [idle, signs]
    assert numbers(queries.deals(awaiting="petrov")) == [asks]
    assert numbers(queries.deals(awaiting="director")) == [asks]
    assert set(numbers(queries.deals(awaiting="client"))) == {asks, voted, owes}
    assert numbers(queries.deals(awaiting="accountant")) == [signs]
    assert numbers(queries.deals(awaiting="orlov")) == []


def test_a_cancelled_line_waits_for_nobody(tell: Tell, queries: RecordQueries) -> None:
    line = a_line(status=LineStatus.CANCELLED, assignments=[an_assignment("dispatch", 1, assignee="orlov")])
    line.milestones["line-1:prepayment"].alarm = an_alarm()
    tell(lines=[line])
    assert [(item.kind, item.person) for item in queries.inbox()] == [("step", "ivanova")]
    assert queries.deals()[0].awaiting == ("ivanova",)


def test_what_a_line_waits_for_changes_with_its_deal(store: RecordStore, queries: RecordQueries) -> None:
    line = a_line()
    line.documents["line-1:upd"].alarm = an_alarm()
    line.documents["line-1:upd"].sides = (Side.OURS,)
    deal = a_deal(lines=[line])
    store.apply(a_batch(deal))
    assert [(item.kind, item.person) for item in queries.inbox()] == [("document", "ivanova")]
    deal.manager, deal.revision = "smirnov", 2
    later = deal.model_copy(update={"playbook": None, "people": None})  # as all batches but the first
    store.apply(a_batch(later, lines=[]))
    assert [(item.kind, item.person) for item in queries.inbox()] == [("document", "smirnov")]


def test_overdue_is_told_for_the_moment_of_asking(tell: Tell, queries: RecordQueries) -> None:
    due = tell(assignments=[an_assignment(due_at=NOW)])
    idle = tell()
    after = NOW + timedelta(seconds=1)
    assert set(numbers(queries.deals(overdue=False, now=NOW))) == {due, idle}
    assert numbers(queries.deals(overdue=True, now=after)) == [due]
    assert numbers(queries.deals(overdue=False, now=after)) == [idle]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("клиника", True),
        ("ОБРАЗЕЦ", True),
        ("9900000017", True),
        ("смирнова", True),
        ("узи-СКАНЕР", True),
        ("us-900 клиника", True),
        ("us-900 больница", False),
        ("50%", True),
        ("%", True),
        ("5%0", False),
        ("a_b", True),
        ("a__", False),
        ("_____________________", False),
        ("'; DROP TABLE deals; --", False),
        ("/", False),
        ("\\", False),
        ("\x00", True),
        ("  ", True),
    ],
)
def test_the_text_is_searched_for_as_it_stands(
    tell: Tell, queries: RecordQueries, text: str, found: bool
) -> None:
    tell("55", lines=[a_line()], client=a_client(contact="Анна Смирнова"), wish="скидка 50% на a_b")
    assert numbers(queries.deals(text=text)) == (["55"] if found else [])


def test_pages_join_without_a_gap_though_deals_open_at_the_same_moment(
    tell: Tell, queries: RecordQueries
) -> None:
    told = [tell(f"p{n:02}", opened_at=NOW + timedelta(minutes=n // 3)) for n in range(10)]
    pages: list[str] = []
    while page := queries.deals(limit=4, after=pages[-1] if pages else None):
        pages += numbers(page)  # type: ignore[arg-type]
    assert pages == told[::-1]


def test_limits_are_capped(tell: Tell, queries: RecordQueries) -> None:
    tell()
    tell()
    assert len(queries.deals(limit=0)) == 1
    assert len(queries.deals(limit=-5)) == 1
    assert len(queries.deals(limit=10**30)) == 2
    assert len(queries.inbox(limit=10**30)) == 2
    assert MAX_ROWS == 500


def test_the_inbox_holds_what_is_open_the_most_overdue_first(tell: Tell, queries: RecordQueries) -> None:
    tell(
        "i1",
        lines=[a_line(assignments=[an_assignment("dispatch", 1, due_at=NOW + timedelta(days=3))])],
        assignments=[an_assignment(due_at=NOW - timedelta(days=1)), an_assignment("order", closed_at=NOW)],
        approvals=[an_approval(version=2), an_approval("credit", closed_at=NOW, outcome="withdrawn")],
    )
    tell("i2", assignments=[an_assignment()], stage=Stage.LOST, closed_at=NOW)
    found = queries.inbox(now=NOW)
    assert [(item.deal, item.id, item.person, item.overdue) for item in found] == [
        ("i1", "qualification", "ivanova", True),
        ("i1", "contract", "client", False),
        ("i1", "contract", "petrov", False),
        ("i1", "line-1:dispatch", "ivanova", False),
    ]
    assert found[0].title.ru == "qualification (по-русски)"
    assert (found[1].kind, found[1].version, found[1].line) == ("approval", 2, 0)
    assert (found[3].kind, found[3].version, found[3].line) == ("assignment", 1, 1)
    assert (found[0].opened_at, found[0].due_at) == (NOW, NOW - timedelta(days=1))


def test_an_inbox_is_a_persons_own_and_of_those_whom_it_stands_in_for(
    tell: Tell, queries: RecordQueries
) -> None:
    tell(assignments=[an_assignment()], approvals=[an_approval()])
    assert [item.id for item in queries.inbox("ivanova")] == ["qualification"]
    assert [item.id for item in queries.inbox("petrov")] == ["contract"]
    assert [item.id for item in queries.inbox("orlov")] == []
    assert len(queries.inbox("orlov", stands_in_for=["petrov", "ivanova"])) == 2


def test_an_answered_approval_leaves_the_inbox_of_who_answered(tell: Tell, queries: RecordQueries) -> None:
    tell(approvals=[an_approval(votes=[a_vote()])])
    assert queries.inbox("petrov") == []
    assert len(queries.inbox("client")) == 1


def test_the_log_goes_on_after_a_fact(store: RecordStore, queries: RecordQueries) -> None:
    deal = a_deal()
    store.apply(a_batch(deal, a_trail(*"abcde")))
    assert [fact.seq for fact in queries.log(deal.deal, after_seq=3)] == [4, 5]
    assert queries.log("unknown") == []


def test_the_archive_gives_back_the_deal_and_its_lines(store: RecordStore, queries: RecordQueries) -> None:
    lines = [a_line(1, assignments=[an_assignment("dispatch", 1)]), a_line(2, eta=NOW)]
    deal = a_deal(lines=lines, approvals=[an_approval(votes=[a_vote()])], payments=[a_payment()], seq=9)
    store.apply(a_batch(deal))
    found = queries.snapshot(deal.deal)
    assert found is not None
    assert found == (deal, lines)
    assert found[0].amount == deal.amount
    assert found[0].book == deal.book


def test_a_playbook_told_once_stays_though_later_batches_leave_it_out(
    store: RecordStore, queries: RecordQueries
) -> None:
    deal = a_deal()
    store.apply(a_batch(deal))
    later = deal.model_copy(
        update={"playbook": None, "people": None, "revision": 2, "stage": Stage.PREPAYMENT}
    )
    store.apply(a_batch(later))
    found = queries.snapshot(deal.deal)
    assert found is not None
    assert found[0] == deal.model_copy(update={"revision": 2, "stage": Stage.PREPAYMENT})


def test_the_archive_does_not_know_every_deal(queries: RecordQueries) -> None:
    assert queries.snapshot("unknown") is None


def test_the_highest_number_counts_only_numbers(tell: Tell, queries: RecordQueries) -> None:
    assert queries.highest_number() == 0
    for number in ("7", "1042", "00999", "A-5000", "2026.77", "9" * 40):
        tell(number)
    assert queries.highest_number() == 1042


def test_standings_say_how_far_the_records_have_come(store: RecordStore, queries: RecordQueries) -> None:
    deal, silent = a_deal(revision=12), a_deal(revision=3)
    store.apply(a_batch(deal, [a_fact(1), a_fact(2)]))
    store.apply(a_batch(silent))
    found = queries.progress([deal.deal, silent.deal, "unknown"])
    assert {number: (one.revision, one.seq) for number, one in found.items()} == {
        deal.deal: (12, 2),
        silent.deal: (3, 0),
    }
    assert found[deal.deal].updated_at == NOW
    assert len(queries.progress([f"x{n}" for n in range(2000)])) == 0


def test_no_records_yet_is_told_in_words_and_makes_no_file(tmp_path: Path) -> None:
    queries = RecordQueries(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(RecordsUnavailable, match="deal up"):
        queries.deals()
    assert list(tmp_path.iterdir()) == []


def test_records_without_tables_are_told_in_words(empty_url: str) -> None:
    if file := sqlite_file(empty_url):
        file.touch()
    queries = RecordQueries(empty_url)
    with pytest.raises(RecordsUnavailable, match="not the tables of this version"):
        queries.highest_number()
    queries.close()


def test_what_was_escalated_is_in_the_directors_inbox_with_its_age_until_they_have_seen_it(
    tell: Tell, queries: RecordQueries
) -> None:
    late = an_assignment(due_at=NOW - timedelta(days=5))
    late.alarm.escalated_at = NOW - timedelta(days=4, hours=3)
    number = tell(assignments=[late, an_assignment("order", due_at=NOW - timedelta(days=1))])
    [item] = queries.inbox("petrov", now=NOW)
    assert (item.deal, item.id, item.person) == (number, "qualification", "ivanova")
    assert (item.escalated_to, item.escalated_days) == ("petrov", 4)
    assert len(queries.inbox("ivanova", now=NOW)) == 2
    assert queries.deals()[0].awaiting == ("ivanova",), "the director need not act"
    late.alarm.seen_until = NOW + timedelta(days=2)
    number = tell(assignments=[late])
    assert [item.deal for item in queries.inbox("petrov", now=NOW)] != [number]
    assert number in [item.deal for item in queries.inbox("petrov", now=NOW + timedelta(days=2))]
