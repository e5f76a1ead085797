"""When an open question rings: reminded before and at its deadline, escalated after it at ever longer intervals until it is answered."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from domain.base import Count, State
from domain.calendar import Span, WorkingCalendar
from domain.playbook.terms import Reminders

MOST_MISSED = 100
"""Rings that are counted one by one; where a deadline is years past, it goes on from now."""


class Ring(StrEnum):
    REMINDER = "reminder"
    ESCALATION = "escalation"


class Alarm(State):
    """The deadline of one open question. Absolute times, so it survives restarts and continue-as-new.

    `first_due_at` is the deadline it had before people moved it, `moved` times.
    `late_at` is when it counts as missed: the deadline, or, of money, the end of its grace. `rung` counts the rings so far;
    `next_at` is the one moment the agenda looks at. `escalated_at`: since when the director is told; `seen_until`: they know, and
    want to hear of it again then.
    """

    opened_at: AwareDatetime
    due_at: AwareDatetime
    late_at: AwareDatetime
    rung: Count = 0
    next_at: AwareDatetime
    reminded: Count = 0
    escalated: Count = 0
    escalated_at: AwareDatetime | None = None
    seen_until: AwareDatetime | None = None
    first_due_at: AwareDatetime | None = None
    moved: Count = 0

    def overdue(self, now: datetime) -> bool:
        return now > self.due_at


def set_alarm(
    opened_at: datetime,
    due_at: datetime,
    policy: Reminders,
    calendar: WorkingCalendar,
    *,
    grace: Span | None = None,
) -> Alarm:
    late_at = calendar.after(due_at, grace) if grace else due_at
    alarm = Alarm(opened_at=opened_at, due_at=due_at, late_at=late_at, next_at=late_at)
    alarm.next_at = _reminders(alarm, policy, calendar)[0]
    return alarm


def ring(alarm: Alarm, now: datetime, policy: Reminders, calendar: WorkingCalendar) -> Ring | None:
    """Rings what has fallen due by `now`, once: rings missed while nobody was awake coalesce into the last of them."""
    if alarm.next_at > now:
        return None
    kind = None
    reminders = _reminders(alarm, policy, calendar)
    missed = 0
    while alarm.next_at <= now:
        missed += 1
        kind = Ring.REMINDER if alarm.rung < len(reminders) else Ring.ESCALATION
        alarm.rung += 1
        if alarm.rung < len(reminders):
            alarm.next_at = reminders[alarm.rung]
        elif alarm.rung == len(reminders):
            escalated = calendar.after(alarm.late_at, policy.escalate_after)
            alarm.next_at = max(escalated, alarm.seen_until or escalated)
        else:
            since = alarm.next_at if missed < MOST_MISSED else now
            gap = policy.repeat_after(alarm.rung - len(reminders))
            alarm.next_at = _at_work(calendar.after(since, gap), calendar)
    _count(alarm, kind, now)
    return kind


def acknowledge(alarm: Alarm, until: datetime, policy: Reminders, calendar: WorkingCalendar) -> None:
    """The director knows: it is escalated only then, if it is still open. Whoever must act is reminded all the same."""
    alarm.seen_until = _at_work(until, calendar)
    if alarm.rung >= len(_reminders(alarm, policy, calendar)):
        alarm.next_at = alarm.seen_until


def put_off(
    alarm: Alarm, due_at: datetime, now: datetime, policy: Reminders, calendar: WorkingCalendar
) -> Alarm:
    """As it rings for another deadline: of the new one's reminders those that have not passed yet, then escalations. Nothing is late
    until then."""
    moved = alarm.model_copy(update={"due_at": due_at, "late_at": due_at, "seen_until": None})
    moved.escalated_at = None
    reminders = _reminders(moved, policy, calendar)
    moved.rung = sum(moment <= now for moment in reminders[:-1])
    moved.next_at = reminders[moved.rung]
    return moved


def _count(alarm: Alarm, kind: Ring | None, now: datetime) -> None:
    if kind is Ring.REMINDER:
        alarm.reminded += 1
    elif kind is Ring.ESCALATION:
        alarm.escalated += 1
        alarm.escalated_at = alarm.escalated_at or now
        alarm.seen_until = None


def _reminders(alarm: Alarm, policy: Reminders, calendar: WorkingCalendar) -> list[datetime]:
    """When it reminds: ahead of the deadline, and once it is missed."""
    ahead = {calendar.before(alarm.due_at, span) for span in policy.before}
    return [*sorted(moment for moment in ahead if alarm.opened_at < moment < alarm.due_at), alarm.late_at]


def _at_work(moment: datetime, calendar: WorkingCalendar) -> datetime:
    """The moment itself, or when the company works next."""
    return calendar.after_work(moment, timedelta())


class Check(State):
    """A recurring look at what may change unseen: the customs, a carrier, a silent line. `seen`: of how many the desk has looked itself."""

    next_at: AwareDatetime
    count: Count = 0
    seen: Count = 0
