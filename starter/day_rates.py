"""The Bank of Russia's rates of the days on which roubles came, for deals that are paid by rate: asked where no deal has done so yet."""

import asyncio
from collections.abc import Iterable
from datetime import date

from activities.errors import RatesUnavailable
from activities.rate_source import RateSource
from domain.bank.payment import BankPayment, Debtor
from domain.deal.rates import Rate
from domain.order.rate_clause import ROUBLES

SECONDS = 20.0
"""For all of them: what is not known by then waits, as it would without."""


async def with_rates(
    debtors: list[Debtor], payments: Iterable[BankPayment], source: RateSource
) -> list[Debtor]:
    by_rate = [debtor for debtor in debtors if debtor.by_rate]
    days = {day for one in payments if one.currency == ROUBLES for day in (one.day, one.debited) if day}
    found: dict[tuple[str, date], Rate] = {}
    try:
        async with asyncio.timeout(SECONDS):
            for currency, day in sorted(_missing(by_rate, days)):
                if rate := await source.on(currency, day):
                    found[currency, day] = rate
    except (RatesUnavailable, TimeoutError):
        pass  # what is known by now is enough for some
    return [_knowing(debtor, found) for debtor in debtors]


def _missing(debtors: Iterable[Debtor], days: set[date]) -> set[tuple[str, date]]:
    wanted = set[tuple[str, date]]()
    for debtor in debtors if days else ():
        if by_rate := debtor.by_rate:
            needed = days | ({by_rate.agreed_on} - {None})
            wanted |= {(debtor.currency, day) for day in needed if day and day not in by_rate.known}
    return wanted


def _knowing(debtor: Debtor, found: dict[tuple[str, date], Rate]) -> Debtor:
    if debtor.by_rate is None:
        return debtor
    more = {day: rate for (currency, day), rate in found.items() if currency == debtor.currency}
    known = debtor.by_rate.model_copy(update={"known": {**debtor.by_rate.known, **more}})
    return debtor.model_copy(update={"by_rate": known})
