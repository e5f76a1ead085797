"""Whom the desk calls: reminders, status checks and escalations; and what was done only after its deadline."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from domain.deal.agenda import RINGS
from domain.deal.authority import CLIENT
from domain.deal.open_items import persons
from domain.deal.state import DealState
from domain.facts import (
    AboutApproval,
    AboutAssignment,
    AboutMilestone,
    ApprovalApproved,
    ApprovalRejected,
    AssignmentCompleted,
    CustomsCheck,
    DocumentEscalated,
    DocumentHandedOver,
    DocumentReady,
    DocumentRefused,
    DocumentReminded,
    DocumentSigned,
    EtaCheck,
    Fact,
    FactData,
    MilestonePaid,
)
from domain.view.timeline.model import Call, Overdue
from domain.view.timeline.trail import Trail
from domain.words import Text

CallKind = Literal["reminder", "check", "escalation"]

CHECKS: dict[type[FactData], Text] = {
    CustomsCheck: Text(ru="Проверка статуса на таможне", en="Status check at the customs"),
    EtaCheck: Text(ru="Проверка доставки", en="Delivery check"),
}
_KINDS: dict[type[FactData], CallKind] = {
    **{reminded: "reminder" for reminded, _ in RINGS.values()},
    **{escalated: "escalation" for _, escalated in RINGS.values()},
    **dict.fromkeys(CHECKS, "check"),
}
_DONE = (
    *(AssignmentCompleted, ApprovalApproved, ApprovalRejected),
    *(DocumentSigned, DocumentHandedOver, DocumentRefused, MilestonePaid),
)


class _Thing(NamedTuple):
    """What can be late. A paper and an approval may have the same id."""

    id: str
    title: str


def calls(trail: Trail) -> tuple[Call, ...]:
    return tuple(_call(fact, data, trail) for fact, data in trail.entries if type(data) in _KINDS)


def asked(data: FactData, deal: DealState) -> tuple[str, ...]:
    """Whom a fact about a question, a paper, a payment or a check waits for."""
    match data:
        case AboutAssignment() | CustomsCheck() | EtaCheck():
            return (data.assignee,)
        case AboutApproval():
            return data.awaiting
        case DocumentReady() | DocumentReminded() | DocumentEscalated():
            return tuple(persons(role, deal)[0] for role in data.signers)
        case AboutMilestone():
            return (CLIENT,)
    return ()


def _call(fact: Fact, data: FactData, trail: Trail) -> Call:
    said: Any = data  # what remind and escalate have in common is no class of its own
    kind = _KINDS[type(data)]
    title: Text = CHECKS[type(data)] if kind == "check" else said.title
    return Call(
        at=fact.at,
        kind=kind,
        line=_line(fact),
        id=getattr(data, "id", None),
        title=title.to(trail.language),
        who=asked(data, trail.deal),
        to=getattr(data, "to", None),
        due_at=getattr(data, "due", None),
        overdue=getattr(data, "overdue", False),
    )


def overdue(trail: Trail, called: Sequence[Call]) -> tuple[Overdue, ...]:
    """The earliest deadline first."""
    late: dict[tuple[_Thing, datetime], list[Call]] = {}
    for call in called:
        if call.overdue and call.id and call.due_at:
            late.setdefault((_Thing(call.id, call.title), call.due_at), []).append(call)
    done = list(_done(trail))
    found = [
        _overdue(trail, calls, next((at for it, at in done if it == thing and at >= due_at), None))
        for (thing, due_at), calls in late.items()
    ]
    return tuple(sorted(found, key=lambda item: item.due_at))


def _overdue(trail: Trail, late: Sequence[Call], done_at: datetime | None) -> Overdue:
    """`late` are the calls for one thing since its deadline."""
    first = late[0]
    id, due_at = first.id or "", first.due_at or first.at
    return Overdue(
        line=first.line,
        id=id,
        title=first.title,
        who=first.who,
        due_at=due_at,
        done_at=done_at,
        working_days=trail.working_days(due_at, done_at or trail.ended_at),
        reminders=sum(call.kind == "reminder" for call in late),
        escalations=sum(call.kind == "escalation" for call in late),
    )


def _done(trail: Trail) -> Iterator[tuple[_Thing, datetime]]:
    for fact, data in trail.entries:
        if isinstance(data, _DONE) and not getattr(data, "missing", ()):
            yield _Thing(data.id, data.title.to(trail.language)), fact.at


def _line(fact: Fact) -> int | None:
    return int(fact.subject.removeprefix("line ")) if fact.subject.startswith("line ") else None
