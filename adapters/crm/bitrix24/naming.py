"""Which deal, line and task of the desk a portal's item is: computed from its keys, both ways, with no table between."""

import re
from collections.abc import Mapping
from typing import Any

from adapters.crm.bitrix24.codes import ORIGINATOR
from adapters.crm.bitrix24.text import marked_of

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
    """XML_ID of a task, and what its description ends with."""
    return f"{ORIGINATOR}:{number}:{task}"


def task_of(row: Mapping[str, Any], number: str, me: int) -> str | None:
    """Of a task as the portal lists it, with XML_ID, DESCRIPTION and CREATED_BY."""
    prefix = f"{ORIGINATOR}:{number}:"
    key = _task_key(row, me)
    return key[len(prefix) :] if key.startswith(prefix) else None


def is_task_of_desk(row: Mapping[str, Any], me: int) -> bool:
    return _task_key(row, me).startswith(f"{ORIGINATOR}:")


def _task_key(row: Mapping[str, Any], me: int) -> str:
    """No portal promises to keep the XML_ID of a task, nor to put no other there, so its description says it too: of a task that
    the desk made, for a copy that somebody makes of it says the same."""
    key = str(row.get("xmlId") or "")
    if key.startswith(f"{ORIGINATOR}:"):
        return key
    made_by = int(row.get("createdBy") or 0)
    return (marked_of(row.get("description") or "") or "") if made_by == me else ""
