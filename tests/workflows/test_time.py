"""Months in seconds, on the real server: what rings when, by the working calendar that a deal keeps.

The clock starts at the real now, so what is expected is worked out from the calendar.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from domain.calendar import Span, WorkingCalendar
from domain.facts import (
    ApprovalEscalated,
    ApprovalReminded,
    AssignmentEscalated,
    AssignmentReminded,
    CustomsCheck,
    DealPaid,
    DocumentEscalated,
    DocumentReminded,
    EtaCheck,
    Fact,
    MilestoneEscalated,
    MilestonePaid,
    MilestoneReminded,
)
from domain.playbook import Trigger
from tests.support.clock import now, skip, skip_to
from tests.support.deal import OpenDeal
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand, default_playbook

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


async def test_what_is_answered_rings_no_more(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.qualify()
    await deal.until_asked("contract")
    await skip(deal, timedelta(days=7))
    about = [
        fact.data["id"] for fact in await deal.facts(*RINGS, ApprovalReminded.kind, ApprovalEscalated.kind)
    ]
    assert set(about) == {"contract"}
    assert len(about) >= 4
    await deal.approve("contract", "client", "petrov")
    await deal.until_asked("line-1:payment-terms")


async def test_deadlines_count_no_days_off(stand: Stand) -> None:
    """The week after today's is off: a deadline of one working day that begins in it, or before it, is after it."""
    first = datetime.now(UTC).date() + timedelta(days=1)
    off = [str(first + timedelta(days=n)) for n in range(9)]
    calendar = default_playbook().calendar.model_dump(mode="json") | {"holidays": off, "workdays": []}
    with stand.playbook(calendar=calendar):
        deal = await stand.open(an_order())
    await skip(deal, timedelta(days=16))
    facts = await deal.facts(*RINGS)
    frozen = WorkingCalendar.model_validate(calendar)
    assert facts
    assert all(frozen.is_working(frozen.today(fact.at)) for fact in facts), [str(fact.at) for fact in facts]
    assert all(str(frozen.today(fact.at)) not in off for fact in facts)


async def test_a_deadline_across_the_new_year_holidays_falls_on_the_first_working_day_after_them(
    stand: Stand,
) -> None:
    book = default_playbook()
    calendar, year = book.calendar, book.calendar.today(datetime.now(UTC)).year + 1
    back_at_work = next(day for day in _days(date(year, 1, 1)) if calendar.is_working(day))
    assert back_at_work >= date(year, 1, 9), "by the Labour Code the holidays end on the 8th"
    ends = (calendar.today(calendar.after(datetime.now(UTC), _span(f"{n}wd"))) for n in range(1, 300))
    span = next(n for n, end in enumerate(ends, start=1) if end.year == year)
    assignments = book.model_dump(mode="json")["assignments"]
    assignments["qualification"]["due"] = f"{span}wd"
    reminders = {"before": ["2wd"], "escalate_after": "4wh", "repeat": "9wd"}
    with stand.playbook(assignments=assignments, reminders=reminders):
        deal = await stand.open(an_order())
    due_at = (await deal.state()).assignments["qualification"].alarm.due_at
    assert calendar.today(due_at) == back_at_work
    two_days_before = calendar.before(due_at, _span("2wd"))
    assert calendar.today(two_days_before).year == year - 1
    escalation = calendar.after(due_at, _span("4wh"))
    await skip_to(deal, escalation + timedelta(minutes=1))
    _at(await deal.facts(*RINGS), [two_days_before, due_at, escalation])


async def test_the_desk_asks_after_goods_at_customs_every_working_day_until_they_are_released(
    stand: Stand,
) -> None:
    deal = await stand.open(an_order(a_good(source="import", payment="state_contract")))
    await deal.to("line-1:customs-declaration")
    await deal.complete("line-1:customs-declaration")
    await deal.until_asked("line-1:customs-release")
    line = await deal.line()
    calendar, first = line.book.calendar, line.checks["customs"].next_at
    checks = list(islice(_every(calendar, first, "1wd"), 3))
    await skip_to(deal, checks[-1] + timedelta(minutes=1), line=1)
    facts = await deal.facts(CustomsCheck.kind)
    _at(facts, checks)
    assert {fact.data["assignee"] for fact in facts} == {"ivanova"}
    released = calendar.today(await now(deal, 1))
    await deal.complete("line-1:customs-release", released_on=str(released))
    await deal.until_asked("line-1:acceptance")
    await skip(deal, timedelta(days=3), line=1)
    assert len(await deal.facts(CustomsCheck.kind)) == 3


