"""What is due when: every rule about time, in one place. One process has one agenda, and so one timer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from domain.alarms import Check, Ring, ring
from domain.calendar import Span
from domain.facts import FactKind, titled
from domain.open_items import Kind, OpenItem, is_over, items_of
from domain.state import LineState, ProcessState
from domain.words import Role


class Trail(Protocol):
    """Where what rings is written."""

    state: Any

    def record(self, kind: FactKind, about: Mapping[str, str], /) -> None: ...


def next_ring(state: ProcessState) -> datetime | None:
    """The earliest moment at which something falls due; none when nothing is open."""
    moments = [item.alarm.next_at for item in items_of(state) if item.alarm]
    moments += [check.next_at for check in _checks(state).values()]
    return min(moments, default=None)


def ring_due(trail: Trail, now: datetime) -> None:
    """Rings all that has fallen due, each once, and writes it into the trail."""
    state: ProcessState = trail.state
    if state.playbook is None:
        return
    book = state.playbook
    for item in list(items_of(state)):
        rung = item.alarm and ring(item.alarm, now, book.reminders, book.calendar)
        if rung:
            overdue = {"overdue": "yes"} if now >= item.due_at else {}
            to = {"to": book.holders(Role.DIRECTOR)[0]} if rung is Ring.ESCALATION else {}
            trail.record(RINGS[item.kind][rung], {**_about(item, state), **overdue, **to})
    for name, check in _checks(state).items():
        if check.next_at <= now:
            check.count += 1
            kind, every = _check(name, state)
            while check.next_at <= now:
                check.next_at = book.calendar.after(max(check.next_at, now), every)
            if kind:
                trail.record(kind, {"count": str(check.count), "assignee": state.manager})


RINGS: dict[Kind, dict[Ring, FactKind]] = {
    "assignment": {
        Ring.REMINDER: FactKind.ASSIGNMENT_REMINDED,
        Ring.ESCALATION: FactKind.ASSIGNMENT_ESCALATED,
    },
    "approval": {
        Ring.REMINDER: FactKind.APPROVAL_REMINDED,
        Ring.ESCALATION: FactKind.APPROVAL_ESCALATED,
    },
    "document": {
        Ring.REMINDER: FactKind.DOCUMENT_REMINDED,
        Ring.ESCALATION: FactKind.DOCUMENT_ESCALATED,
    },
    "payment": {
        Ring.REMINDER: FactKind.MILESTONE_REMINDED,
        Ring.ESCALATION: FactKind.MILESTONE_ESCALATED,
    },
}
"""What each ring puts on record. Everything with an alarm is of one of these kinds."""


def _about(item: OpenItem, state: ProcessState) -> dict[str, str]:
    about = {"id": item.id or "", **titled(item.title), "due": item.due_at.isoformat()}
    match item.kind:
        case "assignment":
            about |= {"assignee": item.persons[0]}
        case "approval":
            about |= {"version": str(item.version), "awaiting": ", ".join(item.persons)}
        case "document":
            about |= {"signer": item.who[0].role.value}
    if isinstance(state, LineState) and item.kind == "payment":
        milestone = state.milestones[about["id"]]
        amounts = {"amount": str(milestone.amount), "outstanding": str(milestone.outstanding)}
        about |= {"currency": state.currency, **amounts}
    return about


def _checks(state: ProcessState) -> dict[str, Check]:
    return {} if is_over(state) else state.checks


def _check(name: str, state: ProcessState) -> tuple[FactKind | None, Span]:
    checks = state.book.checks
    match name:
        case "customs":
            return FactKind.CUSTOMS_CHECK, checks.customs
        case "eta":
            return FactKind.ETA_CHECK, checks.eta
        case _:
            return None, checks.silent_line
