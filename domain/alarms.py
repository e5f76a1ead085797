"""When an open question rings: reminded before and at its deadline, escalated after it, and again until it is answered."""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from domain.base import Count, State
from domain.calendar import WorkingCalendar
from domain.playbook.book import Reminders

MOST_MISSED = 100
"""Rings that are counted one by one; where a deadline is years past, it goes on from now."""


class Ring(StrEnum):
    REMINDER = "reminder"
    ESCALATION = "escalation"


class Alarm(State):
    """The deadline of one open question. Absolute times, so it survives restarts and continue-as-new.

    `rung` counts the rings so far; `next_at` is the one moment the agenda looks at.
    """

    opened_at: AwareDatetime
    due_at: AwareDatetime
    rung: Count = 0
    next_at: AwareDatetime

    def overdue(self, now: datetime) -> bool:
        return now > self.due_at


def set_alarm(opened_at: datetime, due_at: datetime, policy: Reminders, calendar: WorkingCalendar) -> Alarm:
    first = _reminders(opened_at, due_at, policy, calendar)[0]
    return Alarm(opened_at=opened_at, due_at=due_at, next_at=first)


def ring(alarm: Alarm, now: datetime, policy: Reminders, calendar: WorkingCalendar) -> Ring | None:
    """Rings what has fallen due by `now`, once: rings missed while nobody was awake coalesce into the last of them."""
    kind = None
    reminders = _reminders(alarm.opened_at, alarm.due_at, policy, calendar)
    missed = 0
    while alarm.next_at <= now:
        missed += 1
        kind = Ring.REMINDER if alarm.rung < len(reminders) else Ring.ESCALATION
        alarm.rung += 1
        if alarm.rung < len(reminders):
            alarm.next_at = reminders[alarm.rung]
        elif alarm.rung == len(reminders):
            alarm.next_at = calendar.after(alarm.due_at, policy.escalate_after)
        else:
            alarm.next_at = calendar.after(alarm.next_at if missed < MOST_MISSED else now, policy.repeat)
    return kind


def _reminders(
    opened_at: datetime, due_at: datetime, policy: Reminders, calendar: WorkingCalendar
) -> list[datetime]:
    """When it reminds: ahead of the deadline, and at it."""
    ahead = {calendar.before(due_at, span) for span in policy.before}
    return [*sorted(moment for moment in ahead if opened_at < moment < due_at), due_at]


class Check(State):
    """A recurring look at what may change unseen: the customs, a carrier, a silent line."""

    next_at: AwareDatetime
    count: Count = 0
