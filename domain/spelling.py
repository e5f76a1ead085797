"""Dates and amounts as people write them, and as the desk itself prints them, read back. What is not understood stays as it is."""

import re
from datetime import date

from domain.wording import MONTHS, SIGNS

_RUSSIAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_ENGLISH_DAY = re.compile(rf"([0-9]{{1,2}}) ({'|'.join(MONTHS)}) ([0-9]{{4}})", re.IGNORECASE)
_SPACE = "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]"
_SPACED = re.compile(rf"[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+(?:[.,][0-9]+)?")
_COMMAS = re.compile(r"[0-9]{1,3}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}")
_UNIT = re.compile(rf"{_SPACE}*(?:{'|'.join(map(re.escape, SIGNS.values()))}|{'|'.join(SIGNS)})$")


_SIGN_FIRST = re.compile(rf"^(?:{'|'.join(map(re.escape, SIGNS.values()))}){_SPACE}*")


def day_as_iso(text: str) -> str:
    """`27.11.2026` and `27 Nov 2026` as `2026-11-27`."""
    if found := _RUSSIAN_DAY.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _ENGLISH_DAY.fullmatch(text):
        day, month, year = int(found[1]), MONTHS.index(found[2].capitalize()) + 1, int(found[3])
    else:
        return text
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text


def ungrouped(number: str) -> str:
    """`5 000 000` and `1,250,000.00` without what parts their thousands. `1,250` could be both, and stays."""
    if _SPACED.fullmatch(number):
        return re.sub(_SPACE, "", number)
    return number.replace(",", "") if _COMMAS.fullmatch(number) else number


def amount(text: str) -> str:
    """`12 400,00 ₽` and `₽12,400.00` as `12400.00`."""
    number = ungrouped(_SIGN_FIRST.sub("", _UNIT.sub("", text.strip())))
    return number.replace(",", ".") if _DECIMAL_COMMA.fullmatch(number) else number
