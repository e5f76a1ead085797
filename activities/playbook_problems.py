"""What is wrong with a playbook file, each with its place and what would be right."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.order.order import place_of
from domain.order.problems import Problem
from domain.playbook.book import Playbook

_OURS = ("calendar.pace", "former")  # fields of the model that no file may set
_RIGHT = {"missing": "is missing", "string_type": "text is needed: put it in quotes"}


def unknown_fields(raw: Any, model: type[BaseModel] = Playbook, place: str = "") -> Iterator[Problem]:
    """Fields that no model has: a misspelt one would be ignored in silence."""
    return _unknown(raw, model, place)


def problems_of(error: ValidationError) -> list[Problem]:
    """What pydantic says about the file."""
    return [_problem(found) for found in error.errors(include_url=False)]


def readable(problem: Problem) -> Problem:
    """Fit for a terminal, whatever the file holds."""
    return Problem(place=_clean(problem.place)[:200], words=_clean(problem.words)[:1000])


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)


def _problem(found: ErrorDetails) -> Problem:
    place, input = place_of(part for part in found["loc"] if part != "[key]"), found["input"]
    words = _RIGHT.get(found["type"]) or found["msg"].removeprefix("Value error, ")
    if place.endswith(".email") and found["type"] == "string_pattern_mismatch":
        words = "an e-mail address is needed"
    if found["type"] not in ("missing", "value_error") and isinstance(input, str | int):
        words += f" (it says {str(input)[:60]!r})"
    return Problem(place=place, words=words)


def _unknown(raw: Any, wanted: Any, place: str) -> Iterator[Problem]:
    model = _model_in(wanted)
    if model is None:
        return
    if isinstance(raw, list):
        for n, item in enumerate(raw):
            yield from _unknown(item, model, f"{place}[{n}]")
    elif isinstance(raw, Mapping):
        for key, item in raw.items():
            at = f"{place}.{key[:60]}".removeprefix(".")
            if get_origin(wanted) is dict:
                yield from _unknown(item, model, at)
            elif key in (known := _fields(model)) and at not in _OURS:
                yield from _unknown(item, known[key], at)
            else:
                yield Problem(place=at, words=_no_such_field(key, model))


def _model_in(annotation: Any) -> type | None:
    """The model that an annotation is about: `dict[str, Person]`, `tuple[FormField, ...]`, `Text | None`."""
    if isinstance(annotation, type) and (issubclass(annotation, BaseModel) or is_dataclass(annotation)):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _fields(model: type) -> dict[str, Any]:
    """By name, what each of them holds."""
    if issubclass(model, BaseModel):
        return {name: field.annotation for name, field in model.model_fields.items()}
    return get_type_hints(model)


def _no_such_field(name: str, model: type) -> str:
    known = _fields(model)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"no such field: {hint}"
