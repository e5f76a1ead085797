"""Values as people read them, in both languages: amounts, days, moments, and everything that has a label."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.wording.counts import unit_words
from domain.words import CHOICE_LABELS, LABELS, Language, Text, UnitOfMeasure, same
from domain.zones import MOSCOW, zone

if TYPE_CHECKING:
    from domain.calendar import WorkingCalendar

SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "CNY": "¥", "KZT": "₸", "GBP": "£"}
CURRENCIES = {
    "RUB": Text(ru="рублях", en="roubles"),
    "USD": Text(ru="долларах", en="dollars"),
    "EUR": Text(ru="евро", en="euros"),
    "CNY": Text(ru="юанях", en="yuan"),
}
"""As they read after «в» and “in”."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NBSP = "\N{NO-BREAK SPACE}"
_MOSCOW = {"ru": "МСК", "en": "MSK"}
_MOST_DIGITS = 40
_LONGEST = 100  # characters of what somebody typed, told back to them

Write = Callable[[datetime], str]
"""How moments are written."""


class Cash(NamedTuple):
    """An amount with its currency, to be put into a sentence."""

    amount: Decimal
    currency: str


class Measured(NamedTuple):
    """So much of a good, to be put into a sentence: `4 шт.`, `2,5 кг`."""

    quantity: int | Decimal
    unit: UnitOfMeasure

    def to(self, language: Language) -> str:
        return f"{word(self.quantity, language)} {self.units(language)}"

    def units(self, language: Language) -> str:
        return unit_words(self.quantity, self.unit, language)

    def times(self, language: Language) -> str:
        """After the name of a good and a ×: pieces need not be said."""
        return str(self.quantity) if self.unit is UnitOfMeasure.PIECE else self.to(language)

    def after(self, name: str, language: Language) -> str:
        """`Монитор × 2`; of a single piece the name says enough."""
        single = self.quantity == 1 and self.unit is UnitOfMeasure.PIECE
        return name if single else f"{name} × {self.times(language)}"


def money(amount: Decimal, currency: str, language: Language) -> str:
    """`1 250 000,00 ₽` or `₽1,250,000.00`. A currency without a sign keeps its code."""
    grouped, sign = f"{abs(amount):,.2f}", SIGNS.get(currency, currency)
    minus = "-" if amount < 0 else ""
    if language == "ru":
        return minus + grouped.replace(",", _NBSP).replace(".", ",") + _NBSP + sign
    return minus + sign + (_NBSP if sign == currency else "") + grouped


def currency(code: str) -> Text:
    """`рублях`: the money something is in."""
    return CURRENCIES.get(code) or same(code)


def number(value: Decimal | float, language: Language) -> str:
    """As few decimals as it has: `2,5` or `2.5`; one that would fill a line is rounded to a power of ten."""
    written = f"{value:{'f' if _fits(value) else '.6E'}}" if isinstance(value, Decimal) else f"{value:g}"
    return written.replace(".", ",") if language == "ru" else written


def grouped(value: Decimal, language: Language) -> str:
    """`5 000 000` or `5,000,000`: a long number, as it can be typed again; `250,000` could be a quarter of a thousand, and is not parted."""
    if language == "ru":
        return f"{value:,f}".replace(",", _NBSP).replace(".", ",") if value >= _LONG else number(value, "ru")
    return f"{value:,f}" if value >= _MILLION else number(value, "en")


_LONG, _MILLION = 10_000, 1_000_000


def _fits(value: Decimal) -> bool:
    """Somebody may type `1e999999`: written out, its refusal has a million characters."""
    return max(abs(value.adjusted()), len(value.as_tuple().digits)) <= _MOST_DIGITS


def file_size(count: int, language: Language) -> str:
    """`248 КБ`, `1,3 МБ`: as people compare files."""
    if count < 1_000_000:
        return f"{-(-count // 1000)}{_NBSP}{'КБ' if language == 'ru' else 'KB'}"
    written = number(round(Decimal(count) / 1_000_000, 1), language)
    return f"{written}{_NBSP}{'МБ' if language == 'ru' else 'MB'}"


