"""Months in an instant: what rings when, by the working calendar that a deal keeps."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain, islice, repeat

import pytest

from domain.calendar import Span, WorkingCalendar
from domain.facts import (
    ApprovalEscalated,
    ApprovalReminded,
    AssignmentCompleted,
    AssignmentEscalated,
    AssignmentReminded,
    CustomsCheck,
    DealPaid,
    DocumentEscalated,
    DocumentReminded,
    EtaCheck,
    MilestoneEscalated,
    MilestonePaid,
    MilestoneReminded,
)
from domain.words import Trigger
from tests.support.memory import NOW, TODAY, World, changed_playbook, day, default_playbook
from tests.support.orders import a_good, an_order

A_MINUTE = timedelta(minutes=1)
RINGS = (AssignmentReminded, AssignmentEscalated)


def test_a_question_is_reminded_before_and_at_its_deadline_then_escalated_again_and_again(
    world: World,
) -> None:
    deal = world.open(an_order())
    calendar, alarm = deal.state.book.calendar, deal.state.assignments["qualification"].alarm
    reminders = [*_ahead(calendar, alarm.opened_at, alarm.due_at), alarm.due_at]
    escalations = list(islice(_escalations(calendar, alarm.due_at), 3))
    world.skip_to(escalations[-1] + A_MINUTE)
    facts = deal.facts(*RINGS)
    assert [fact.at for fact in facts] == [*reminders, *escalations]
    assert [fact.kind for fact in facts] == [*[RINGS[0].kind] * len(reminders), *[RINGS[1].kind] * 3]
    assert {fact.data.get("to") for fact in facts[len(reminders) :]} == {"petrov"}
    assert [fact.data.get("overdue") for fact in facts] == [*[None] * (len(reminders) - 1), *[True] * 4]
    kinds = [kind for kind, _ in world.mail.sent(deal.number)]
    assert (kinds.count("assignment_reminded"), kinds.count("assignment_escalated")) == (len(reminders), 6)


def test_what_is_answered_rings_no_more(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    deal.skip(timedelta(days=7))
    rung = deal.facts(*RINGS, ApprovalReminded, ApprovalEscalated)
    assert {fact.data["id"] for fact in rung} == {"contract"}
    assert len(rung) >= 4
    deal.approve("contract", "client", "petrov")
    assert deal.asked() == {"line-1:payment-terms"}


def test_what_fell_due_rings_before_a_message_that_came_after_it_is_taken(world: World) -> None:
    """The worker stood still over the deadline; then the answer and the timer are there at once."""
    deal = world.open(an_order())
    world.oversleep(timedelta(days=4))
    deal.qualify()
    assert deal.story(*RINGS, AssignmentCompleted) == [
        "desk assignment.escalated qualification",
        "ivanova assignment.completed qualification",
    ], "rings that were missed coalesce into the last of them"
    with_signal = world.open(an_order())
    world.oversleep(timedelta(days=4))
    with_signal.signal("cancel", {"id": "x", "actor": "ivanova", "reason": "передумали"})
    assert with_signal.story()[2:] == [
        "desk assignment.escalated qualification",
        "desk assignment.withdrawn qualification",
        "desk stage.changed CANCELLED",
        "ivanova deal.cancelled",
    ]


def test_deadlines_count_no_days_off(world: World) -> None:
    """The week after today's is off: a deadline of one working day that begins in it, or before it, is after it."""
    off = [day(n) for n in range(1, 10)]
    calendar = default_playbook().calendar.model_dump(mode="json") | {"holidays": off, "workdays": []}
    world.book = changed_playbook(calendar=calendar)
    deal = world.open(an_order())
    deal.skip(timedelta(days=16))
    facts, frozen = deal.facts(*RINGS), world.book.calendar
    assert facts
    assert all(frozen.is_working(frozen.today(fact.at)) for fact in facts), [str(fact.at) for fact in facts]
    assert all(str(frozen.today(fact.at)) not in off for fact in facts)


