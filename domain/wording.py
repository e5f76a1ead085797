"""Amounts and moments as people write them, in both languages."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from domain.words import Language
from domain.zones import MOSCOW, zone

if TYPE_CHECKING:
    from domain.calendar import WorkingCalendar

SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "CNY": "¥"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NBSP = "\N{NO-BREAK SPACE}"


def money(amount: Decimal, currency: str, language: Language) -> str:
    """`1 250 000,00 ₽` or `1,250,000.00 RUB`."""
    grouped = f"{amount:,.2f}"
    if language == "ru":
        return grouped.replace(",", _NBSP).replace(".", ",") + _NBSP + SIGNS.get(currency, currency)
    return f"{grouped} {currency}"


def day(on: date, language: Language) -> str:
    """`01.12.2026` or `1 Dec 2026`."""
    return on.strftime("%d.%m.%Y") if language == "ru" else f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def moment(at: datetime, language: Language, zone_name: str = MOSCOW, *, seconds: bool = False) -> str:
    """On the company's wall clock: `01.12.2026 18:00` or `1 Dec 2026 18:00`."""
    here = at.astimezone(zone(zone_name))
    return f"{day(here, language)} {here:%H:%M:%S}" if seconds else f"{day(here, language)} {here:%H:%M}"


class Clock:
    """How one deal's people read the time: their zone, and seconds where a day lasts seconds, or where they are asked for."""

    def __init__(
        self, calendar: "WorkingCalendar | None", language: Language, *, seconds: bool = False
    ) -> None:
        self.zone = calendar.zone if calendar else MOSCOW
        self.language = language
        self.seconds = seconds or (calendar is not None and calendar.pace is not None)

    def __call__(self, at: datetime) -> str:
        return moment(at, self.language, self.zone, seconds=self.seconds)
