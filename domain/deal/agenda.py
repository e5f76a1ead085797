"""What is due when: every rule about time, in one place. One process has one agenda, and so one timer."""

from datetime import datetime
from typing import Any, Protocol

from domain.alarms import Alarm, Check, Ring, ring
from domain.calendar import Span
from domain.deal.open_items import Kind, OpenItem, alarms_of, is_over, items_of
from domain.deal.state import LineState, ProcessState
from domain.facts import (
    ApprovalEscalated,
    ApprovalReminded,
    AssignmentEscalated,
    AssignmentReminded,
    CustomsCheck,
    DocumentEscalated,
    DocumentReminded,
    EtaCheck,
    FactData,
    MilestoneEscalated,
    MilestoneReminded,
)
from domain.words import Role

RINGS: dict[Kind, tuple[type[FactData], type[FactData]]] = {
    "assignment": (AssignmentReminded, AssignmentEscalated),
    "approval": (ApprovalReminded, ApprovalEscalated),
    "document": (DocumentReminded, DocumentEscalated),
    "payment": (MilestoneReminded, MilestoneEscalated),
}
"""What a reminder and what an escalation is on record as."""


class Trail(Protocol):
    """Where what rings is written."""

    state: Any

    def record(self, data: FactData, /) -> None: ...


def next_ring(state: ProcessState) -> datetime | None:
    """The earliest moment at which something falls due; none when nothing is open."""
    moments = [alarm.next_at for alarm in alarms_of(state)]
    moments += [check.next_at for check in _checks(state).values()]
    return min(moments, default=None)


def ring_due(trail: Trail, now: datetime) -> None:
    """Rings all that has fallen due, each once, and writes it into the trail."""
    state: ProcessState = trail.state
    due = next_ring(state)
    if state.playbook is None or due is None or due > now:
        return
    book = state.book
    for item, alarm in _ringing(state):
        reminded, escalated = RINGS[item.kind]
        match ring(alarm, now, book.reminders, book.calendar):
            case Ring.REMINDER:
                times = {"times": alarm.reminded} if alarm.reminded > 1 else {}
                trail.record(reminded(**_about(item, alarm, state), **times, overdue=now >= alarm.due_at))
            case Ring.ESCALATION:
                times = {"times": alarm.escalated} if alarm.escalated > 1 else {}
                director = book.holders(Role.DIRECTOR)[0]
                trail.record(escalated(**_about(item, alarm, state), **times, to=director))
    for name, check in _checks(state).items():
        if check.next_at <= now:
            check.count += 1
            check_made, every = _check(name, state)
            while check.next_at <= now:
                check.next_at = book.calendar.after(max(check.next_at, now), every)
            if check_made:
                trail.record(check_made(count=check.count, assignee=state.manager))


def _ringing(state: ProcessState) -> list[tuple[OpenItem, Alarm]]:
    return [(item, item.alarm) for item in items_of(state) if item.alarm]


def _checks(state: ProcessState) -> dict[str, Check]:
    """What is over is looked at no more."""
    return {} if is_over(state) else state.checks


def _check(name: str, state: ProcessState) -> tuple[type[CustomsCheck | EtaCheck] | None, Span]:
    checks = state.book.checks
    match name:
        case "customs":
            return CustomsCheck, checks.customs
        case "eta":
            return EtaCheck, checks.eta
        case _:
            return None, checks.silent_line


def _about(item: OpenItem, alarm: Alarm, state: ProcessState) -> dict[str, Any]:
    id = item.id or ""
    match item.kind:
        case "assignment":
            return state.assignments[id].about()
        case "approval":
            return state.approvals[id].about()
        case "document":
            document = state.documents[id]
            return {**document.asked(), "due": alarm.due_at}
    if not isinstance(state, LineState):
        raise LookupError(f"{id} is no milestone of a line")
    milestone = state.milestones[id]
    return {
        **milestone.about(state.currency),
        "outstanding": milestone.outstanding,
        "due": alarm.due_at,
    }
