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

from domain.base import Value
from domain.deal.tasks import Assignment
from domain.goods.quantity import Number, Quantity, decimals_of, exact, read_quantity, total
from domain.goods.units import UNITS, is_measured
from domain.playbook.questions import Conditional, CustomsDeclaration, CustomsRelease
from domain.wording import Measured
from domain.words import Text, UnitOfMeasure

DECLARATION, RELEASE = "customs-declaration", "customs-release"
FREE = ("released", "conditional")
FAILED = ("refused", "withdrawn")
_DAY = re.compile(r"[0-9]{8}/([0-9]{2})([0-9]{2})([0-9]{2})/[0-9]{7}")


class Declaration(Value):
    """For so much of the good; 0 where several were entered without their quantities. `outcome` is a code of the question about the
    release, empty before its first answer; `on` is the day of the release, `until` that by which an obligation must be met."""

    number: str
    quantity: Quantity = 0
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


def declarations_in(
    assignments: Iterable[Assignment], whole: Measured, before: str = ""
) -> list[Declaration]:
    """Of a line with so much, as its questions were answered; `before` the one with this id was."""
    found: dict[str, Declaration] = {}
    for asked in _answered(assignments, before):
        if asked.kind == DECLARATION:
            left = undeclared(found.values(), whole.quantity)
            found |= {each.number: each for each in declared(asked.answers, Measured(left, whole.unit))}
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


def declared(answers: Mapping[str, str], left: Measured) -> list[Declaration]:
    """One without a quantity is for all that is `left`."""
    answer = CustomsDeclaration.read(answers)
    numbers, said = listed(answer.declaration), quantities_in(answer.quantities, left.unit)
    if len(said) != len(numbers):
        said = [left.quantity] if len(numbers) == 1 else [0] * len(numbers)
    return [Declaration(number=n, quantity=q) for n, q in zip(numbers, said, strict=True)]


def quantities_in(answer: str, unit: UnitOfMeasure) -> list[Number]:
    """`2, 3`; of what is measured also `2.5, 1` and `2,5; 1`. What is no quantity of this unit is 0."""
    return [_read(part, unit) for part in quantities_listed(answer, unit)]


def quantities_listed(answer: str, unit: UnitOfMeasure) -> list[str]:
    """As they were written; of what is measured with a point before the decimals."""
    parts = re.split(r"[;\n]" if ";" in answer and is_measured(unit) else r"[,;\n]", answer)
    return [part.strip().replace(",", ".") for part in parts if part.strip()]


def how_listed(unit: UnitOfMeasure) -> Text:
    """After a sentence that says what is wrong with a list of quantities."""
    if not is_measured(unit):
        return Text(ru="", en="")
    return Text(ru=", через «;»: 2,5; 1", en=", with “;” between them: 2.5; 1")


def _read(part: str, unit: UnitOfMeasure) -> Number:
    with suppress(ValueError):
        quantity = read_quantity(part)
        return quantity if quantity > 0 and decimals_of(quantity) <= UNITS[unit].decimals else 0
    return 0


def _told(declaration: Declaration, answer: CustomsRelease) -> Declaration:
    said = {"outcome": answer.outcome, "on": getattr(answer, "released_on", None), "until": None}
    if isinstance(answer, Conditional):
        said["until"] = answer.obligation_until
    return declaration.model_copy(update=said)


def undeclared(declarations: Iterable[Declaration], quantity: Number) -> Number:
    """So much still needs a declaration. Those without a quantity are for all that the others are not for."""
    stands = [each for each in declarations if not each.failed]
    if any(not each.quantity for each in stands):
        return 0
    return exact(max(quantity - total(each.quantity for each in stands), 0))


def unreleased(declarations: Iterable[Declaration], quantity: Number) -> Number:
    """So much the customs have not let go; all of it where it is not known."""
    stands = [each for each in declarations if not each.failed]
    if any(not each.quantity for each in stands):
        return 0 if all(each.free for each in stands) else quantity
    return exact(max(quantity - total(each.quantity for each in stands if each.free), 0))


def cleared(declarations: Iterable[Declaration], quantity: Number) -> bool:
    """Whether the line may go on: nothing is to be declared, and nothing declared is waited for."""
    known = list(declarations)
    return not undeclared(known, quantity) and not any(each.awaited for each in known)
