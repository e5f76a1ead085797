"""Dates and amounts as people write them, and as the desk itself prints them, read back. What is not understood stays as it is."""

import re
from datetime import date

from domain.wording import MONTHS, SIGNS

_IN_FULL = {
    "en": ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"),
}  # fmt: skip
_MONTH_NUMBERS = {
    name.casefold(): n for names in (MONTHS, *_IN_FULL.values()) for n, name in enumerate(names, start=1)
}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_IN_DIGITS = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_IN_LETTERS = re.compile(r"([0-9]{1,2})\s+([a-zа-я]+)\s+([0-9]{4})(?:\s+г\.?)?", re.IGNORECASE)
_SPACE = "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]"
_SPACED = re.compile(rf"[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+(?:[.,][0-9]+)?")
_COMMAS = re.compile(r"[0-9]{1,3}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}")
_UNIT = re.compile(rf"{_SPACE}*(?:{'|'.join(map(re.escape, SIGNS.values()))}|{'|'.join(SIGNS)})$")


_SIGN_FIRST = re.compile(rf"^(?:{'|'.join(map(re.escape, SIGNS.values()))}){_SPACE}*")


def day_as_iso(text: str) -> str:
    """`27.11.2026`, `27 Nov 2026` and `27 ноября 2026` as `2026-11-27`."""
    if found := _IN_DIGITS.fullmatch(text.strip()) or _IN_LETTERS.fullmatch(text.strip()):
        day, month, year = found.groups()
        number = _MONTH_NUMBERS.get(month.casefold()) if month.isalpha() else int(month)
        try:
            return date(int(year), number or 0, int(day)).isoformat()
        except ValueError:
            return text
    return text


def read_day(text: str) -> date:
    """A day as people or programs write it. Raises ValueError."""
    plain = day_as_iso(text)
    if not _ISO.fullmatch(plain):  # fromisoformat alone also takes 20261201 and 2026-W49-2
        raise ValueError(text)
    return date.fromisoformat(plain)


def ungrouped(number: str) -> str:
    """`5 000 000` and `1,250,000.00` without what parts their thousands. `1,250` could be both, and stays."""
    if _SPACED.fullmatch(number):
        return re.sub(_SPACE, "", number)
    return number.replace(",", "") if _COMMAS.fullmatch(number) else number


def amount(text: str) -> str:
    """`12 400,00 ₽` and `₽12,400.00` as `12400.00`."""
    number = ungrouped(_SIGN_FIRST.sub("", _UNIT.sub("", text.strip())))
    return number.replace(",", ".") if _DECIMAL_COMMA.fullmatch(number) else number
