"""Rates from a file, for a desk that may not ask the bank: CSV with the columns day, currency, rate and, if need be, nominal."""

import asyncio
import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from activities.errors import RatesUnavailable
from domain.deal.rates import HIGHEST, Rate
from domain.spelling import read_day

_SATURDAY = 5
_DAY = timedelta(days=1)


class RatesFile:
    """Serves `RateSource`. The file is read anew each time: somebody adds a row every day."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def on(self, currency: str, day: date) -> Rate | None:
        """A rate holds until the next one. The last of the file holds over a weekend: who keeps it may only be late."""
        rates = {rate.set_on: rate for code, rate in await asyncio.to_thread(self._read) if code == currency}
        before = [on for on in rates if on <= day]
        if not before:
            return None
        latest = max(before)
        return rates[latest] if max(rates) > day or _is_weekend_between(latest, day) else None

    def _read(self) -> list[tuple[str, Rate]]:
        try:
            text = self._path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeError) as error:
            raise RatesUnavailable(f"{self._path.name} can't be read ({type(error).__name__})") from None
        return list(_rows(self._path.name, text))


def _is_weekend_between(set_on: date, day: date) -> bool:
    """The bank sets none on Saturday for Sunday, and on Sunday for Monday."""
    days = [set_on + _DAY * n for n in range((day - set_on).days)]
    return all(on.weekday() >= _SATURDAY for on in days)


def _rows(name: str, text: str) -> Iterator[tuple[str, Rate]]:
    """By commas, or by semicolons, as a table's program of a Russian office writes it, with decimal commas."""
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    for n, row in enumerate(csv.DictReader(text.splitlines(), delimiter=delimiter), start=2):
        try:
            value = _decimal(row["rate"]) / _decimal(row.get("nominal") or "1")
            if not 0 < value <= HIGHEST:
                raise ValueError(value)
            yield (
                row["currency"].strip(),
                Rate(value=value, set_on=date.fromisoformat(str(read_day(row["day"].strip())))),
            )
        except (KeyError, AttributeError, TypeError, ValueError, ArithmeticError):
            raise RatesUnavailable(
                f"{name}, row {n}: day, currency and rate are needed, like 2026-11-05,EUR,91.5043"
            ) from None


def _decimal(written: str) -> Decimal:
    try:
        return Decimal(written.strip().replace(",", "."))
    except InvalidOperation:
        raise ValueError(written) from None
