"""The registration certificate of a medical device: the forms its number may have, and until when it holds.

Every medical device sold in Russia has one. Numbers are `РЗН ГГГГ/N`, those of the services before it `ФСЗ ГГГГ/NNNNN` (made abroad)
and `ФСР ГГГГ/NNNNN` (made in Russia); by the rules of decree 1684, in force since 01.03.2025, the entry in the register of devices counts.
No source at hand gives a form for the entry's number: it is taken as digits. Most certificates have no last day.
"""

import re
from datetime import date

from domain.base import Value
from domain.calendar import Day
from domain.wording import worded
from domain.words import Text

EXAMPLE = "РЗН 2023/12345"
_LETTERS = str.maketrans("PP3H", "РРЗН")
"""Latin letters and a digit that look like those of РЗН, on a keyboard in the wrong language."""
_NUMBERED = re.compile(r"(РЗН|ФСЗ|ФСР)\s*№?\s*([0-9]{4})\s*/\s*([0-9]{1,6})")
_OLD_DIGITS = 5
_ENTRY = re.compile(r"(?:(?:РЕЕСТРОВАЯ\s+)?ЗАПИСЬ|REGISTRY\s+ENTRY)\s*(?:№|NO\.?|N)?\s*([0-9]{1,10})")

_FORM = Text(
    ru="это не номер регистрационного удостоверения: нужен РЗН 2023/12345, ФСЗ 2010/07326, ФСР 2011/10111 или реестровая запись 123456",
    en="no number of a registration certificate: write one like РЗН 2023/12345, or registry entry 123456",
)


class Certificate(Value):
    """Its number as it is kept, the day it was issued, and the last one it holds; without that one it has no end."""

    number: str
    issued_on: Day | None = None
    valid_until: Day | None = None


def certificate_number(text: str) -> str | None:
    """As it is kept: `РЗН 2023/12345`, `ФСЗ 2010/07326`, `реестровая запись 123456`. None for what is no certificate, like “нет” or “-”."""
    said = text.strip().upper()
    if (found := _numbered(said)) and int(found[2]) and int(found[3]):
        return f"{found[1]} {found[2]}/{found[3]}"
    if (entry := _ENTRY.fullmatch(said)) and int(entry[1]):
        return f"реестровая запись {entry[1]}"
    return None


def _numbered(said: str) -> re.Match[str] | None:
    letters, digits = said[:3].translate(_LETTERS), said[3:]
    found = _NUMBERED.fullmatch(letters + digits)
    if found and found[1] != "РЗН" and len(found[3]) != _OLD_DIGITS:
        return None
    return found


def number_problem(text: str, today: date) -> Text | None:
    """Why this is no number of a certificate that there could be today."""
    number = certificate_number(text)
    if number is None:
        return _FORM
    year = re.search(r" ([0-9]{4})/", number)
    if year and int(year[1]) > today.year:
        return worded(ru="{year} год ещё не наступил", en="the year {year} is still to come", year=year[1])
    return None
