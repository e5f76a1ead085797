"""Counted things, each in the form its number asks for: `2 дня`, `5 дней`; and how late something is."""

from datetime import datetime, timedelta
from decimal import Decimal

from domain.words import UNIT_LABELS, Language, UnitOfMeasure
from domain.zones import MOSCOW, zone

_THINGS: dict[str, dict[Language, tuple[str, ...]]] = {
    "day": {"ru": ("день", "дня", "дней"), "en": ("day", "days")},
    "working_day": {
        "ru": ("рабочий день", "рабочих дня", "рабочих дней"),
        "en": ("working day", "working days"),
    },
    "working_hour": {
        "ru": ("рабочий час", "рабочих часа", "рабочих часов"),
        "en": ("working hour", "working hours"),
    },
    "hour": {"ru": ("час", "часа", "часов"), "en": ("hour", "hours")},
    "line": {"ru": ("позиция", "позиции", "позиций"), "en": ("line", "lines")},
    "reminder": {"ru": ("напоминание", "напоминания", "напоминаний"), "en": ("reminder", "reminders")},
    "escalation": {"ru": ("эскалация", "эскалации", "эскалаций"), "en": ("escalation", "escalations")},
    "check": {"ru": ("проверка", "проверки", "проверок"), "en": ("check", "checks")},
    UnitOfMeasure.PIECE: {"ru": ("шт.", "шт.", "шт."), "en": ("pc.", "pcs.")},
    UnitOfMeasure.MONTH: {"ru": ("месяц", "месяца", "месяцев"), "en": ("month", "months")},
    UnitOfMeasure.UNIT: {"ru": ("ед.", "ед.", "ед."), "en": ("unit", "units")},
    UnitOfMeasure.KIT: {"ru": ("набор", "набора", "наборов"), "en": ("kit", "kits")},
    UnitOfMeasure.PAIR: {"ru": ("пара", "пары", "пар"), "en": ("pair", "pairs")},
    UnitOfMeasure.PACKET: {"ru": ("пачка", "пачки", "пачек"), "en": ("packet", "packets")},
    UnitOfMeasure.ROLL: {"ru": ("рулон", "рулона", "рулонов"), "en": ("roll", "rolls")},
    UnitOfMeasure.PACK: {"ru": ("упаковка", "упаковки", "упаковок"), "en": ("pack", "packs")},
    UnitOfMeasure.SET: {"ru": ("комплект", "комплекта", "комплектов"), "en": ("set", "sets")},
    UnitOfMeasure.BOTTLE: {"ru": ("бутылка", "бутылки", "бутылок"), "en": ("bottle", "bottles")},
    UnitOfMeasure.AMPOULE: {"ru": ("ампула", "ампулы", "ампул"), "en": ("ampoule", "ampoules")},
    UnitOfMeasure.VIAL: {"ru": ("флакон", "флакона", "флаконов"), "en": ("vial", "vials")},
    UnitOfMeasure.CONVENTIONAL_UNIT: {
        "ru": ("усл. ед.", "усл. ед.", "усл. ед."),
        "en": ("conventional unit", "conventional units"),
    },
}
"""For one, for two and a fraction, for five; in English for one and all else."""
_NBSP = "\N{NO-BREAK SPACE}"


def _place(n: int | Decimal, language: Language) -> int:
    """As the plural rules of CLDR have it; a library that reads them from files can't be asked inside a workflow's sandbox."""
    if language == "en":
        return int(n != 1)
    if n != int(n):
        return 1
    last, teens = n % 10, 10 < n % 100 < 20
    return 2 if teens or not 1 <= last <= 4 else int(last > 1)


def counted(n: int, thing: str, language: Language) -> str:
    """`12 напоминаний`, held together."""
    return f"{n}{_NBSP}{_form(n, thing, language)}"


def unit_words(n: int | Decimal, unit: UnitOfMeasure, language: Language) -> str:
    """The unit as it stands after so many of it; most that are measured have a sign, which is one for all numbers."""
    return _form(n, unit, language) if unit in _THINGS else UNIT_LABELS[unit].to(language)


def forms_of(unit: UnitOfMeasure) -> tuple[str, ...]:
    """All its forms, in both languages."""
    return tuple(form for forms in _THINGS.get(unit, {}).values() for form in forms)


def _form(n: int | Decimal, thing: str, language: Language) -> str:
    return _THINGS[thing][language][_place(n, language)]


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
