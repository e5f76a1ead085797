"""The playbook's working time and spans: enough of the one, and none of the others beyond all reason."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from domain.calendar import Span, Unit, WorkingCalendar
from domain.order.problems import Problem, problem
from domain.playbook.book import Playbook

MAX_OWN_DAYS = 400  # in each list of days
MAX_REMINDERS = 5
MAX_REPEATS = 10
LONGEST_GAP = 31  # days without one worked
SHORTEST_DAY = timedelta(hours=2)  # a short day is an hour less
LONGEST = 400  # days of a deadline in working time, 3,650 in calendar days
LONGEST_REMINDER = 92  # days of a reminder or a check: they are worked out again and again


def time_problems(book: Playbook) -> Iterator[Problem]:
    yield from _calendar_problems(book.calendar)
    if len(book.reminders.before) > MAX_REMINDERS:
        yield problem(
            "reminders.before",
            ru="больше {most} напоминаний об одном сроке",
            en="more than {most} reminders of one deadline",
            most=MAX_REMINDERS,
        )
    yield from _repeat_problems(book)
    for place, span in _deadlines(book):
        yield from _too_long(place, span, LONGEST, book.calendar)
    for place, span in _rings(book):
        yield from _too_long(place, span, LONGEST_REMINDER, book.calendar, calendar_days=LONGEST_REMINDER)
    for name, span in _recurring(book):
        if span.n < 1:
            yield problem(
                name,
                ru="нужно не меньше единицы: 1wh, 1wd или 1cd",
                en="must be at least one unit: 1wh, 1wd or 1cd",
            )


def _calendar_problems(calendar: WorkingCalendar) -> Iterator[Problem]:
    if calendar.day_length < SHORTEST_DAY:
        yield problem(
            "calendar.closes",
            ru="рабочий день с {opens} до {closes} короче двух часов",
            en="the working day from {opens} to {closes} is shorter than two hours",
            opens=f"{calendar.opens:%H:%M}",
            closes=f"{calendar.closes:%H:%M}",
        )
    lists = {name: getattr(calendar, name) for name in ("holidays", "workdays", "short_days")}
    long = [name for name, days in lists.items() if len(days) > MAX_OWN_DAYS]
    for name in long:
        yield problem(
            f"calendar.{name}", ru="больше {most} дней", en="more than {most} days", most=MAX_OWN_DAYS
        )
    if both := sorted(set(calendar.holidays) & set(calendar.workdays)):
        yield problem(
            "calendar.workdays",
            ru="{day} есть и среди holidays: уберите этот день из одного списка",
            en="{day} is among the holidays too: remove it from one",
            day=both[0],
        )
    if not long and (gap := _first_gap(calendar)):
        yield problem(
            "calendar.holidays",
            ru="больше {most} дней без рабочего, начиная с {gap}: ни один срок нельзя было бы выдержать",
            en="more than {most} days without a working day from {gap} on: no deadline could be met",
            most=LONGEST_GAP,
            gap=gap,
        )


def _first_gap(calendar: WorkingCalendar) -> date | None:
    """Where no day is worked for too long; it can only be around holidays."""
    for holiday in sorted(calendar.holidays):
        following = (holiday + timedelta(days=n) for n in range(LONGEST_GAP + 1))
        if not any(map(calendar.is_working, following)):
            return holiday
    return None


def _repeat_problems(book: Playbook) -> Iterator[Problem]:
    """Escalations come ever more seldom."""
    repeat = book.reminders.repeat
    if len(repeat) > MAX_REPEATS:
        yield problem(
            "reminders.repeat",
            ru="больше {most} промежутков между эскалациями",
            en="more than {most} intervals of escalations",
            most=MAX_REPEATS,
        )
    for n, (before, span) in enumerate(pairwise(repeat), start=1):
        if _days(span, book.calendar) < _days(before, book.calendar):
            yield problem(
                f"reminders.repeat[{n}]",
                ru="{span} короче, чем {before} перед ним: эскалации становятся реже",
                en="{span} is shorter than {before} before it: escalations back off",
                span=span,
                before=before,
            )


def _days(span: Span, calendar: WorkingCalendar) -> float:
    """Of a usual week, in calendar days."""
    week = 7 / len(set(calendar.weekdays))
    per_hour = week / (calendar.day_length / timedelta(hours=1))
    return (
        span.n * {Unit.WORKING_DAYS: week, Unit.WORKING_HOURS: per_hour, Unit.CALENDAR_DAYS: 1.0}[span.unit]
    )


def _too_long(
    place: str, span: Span, working_days: int, calendar: WorkingCalendar, calendar_days: int = 3650
) -> Iterator[Problem]:
    hours = max(calendar.day_length / timedelta(hours=1), 1)
    most = {
        Unit.WORKING_DAYS: working_days,
        Unit.WORKING_HOURS: int(working_days * hours),
        Unit.CALENDAR_DAYS: calendar_days,
    }[span.unit]
    if span.n > most:
        yield problem(
            place,
            ru="{span} — слишком долго: не больше {most}",
            en="{span} is too long: at most {most}",
            span=span,
            most=f"{most}{span.unit}",
        )


def _deadlines(book: Playbook) -> Iterator[tuple[str, Span]]:
    for kind, assignment in book.assignments.items():
        yield f"assignments.{kind}.due", assignment.due
        if assignment.due_available:
            yield f"assignments.{kind}.due_available", assignment.due_available
    yield from ((f"approvals.{kind}.due", approval.due) for kind, approval in book.approvals.items())
    yield from ((f"documents.{code}.due", document.due) for code, document in book.documents.items())
    yield "rescheduling.within", book.rescheduling.within
    for code, term in book.payments.items():
        for n, milestone in enumerate(term.milestones):
            yield f"payments.{code}.milestones[{n}].offset", milestone.offset


def _rings(book: Playbook) -> Iterator[tuple[str, Span]]:
    yield from ((f"reminders.before[{n}]", span) for n, span in enumerate(book.reminders.before))
    yield "reminders.payment_grace", book.reminders.payment_grace
    yield "reminders.escalate_after", book.reminders.escalate_after
    yield from _recurring(book)


def _recurring(book: Playbook) -> Iterator[tuple[str, Span]]:
    yield from ((f"reminders.repeat[{n}]", span) for n, span in enumerate(book.reminders.repeat))
    yield from ((f"checks.{name}", getattr(book.checks, name)) for name in type(book.checks).model_fields)
