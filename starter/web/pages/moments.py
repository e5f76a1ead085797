"""Moments as people read them on a page: on the company's wall, and whose wall that is."""

from datetime import datetime

from babel.dates import format_datetime, get_timezone_name

from domain.calendar import WorkingCalendar
from domain.words import Language
from domain.zones import zone


def on_the_wall(at: datetime, calendar: WorkingCalendar, language: Language) -> str:
    """`4 декабря 2026, 18:00 (Москва)`; seconds too where a day lasts seconds."""
    wall = zone(calendar.zone)
    shape = "d MMMM y, HH:mm:ss" if calendar.pace is not None else "d MMMM y, HH:mm"
    where = get_timezone_name(wall, locale=language, return_zone=False)
    return f"{format_datetime(at, shape, tzinfo=wall, locale=language)} ({where})"
