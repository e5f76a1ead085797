"""What is due when: every rule about time, in one place. One process has one agenda, and so one timer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from domain.alarms import Alarm, Check, Ring, ring
from domain.calendar import Span
from domain.facts import FactKind, titled
from domain.open_items import Kind, OpenItem, items_of
from domain.state import LineState, ProcessState
from domain.words import Role


class Trail(Protocol):
    """Where what rings is written."""

    state: Any

    def record(self, kind: FactKind, about: Mapping[str, str], /) -> None: ...


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
                trail.record(reminded, {**about, "overdue": _overdue(alarm, now)})
            case Ring.ESCALATION:
                trail.record(escalated, {**about, "overdue": "yes", "to": book.holders(Role.DIRECTOR)[0]})
    for name, check in state.checks.items():
        if check.next_at <= now:
            check.count += 1
            kind, every = _check(name, state)
            while check.next_at <= now:
                check.next_at = book.calendar.after(max(check.next_at, now), every)
            if kind:
                trail.record(kind, {"count": str(check.count), "assignee": state.manager})


def _check(name: str, state: ProcessState) -> tuple[FactKind | None, Span]:
    checks = state.book.checks
    match name:
        case "customs":
            return FactKind.CUSTOMS_CHECK, checks.customs
        case "eta":
            return FactKind.ETA_CHECK, checks.eta
        case _:
            return None, checks.silent_line


def _alarms(state: ProcessState) -> Iterator[tuple[Alarm, tuple[FactKind, FactKind], dict[str, str]]]:
    for assignment in state.open_assignments:
        about = {"id": assignment.id, **titled(assignment.title), "assignee": assignment.assignee}
        kinds = (FactKind.ASSIGNMENT_REMINDED, FactKind.ASSIGNMENT_ESCALATED)
        yield assignment.alarm, kinds, _due(about, assignment.alarm)
    for approval in state.open_approvals:
        awaiting = ", ".join(ask.person for ask in approval.awaiting)
        about = {
            "id": approval.id,
            **titled(approval.title),
            "version": str(approval.version),
            "awaiting": awaiting,
        }
        kinds = (FactKind.APPROVAL_REMINDED, FactKind.APPROVAL_ESCALATED)
        yield approval.alarm, kinds, _due(about, approval.alarm)
    for document in state.unsigned:
        if document.alarm:
            about = {"id": document.id, **titled(document.title), "signer": document.signer.value}
            kinds = (FactKind.DOCUMENT_REMINDED, FactKind.DOCUMENT_ESCALATED)
            yield document.alarm, kinds, _due(about, document.alarm)
    if isinstance(state, LineState):
        for milestone in state.milestones.values():
            if milestone.alarm and not milestone.paid:
                about = {"id": milestone.id, **titled(milestone.title), "currency": state.currency}
                about["amount"] = str(milestone.amount)
                about["outstanding"] = str(milestone.outstanding)
                kinds = (FactKind.MILESTONE_REMINDED, FactKind.MILESTONE_ESCALATED)
                yield milestone.alarm, kinds, _due(about, milestone.alarm)


def _due(about: dict[str, str], alarm: Alarm) -> dict[str, str]:
    return {**about, "due": alarm.due_at.isoformat()}


def _overdue(alarm: Alarm, now: datetime) -> str:
    return "yes" if now >= alarm.due_at else ""


def deadlines(state: ProcessState) -> list[datetime]:
    """The deadlines of all that is open."""
    return [alarm.due_at for alarm, _, _ in _alarms(state)]
