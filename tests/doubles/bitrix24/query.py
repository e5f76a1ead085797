"""Filter, order, select and paging, as every list method of the portal has them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any, TypeVar

from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.values import day, moment, truth

PAGE = 50
Row = TypeVar("Row")
Read = Callable[[Any, str], Any]
_KEY = re.compile(r"(!=|!@|!%|!|=%|%=|>=|<=|>|<|@|%|=)?(.+)")


@dataclass
class Page:
    """`total` is None when the caller turned counting off with start -1."""

    rows: list[Any]
    total: int | None
    next: int | None


def page(rows: Iterable[Any], start: Any) -> Page:
    found = list(rows)
    offset = int(start or 0)
    if offset < 0:
        return Page(found[:PAGE], None, None)
    following = offset + PAGE
    return Page(found[offset:following], len(found), following if following < len(found) else None)


def chosen(rows: Iterable[Row], filter: Any, read: Read, zone: timezone) -> list[Row]:
    return [row for row in rows if _matches(row, filter or {}, read, zone)]


def fields_in(filter: Any) -> Iterable[str]:
    """The names that a filter speaks of, without their operators."""
    conditions = dict(enumerate(filter)) if isinstance(filter, list) else dict(filter or {})
    for key, wanted in conditions.items():
        if isinstance(wanted, dict) and str(key).isdigit():
            yield from fields_in(wanted)
        elif str(key).lower() != "logic":
            yield field_of(str(key))


def field_of(key: str) -> str:
    return _KEY.fullmatch(key).group(2)  # type: ignore[union-attr]


def ordered(rows: list[Row], order: Any, read: Read) -> list[Row]:
    for name, direction in reversed(list((order or {"id": "ASC"}).items())):
        if str(direction).upper() not in ("ASC", "DESC"):
            text = f"Invalid order: allowed sort directions are `ASC, DESC`. But got '{direction}' for field '{name}'"
            raise Refusal(400, "INVALID_ARG_VALUE", text)
        descending = str(direction).upper() == "DESC"
        rows = sorted(rows, key=lambda row, name=name: _sortable(read(row, name)), reverse=descending)  # type: ignore[misc]
    return rows


def _sortable(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, 0)
    return (1, value) if isinstance(value, int | float) else (2, str(value))


def _matches(row: Any, filter: Any, read: Read, zone: timezone) -> bool:
    conditions = dict(enumerate(filter)) if isinstance(filter, list) else dict(filter)
    logic = str(conditions.pop("logic", conditions.pop("LOGIC", "AND"))).upper()
    answers = (_holds(row, str(key), wanted, read, zone) for key, wanted in conditions.items())
    return any(answers) if logic == "OR" else all(answers)


def _holds(row: Any, key: str, wanted: Any, read: Read, zone: timezone) -> bool:
    if isinstance(wanted, dict) and key.isdigit():
        return _matches(row, wanted, read, zone)
    operator, name = _KEY.fullmatch(key).groups()  # type: ignore[union-attr]
    value = read(row, name)
    if operator in ("!=", "!@", "!%", "!"):
        return not _compare(operator[1:], value, wanted, zone)
    return _compare(operator or "=", value, wanted, zone)


def _compare(operator: str, value: Any, wanted: Any, zone: timezone) -> bool:
    if isinstance(value, list) and operator in ("=", "@", ""):
        return any(_compare(operator, one, wanted, zone) for one in value) or (not value and not wanted)
    if isinstance(wanted, dict):
        wanted = list(wanted.values())
    if isinstance(wanted, list) and operator in ("", "=", "@"):
        return any(_compare("=", value, one, zone) for one in wanted)
    if operator in ("%", "=%", "%="):
        return _like(operator, value, str(wanted))
    if value in (None, "") or wanted in (None, ""):
        return operator in ("", "=", "@") and value in (None, "", 0) and wanted in (None, "")
    return _ranks(operator, *_alike(value, wanted, zone))


def _like(operator: str, value: Any, wanted: str) -> bool:
    if operator == "%":
        return wanted.casefold() in str(value or "").casefold()
    pattern = "".join(".*" if c == "%" else re.escape(c) for c in wanted)
    return re.fullmatch(pattern, str(value or ""), re.IGNORECASE | re.DOTALL) is not None


def _ranks(operator: str, left: Any, right: Any) -> bool:
    match operator:
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
    return bool(left == right)


def _alike(value: Any, wanted: Any, zone: timezone) -> tuple[Any, Any]:
    """Both sides as the field's own type; a value that does not fit it equals nothing."""
    try:
        if isinstance(value, bool):
            return value, truth(wanted)
        if isinstance(value, datetime):
            return value, moment(wanted, zone)
        if isinstance(value, date):
            return value, day(wanted, zone)
        if isinstance(value, int | float):
            return float(value), float(wanted)
    except (ValueError, TypeError) as bad:
        raise Refusal(400, "INVALID_ARG_VALUE", "Invalid filter: field has invalid value") from bad
    return str(value).casefold(), str(wanted).casefold()
