"""Copies of what one process keeps for another, as if it had been written and read again: what changes in one changes in no other."""

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from domain.base import State, Value

Copy = Callable[[Any], Any]
_COPIES: dict[type, Copy | None] = {}
_set = object.__setattr__


def copied(value: Any) -> Any:
    """Shares with the original only what never changes, the playbook and the facts among it."""
    kind = type(value)
    if kind not in _COPIES:
        _COPIES[kind] = _copy_of(kind)
    copy = _COPIES[kind]
    return copy(value) if copy else value


def _copy_of(kind: type) -> Copy | None:
    """How a value of this kind is copied; none if it never changes."""
    if issubclass(kind, State | Value):
        return _copy_of_model(kind) if _may_change(kind) else None
    return next((copy for container, copy in _CONTAINERS.items() if issubclass(kind, container)), None)


def _copy_of_model(kind: type[State | Value]) -> Copy:
    changing = [name for name, field in kind.model_fields.items() if _changes(field.annotation)]

    def copy(model: State | Value) -> State | Value:
        """As `model_copy` does, which looks for more than a state has."""
        parts = model.__dict__.copy()
        for name in changing:
            parts[name] = copied(parts[name])
        made = kind.__new__(kind)
        _set(made, "__dict__", parts)
        _set(made, "__pydantic_fields_set__", model.__pydantic_fields_set__.copy())
        _set(made, "__pydantic_extra__", None)
        _set(made, "__pydantic_private__", None)
        return made

    return copy


_CONTAINERS: dict[type, Copy] = {
    dict: lambda value: {name: copied(part) for name, part in value.items()},
    list: lambda value: [copied(part) for part in value],
    tuple: lambda value: tuple(copied(part) for part in value),
}


def _changes(annotation: Any) -> bool:
    """Whether what is so annotated may hold something that changes; what is not known well enough may."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType, tuple):
        return any(map(_changes, get_args(annotation)))
    if origin is not None:
        return origin is not Literal
    if annotation in (None, ...):
        return False
    return not isinstance(annotation, type) or _may_change(annotation)


def _may_change(kind: type) -> bool:
    if issubclass(kind, Value):
        return _holds_state(kind)
    return kind is object or issubclass(kind, (State, *_CONTAINERS))


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
