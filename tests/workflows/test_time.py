"""Months in seconds, on the real server: what rings when, by the working calendar that a deal keeps.

The clock starts at the real now, so what is expected is worked out from the calendar.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from domain.calendar import Span, WorkingCalendar
from domain.facts import (
    AssignmentEscalated,
    AssignmentReminded,
    DealPaid,
    Fact,
    MilestoneEscalated,
    MilestonePaid,
    MilestoneReminded,
)
from domain.words import Trigger
from tests.support.clock import skip_to
from tests.support.deal import OpenDeal
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand

A_MOMENT = timedelta(seconds=5)
RINGS = (AssignmentReminded.kind, AssignmentEscalated.kind)


async def test_a_question_is_reminded_before_and_at_its_deadline_then_escalated_again_and_again(
    stand: Stand,
) -> None:
    deal = await stand.open(an_order())
    state = await deal.quiet()
    calendar, alarm = state.book.calendar, state.assignments["qualification"].alarm
    reminders = [*_ahead(calendar, alarm.opened_at, alarm.due_at), alarm.due_at]
    escalations = list(islice(_escalations(calendar, alarm.due_at), 3))
    await skip_to(deal, escalations[-1] + timedelta(minutes=1))
    facts = await deal.facts(*RINGS)
    _at(facts, [*reminders, *escalations])
    assert [fact.kind for fact in facts] == [*[RINGS[0]] * len(reminders), *[RINGS[1]] * 3]
    assert {fact.data.get("to") for fact in facts[len(reminders) :]} == {"petrov"}
    assert [fact.data.get("overdue") for fact in facts] == [*[None] * (len(reminders) - 1), *[True] * 4]
    await deal.caught_up()
    kinds = [kind for kind, _ in stand.mail.sent(deal.number)]
    assert (kinds.count("assignment_reminded"), kinds.count("assignment_escalated")) == (len(reminders), 6)


async def test_a_deferred_payment_is_due_after_thirty_days_reminded_and_escalated_until_it_comes(
    stand: Stand,
) -> None:
    deal = await stand.open(an_order(a_good(payment="deferred_30")))
    await deal.to("line-1:delivery")
    await deal.complete("line-1:delivery")
    await _sign_all(deal)
    line = await deal.line()
    calendar, milestone = line.book.calendar, line.milestones["line-1:payment"]
    shipped = line.moments[Trigger.SHIPPED]
    assert milestone.due_at is not None
    assert milestone.due_at == calendar.pay_day(shipped, _span("30cd"))
    grace = calendar.after(milestone.due_at, _span("1wd"))
    late = list(islice(_escalations(calendar, grace), 2))
    await skip_to(deal, late[-1] + timedelta(minutes=1), line=1)
    facts = await deal.facts(MilestoneReminded.kind, MilestoneEscalated.kind)
    before = list(_ahead(calendar, shipped, milestone.due_at))
    _at(facts, [*before, grace, *late])
    assert [fact.kind for fact in facts[-2:]] == [MilestoneEscalated.kind] * 2
    assert {fact.data["outstanding"] for fact in facts} == {"2000.00"}
    (blocker,) = [b for b in (await deal.view()).blockers if b.kind == "payment"]
    assert (blocker.overdue, blocker.who) == (True, ("client", "ivanova"))
    await deal.pay("2000.00", line=1)
    await deal.robot()
    assert (await deal.story(MilestonePaid.kind, DealPaid.kind)) == [
        "desk milestone.paid line-1:payment",
        "desk deal.paid",
    ]


def _at(facts: list[Fact], moments: list[datetime]) -> None:
    """Each fact happened at its moment."""
    assert len(facts) == len(moments), [f"{fact.at} {fact.kind}" for fact in facts]
    for fact, moment in zip(facts, moments, strict=True):
        assert moment <= fact.at < moment + A_MOMENT, f"{fact.kind} at {fact.at}, not at {moment}"


def _ahead(calendar: WorkingCalendar, opened_at: datetime, due_at: datetime) -> Iterator[datetime]:
    """The playbook reminds a working day ahead, where there is so much time."""
    moment = calendar.before(due_at, _span("1wd"))
    return iter([moment] if opened_at < moment else [])


def _escalations(calendar: WorkingCalendar, late_at: datetime) -> Iterator[datetime]:
    """Half a day after the deadline is missed, and then after one and two working days."""
    moment = calendar.after(late_at, _span("4wh"))
    for gap in ("1wd", "2wd", "4wd"):
        yield moment
        moment = calendar.after(moment, _span(gap))


def _span(text: str) -> Span:
    return Span.model_validate(text)


async def _sign_all(deal: OpenDeal) -> None:
    view = await deal.until(lambda view: all(d.signed or d.can_sign for d in view.documents))
    for document in view.documents:
        if not document.signed:
            await deal.send("sign", actor=view.manager, document=document.id)
    await deal.quiet()
