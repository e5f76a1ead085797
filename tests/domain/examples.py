"""An example of each kind of fact: with all it can say, and with only what it must."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime

from domain.facts import FactData
from domain.order.change import Change, Edit
from domain.words import Text

MOMENT = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)

_BY_TYPE: dict[Any, Any] = {
    str: "abc",
    int: 3,
    bool: True,
    Decimal: Decimal("1250000.50"),
    AwareDatetime: MOMENT,
    date: MOMENT.date(),
    Text: Text(ru="Акт", en="Act"),
    Change: Change(
        what="changed",
        line=1,
        name="abc",
        edits=(Edit(field="payment", before="prepaid_100", after="leasing"),),
    ),
}


def example(kind: type[FactData], *, full: bool, typed: str = "abc", person: str = "abc") -> FactData:
    """`typed` is what people write, `person` somebody's id."""
    data = kind(
        **{
            name: _value(name, field.annotation)
            for name, field in kind.model_fields.items()
            if full or field.is_required()
        }
    )
    return kind.model_validate(_put(data.model_dump(), kind, typed, person))


def _put(data: dict[str, Any], kind: type[FactData], typed: str, person: str) -> dict[str, Any]:
    def put(value: Any, name: str) -> Any:
        match value:
            case "abc":
                marks = str(kind.model_fields[name].annotation) + str(kind.model_fields[name].metadata)
                return person if "'person'" in marks else "complete" if "'act'" in marks else typed
            case tuple():
                return tuple(put(item, name) for item in value)
            case {"what": _, "name": _}:
                return value | {"name": typed}
            case {"abc": inner, **rest} if not rest:
                return {typed: put(inner, name)}
        return value

    return data if typed == "abc" else {name: put(value, name) for name, value in data.items()}


def _value(name: str, wanted: Any) -> Any:
    if name == "currency":
        return "RUB"
    origin, args = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        return _value(name, args[0])
    if origin in (UnionType, Union):
        return _value(name, next(arg for arg in args if arg is not type(None)))
    if origin is Literal:
        return args[0]
    if origin is tuple:
        return tuple(_value(name, arg) for arg in (args[0], args[0]))
    if origin is dict:
        return {"abc": _value(name, args[1])}
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return next(iter(wanted))
    return _BY_TYPE[wanted]
