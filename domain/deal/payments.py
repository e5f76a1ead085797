"""A payment term's milestones to the kopeck, and how money falls on those that are open."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pydantic import AwareDatetime

from domain.alarms import Alarm
from domain.base import LineNumber, State
from domain.facts import Subject
from domain.money import ZERO, Sum, share_of
from domain.playbook.terms import Event, Gate, PaymentTerm
from domain.words import Text


class Milestone(State):
    """A part of a line's price. `due_at` is set when its trigger has happened.

    `allocated` is the money that stands on it, `funded_on` the value date of the latest of it: the ledger tells both. `paid_at`
    is when the line has heard that it is paid, `paid_on` the day on which it was.
    """

    id: str
    line: LineNumber
    title: Text
    amount: Sum
    trigger: Event
    gate: Gate | None = None
    allocated: Sum = ZERO
    funded_on: date | None = None
    due_at: AwareDatetime | None = None
    alarm: Alarm | None = None
    paid_at: AwareDatetime | None = None
    paid_on: date | None = None

    @property
    def outstanding(self) -> Decimal:
        return self.amount - self.allocated

    @property
    def paid(self) -> bool:
        return self.outstanding <= ZERO

    def about(self, currency: str) -> dict[str, Any]:
        """What every fact about it says: see `AboutMilestone`."""
        return {"id": self.id, "title": self.title, "amount": self.amount, "currency": currency}


def milestones_of(line: int, amount: Decimal, term: PaymentTerm) -> dict[str, Milestone]:
    """The term's milestones for a line: shares rounded to the kopeck, the balance takes the remainder, so they sum exactly."""
    shares = {part.id: share_of(amount, part.share) for part in term.milestones if part.share is not None}
    rest = amount - sum(shares.values(), ZERO)
    milestones: dict[str, Milestone] = {}
    for part in term.milestones:
        id = Subject(line).id(part.id)
        # Rounding the shares up may leave less than nothing of a total of a few kopecks: the last share gives it back.
        due = shares.get(part.id, max(rest, ZERO))
        milestones[id] = Milestone(
            id=id, line=line, title=part.title, amount=due, trigger=part.trigger, gate=part.gate
        )
    _give_back(milestones, rest)
    return milestones


def _give_back(milestones: dict[str, Milestone], rest: Decimal) -> None:
    for milestone in reversed(milestones.values()):
        if rest >= ZERO:
            return
        taken = min(milestone.amount, -rest)
        milestone.amount -= taken
        rest += taken


_NEVER = datetime.max.replace(tzinfo=UTC)


def in_order(milestones: Iterable[Milestone]) -> list[Milestone]:
    """As money comes to them: the earliest due first, those not yet due by line and order."""
    return sorted(milestones, key=lambda m: (m.due_at or _NEVER, m.line))


def allocate(amount: Decimal, milestones: Iterable[Milestone]) -> tuple[dict[str, Decimal], Decimal]:
    """How `amount` falls on open milestones, earliest due date first (those not yet due by line and order), and what is left."""
    parts: dict[str, Decimal] = {}
    for milestone in in_order(milestones):
        part = min(amount, max(milestone.outstanding, ZERO))
        if part > ZERO:
            parts[milestone.id] = part
            amount -= part
    return parts, amount
