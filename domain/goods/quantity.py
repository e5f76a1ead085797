"""How much of a good: a whole number is an `int`, all else a `Decimal`, exact. Equal quantities are written one way, however they came."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Protocol, Self, TypeVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from domain.spelling import ungrouped

Number = int | Decimal


def exact(value: Number) -> Number:
    """`2.000` is 2, and `2.50` is `2.5`."""
    if type(value) is int:
        return value
    return int(value) if value == int(value) else Decimal(value).normalize()


def total(quantities: Iterable[Number]) -> Number:
    return exact(sum(quantities))


class Portion(Protocol):
    """A named tuple with a quantity."""

    @property
    def quantity(self) -> Number: ...

    def _replace(self, *, quantity: Number) -> Self: ...


P = TypeVar("P", bound=Portion)


def cut(portions: Iterable[P], kept: Number) -> tuple[list[P], list[P]]:
    """The first of them that make so much, and the rest; one that stands in between is divided."""
    first, rest = list[P](), list[P]()
    for portion in portions:
        here = min(portion.quantity, kept)
        kept = exact(kept - here)
        first += [portion._replace(quantity=here)] if here else []
        over = exact(portion.quantity - here)
        rest += [portion._replace(quantity=over)] if over else []
    return first, rest


def read_quantity(said: Any) -> Number:
    """`4`, `2.5`, `2,5`, `2,000` (two) and `1 250,5`. Raises ValueError for all else."""
    if type(said) is int:
        return said
    plain = ungrouped(f"{said:f}" if isinstance(said, Decimal) else str(said).strip())
    if isinstance(said, bool) or not _NUMBER.fullmatch(plain):
        raise ValueError(f"no quantity: {said!r}"[:100])
    return exact(Decimal(plain.replace(",", ".")))


_NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,15})?")


def decimals_of(value: Number) -> int:
    """How many stand after the comma."""
    return 0 if type(value) is int else max(-int(Decimal(value).normalize().as_tuple().exponent), 0)


_LARGEST = 2**31 - 1
AS_JSON = WithJsonSchema(
    {
        "anyOf": [
            {"type": "integer", "minimum": 0, "maximum": _LARGEST},
            {"type": "string", "pattern": r"^[0-9]{1,10}(\.[0-9]{1,3})?$"},
        ]
    }
)
Quantity = Annotated[Number, BeforeValidator(read_quantity), Field(ge=0, le=_LARGEST), AS_JSON]
"""Of a good, where it has been checked."""
