"""Amounts and moments as people write them, in both languages."""

from datetime import datetime
from decimal import Decimal

from domain.calendar import WorkingCalendar, zone
from domain.words import Language

_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "CNY": "¥"}
_NBSP = "\N{NO-BREAK SPACE}"


def money(amount: Decimal, currency: str, language: Language) -> str:
    """`1 250 000,00 ₽` or `1,250,000.00 RUB`."""
    grouped = f"{amount:,.2f}"
    if language == "ru":
        return grouped.replace(",", _NBSP).replace(".", ",") + _NBSP + _SIGNS.get(currency, currency)
    return f"{grouped} {currency}"


def moment(
    at: datetime, language: Language, zone_name: str = "Europe/Moscow", *, seconds: bool = False
) -> str:
    """On the company's wall clock."""
    shape = "%d.%m.%Y %H:%M" if language == "ru" else "%Y-%m-%d %H:%M"
    return at.astimezone(zone(zone_name)).strftime(shape + (":%S" if seconds else ""))


class Clock:
    """How one deal's people read the time: their zone, and seconds where a day lasts seconds."""

    def __init__(self, calendar: WorkingCalendar | None, language: Language) -> None:
        self.calendar = calendar or WorkingCalendar()
        self.language = language

    def __call__(self, at: datetime) -> str:
        return moment(at, self.language, self.calendar.zone, seconds=self.calendar.pace is not None)
