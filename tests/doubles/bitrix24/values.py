"""Values as they are kept, and as they are on the wire in the two spellings."""

import re
from datetime import UTC, date, datetime, time, timezone
from typing import Any

from tests.doubles.bitrix24.errors import Refusal, bad_value
from tests.doubles.bitrix24.state import UserField


def truth(value: Any) -> bool:
    return value in (True, "Y", "y", "1", 1, "true")


def moment(value: Any, zone: timezone) -> datetime | None:
    """A time without an offset is the portal's own."""
    if value in (None, ""):
        return None
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(zone).replace(microsecond=0)


def day(value: Any, zone: timezone) -> date | None:
    if value in (None, ""):
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (at.astimezone(zone) if at.tzinfo else at).date()


def system(kind: str, value: Any, name: str, zone: timezone) -> Any:
    """What a system field keeps of a value; raises the portal's error if it can't be."""
    try:
        if kind == "int":
            return int(value or 0)
        if kind == "double":
            return float(value or 0)
        if kind == "bool":
            return truth(value)
        if kind == "ints":
            return [int(v) for v in _iterable(value)]
        if kind == "datetime":
            return moment(value, zone)
        if kind == "date":
            return day(value, zone)
    except (ValueError, TypeError) as bad:
        raise bad_value(name) from bad
    return None if value is None else str(value)


def custom(field: UserField, value: Any, zone: timezone) -> Any:
    if field.multiple:
        return [_one(field, v, zone) for v in _iterable(value)]
    if isinstance(value, list | dict) and field.type != "file":
        raise bad_value(field.name)
    return _one(field, value, zone)


def _iterable(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    if value in (None, ""):
        return []
    kind = {"str": "string", "int": "integer"}.get(type(value).__name__, type(value).__name__)
    raise Refusal(400, "100", f"Expected iterable value for multiple field, but got `{kind}` instead")


def _one(field: UserField, value: Any, zone: timezone) -> Any:
    if value in (None, "", False) and field.type != "boolean":
        return None
    try:
        if field.type in ("integer", "employee"):
            return int(value)
        if field.type == "double":
            return float(value)
        if field.type == "boolean":
            return truth(value)
        if field.type == "datetime":
            return moment(value, zone)
        if field.type == "date":
            return day(value, zone)
        if field.type == "enumeration":
            return next(o.id for o in field.options if o.id == int(value))
        if field.type == "money" and not re.fullmatch(r"-?\d+(\.\d+)?\|[A-Z]{3}", str(value)):
            raise ValueError(value)
    except (ValueError, TypeError, StopIteration) as bad:
        raise bad_value(field.name) from bad
    return str(value)


def wire(value: Any, zone: timezone) -> Any:
    """As crm.item.* writes it. A date is midnight in UTC, told in the portal's offset."""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC).astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [wire(v, zone) for v in value]
    return value


def old_wire(value: Any, zone: timezone, custom_field: bool = False) -> Any:
    """As the old families write it: everything is a string."""
    if custom_field and isinstance(value, bool):
        return "1" if value else "0"
    if custom_field and value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}" if custom_field else f"{value:.2f}"
    if isinstance(value, list):
        return [old_wire(v, zone, custom_field) for v in value]
    shown = wire(value, zone)
    return None if shown is None else str(shown)
