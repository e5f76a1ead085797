"""What a line tells its deal is taken whole or not at all: nothing that no line of the deal could have told."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.deal.line_reports import KEPT_BY_ID, LineChange, LineReport
from domain.facts import Fact, MilestonePaid
from tests.support.memory import NOW, OpenDeal, World, business
from tests.support.orders import a_good, an_order
from workflows.names import deal_id

Report = dict[str, Any]


@pytest.fixture
def deal(world: World) -> OpenDeal:
    """Line 1 runs, line 2 has told its last; the deal knows of both."""
    deal = world.open(an_order(a_good(payment="prepaid_50"), a_good(payment="state_contract")))
    deal.agree()
    return deal


def a_report(deal: OpenDeal, *facts: Report) -> Report:
    """As line 1 would tell it now, with these facts."""
    line = deal.line(1)
    change = LineChange(**{name: getattr(line, name) for name in LineChange.model_fields})
    change.revision = line.reported + len(facts)
    report = LineReport(line=1, after=line.reported_digest, change=change).model_dump(mode="json")
    return report | {"facts": list(facts)}


def a_fact(kind: str = "line.status", subject: str = "line 1", **data: Any) -> Report:
    about = data or {"status": "PROCESSING", "before": "AWAITING_RELEASE"}
    fact = Fact(at=NOW, kind=kind, subject=subject, data=about)
    return fact.model_dump(mode="json")


def test_what_a_line_could_tell_is_taken(deal: OpenDeal) -> None:
    deal.signal("report", a_report(deal, a_fact()))
    assert deal.refused_facts() == []
    assert deal.trail[-1].data["status"] == "PROCESSING"


Spoil = Callable[[Report], Any]
BAD: dict[str, Spoil] = {
    "of a line that there is not": lambda r: r.update(line=9),
    "of no line": lambda r: r.update(line=0),
    "more facts than the line has": lambda r: r["change"].update(revision=0),
    "a revision beyond numbers": lambda r: r["change"].update(revision=2**70),
    "steps beyond numbers": lambda r: r["change"].update(passed=2**70),
    "money beyond numbers": lambda r: r["change"]["milestones"]["line-1:prepayment"].update(allocated="1e40"),
    "another good": lambda r: r["change"]["good"].update(unit_price="1.00"),
    "a payment type that there is not": lambda r: r["change"]["good"].update(payment="barter"),
    "a status that there is not": lambda r: r["change"].update(status="LOST_AT_SEA"),
    "another line's question": lambda r: r["change"]["assignments"].update(
        {"line-2:payment-terms": r["change"]["assignments"]["line-1:payment-terms"]}
    ),
    "a question under another id": lambda r: r["change"]["assignments"]["line-1:payment-terms"].update(
        id="line-1:shipment"
    ),
    "the deal's own question": lambda r: r["change"]["assignments"].update(
        {"qualification": r["change"]["assignments"]["line-1:payment-terms"] | {"id": "qualification"}}
    ),
    "nothing at all": lambda r: r.clear(),
}
BAD_FACTS: dict[str, Report] = {
    "a fact that only the deal tells": a_fact("deal.paid", amount="1", paid="1", currency="RUB"),
    "money that came": a_fact("payment.received", payment="1", amount="1", currency="RUB", day="2026-11-23"),
    "a fact of the deal": a_fact(subject="deal"),
    "a fact of another line": a_fact(subject="line 2"),
    "a fact of no kind": a_fact("line.danced"),
    "a fact without its data": a_fact(status="PROCESSING"),
    "a fact with data of other types": a_fact("customs.check", count="many", assignee="ivanova"),
}


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD)
def test_a_report_with_one_bad_part_changes_nothing(deal: OpenDeal, spoil: Spoil) -> None:
    before = business(deal.state)
    report = a_report(deal, a_fact())
    spoil(report)
    _is_refused(deal, report, before)


@pytest.mark.parametrize("bad", BAD_FACTS.values(), ids=BAD_FACTS)
def test_a_report_with_one_bad_fact_leaves_none_of_its_good_ones(deal: OpenDeal, bad: Report) -> None:
    before = business(deal.state)
    for report in (a_report(deal, a_fact(), bad), a_report(deal, bad, a_fact())):
        _is_refused(deal, report, before)


def test_a_line_that_was_never_started_tells_nothing(world: World) -> None:
    deal = world.open(an_order())
    state = deal.state.lines[1]
    change = LineChange(**{name: getattr(state, name) for name in LineChange.model_fields})
    report = LineReport(line=1, after="", change=change).model_dump(mode="json")
    _is_refused(deal, report, business(deal.state))


def test_a_report_that_comes_twice_counts_once(deal: OpenDeal) -> None:
    report = a_report(deal, a_fact())
    for _ in range(3):
        deal.signal("report", report)
    assert [fact.data.get("status") for fact in deal.trail].count("PROCESSING") == 1
    assert deal.refused_facts() == []


def test_a_line_can_not_pay_itself(deal: OpenDeal) -> None:
    """The deal counts the money, whatever a line says of it."""
    report = a_report(deal, a_fact())
    report["change"]["milestones"]["line-1:prepayment"]["allocated"] = "1000.00"
    deal.signal("report", report)
    assert deal.state.lines[1].paid == Decimal("0.00")
    assert deal.view().totals.paid == 0
    assert deal.facts(MilestonePaid) == []


def test_a_lines_mirror_holds_all_that_the_line_keeps(deal: OpenDeal) -> None:
    """What is told by parts adds up: after a whole life the mirror is the line itself."""
    deal.robot()
    for number in (1, 2):
        mirror, line = deal.state.lines[number], deal.line(number)
        for name in LineChange.model_fields:
            assert getattr(mirror, name) == getattr(line, name), name
    assert set(KEPT_BY_ID) <= set(LineChange.model_fields)


def _is_refused(deal: OpenDeal, report: Report, before: dict[str, Any]) -> None:
    refusals = len(deal.refused_facts())
    deal.signal("report", report)
    [*_, refused] = deal.refused_facts()
    assert len(deal.refused_facts()) == refusals + 1
    assert (refused.data["message"], refused.data["code"]) == ("report", "malformed")
    assert business(deal.state) == before


def test_what_a_line_did_while_its_deal_was_stopped_arrives_minutes_after_the_deal_goes_on(
    world: World,
) -> None:
    deal = world.open(an_order(a_good(payment="state_contract")))
    deal.to("line-1:payment-terms")
    [asked] = deal.view().assignments
    content = {"id": "c-1", "actor": "ivanova", "assignment": asked.id}
    line, stopped = deal.line(1), world.processes.pop(deal_id(deal.number))
    deal.update("complete", content | {"fields": {f.name: f.example for f in asked.form if f.required}}, 1)
    world.skip(timedelta(hours=30, minutes=20))
    assert line.unreported, "nobody to tell it to"
    world.processes[stopped.id] = stopped
    world.skip(timedelta(minutes=10))
    assert "line-1:credit" in deal.asked()
    assert not line.unreported
