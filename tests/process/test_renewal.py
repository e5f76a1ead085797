"""Processes that go on in a next run after a few steps: nothing is lost, repeated or forgotten on the way."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.deal.line_reports import LineReport
from domain.facts import DealPaid, Fact, MessageRefused, PaymentReceived
from tests.support.memory import OpenDeal, World, asked_in, refused, sample_order
from tests.support.orders import a_good, an_order
from workflows.rehearsal import Down, Update

SHORT = 12  # steps in a run; a deal of three goods takes some hundreds
Worlds = Callable[[int], World]


@pytest.fixture
def worlds() -> Iterator[Worlds]:
    """Worlds whose processes take so many steps in a run."""
    made: list[World] = []

    def make(longest_run: int) -> World:
        made.append(World(longest_run))
        return made[-1]

    yield make
    for world in made:
        world.check()


@pytest.fixture
def renewing(worlds: Worlds) -> World:
    return worlds(SHORT)


@pytest.mark.parametrize("longest_run", [2, 3, 5, 8, 13, 21, 34])
def test_a_deal_and_its_lines_get_to_paid_over_many_runs(worlds: Worlds, longest_run: int) -> None:
    world = worlds(longest_run)
    deal = world.open(sample_order())
    deal.robot()
    result = deal.result()
    assert (result.stage, str(result.paid), str(result.advance)) == ("PAID", "2906402.00", "0.00")
    assert deal.process.runs >= 3
    assert deal.line_process(1).runs >= 1  # type: ignore[union-attr]
    _all_told_once(deal)


def test_the_trail_is_the_same_in_one_run_and_in_many(worlds: Worlds) -> None:
    trails = []
    for longest_run in (10**9, SHORT, 3):
        deal = worlds(longest_run).open(sample_order())
        deal.robot()
        trails.append([_content(fact) for fact in deal.facts()])
    assert sorted(trails[0]) == sorted(trails[1]) == sorted(trails[2])


def test_what_is_open_undelivered_and_paid_meanwhile_is_carried_over(renewing: World) -> None:
    world = renewing
    deal = world.open(an_order(a_good(payment="prepaid_50"), a_good(payment="deferred_30")))
    left = {"line-1:payment-terms", "line-2:credit"}
    deal.robot(leave={*left, "line-1:prepayment"}.__contains__, until=lambda view: asked_in(view) == left)
    before, runs = deal.view(), deal.process.runs
    world.crm.down = True
    payments = 12
    for n in range(payments):
        deal.pay("100.00", id=f"pp-{n}", line=1)
    assert deal.process.runs > runs
    assert deal.state.outbox.crm, "the CRM is down: its writes were carried over"
    assert [p.id for p in deal.state.ledger.payments] == [f"pp-{n}" for n in range(payments)]
    world.crm.down = False
    view = deal.view()
    assert [(a.id, a.due_at) for a in view.assignments] == [(a.id, a.due_at) for a in before.assignments]
    assert [(a.id, a.due_at) for a in view.approvals] == [(a.id, a.due_at) for a in before.approvals]
    assert deal.line().paid == Decimal("1200.00")
    _counts_once_across_runs(deal)
    deal.robot()
    world.skip_a_while()
    deal.result()
    _all_told_once(deal)


def _counts_once_across_runs(deal: OpenDeal) -> None:
    again = {"id": "pp-0", "actor": "kuznetsova", "amount": "100.00", "currency": "RUB", "line": 1}
    assert deal.update("pay", again).answer().repeated
    assert deal.tell("signal", "pay", again) == ""
    assert deal.tell("signal", "pay", again | {"amount": "100.01"}) == "same_id_other_content"
    with refused("same_id_other_content"):
        deal.pay("5.00", id="pp-0")
    assert len(deal.state.ledger.payments) == 12


@pytest.mark.parametrize("target", ["crm", "mail", "records"])
def test_messages_that_come_while_a_run_waits_for_its_deliveries_are_all_taken(
    renewing: World, target: str
) -> None:
    """While a worker holds a delivery the history has grown long; signals and an update come before the answer."""
    deal, updates = renewing.open(an_order()), list[Update]()
    deliver = renewing.activities[f"{target}.deliver"]

    def hold(batch: object) -> object:
        if len(updates) < 20:
            payment = {"actor": "kuznetsova", "amount": "1.00", "currency": "RUB"}
            renewing.longest_run = 1
            for n in ("a", "b"):
                deal.signals(("pay", payment | {"id": f"{n}-{len(updates)}"}))
            updates.append(deal.later("pay", **payment))
            renewing.longest_run = SHORT
        return deliver(batch)

    renewing.activities[f"{target}.deliver"] = hold
    deal.agree()
    deal.skip(timedelta(minutes=1))
    assert deal.process.runs > 5
    assert len({update.answer().id for update in updates}) == 20
    assert len({payment.id for payment in deal.state.ledger.payments}) == 60
    assert len(deal.facts(PaymentReceived)) == len(deal.state.ledger.payments) == 60
    deal.robot()
    assert deal.result().paid == Decimal("2000.00")


@pytest.mark.parametrize("target", ["crm", "mail", "records"])
def test_a_deal_that_an_operator_cancels_while_a_run_waits_for_its_deliveries_ends_in_order(
    renewing: World, target: str
) -> None:
    deal = renewing.open(an_order(a_good(), a_good()))
    deal.agree()
    deliver, held = renewing.activities[f"{target}.deliver"], list[object]()

    def hold(batch: object) -> object:
        if not held:
            held.append(batch)
            renewing.longest_run = 1
            deal.signals(("kancel", None))
            deal.process.cancel()
            renewing.longest_run = SHORT
        return deliver(batch)

    renewing.activities[f"{target}.deliver"] = hold
    deal.reassign("petrov", "sidorov")
    deal.skip(timedelta(minutes=1))
    assert deal.result().stage == "CANCELLED"
    assert deal.story()[-1] == "operator deal.cancelled"
    assert [deal.line(n).status for n in (1, 2)] == ["CANCELLED", "CANCELLED"]


def test_messages_to_a_line_that_come_while_its_report_is_under_way_are_all_taken(renewing: World) -> None:
    deal = renewing.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:credit")
    line, sent = deal.line_process(1), list[int]()
    assert line
    send = line.send

    async def send_slowly(to: int | None, name: str, message: LineReport) -> None:
        if len(sent) < 30:
            sent.append(len(sent))
            wrong = {"id": f"x-{len(sent)}", "actor": "ivanova", "approval": "line-1:credit", "approve": True}
            renewing.soon(lambda: line.activate(lambda: line.case.inbox.put("decide", wrong)))
        await send(to, name, message)

    line.send = send_slowly  # type: ignore[assignment,method-assign]
    deal.tell("signal", "complite", {}, line=1)
    deal.skip(timedelta(minutes=1))
    assert line.runs > 1
    assert len([fact for fact in deal.refused_facts() if fact.data["message"] == "decide"]) == len(sent) == 30
    deal.robot()


def test_a_flood_that_comes_as_a_run_ends_is_taken_to_its_last_message(renewing: World) -> None:
    deal = renewing.open(an_order())
    payment = {"actor": "kuznetsova", "amount": "0.01", "currency": "RUB"}
    renewing.longest_run = 1
    deal.signals(*(("pay", payment | {"id": f"f-{n}"}) for n in range(350)))
    renewing.longest_run = SHORT
    deal.skip(timedelta(minutes=1))
    assert len({payment.id for payment in deal.state.ledger.payments}) == 350
    deal.robot()


def test_a_run_does_not_wait_for_the_watch_of_silent_lines_to_end(renewing: World) -> None:
    """Whoever watches the lines may be down for an hour: the deal's steps go on meanwhile, and its run ends later."""
    deal = renewing.open(an_order(a_good(), a_good()))
    deal.to("line-1:payment-terms", "line-2:payment-terms")
    deal.line_process(2).terminate()  # type: ignore[union-attr]
    watch = renewing.activities["lines.watch"]
    renewing.activities["lines.watch"] = _down
    renewing.skip_to(deal.state.checks["silent-lines"].next_at)
    runs = deal.process.runs
    for _ in range(2 * SHORT):
        deal.pay("1.00")
    assert deal.process.runs == runs
    deal.cancel("petrov")
    assert deal.line(1).status == "CANCELLED"
    renewing.activities["lines.watch"] = watch
    renewing.skip_a_while()
    for asked in sorted(deal.asked()):
        deal.complete(asked, outcome="keep")
    renewing.skip_a_while()
    assert deal.result().stage == "CANCELLED"