def test_a_deadline_across_the_new_year_holidays_falls_on_the_first_working_day_after_them(
    world: World,
) -> None:
    book = default_playbook()
    calendar, year = book.calendar, TODAY.year + 1
    back_at_work = next(day for day in _days(date(year, 1, 1)) if calendar.is_working(day))
    assert back_at_work >= date(year, 1, 9), "by the Labour Code the holidays end on the 8th"
    ends = (calendar.today(calendar.after(NOW, _span(f"{n}wd"))) for n in range(1, 300))
    span = next(n for n, end in enumerate(ends, start=1) if end.year == year)
    assignments = book.model_dump(mode="json")["assignments"]
    assignments["qualification"]["due"] = f"{span}wd"
    reminders = {"before": ["2wd"], "escalate_after": "4wh", "repeat": ["9wd"]}
    world.book = changed_playbook(assignments=assignments, reminders=reminders)
    deal = world.open(an_order())
    due_at = deal.state.assignments["qualification"].alarm.due_at
    assert calendar.today(due_at) == back_at_work
    two_days_before = calendar.before(due_at, _span("2wd"))
    assert calendar.today(two_days_before).year == year - 1
    escalation = calendar.after(due_at, _span("4wh"))
    world.skip_to(escalation + A_MINUTE)
    assert [fact.at for fact in deal.facts(*RINGS)] == [two_days_before, due_at, escalation]


def test_the_desk_asks_after_goods_at_customs_every_working_day_until_they_are_released(
    world: World,
) -> None:
    deal = world.open(an_order(a_good(source="import", payment="state_contract")))
    deal.to("line-1:customs-declaration")
    deal.complete("line-1:customs-declaration")
    line = deal.line()
    calendar, first = line.book.calendar, line.checks["customs"].next_at
    checks = list(islice(_every(calendar, first, "1wd"), 3))
    world.skip_to(checks[-1] + A_MINUTE)
    facts = deal.facts(CustomsCheck)
    assert [fact.at for fact in facts] == checks
    assert {fact.data["assignee"] for fact in facts} == {"ivanova"}
    deal.complete("line-1:customs-release")
    assert deal.asked() == {"line-1:acceptance"}
    deal.skip(timedelta(days=3))
    assert len(deal.facts(CustomsCheck)) == 3


