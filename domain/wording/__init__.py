"""How the desk words what people read, for every channel: values here, counted things in `counts`."""

from domain.wording.counts import counted, late
from domain.wording.values import (
    CURRENCIES,
    MONTHS,
    SIGNS,
    Cash,
    Clock,
    about,
    choice,
    currency,
    day,
    moment,
    money,
    number,
    typed,
    utc,
    word,
    worded,
)

__all__ = [
    "CURRENCIES",
    "MONTHS",
    "SIGNS",
    "Cash",
    "Clock",
    "about",
    "choice",
    "counted",
    "currency",
    "day",
    "late",
    "moment",
    "money",
    "number",
    "typed",
    "utc",
    "word",
    "worded",
]
