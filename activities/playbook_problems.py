"""What is wrong with a playbook file, each with its place and what would be right."""

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.order.problems import Problem, problem
from domain.playbook.book import Playbook
from domain.wording import typed
from domain.wording.invalid import perhaps, place_of, why
from domain.words import Text

_OURS = ("calendar.pace", "former")  # fields of the model that no file may set


def unknown_fields(raw: Any, model: type[BaseModel] = Playbook, place: str = "") -> Iterator[Problem]:
    """Fields that no model has: a misspelt one would be ignored in silence."""
    return _unknown(raw, model, place)


def problems_of(error: ValidationError) -> list[Problem]:
    """What pydantic says about the file."""
    return [_problem(found) for found in error.errors(include_url=False)]


def readable(problem: Problem) -> Problem:
    """Fit for a terminal, whatever the file holds."""
    text = Text(ru=_clean(problem.text.ru)[:1000], en=_clean(problem.text.en)[:1000])
    return Problem(place=_clean(problem.place)[:200], text=text)


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)


def _problem(found: ErrorDetails) -> Problem:
    place, said = place_of(found["loc"]), found["input"]
    if found["type"] in ("missing", "value_error") or not isinstance(said, str | int):
        return Problem(place=place, text=why(found))
    return problem(
        place,
        ru="{why} (стоит {said})",
        en="{why} (it says {said})",
        why=why(found),
        said=typed(str(said)[:60]),
    )


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
                yield problem(
                    at,
                    ru="такого поля нет: {hint}",
                    en="no such field: {hint}",
                    hint=perhaps(key, _fields(model)),
                )


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
