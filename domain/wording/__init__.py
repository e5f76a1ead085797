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
    file_size,
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
    "file_size",
    "late",
    "moment",
    "money",
    "number",
    "typed",
    "utc",
    "word",
    "worded",
]
