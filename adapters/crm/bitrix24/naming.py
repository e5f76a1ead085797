"""Which deal, line and task of the desk a portal's item is: computed from its keys, both ways, with no table between."""

import re

from adapters.crm.bitrix24.codes import ORIGINATOR

BORN_THERE = "B24-"
"""A deal that began in the portal has this and its id there for a number."""


def id_of(number: str) -> int | None:
    """The portal's id in the number of a deal that began there."""
    found = re.fullmatch(rf"{BORN_THERE}(\d{{1,18}})", number)
    return int(found[1]) if found else None


def number_of(id: int, originator: object, origin: object) -> str:
    return str(origin) if originator == ORIGINATOR and origin else f"{BORN_THERE}{id}"


def line_key(number: str, line: int) -> str:
    """`xmlId` of a line's item."""
    return f"{ORIGINATOR}:{number}:{line}"


def line_of(key: object, number: str) -> int | None:
    """None for what the desk did not make: a draft that people entered."""
    line = str(key or "").removeprefix(f"{ORIGINATOR}:{number}:")
    return int(line) if line.isdigit() else None


def task_key(number: str, task: str) -> str:
    """XML_ID of a task."""
    return f"{ORIGINATOR}:{number}:{task}"


def task_of(key: object, number: str) -> str | None:
    prefix = f"{ORIGINATOR}:{number}:"
    return str(key)[len(prefix) :] if str(key or "").startswith(prefix) else None
