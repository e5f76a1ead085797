"""Values as JSON that no library's upgrade writes differently: the chain of digests is made of it."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from domain.base import Value
from domain.words import Text

_ESCAPED = re.compile(r'[\x00-\x1f"\\]')
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":"))
_ITS_OWN_WAY = re.compile(r'\\|(?:^|":|[\[,])-?(?:[0-9]+[.e]|[NI])')
"""Finds all that the library may write another way than `_json`: what is escaped, and numbers that are not whole."""


def written(value: Any) -> Any:
    """Amounts and moments become strings, moments in UTC to the microsecond; text and whole numbers stay."""
    if type(value) is str and value.isascii():  # most are
        return value
    match value:
        case Enum():
            return value.value
        case None | bool() | int():
            return value
        case str():
            return value.encode(errors="replace").decode()  # half a surrogate pair is no text
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Text():
            return {"ru": written(value.ru), "en": written(value.en)}
        case Value():
            return {name: written(getattr(value, name)) for name in type(value).model_fields}
        case Mapping():
            return {written(name): written(item) for name, item in value.items()}
        case tuple() | list():
            return [written(item) for item in value]
    raise TypeError(f"a fact can't hold {value!r}")


def json_bytes(value: Any) -> bytes:
    """One way only: keys in order, no spaces, UTF-8. Takes what `written` gives."""
    try:
        text = _ENCODER.encode(value)
    except TypeError:
        text = _json(value)
    return (_json(value) if _ITS_OWN_WAY.search(text) else text).encode(errors="surrogatepass")


def _json(value: Any) -> str:
    match value:
        case str():  # most are
            return f'"{_ESCAPED.sub(_escape, value)}"'
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Mapping():
            return f"{{{','.join(f'{_json(name)}:{_json(value[name])}' for name in sorted(value))}}}"
        case tuple() | list():
            return f"[{','.join(map(_json, value))}]"
    raise TypeError(f"{value!r} has no canonical form")


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    return f"\\{char}" if char in '"\\' else f"\\u{ord(char):04x}"