def test_a_line_keeps_its_questions_and_what_it_has_not_told_yet(renewing: World) -> None:
    deal = renewing.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:credit")
    [credit] = deal.view().approvals
    running, deal.process.outcome = deal.process.outcome, "terminated"
    wrong = {"actor": "ivanova", "approval": "line-1:credit", "approve": True}
    for n in range(40):
        deal.signal("decide", {"id": f"x-{n}", **wrong}, line=1)
    assert len(deal.line().unreported) == 40, "its deal can't be reached"
    assert deal.line_process(1).runs > 1  # type: ignore[union-attr]
    deal.process.outcome = running
    deal.skip(timedelta(hours=2))
    assert deal.line().unreported == []
    assert len(deal.facts(MessageRefused)) == 40
    assert [(a.id, a.due_at) for a in deal.view().approvals if a.due_at == credit.due_at] == [
        ("line-1:credit", credit.due_at)
    ]
    deal.approve("line-1:credit", "petrov")
    deal.robot()
    assert deal.result().stage == "PAID"


def test_rings_are_the_same_in_one_run_and_in_many(worlds: Worlds) -> None:
    moments = []
    for longest_run in (10**9, 3):
        deal = worlds(longest_run).open(an_order(a_good(source="import", payment="state_contract")))
        deal.to("line-1:customs-release")
        deal.skip(timedelta(days=30))
        moments.append([(fact.at, fact.kind, fact.data.get("id")) for fact in deal.facts()])
    assert moments[0] == moments[1]


