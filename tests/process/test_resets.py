"""An operator resets a deal's or a line's workflow to an earlier moment: what the other knows is told anew, and nothing waits for ever."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.facts import MessageRefused, TrailBranched
from tests.support.memory import OpenDeal, World
from tests.support.orders import a_good, an_order
from workflows.copies import copied
from workflows.rehearsal import Process

Going = Callable[[OpenDeal], object]


def reset(process: Process, state: object) -> None:
    """It goes on from this state of it: what came since is not applied anew."""
    kind, acts = type(process.case), process.case.inbox._acts
    process._prepare(lambda host: kind(copied(state), host, acts))
    process.world.soon(lambda: process.activate(process.start))
    process.world.settle()


@pytest.fixture
def deal(world: World) -> OpenDeal:
    deal = world.open(an_order(a_good(payment="prepaid_100"), a_good(payment="deferred_30")))
    deal.agree()
    return deal


def test_a_deal_that_was_reset_hears_all_of_its_lines_again(deal: OpenDeal) -> None:
    before = copied(deal.state)
    deal.complete("line-1:payment-terms")
    deal.pay(deal.state.lines[1].amount, line=1)
    assert deal.line(1).paid == deal.line(1).amount
    reset(deal.process, before)
    deal.skip(timedelta(days=3))  # something happens: a reminder
    assert deal.state.received == 0, "money that was not applied anew is not there"
    assert deal.line(1).paid == 0, "the line hears it"
    line = deal.state.lines[1]
    assert line.reported_digest == deal.line(1).reported_digest
    assert line.assignments.keys() == deal.line(1).assignments.keys()
    assert deal.facts(MessageRefused) == []
    assert len(deal.facts(TrailBranched)) == 1


def test_a_line_that_was_reset_to_before_an_amendment_takes_it_again(deal: OpenDeal) -> None:
    line = deal.line_process(1)
    assert line
    before = copied(line.case.state)
    deal.amend(settings={"line-1.unit_price": "980.00"})
    reset(line, before)
    deal.complete("line-1:payment-terms")
    deal.skip(timedelta(hours=1))
    assert deal.line(1).good == deal.state.lines[1].good
    assert (str(deal.line(1).good.unit_price), deal.state.amending) == ("980.00", {})
    assert deal.facts(MessageRefused) == []
    deal.robot()
    assert deal.result().paid == deal.state.amount


@pytest.mark.parametrize("price", ["980.00", "970.00"])
def test_a_deal_that_was_reset_to_before_an_amendment_agrees_with_its_lines_again(
    deal: OpenDeal, price: str
) -> None:
    before = copied(deal.state)
    deal.amend(settings={"line-1.unit_price": "980.00"})
    reset(deal.process, before)
    deal.amend(settings={"line-1.unit_price": price})
    deal.skip(timedelta(days=3))
    assert deal.line(1).good == deal.state.lines[1].good == deal.state.draft.lines[1]
    assert (str(deal.line(1).good.unit_price), deal.state.amending) == (price, {})
    assert deal.facts(MessageRefused) == []


def test_a_deal_that_was_reset_learns_of_its_lines_what_was_amended(deal: OpenDeal) -> None:
    before = copied(deal.state)
    deal.amend(settings={"line-1.unit_price": "980.00"})
    reset(deal.process, before)
    deal.skip(timedelta(days=3))
    assert deal.line(1).good == deal.state.lines[1].good
    deal.amend(settings={"line-1.unit_price": "975.00"})
    assert str(deal.line(1).good.unit_price) == "975.00"
    deal.robot()
    assert deal.result().paid == deal.state.amount


def test_a_line_that_was_reset_goes_on_and_its_deal_with_it(deal: OpenDeal) -> None:
    deal.complete("line-2:payment-terms")
    line = deal.line_process(2)
    assert line
    before = copied(line.case.state)
    deal.reject("line-2:credit", "petrov", "дорого")
    assert deal.state.lines[2].approvals["line-2:credit"].closed
    reset(line, before)
    deal.approve("line-2:credit", "petrov")
    deal.skip(timedelta(hours=1))
    assert deal.state.lines[2].approvals["line-2:credit"].approved
    assert deal.state.lines[2].revision == deal.line(2).revision
    assert deal.facts(MessageRefused) == []
    deal.robot()
    assert deal.result().paid == deal.state.amount
