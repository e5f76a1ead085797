"""Values of custom fields: the desk's words as the portal wants them, and back."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.portal_map import PortalField

NOTHING = "—"
_MOST_DIGITS = 40
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?)\s+([A-Z]{3})")


def to_portal(field: PortalField, said: str) -> str | None:
    """None if the field can't hold it: an option the portal does not have. Nothing is a dash where that can be written or chosen:
    not every portal clears a field when it is told to (b24-rest-docs#145)."""
    if not said:
        return NOTHING if field.kind == "string" else field.options.get(codes.NONE, "")
    match field.kind:
        case "money":
            found = _MONEY.fullmatch(said)
            return f"{found[1]}|{found[2]}" if found else None
        case "enumeration":
            return field.options.get(said) or field.titles.get(said)
        case "datetime":
            return moment(said).isoformat() if _is_moment(said) else None
        case _:
            return said


def from_portal(field: PortalField, value: Any) -> str:
    """Empty if the field is. An enumeration says the XML_ID of its option; money its amount and currency."""
    if isinstance(value, list):
        value = value[0] if value else None
    if value in (None, "", False, NOTHING):
        return ""
    match field.kind:
        case "money":
            amount, _, currency = str(value).partition("|")
            return f"{kopecks(amount)} {currency}".strip()
        case "enumeration":
            code = next((code for code, id in field.options.items() if id == str(value)), "")
            return "" if code == codes.NONE else code
        case "date":
            return str(value)[:10]
        case "datetime":
            return moment(str(value)).isoformat() if _is_moment(str(value)) else str(value)
        case "double" | "integer":
            return number(value)
        case _:
            return str(value).strip()


def as_shown(field: PortalField, value: Any) -> str:
    """As people read it: an option by its title."""
    if field.kind == "enumeration":
        title = next((title for title, id in field.titles.items() if id == str(value)), "")
        return "" if title == NOTHING else title
    return from_portal(field, value)


def kopecks(value: Any) -> str:
    """What is no number stays as it is."""
    try:
        return str(Decimal(str(value)).quantize(Decimal("0.01")))
    except InvalidOperation:
        return str(value or "")


def number(value: Any) -> str:
    """`300.0` and `3e2` are 300, and what is no number stays as it is."""
    try:
        exact = Decimal(str(value)).normalize()
    except InvalidOperation:
        return str(value)
    written_out = exact.is_finite() and abs(exact.adjusted()) < _MOST_DIGITS
    return f"{exact:f}" if written_out else str(value)


def whole(value: Any) -> int | str:
    """A count of pieces; what is no whole number stays as it is, for the order's check to name."""
    said = number(value) if value not in (None, "") else ""
    return int(said) if said.lstrip("-").isdigit() else said


def unmarked(text: str) -> str:
    return re.sub(r"\[/?[a-zA-Z*][^\]]*\]|<[^>]*>", "", text).strip()


def moment(value: str) -> datetime:
    """With the portal's offset on the wire; UTC here."""
    at = datetime.fromisoformat(value)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _is_moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
