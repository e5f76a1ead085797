"""The process and the playbook's forms: no answer that a step reads may be dropped, renamed, retyped or made optional."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from domain.order.problems import Problem
from domain.playbook.forms import FieldType, Form, FormField
from domain.playbook.questions import ANSWERS, Answers, Email

_TYPES: dict[Any, tuple[FieldType, ...]] = {
    str: (FieldType.TEXT, FieldType.CHOICE),  # a text chosen from a list is one
    date: (FieldType.DATE,),
    Email: (FieldType.EMAIL,),
    tuple[str, ...]: (FieldType.PIECES,),
}


class Need(NamedTuple):
    """An answer that a step reads: needed always, or `when` these codes are chosen. With `codes`, the step acts by them."""

    name: str
    types: tuple[FieldType, ...]
    why: str
    when: dict[str, str]
    codes: tuple[str, ...] = ()

    @property
    def condition(self) -> str:
        return " and ".join(f"{name} is {code}" for name, code in self.when.items())


def needs(contract: type[Answers]) -> Iterator[Need]:
    outcomes = contract.outcomes()
    for name in outcomes[0].chosen_by():
        codes = tuple(outcome.chosen_by()[name] for outcome in outcomes)
        yield Need(name, (FieldType.CHOICE,), contract.model_fields[name].description or "", {}, codes)
    for outcome in outcomes:
        when = outcome.chosen_by()
        for name, field in outcome.model_fields.items():
            if name not in when:
                yield Need(name, _TYPES[field.annotation], field.description or "", when)


def question_problems(kind: str, form: Form) -> Iterator[Problem]:
    """Where the form of a question would leave its step without an answer it reads."""
    fields = {field.name: field for field in form}
    for need in needs(ANSWERS[kind]) if kind in ANSWERS else ():
        field = fields.get(need.name)
        for words in _wrong(field, need) if field else [_missing(need)]:
            yield Problem(place=f"assignments.{kind}.form.{need.name}", words=f"{words}: {need.why}")


def _missing(need: Need) -> str:
    read = f"the process reads it when {need.condition}" if need.when else "the process reads it"
    choices = f" and the choices {', '.join(need.codes)}" if need.codes else ""
    return f"no such field, and {read}; add it with type {need.types[0].value}{choices}, or give it its name back"


def _wrong(field: FormField, need: Need) -> Iterator[str]:
    if field.type not in need.types:
        yield f"its type is {field.type.value}, and the process needs type {need.types[0].value}"
    elif need.codes and set(field.choices or ()) != set(need.codes):
        yield f"its choices are {', '.join(field.choices or ())}, and the process knows {', '.join(need.codes)}, in any order"
    elif need.codes and (example := field.example_for(date.max, 1)) != need.codes[0]:
        yield f"its example is {example}, and only with {need.codes[0]} does a deal go on; say example: {need.codes[0]}"
    if field.required or (field.required_when and field.required_when.items() <= need.when.items()):
        return
    if need.when:
        condition = ", ".join(f"{name}: {code}" for name, code in need.when.items())
        yield (
            f"must be required at least when {need.condition}; "
            f"write required: true, or required_when: {{{condition}}} and nothing else in it"
        )
    else:
        yield "must be required in every case; remove required: false"
