"""The offer: a numbered version of what is sold. Approvals bind to its digest; the last one approved by all is in force."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal

from domain.base import Value
from domain.money import ZERO
from domain.order.order import OrderLine


class Offer(Value):
    """`digest` tells whether two offers sell the same: equal for equal lines and terms, whatever their version."""

    version: int
    currency: str
    lines: tuple[OrderLine, ...]
    digest: str

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


def make_offer(version: int, currency: str, lines: Iterable[OrderLine]) -> Offer:
    goods = tuple(lines)
    said = "\n".join([currency, *(line.model_dump_json() for line in goods)])
    return Offer(
        version=version,
        currency=currency,
        lines=goods,
        digest=hashlib.sha256(said.encode()).hexdigest()[:16],
    )
