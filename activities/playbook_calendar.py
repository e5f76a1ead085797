"""The working calendar of a playbook file, with the days off of its country in it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from activities.days_off import days_off
from domain.order.problems import Problem, problem
from domain.wording import typed

COUNTRY = "RU"


def freeze_calendar(raw: dict[str, Any], today: date) -> Iterator[Problem]:
    """Puts the country's days off, working weekends and short days beside the file's own."""
    calendar = raw["calendar"] = {} if raw.get("calendar") is None else raw["calendar"]
    if not isinstance(calendar, dict):
        return  # the check against the model says so
    country = calendar.pop("country", COUNTRY)
    if country is None:
        return
    try:
        known = days_off(str(country), range(today.year, today.year + 4))
    except LookupError:
        yield problem(
            "calendar.country",
            ru="праздники страны {country} неизвестны: напишите RU или null и свои holidays",
            en="no public holidays are known of {country}: write RU, or null and your own holidays",
            country=typed(str(country)),
        )
        return
    off, worked, short = (_own(calendar, name) for name in ("holidays", "workdays", "short_days"))
    if off is None or worked is None or short is None:
        return  # here too
    calendar["holidays"] = sorted(known.holidays - worked | off)
    calendar["workdays"] = sorted(known.workdays - off | worked)
    calendar["short_days"] = sorted(known.short_days - off | short)


def _own(calendar: Mapping[str, Any], name: str) -> set[str] | None:
    """The file's own days; none if they are anything but a list of dates."""
    days = [] if calendar.get(name) is None else calendar[name]
    return set(days) if isinstance(days, list) and all(map(_is_date, days)) else None


def _is_date(day: Any) -> bool:
    try:
        return str(date.fromisoformat(day)) == str(day)
    except (TypeError, ValueError):
        return False
