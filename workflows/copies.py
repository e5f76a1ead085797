"""Copies of what one process keeps for another, as if it had been written and read again: what changes in one changes in no other."""

from functools import cache
from typing import Any, get_args

from domain.base import State, Value

_COMPOUND = (State, Value, dict, list, tuple)


def copied(value: Any) -> Any:
    """Shares with the original only what never changes, the playbook and the facts among it."""
    match value:
        case State():
            return _with_copied_parts(value)
        case Value():
            return _with_copied_parts(value) if _holds_state(type(value)) else value
        case dict():
            return {name: copied(part) for name, part in value.items()}
        case list():
            return [copied(part) for part in value]
        case tuple():
            return tuple(copied(part) for part in value)
        case _:
            return value


def _with_copied_parts(model: State | Value) -> State | Value:
    copy = model.model_copy()
    for name, part in model.__dict__.items():
        if isinstance(part, _COMPOUND):
            copy.__dict__[name] = copied(part)
    return copy


@cache
def _holds_state(model: type[Value]) -> bool:
    """Whether something that changes can be reached from a value of this kind."""
    annotations = [field.annotation for field in model.model_fields.values()]
    while annotations:
        kind = annotations.pop()
        annotations += get_args(kind)
        if isinstance(kind, type) and issubclass(kind, State):
            return True
        if isinstance(kind, type) and issubclass(kind, Value) and kind is not model and _holds_state(kind):
            return True
    return False
