"""A line whose process is gone, or that cannot even start, is missed, told about, and goes on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.deal.batches import WatchedLines
from domain.facts import ForeignWorkflow, LineRestarted, LineSilent, MilestonePaid
from tests.support.memory import OpenDeal, World, day
from tests.support.orders import a_good, an_order
from workflows.names import line_id
from workflows.rehearsal import Down

CHECK = timedelta(days=3)  # of the default playbook
A_MOMENT = timedelta(minutes=1)
Watch = Callable[[WatchedLines], WatchedLines]


def terminate(deal: OpenDeal, line: int) -> None:
    process = deal.line_process(line)
    assert process
    process.terminate()


def test_a_terminated_line_is_noticed_and_goes_on_from_where_it_stood(world: World) -> None:
    deal = world.open(an_order(a_good(source="dealer", payment="state_contract")))
    deal.to("line-1:dispatch")
    terminate(deal, 1)
    [silence] = [b for b in deal.view().blockers if b.kind == "silence"]
    assert silence.who == ("ivanova", "petrov")
    world.skip_to(deal.state.checks["silent-lines"].next_at + A_MOMENT)
    assert not any(b.kind == "silence" for b in deal.view().blockers)
    assert deal.story(LineSilent, LineRestarted) == ["desk line.silent", "desk line.restarted"]
    [silent] = deal.read(LineSilent)
    assert (silent.line, silent.assignee) == (1, "ivanova")
    assert silent.since <= world.now - CHECK + A_MOMENT
    assert deal.view().lines[0].status == "PROCESSING"
    assert deal.asked() == {"line-1:dispatch"}, "what was done is not asked again"
    deal.complete("line-1:dispatch", eta=day(60))
    deal.robot()
    assert deal.result().stage == "PAID"


def test_a_line_that_is_only_quiet_is_left_alone(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good()))
    deal.to("line-1:payment-terms", "line-2:payment-terms")
    terminate(deal, 2)
    world.skip(4 * CHECK)
    assert [silent.line for silent in deal.read(LineSilent)] == [2]
    assert [deal.line_process(line).activations > 0 for line in (1, 2)] == [True, True]  # type: ignore[union-attr]
    deal.robot()


def test_money_that_came_for_a_line_while_it_was_gone_is_there_when_it_goes_on(world: World) -> None:
    deal = world.open(an_order(a_good(payment="prepaid_50")))
    deal.agree()
    deal.complete("line-1:payment-terms")
    terminate(deal, 1)
    deal.pay("1000.00", line=1)
    assert deal.view().lines[0].paid == 1000
    world.skip(CHECK + timedelta(days=1))
    assert deal.asked() == {"line-1:reservation"}
    assert str(deal.line().paid) == "1000.00"
    assert deal.story(MilestonePaid) == ["desk milestone.paid line-1:prepayment"]
    deal.robot()


@pytest.mark.parametrize("order", ["reassign", "cancel"])
def test_what_the_deal_told_a_line_that_was_gone_holds_when_it_goes_on(world: World, order: str) -> None:
    deal = world.open(an_order(a_good(payment="state_contract")))
    deal.agree()
    terminate(deal, 1)
    if order == "reassign":
        deal.reassign("petrov", "sidorov")
        world.skip(CHECK + timedelta(days=1))
        [terms] = deal.view().assignments
        assert terms.assignee == "sidorov"
        deal.robot()
    else:
        deal.cancel("petrov")
        world.skip(CHECK + timedelta(days=1))
        assert deal.result().stage == "CANCELLED"
        assert deal.state.lines[1].status == "CANCELLED"


def test_whoever_looks_after_the_lines_may_be_down_for_a_while(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    terminate(deal, 1)
    watch = world.activities["lines.watch"]
    world.activities["lines.watch"] = _down
    world.skip(CHECK + timedelta(hours=12))
    assert deal.facts(LineSilent) == []
    world.activities["lines.watch"] = watch
    world.skip(CHECK)
    assert deal.story(LineSilent, LineRestarted) == ["desk line.silent", "desk line.restarted"]
    deal.robot()


def test_a_foreign_workflow_under_a_lines_id_is_told_once_and_tried_again_until_it_is_gone(
    world: World,
) -> None:
    """Somebody else's process sits there; whoever watches the lines can tell it from ours."""
    sits = True
    world.activities["lines.watch"] = lambda asked: WatchedLines(
        deal=asked.deal, lines=(), foreign=(1,) if sits and 1 in asked.lines else ()
    )
    deal = world.open(an_order(a_good(), a_good(payment="state_contract")))
    foreign = world.process(line_id(deal.number, 1), deal.number, lambda host: None)
    deal.agree()
    assert deal.state.started_lines == [2]
    [told] = deal.read(ForeignWorkflow)
    assert (told.line, told.workflow_id, told.assignee) == (1, line_id(deal.number, 1), "ivanova")
    assert ("line_foreign", "petrov@dealwright.example") in world.mail.sent(deal.number)
    deal.complete("line-2:payment-terms")
    world.skip(3 * CHECK)
    assert len(deal.facts(ForeignWorkflow)) == 1
    assert deal.state.started_lines == [2], "it is never believed to be ours"
    assert any(item.line == 1 for item in deal.read(ForeignWorkflow))
    sits = False
    foreign.terminate()
    world.skip(CHECK)
    assert sorted(deal.state.started_lines) == [1, 2]
    assert "line-1:payment-terms" in deal.asked()
    deal.robot()
    assert deal.result().stage == "PAID"


