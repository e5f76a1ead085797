"""What is due when: every rule about time, in one place. One process has one agenda, and so one timer."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol

from domain.alarms import Alarm, Ring, ring
from domain.calendar import Span
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
from domain.state import LineState, ProcessState
from domain.words import Role

Rings = tuple[type[FactData], type[FactData]]
"""What a reminder and what an escalation is on record as."""


class Trail(Protocol):
    """Where what rings is written."""

    state: Any

    def record(self, data: FactData, /) -> None: ...


def next_ring(state: ProcessState) -> datetime | None:
    """The earliest moment at which something falls due; none when nothing is open."""
    moments = [alarm.next_at for alarm, _, _ in _alarms(state)]
    moments += [check.next_at for check in state.checks.values()]
    return min(moments, default=None)


def ring_due(trail: Trail, now: datetime) -> None:
    """Rings all that has fallen due, each once, and writes it into the trail."""
    state: ProcessState = trail.state
    if state.playbook is None:
        return
    book = state.playbook
    for alarm, (reminded, escalated), about in list(_alarms(state)):
        match ring(alarm, now, book.reminders, book.calendar):
            case Ring.REMINDER:
                trail.record(reminded(**about, overdue=now >= alarm.due_at))
            case Ring.ESCALATION:
                trail.record(escalated(**about, to=book.holders(Role.DIRECTOR)[0]))
    for name, check in state.checks.items():
        if check.next_at <= now:
            check.count += 1
            check_made, every = _check(name, state)
            while check.next_at <= now:
                check.next_at = book.calendar.after(max(check.next_at, now), every)
            if check_made:
                trail.record(check_made(count=check.count, assignee=state.manager))


def _check(name: str, state: ProcessState) -> tuple[type[CustomsCheck | EtaCheck] | None, Span]:
    checks = state.book.checks
    match name:
        case "customs":
            return CustomsCheck, checks.customs
        case "eta":
            return EtaCheck, checks.eta
        case _:
            return None, checks.silent_line


def _alarms(state: ProcessState) -> Iterator[tuple[Alarm, Rings, dict[str, Any]]]:
    """Each open alarm, and what its rings say."""
    for assignment in state.open_assignments:
        yield assignment.alarm, (AssignmentReminded, AssignmentEscalated), assignment.told()
    for approval in state.open_approvals:
        yield approval.alarm, (ApprovalReminded, ApprovalEscalated), approval.told()
    for document in state.unsigned:
        if document.alarm:
            about = {**document.told(), "signer": document.signer, "due": document.alarm.due_at}
            yield document.alarm, (DocumentReminded, DocumentEscalated), about
    if isinstance(state, LineState):
        for milestone in state.milestones.values():
            if milestone.alarm and not milestone.paid:
                about = {**milestone.told(state.currency), "outstanding": milestone.outstanding}
                about["due"] = milestone.alarm.due_at
                yield milestone.alarm, (MilestoneReminded, MilestoneEscalated), about


def deadlines(state: ProcessState) -> list[datetime]:
    """The deadlines of all that is open."""
    return [alarm.due_at for alarm, _, _ in _alarms(state)]