def day(on: date, language: Language) -> str:
    """`01.12.2026` or `1 Dec 2026`."""
    return on.strftime("%d.%m.%Y") if language == "ru" else f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def moment(
    at: datetime,
    language: Language,
    zone_name: str = MOSCOW,
    *,
    seconds: bool = False,
    zoned: bool = False,
) -> str:
    """On the company's wall clock: `01.12.2026 18:00` or `1 Dec 2026 18:00`; `zoned` says whose clock that is."""
    here = at.astimezone(zone(zone_name))
    written = f"{day(here, language)} {here:%H:%M:%S}" if seconds else f"{day(here, language)} {here:%H:%M}"
    return f"{written} {_zone(here, language)}" if zoned else written


def utc(at: datetime) -> Text:
    """For operators, whose logs and Web UI show it so: `01.12.2026 18:00 UTC`."""
    return Text(ru=f"{moment(at, 'ru', 'UTC')} UTC", en=f"{moment(at, 'en', 'UTC')} UTC")


def zone_name(name: str, at: datetime, language: Language) -> str:
    """As `moment` says it."""
    return _zone(at.astimezone(zone(name)), language)


def _zone(here: datetime, language: Language) -> str:
    """`МСК`, or `UTC+05:00`: names that every reader of the language knows."""
    offset = here.strftime("%z")
    return _MOSCOW[language] if here.tzname() == "MSK" else f"UTC{offset[:3]}:{offset[3:]}"


class Clock:
    """How one deal's people read the time: their zone, and seconds where a day lasts seconds, or where they are asked for."""

    def __init__(
        self,
        calendar: "WorkingCalendar | None",
        language: Language,
        *,
        seconds: bool = False,
        zoned: bool = False,
    ) -> None:
        self.zone = calendar.zone if calendar else MOSCOW
        self.language = language
        self.seconds = seconds or (calendar is not None and calendar.pace is not None)
        self.zoned = zoned

    def __call__(self, at: datetime) -> str:
        return moment(at, self.language, self.zone, seconds=self.seconds, zoned=self.zoned)


def word(value: Any, language: Language, write: Write | None = None) -> str:
    """One value as it stands in a sentence; `write` writes moments, on Moscow's clock if none."""
    match value:
        case Text():
            return value.to(language)
        case Cash():
            return money(value.amount, value.currency, language)
        case Measured():
            return value.to(language)
        case Enum() if type(value) in LABELS:
            return LABELS[type(value)][value].to(language)
        case datetime():
            return (write or partial(moment, language=language))(value)
        case date():
            return day(value, language)
        case Decimal():
            return number(value, language)
        case tuple() | list():
            return ", ".join(word(item, language, write) for item in value)
    return str(value)


def worded(*, ru: str, en: str, **values: Any) -> Text:
    """A sentence in both languages, its `{blanks}` filled with values as people of each language read them."""
    if not values:
        return Text(ru=ru, en=en)
    return Text(
        ru=ru.format(**{name: word(value, "ru") for name, value in values.items()}),
        en=en.format(**{name: word(value, "en") for name, value in values.items()}),
    )


def typed(words: str) -> Text:
    """What somebody typed, told back to them: short, and in quotes."""
    shown = words if len(words) <= _LONGEST else words[:_LONGEST] + "…"
    return Text(ru=f"«{shown}»", en=f"“{shown}”")


def choice(code: str, titles: Mapping[str, Text] = CHOICE_LABELS) -> Text:
    """The answer that was chosen: as its form titles it, or as the desk does; else as the form has it."""
    return titles.get(code) or CHOICE_LABELS.get(code) or same(code)


def about(line: int | None) -> Text:
    """What something is about: a line of the order, or the deal itself."""
    return worded(ru="Позиция {line}", en="Line {line}", line=line) if line else Text(ru="Сделка", en="Deal")
