"""Doubles of the source of rates, and documents in the form in which the Bank of Russia writes its own."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from activities.errors import RatesUnavailable
from domain.deal.rates import Rate, RateAsked, RateFound
from workflows.rehearsal import Down


class NominalRates:
    """One of any currency costs a hundred roubles on any day."""

    async def on(self, currency: str, day: date) -> Rate | None:
        return Rate(value=Decimal(100), set_on=day)


class KnownRates:
    """Serves `RateSource` on a server. A rate that is put there later is found from then on."""

    def __init__(self, rates: Mapping[date, str] | None = None) -> None:
        self.rates = dict(rates or {})
        self.down = False
        self.asked: list[date] = []

    async def on(self, currency: str, day: date) -> Rate | None:
        self.asked.append(day)
        if self.down:
            raise RatesUnavailable("switched off")
        before = [on for on in self.rates if on <= day]
        return Rate(value=Decimal(self.rates[max(before)]), set_on=max(before)) if before else None


class RatesSink:
    """The activity `rates.find` of the in-memory host."""

    def __init__(self) -> None:
        self.rates: dict[date, str] = {}
        self.down = False
        self.asked: list[RateAsked] = []

    def __call__(self, asked: RateAsked) -> RateFound:
        self.asked.append(asked)
        if self.down:
            raise Down("switched off")
        if asked.day not in self.rates:
            return RateFound(why="none yet")
        return RateFound(rate=Rate(value=Decimal(self.rates[asked.day]), set_on=asked.day))


def daily(set_on: str, *rates: Mapping[str, str]) -> bytes:
    """A day's document: windows-1251, decimal commas."""
    entries = "".join(map(_entry, rates))
    head = '<?xml version="1.0" encoding="windows-1251"?>'
    return f'{head}<ValCurs Date="{set_on}" name="Foreign Currency Market">{entries}</ValCurs>'.encode(
        "cp1251"
    )


def _entry(rate: Mapping[str, str]) -> str:
    known: dict[str, Any] = {"NumCode": "000", "Nominal": "1", "Name": "Валюта", **rate}
    return (
        '<Valute ID="R00000">'
        + "".join(f"<{name}>{value}</{name}>" for name, value in known.items())
        + "</Valute>"
    )
