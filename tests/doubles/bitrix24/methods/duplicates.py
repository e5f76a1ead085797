"""crm.duplicate.findbycomm: who is reached by a phone, however it is spelt, or by an e-mail."""

import re
from typing import Any

from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.methods.registry import Call, method
from tests.doubles.bitrix24.state import COMPANY, CONTACT, LEAD

MOST = 20
_TYPES = {"LEAD": LEAD, "CONTACT": CONTACT, "COMPANY": COMPANY}


@method("crm.duplicate.findbycomm")
def find(call: Call) -> Any:
    """Nobody is an empty array; otherwise each kind of card with its ids."""
    kind = str(call.any("type") or "")
    if not kind:
        raise Refusal(400, "Communication type is not defined", "Parameter 'type' is required.")
    if kind not in ("PHONE", "EMAIL"):
        text = f"Communication type '{kind}' is not supported in current context"
        raise Refusal(400, text, text)
    values = call.any("values")
    wanted = {_plain(kind, str(v)) for v in (values.values() if isinstance(values, dict) else values or [])}
    if not wanted:
        raise Refusal(400, "Communication values is not defined", "Parameter 'values' is required.")
    asked = str(call.any("entity_type") or "")
    found = {
        name: _reached(call, entity_type, kind, wanted)
        for name, entity_type in _TYPES.items()
        if asked not in _TYPES or asked == name
    }
    return {name: ids for name, ids in found.items() if ids} or []


def _reached(call: Call, entity_type: int, kind: str, wanted: set[str]) -> list[int]:
    ids = [
        id
        for id, item in call.state.of_type(entity_type).items()
        if any(one["typeId"] == kind and _plain(kind, one["value"]) in wanted for one in item.get("fm") or [])
    ]
    return sorted(ids)[:MOST]


def _plain(kind: str, value: str) -> str:
    if kind == "EMAIL":
        return value.strip().lower()
    digits = re.sub(r"\D", "", value)
    return f"7{digits[1:]}" if len(digits) == 11 and digits[0] == "8" else digits
