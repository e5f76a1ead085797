"""Roubles at the Bank of Russia's rate: what a payment's rate is, what it makes of its roubles, and what waits for one."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime, Field

from domain.base import LineNumber, Value
from domain.facts import Actor
from domain.money import KOPECK, ZERO, Sum, kopecks
from domain.order.rate_clause import RateClause, RateDay, bounded, with_percent

HIGHEST = Decimal(10**6)
"""Roubles for one of a currency: more than any has ever cost."""

NOMINAL_RATE = Decimal(100)
"""Roubles for one of any currency, where a deal is only rehearsed."""


class RateAsked(Value):
    """The rate of `currency` that is in force on `day`."""

    currency: str
    day: date


class Rate(Value):
    """Roubles for one of the currency, and the day from which the bank set it: of a day off, that of the last day before.

    `by_hand`: the accountant has entered it.
    """

    value: Decimal = Field(gt=0, le=HIGHEST)
    set_on: date
    by_hand: bool = False


class RateFound(Value):
    """None: the source has none for that day yet. `why` is for operators."""

    rate: Rate | None = None
    why: str = ""


class PaidIn(Value):
    """How a payment came whose money the deal counts in another currency: `amount` roubles, at the bank's `rate` of `day` with the
    contract's per cent; kept `within` so many per cent of `base`, the rate of the contract's day `base_day`, where the contract says so. It
    keeps it wherever its money goes."""

    amount: Sum
    rate: Rate
    percent: Decimal = Decimal(0)
    day: date
    within: Decimal | None = None
    base: Rate | None = None
    base_day: date | None = None

    @property
    def held(self) -> Decimal:
        """The bank's rate, as far as the contract takes it."""
        if self.base is None or self.within is None:
            return self.rate.value
        return bounded(self.rate.value, self.base.value, self.within)

    @property
    def applied(self) -> Decimal:
        return with_percent(self.held, self.percent)


class WaitingPayment(Value):
    """A payment that came, and is counted once the rate of `rate_day` is known, and that of `base_day`, `within` so many per cent of which
    it stays. `corrects`: the one that was entered wrong."""

    id: str
    amount: Sum = Field(gt=0)
    currency: str
    day: date
    rate_day: date
    percent: Decimal = Decimal(0)
    within: Decimal | None = None
    base_day: date | None = None
    line: LineNumber | None = None
    note: str = ""
    corrects: str = ""
    payer: str = ""
    payer_inn: str = ""
    account: str = ""
    key: str = ""
    actor: Actor
    at: AwareDatetime

    @property
    def days(self) -> tuple[date, ...]:
        """Those whose rates it needs."""
        return tuple(dict.fromkeys(day for day in (self.rate_day, self.base_day) if day))

    def paid_at(self, rate: Rate, base: Rate | None) -> PaidIn:
        return PaidIn(
            amount=self.amount,
            rate=rate,
            percent=self.percent,
            day=self.rate_day,
            within=self.within,
            base=base,
            base_day=self.base_day,
        )


def rate_day(clause: RateClause, credited: date, debited: date | None, contract: date | None) -> date:
    """The day whose rate holds. What comes before the contract's day is at the rate of its own."""
    match clause.day:
        case RateDay.DEBITED:
            return debited or credited
        case RateDay.CONTRACT:
            return contract or credited
    return credited


def converted(paid: PaidIn, outstanding: Iterable[Decimal]) -> Decimal:
    """What the roubles pay in the deal's currency, to the cent; at least a cent, so that none is nobody's.

    Where they are just what so many of the `outstanding` milestones cost at this rate, they pay those, whatever rounding says.
    """
    owed = ZERO
    for part in outstanding:
        owed += part
        if owed > ZERO and kopecks(owed * paid.applied) == paid.amount:
            return owed
    return max(kopecks(paid.amount / paid.applied), KOPECK)


def roubles_of(paid: PaidIn, amount: Decimal, whole: Decimal) -> Decimal:
    """The roubles by which `amount` of the `whole` came that this payment made."""
    return kopecks(paid.amount * amount / whole)
