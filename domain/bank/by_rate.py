"""Roubles for a deal whose prices are in another currency: what just so many roubles would pay, at the rate of their day."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from domain.base import Value
from domain.deal.rates import PaidIn, Rate, rate_day
from domain.money import ZERO, kopecks
from domain.order.rate_clause import RateClause


class PaidByRate(Value):
    """How a deal is paid in roubles. `agreed_on`: the contract's day; `known`: the bank's rates of its currency, by day, as far as any deal
    has asked for them."""

    clause: RateClause
    agreed_on: date | None = None
    known: Mapping[date, Rate] = {}

    def applied(self, credited: date, debited: date | None) -> Decimal | None:
        """Roubles for one of the currency; none where a rate that the clause needs is not known."""
        day = rate_day(self.clause, credited, debited, self.agreed_on)
        base_day = self.agreed_on if self.clause.within is not None else None
        rate, base = self.known.get(day), self.known.get(base_day) if base_day else None
        if rate is None or (base_day and base is None):
            return None
        clause = self.clause
        paid = PaidIn(
            amount=ZERO, rate=rate, percent=clause.percent, day=day, within=clause.within, base=base
        )
        return paid.applied


def roubles(amount: Decimal, applied: Decimal) -> Decimal:
    return kopecks(amount * applied)