def test_goods_on_hold_are_still_asked_after_every_working_day(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", payment="state_contract")))
    deal.to("line-1:customs-release")
    deal.complete("line-1:customs-release", outcome="hold", reason="код ТН ВЭД")
    deal.skip(timedelta(days=7))
    assert [check.count for check in deal.read(CustomsCheck)] == [1, 2, 3, 4, 5]


def test_the_desk_asks_after_goods_on_their_way_once_their_eta_has_passed(world: World) -> None:
    deal = world.open(an_order(a_good(source="dealer", payment="state_contract")))
    deal.to("line-1:dispatch")
    deal.complete("line-1:dispatch", eta=day(5))
    line = deal.line()
    assert line.eta is not None
    world.skip_to(line.eta - timedelta(hours=1))
    assert deal.facts(EtaCheck) == []
    checks = [line.eta, *islice(_every(line.book.calendar, line.eta, "1wd"), 1, 3)]
    world.skip_to(checks[-1] + A_MINUTE)
    assert [fact.at for fact in deal.facts(EtaCheck)] == checks
    assert any(data.id == "line-1:arrival" for data in deal.read(AssignmentEscalated))


def test_after_a_delay_the_desk_asks_again_only_once_the_new_eta_has_passed(world: World) -> None:
    deal = world.open(an_order(a_good(source="dealer", payment="state_contract")))
    deal.to("line-1:dispatch")
    deal.complete("line-1:dispatch", eta=day(1))
    deal.skip(timedelta(days=2))
    asked = len(deal.facts(EtaCheck))
    assert asked
    deal.complete("line-1:arrival", outcome="delayed", eta=day(10))
    deal.skip(timedelta(days=5))
    assert len(deal.facts(EtaCheck)) == asked
    deal.skip(timedelta(days=5))
    assert len(deal.facts(EtaCheck)) > asked


def test_a_deferred_payment_is_due_after_thirty_days_reminded_and_escalated_until_it_comes(
    world: World,
) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:delivery")
    deal.complete("line-1:delivery")
    deal.sign_all()
    line = deal.line()
    calendar, milestone = line.book.calendar, line.milestones["line-1:payment"]
    shipped = line.moments[Trigger.SHIPPED]
    assert milestone.due_at == calendar.pay_day(shipped, _span("30cd"))
    grace = calendar.after(milestone.due_at, _span("1wd"))
    late = list(islice(_escalations(calendar, grace), 2))
    world.skip_to(late[-1] + A_MINUTE)
    facts = deal.facts(MilestoneReminded, MilestoneEscalated)
    before = list(_ahead(calendar, shipped, milestone.due_at))
    assert [fact.at for fact in facts] == [*before, grace, *late]
    assert [fact.kind for fact in facts[2:]] == [MilestoneEscalated.kind] * 2
    assert {fact.data["outstanding"] for fact in facts} == {"2000.00"}
    [blocker] = [b for b in deal.view().blockers if b.kind == "payment"]
    assert (blocker.overdue, blocker.who) == (True, ("client", "ivanova"))
    deal.pay("2000.00", line=1)
    deal.robot()
    assert deal.story(MilestonePaid, DealPaid) == [
        "desk milestone.paid line-1:payment",
        "desk deal.paid",
    ]


@pytest.mark.parametrize(("value_date", "late"), [(0, None), (1, 1)])
def test_a_client_who_paid_in_time_is_not_reminded_though_the_money_is_entered_the_next_day(
    world: World, value_date: int, late: int | None
) -> None:
    """Money has a working day to be entered; whether it was late its value date tells."""
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:delivery")
    deal.complete("line-1:delivery")
    due_at = deal.line().milestones["line-1:payment"].due_at
    assert due_at is not None
    calendar = deal.line().book.calendar
    last_day = calendar.today(due_at)
    world.skip_to(calendar.after(due_at, _span("2wh")))
    known = len(deal.facts(MilestoneReminded))
    deal.pay("2000.00", line=1, date=str(last_day + timedelta(days=value_date)))
    assert [paid.days_late for paid in deal.read(MilestonePaid)] == [late]
    deal.skip(timedelta(days=30))
    assert len(deal.facts(MilestoneReminded)) == known <= 1, "only ahead of the day"
    assert deal.facts(MilestoneEscalated) == []


def test_money_that_was_taken_back_has_its_grace_anew(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:delivery")
    deal.complete("line-1:delivery")
    due_at = deal.line().milestones["line-1:payment"].due_at
    assert due_at is not None
    deal.pay("2000.00", line=1, id="pp-1")
    world.skip_to(due_at + timedelta(days=10))
    deal.reverse("pp-1")
    grace = deal.line().book.calendar.after(world.now, _span("1wd"))
    world.skip_to(grace + A_MINUTE)
    assert [fact.at for fact in deal.facts(MilestoneReminded)] == [grace]


def test_an_unsigned_document_is_reminded_and_escalated(world: World) -> None:
    deal = world.open(an_order())
    deal.to("line-1:delivery")
    deal.complete("line-1:delivery")
    alarm = deal.line().documents["line-1:upd"].alarm
    assert alarm is not None
    world.skip_to(deal.line().book.calendar.after(alarm.due_at, _span("5wh")))
    rings = deal.facts(DocumentReminded, DocumentEscalated)
    assert [fact.kind for fact in rings if fact.data["id"] == "line-1:upd"] == [
        *["document.reminded"] * 2,
        "document.escalated",
    ]


@pytest.mark.parametrize("days", [1, 40])
def test_months_of_silence_ring_as_often_whether_it_passes_at_once_or_by_steps(
    world: World, days: int
) -> None:
    deal = world.open(an_order())
    for _ in range(0, 120, days):
        deal.skip(timedelta(days=days))
    calendar, alarm = deal.state.book.calendar, deal.state.assignments["qualification"].alarm
    end = NOW + timedelta(days=120)
    expected = [at for at in islice(_escalations(calendar, alarm.due_at), 200) if at <= end]
    assert [fact.at for fact in deal.facts(AssignmentEscalated)] == expected


def _ahead(calendar: WorkingCalendar, opened_at: datetime, due_at: datetime) -> Iterator[datetime]:
    """The playbook reminds a working day ahead, where there is so much time."""
    moment = calendar.before(due_at, _span("1wd"))
    return iter([moment] if opened_at < moment else [])


def _escalations(calendar: WorkingCalendar, late_at: datetime) -> Iterator[datetime]:
    """Half a day after the deadline is missed, then after one, two and four working days, then every week."""
    moment = calendar.after(late_at, _span("4wh"))
    for gap in chain(("1wd", "2wd", "4wd"), repeat("7cd")):
        yield moment
        moment = calendar.after_work(calendar.after(moment, _span(gap)), timedelta())


def _every(calendar: WorkingCalendar, first: datetime, span: str) -> Iterator[datetime]:
    moment = first
    while True:
        yield moment
        moment = calendar.after(moment, _span(span))


def _days(first: date) -> Iterator[date]:
    while True:
        yield first
        first += timedelta(days=1)


def _span(text: str) -> Span:
    return Span.model_validate(text)
