"""The rate clause: prices are in euros, dollars or yuan, and are paid in roubles at the Bank of Russia's rate.

The Civil Code, art. 317 p. 2, lets a contract say so. Which day's rate holds, and what is added to it, the contract says.
"""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from domain.base import Value

ROUBLES = "RUB"


class RateDay(StrEnum):
    """Whose day it is: the money's, when it left the client's account or came to ours, or the contract's own."""

    CREDITED = "credited"
    DEBITED = "debited"
    CONTRACT = "contract"


class RateClause(Value):
    """`within`: the rate is never further than so many per cent from that of the contract's day. `percent` is added to the bank's rate; below
    zero it is taken off."""

    day: RateDay = RateDay.CREDITED
    percent: Decimal = Field(default=Decimal(0), ge=-50, le=50, decimal_places=2)
    within: Decimal | None = Field(default=None, ge=0, le=50, decimal_places=2)

    def applied(self, rate: Decimal) -> Decimal:
        return with_percent(rate, self.percent)


def bounded(rate: Decimal, base: Decimal, within: Decimal) -> Decimal:
    """The rate, as far as it stays within so many per cent of the base."""
    return min(max(rate, with_percent(base, -within)), with_percent(base, within))


def with_percent(rate: Decimal, percent: Decimal) -> Decimal:
    return rate * (100 + percent) / 100