def test_a_round_of_questions_goes_on_in_the_next_run_where_it_was(worlds: Worlds) -> None:
    """What a round records, it records once, however often its step is taken up anew."""
    deal = worlds(2).open(an_order(a_good(source="dealer", payment="state_contract")))
    deal.qualify()
    deal.reject("contract", "petrov", "долго")
    deal.complete("contract-revision")
    deal.approve("contract", "client", "petrov")
    deal.to("line-1:arrival")
    deal.complete("line-1:arrival", outcome="delayed", eta="2026-12-20")
    deal.to("line-1:acceptance")
    deal.complete("line-1:acceptance", result="damaged", remarks="царапина")
    deal.complete("line-1:claim")
    deal.robot()
    kinds = [fact.kind for fact in deal.facts()]
    once = ("client.qualified", "contract.agreed", "eta.moved", "goods.damaged", "deal.paid")
    assert {kind: kinds.count(kind) for kind in once} == dict.fromkeys(once, 1)
    assert kinds.count("offer.made") == 2
    assert "line-1:acceptance#2" in deal.line().assignments


def test_the_deal_hears_of_an_event_that_no_fact_tells_though_a_run_ended_just_then(worlds: Worlds) -> None:
    for longest_run in range(3, 13):
        deal = worlds(longest_run).open(an_order(a_good(source="stock")))
        deal.to("line-1:delivery")
        deal.complete("line-1:delivery")
        assert deal.state.documents["reconciliation-act"].ready, f"runs of {longest_run}"


def _down(_: object) -> object:
    raise Down("switched off")


def _content(fact: Fact) -> str:
    return fact.model_copy(update={"seq": 0, "prev": "", "digest": ""}).model_dump_json()


def _all_told_once(deal: OpenDeal) -> None:
    """The trail has no gap, and the CRM has been told all of it in order."""
    facts = deal.facts()
    assert facts[-1].kind == DealPaid.kind
    sequence = deal.world.crm.sequence(deal.number)
    assert sequence == sorted(sequence)
    assert len(sequence) > len(facts) / 2
    assert "deal_paid" in {kind for kind, _ in deal.world.mail.sent(deal.number)}