def test_a_foreign_workflow_is_not_believed_while_nobody_can_tell_it_from_the_line(world: World) -> None:
    world.activities["lines.watch"] = _down
    deal = world.open(an_order())
    foreign = world.process(line_id(deal.number, 1), deal.number, lambda host: None)
    deal.agree()
    world.skip(timedelta(hours=2))
    assert (deal.state.started_lines, deal.facts(ForeignWorkflow)) == ([], [])
    foreign.terminate()
    world.skip(CHECK + timedelta(hours=2))
    assert deal.asked() == {"line-1:payment-terms"}


def test_a_foreign_workflow_that_took_the_id_of_a_line_that_was_gone_is_told(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    terminate(deal, 1)
    foreign = world.process(line_id(deal.number, 1), deal.number, lambda host: None)
    world.activities["lines.watch"] = lambda asked: WatchedLines(
        deal=asked.deal, lines=(), foreign=() if foreign.outcome else asked.lines
    )
    world.skip(CHECK + timedelta(days=1))
    assert deal.story(LineSilent, ForeignWorkflow, LineRestarted) == [
        "desk line.silent",
        "desk line.foreign",
    ]
    foreign.terminate()
    world.skip(CHECK)
    deal.robot()
    assert deal.result().stage == "PAID"


def test_a_line_whose_deal_is_gone_keeps_its_report_and_tells_it_later(world: World) -> None:
    deal = world.open(an_order(a_good(payment="state_contract")))
    deal.to("line-1:payment-terms")
    running, deal.process.outcome = deal.process.outcome, "terminated"
    deal.complete("line-1:payment-terms")
    assert [fact.kind for fact in deal.line().unreported] != []
    deal.process.outcome = running
    world.skip(timedelta(hours=1))
    assert deal.line().unreported == []
    assert "ivanova assignment.completed line-1:payment-terms" in deal.story()


def _down(_: object) -> WatchedLines:
    raise Down("switched off")


def test_once_all_lines_have_closed_nobody_looks_after_them_until_one_is_reopened(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.robot(
        leave=lambda id: id == "reconciliation-act",
        until=lambda view: view["lines"][0]["status"] == "SETTLED",
    )
    assert not deal.state.stage.final, "its own documents are not signed yet"
    assert "silent-lines" not in deal.state.checks
    [payment] = deal.state.ledger.payments
    deal.reverse(payment.id)
    assert "silent-lines" in deal.state.checks
    deal.pay(str(payment.amount), id="pp-2")
    deal.robot(until=lambda view: view["lines"][0]["status"] == "SETTLED")
    assert not deal.state.stage.final
    assert "silent-lines" not in deal.state.checks
