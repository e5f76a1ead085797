"""The customs declarations of a line: for how many of its pieces each is, and what the customs have said of it.

Nothing is counted along: all is read from the answers, in the order in which they were given. So a correction changes what follows
from it, and no more.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from pydantic import model_validator

from domain.base import Count, Value
from domain.deal.tasks import Assignment
from domain.playbook.questions import Conditional, CustomsDeclaration, CustomsRelease

DECLARATION, RELEASE = "customs-declaration", "customs-release"
FREE = ("released", "conditional")
FAILED = ("refused", "withdrawn")
_DAY = re.compile(r"[0-9]{8}/([0-9]{2})([0-9]{2})([0-9]{2})/[0-9]{7}")


class Declaration(Value):
    """For `quantity` pieces; 0 where several were entered without their quantities. `outcome` is a code of the question about the
    release, empty before its first answer; `on` is the day of the release, `until` that by which an obligation must be met."""

    number: str
    quantity: Count = 0
    outcome: str = ""
    on: date | None = None
    until: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_number(cls, value: Any) -> Any:
        """Lines have told their numbers alone."""
        return {"number": value} if isinstance(value, str) else value

    @property
    def free(self) -> bool:
        return self.outcome in FREE

    @property
    def failed(self) -> bool:
        """Another one is needed in its place."""
        return self.outcome in FAILED

    @property
    def awaited(self) -> bool:
        return not self.free and not self.failed

    @property
    def declared_on(self) -> date | None:
        return day_in(self.number)


def day_in(number: str) -> date | None:
    """The day within a number, if there is one."""
    found = _DAY.fullmatch(number)
    with suppress(ValueError):
        return date(2000 + int(found[3]), int(found[2]), int(found[1])) if found else None
    return None


def listed(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]


def declarations_in(assignments: Iterable[Assignment], quantity: int, before: str = "") -> list[Declaration]:
    """Of a line with so many pieces, as its questions were answered; `before` the one with this id was."""
    found: dict[str, Declaration] = {}
    for asked in _answered(assignments, before):
        if asked.kind == DECLARATION:
            left = undeclared(found.values(), quantity)
            found |= {each.number: each for each in declared(asked.answers, left)}
        else:
            answer = CustomsRelease.read(asked.answers)
            named = listed(answer.declarations)
            for each in found.values():
                if each.number in named or (not named and each.awaited):
                    found[each.number] = _told(each, answer)
    return list(found.values())


def _answered(assignments: Iterable[Assignment], before: str) -> list[Assignment]:
    kinds = (DECLARATION, RELEASE)
    told = [a for a in assignments if a.kind in kinds and a.closed_at and not a.withdrawn]
    told.sort(key=lambda asked: asked.closed_at.timestamp() if asked.closed_at else 0)
    ids = [asked.id for asked in told]
    return told[: ids.index(before)] if before in ids else told


def declared(answers: Mapping[str, str], left: int) -> list[Declaration]:
    """One without a quantity is for all that is `left`."""
    answer = CustomsDeclaration.read(answers)
    numbers, pieces = listed(answer.declaration), quantities_in(answer.quantities)
    if len(pieces) != len(numbers):
        pieces = [left] if len(numbers) == 1 else [0] * len(numbers)
    return [Declaration(number=n, quantity=q) for n, q in zip(numbers, pieces, strict=True)]


def quantities_in(answer: str) -> list[int]:
    return [int(part) if part.isascii() and part.isdigit() else 0 for part in listed(answer)]


def _told(declaration: Declaration, answer: CustomsRelease) -> Declaration:
    said = {"outcome": answer.outcome, "on": getattr(answer, "released_on", None), "until": None}
    if isinstance(answer, Conditional):
        said["until"] = answer.obligation_until
    return declaration.model_copy(update=said)


def undeclared(declarations: Iterable[Declaration], quantity: int) -> int:
    """So many pieces still need a declaration. Those without a quantity are for all that the others are not for."""
    stands = [each for each in declarations if not each.failed]
    if any(not each.quantity for each in stands):
        return 0
    return max(quantity - sum(each.quantity for each in stands), 0)


def unreleased(declarations: Iterable[Declaration], quantity: int) -> int:
    """So many pieces the customs have not let go; all of them where it is not known."""
    stands = [each for each in declarations if not each.failed]
    if any(not each.quantity for each in stands):
        return 0 if all(each.free for each in stands) else quantity
    return max(quantity - sum(each.quantity for each in stands if each.free), 0)


def cleared(declarations: Iterable[Declaration], quantity: int) -> bool:
    """Whether the line may go on: nothing is to be declared, and nothing declared is waited for."""
    known = list(declarations)
    return not undeclared(known, quantity) and not any(each.awaited for each in known)
