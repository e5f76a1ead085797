"""A country's public holidays from the `holidays` library, as the working calendar wants them."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

import holidays

_DAY = timedelta(days=1)


class DaysOff(NamedTuple):
    """Days as ISO text: weekdays off, weekend days worked, and working days that end an hour earlier."""

    holidays: set[str]
    workdays: set[str]
    short_days: set[str]


def days_off(country: str, years: Iterable[int]) -> DaysOff:
    """Raises `LookupError` for a country that the library does not know."""
    try:
        known = holidays.country_holidays(country, years=list(years), language="en_US")
    except NotImplementedError:
        raise LookupError(country) from None
    moved_to = {day: _moved_from(name) for day, name in known.items()}
    public = {day for day, name in known.items() if moved_to[day] is None and "(observed)" not in name}
    worked = set(known.weekend_workdays)

    def is_working(day: date) -> bool:
        return day in worked or (not known.is_weekend(day) and day not in known)

    eves = {day - _DAY for day in public}
    # A weekend day worked for the eve of a holiday is as short as that eve would have been.
    eves |= {origin for day, origin in moved_to.items() if origin and day in eves}
    return DaysOff(
        holidays=_iso(day for day in known if not known.is_weekend(day)),
        workdays=_iso(worked),
        short_days=_iso(day for day in eves if is_working(day)),
    )


def _moved_from(name: str) -> date | None:
    """`Day off (substituted from 02/20/2027)`: the day off that was moved here."""
    found = re.search(r"substituted from (\d{2}/\d{2}/\d{4})", name)
    return datetime.strptime(found[1], "%m/%d/%Y").date() if found else None  # noqa: DTZ007 - a day has no zone


def _iso(days: Iterable[date]) -> set[str]:
    return {day.isoformat() for day in days}