async def test_the_desk_asks_after_goods_on_their_way_once_their_eta_has_passed(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="dealer", payment="state_contract")))
    await deal.to("line-1:dispatch")
    today = (await deal.line()).book.calendar.today(datetime.now(UTC))
    await deal.complete("line-1:dispatch", eta=str(today + timedelta(days=5)))
    await deal.until_asked("line-1:arrival")
    line = await deal.line()
    assert line.eta is not None
    await skip_to(deal, line.eta - timedelta(hours=1), line=1)
    assert await deal.facts(EtaCheck.kind) == []
    checks = [line.eta, *islice(_every(line.book.calendar, line.eta, "1wd"), 1, 3)]
    await skip_to(deal, checks[-1] + timedelta(minutes=1), line=1)
    _at(await deal.facts(EtaCheck.kind), checks)
    assert any(fact.data["id"] == "line-1:arrival" for fact in await deal.facts(AssignmentEscalated.kind))


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
    late = list(islice(_escalations(calendar, milestone.due_at), 2))
    await skip_to(deal, late[-1] + timedelta(minutes=1), line=1)
    facts = await deal.facts(MilestoneReminded.kind, MilestoneEscalated.kind)
    before = list(_ahead(calendar, shipped, milestone.due_at))
    _at(facts, [*before, milestone.due_at, *late])
    assert [fact.kind for fact in facts[3:]] == [MilestoneEscalated.kind] * 2
    assert {fact.data["outstanding"] for fact in facts} == {"2000.00"}
    (blocker,) = [b for b in (await deal.view()).blockers if b.kind == "payment"]
    assert (blocker.overdue, blocker.who) == (True, ("client", "ivanova"))
    await deal.pay("2000.00", line=1)
    await deal.robot()
    assert (await deal.story(MilestonePaid.kind, DealPaid.kind)) == [
        "desk milestone.paid line-1:payment",
        "desk deal.paid",
    ]


async def test_an_unsigned_document_is_reminded_and_escalated(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.to("line-1:delivery")
    await deal.complete("line-1:delivery")
    await deal.quiet()
    alarm = (await deal.line()).documents["line-1:upd"].alarm
    assert alarm is not None
    line = await deal.line()
    await skip_to(deal, line.book.calendar.after(alarm.due_at, _span("5wh")), line=1)
    rings = await deal.facts(DocumentReminded.kind, DocumentEscalated.kind)
    assert [fact.kind for fact in rings if fact.data["id"] == "line-1:upd"] == [
        *["document.reminded"] * 3,
        "document.escalated",
    ]


def _at(facts: list[Fact], moments: list[datetime]) -> None:
    """Each fact happened at its moment."""
    assert len(facts) == len(moments), [f"{fact.at} {fact.kind}" for fact in facts]
    for fact, moment in zip(facts, moments, strict=True):
        assert moment <= fact.at < moment + A_MOMENT, f"{fact.kind} at {fact.at}, not at {moment}"


def _ahead(calendar: WorkingCalendar, opened_at: datetime, due_at: datetime) -> Iterator[datetime]:
    """The playbook reminds a working day and two working hours ahead, where there is so much time."""
    moments = (calendar.before(due_at, _span(span)) for span in ("1wd", "2wh"))
    return (moment for moment in moments if opened_at < moment)


def _escalations(calendar: WorkingCalendar, due_at: datetime) -> Iterator[datetime]:
    return _every(calendar, calendar.after(due_at, _span("4wh")), "1wd")


def _every(calendar: WorkingCalendar, first: datetime, span: str) -> Iterator[datetime]:
    moment = first
    while True:
        yield moment
        moment = calendar.after(moment, _span(span))


def _days(first: date, until: date | None = None) -> Iterator[date]:
    while until is None or first < until:
        yield first
        first += timedelta(days=1)


def _span(text: str) -> Span:
    return Span.model_validate(text)


async def _sign_all(deal: OpenDeal) -> None:
    view = await deal.until(lambda view: all(d.signed or d.can_sign for d in view.documents))
    for document in view.documents:
        if not document.signed:
            await deal.send("sign", actor=document.signer, document=document.id)
    await deal.quiet()
