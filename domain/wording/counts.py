"""Counted things, each in the form its number asks for: `2 дня`, `5 дней`; and how late something is."""

from datetime import datetime, timedelta
from functools import cache

from domain.words import Language
from domain.zones import MOSCOW, zone

Forms = dict[str, str]

_THINGS: dict[str, dict[Language, Forms]] = {
    "day": {
        "ru": {"one": "день", "few": "дня", "many": "дней"},
        "en": {"one": "day", "other": "days"},
    },
    "working_day": {
        "ru": {"one": "рабочий день", "few": "рабочих дня", "many": "рабочих дней"},
        "en": {"one": "working day", "other": "working days"},
    },
    "working_hour": {
        "ru": {"one": "рабочий час", "few": "рабочих часа", "many": "рабочих часов"},
        "en": {"one": "working hour", "other": "working hours"},
    },
    "hour": {
        "ru": {"one": "час", "few": "часа", "many": "часов"},
        "en": {"one": "hour", "other": "hours"},
    },
    "line": {
        "ru": {"one": "позиция", "few": "позиции", "many": "позиций"},
        "en": {"one": "line", "other": "lines"},
    },
    "reminder": {
        "ru": {"one": "напоминание", "few": "напоминания", "many": "напоминаний"},
        "en": {"one": "reminder", "other": "reminders"},
    },
    "escalation": {
        "ru": {"one": "эскалация", "few": "эскалации", "many": "эскалаций"},
        "en": {"one": "escalation", "other": "escalations"},
    },
    "check": {
        "ru": {"one": "проверка", "few": "проверки", "many": "проверок"},
        "en": {"one": "check", "other": "checks"},
    },
}
_NBSP = "\N{NO-BREAK SPACE}"


@cache
def _form(n: int, language: Language) -> str:
    from babel import Locale  # slow to import, and few who word something count

    return str(Locale(language).plural_form(n))


def counted(n: int, thing: str, language: Language) -> str:
    """`12 напоминаний`, held together."""
    forms = _THINGS[thing][language]
    return f"{n}{_NBSP}{forms[_form(n, language)]}"


def late(due: datetime, now: datetime, language: Language, zone_name: str = MOSCOW) -> str:
    """`просрочено 2 дня`: in days of the calendar, and within a day in hours; empty before its time."""
    if now <= due:
        return ""
    word = "просрочено" if language == "ru" else "overdue"
    days = (now.astimezone(zone(zone_name)).date() - due.astimezone(zone(zone_name)).date()).days
    if days:
        return f"{word} {counted(days, 'day', language)}"
    hours = (now - due) // timedelta(hours=1)
    return f"{word} {counted(hours, 'hour', language)}" if hours else word
