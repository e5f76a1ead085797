"""The fields of a form as a page shows them: with what was typed, and what is wrong."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from domain.goods.quantity import Number
from domain.playbook.form_answers import MAX_ANSWER, MAX_PATTERNED, answer_in_words
from domain.playbook.forms import FieldType, Form, FormField
from domain.words import Language

LONG_EXAMPLE = 30
"""A text with a longer example is more than a number or a name: it has room for several lines."""


class Shown(NamedTuple):
    """`kind` is an input's type, `textarea` or `choice`; `choices` are codes with their words."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    hint: str = ""
    required: bool = True
    optional: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    longest: int = MAX_ANSWER
    earliest: str = ""
    latest: str = ""
    numeric: bool = False


class FormShown(NamedTuple):
    """`button` sends it. `wrong` is in the reader's words, by field."""

    fields: tuple[Shown, ...]
    button: str
    wrong: Mapping[str, str]


def shown(
    form: Form, typed: Mapping[str, str], language: Language, today: date, quantity: Number
) -> Iterator[Shown]:
    for field in form:
        yield Shown(
            name=field.name,
            label=field.title.to(language),
            kind=_kind(field),
            value=typed.get(field.name, ""),
            hint=_hint(field, language, today, quantity),
            required=field.required,
            optional=not field.required and not field.required_when,
            choices=tuple((code, answer_in_words(code, field, language)) for code in field.choices or ()),
            longest=MAX_PATTERNED if field.pattern else MAX_ANSWER,
            earliest=_bound(today, field.earliest),
            latest=_bound(today, field.latest),
            numeric=field.type is FieldType.NUMBER,
        )


def _kind(field: FormField) -> str:
    match field.type:
        case FieldType.DATE | FieldType.EMAIL | FieldType.CHOICE:
            return field.type.value
        case FieldType.PIECES:
            return "textarea"
        case FieldType.TEXT if not field.pattern and len(field.example) > LONG_EXAMPLE:
            return "textarea"
    return "text"


def _hint(field: FormField, language: Language, today: date, quantity: Number) -> str:
    parts = [field.help.to(language)] if field.help else []
    if field.type not in (FieldType.DATE, FieldType.CHOICE):
        example = field.example_for(today, quantity)
        parts.append(f"Например: {example}" if language == "ru" else f"For example: {example}")
    return ". ".join(part.rstrip(".") for part in parts)


def _bound(today: date, days: int | None) -> str:
    return "" if days is None else (today + timedelta(days=days)).isoformat()
