"""The process and the playbook's forms: no answer that a step reads may be dropped, renamed, retyped or made optional."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast

from pydantic.fields import FieldInfo

from domain.goods.quantity import Number
from domain.order.problems import Problem
from domain.playbook.forms import FieldType, Form, FormField, is_met
from domain.playbook.questions import ANSWERS, Answers, Email
from domain.wording import worded
from domain.words import Text

_TYPES: dict[Any, tuple[FieldType, ...]] = {
    str: (FieldType.TEXT, FieldType.CHOICE),  # a text chosen from a list is one
    date: (FieldType.DATE,),
    date | None: (FieldType.DATE,),
    Email: (FieldType.EMAIL,),
    tuple[str, ...]: (FieldType.PIECES,),
    Number: (FieldType.NUMBER,),
    Decimal: (FieldType.NUMBER,),
}


class Need(NamedTuple):
    """An answer that a step reads: needed always, or `when` these codes are chosen. With `codes`, the step acts by them; an
    `optional` one may be missing, and the form need not ask it.

    `part`: it is how much came. `counted_by` is the field that says how many values a list has.
    """

    name: str
    types: tuple[FieldType, ...]
    why: Text
    when: dict[str, str]
    codes: tuple[str, ...] = ()
    optional: bool = False
    part: bool = False
    counted_by: str = ""

    @property
    def condition(self) -> str:
        return ", ".join(f"{name}: {code}" for name, code in self.when.items())


def needs(contract: type[Answers]) -> Iterator[Need]:
    outcomes = contract.outcomes()
    for name in outcomes[0].chosen_by():
        codes = tuple(outcome.chosen_by()[name] for outcome in outcomes)
        yield Need(name, (FieldType.CHOICE,), _why(contract.model_fields[name]), {}, codes)
    of_all = contract.model_fields.keys() - outcomes[0].chosen_by().keys() if len(outcomes) > 1 else set()
    for name in (name for name in contract.model_fields if name in of_all):
        field = contract.model_fields[name]
        yield Need(name, _TYPES[field.annotation], _why(field), {}, optional=not field.is_required())
    for outcome in outcomes:
        when, fields = outcome.chosen_by(), outcome.model_fields
        part = next((name for name, field in fields.items() if field.annotation == Number), "")
        for name, field in fields.items():
            if name not in when and name not in of_all:
                types = _TYPES[field.annotation]
                counted_by = part if FieldType.PIECES in types else ""
                yield Need(
                    name,
                    types,
                    _why(field),
                    when,
                    optional=not field.is_required(),
                    part=name == part,
                    counted_by=counted_by,
                )


def _why(field: FieldInfo) -> Text:
    return Text(ru=str(cast(dict[str, Any], field.json_schema_extra)["ru"]), en=field.description or "")


def question_problems(kind: str, form: Form) -> Iterator[Problem]:
    """Where the form of a question would leave its step without an answer it reads."""
    fields = {field.name: field for field in form}
    for need in needs(ANSWERS[kind]) if kind in ANSWERS else ():
        field = fields.get(need.name)
        if field is None and need.optional:
            continue
        for wrong in _wrong(field, need) if field else [_missing(need)]:
            text = worded(ru="{wrong}: {why}", en="{wrong}: {why}", wrong=wrong, why=need.why)
            yield Problem(place=f"assignments.{kind}.form.{need.name}", text=text)


def _missing(need: Need) -> Text:
    when = worded(ru=", когда {condition}", en=" when {condition}", condition=need.condition)
    choices = worded(ru=" и choices {codes}", en=" and the choices {codes}", codes=need.codes)
    return worded(
        ru="такого поля нет, а процесс читает его{when}; добавьте поле с type: {type}{choices} или верните ему имя",
        en="no such field, and the process reads it{when}; add it with type {type}{choices}, or give it its name back",
        when=when if need.when else "",
        type=need.types[0].value,
        choices=choices if need.codes else "",
    )


def _wrong(field: FormField, need: Need) -> Iterator[Text]:
    if field.type not in need.types:
        yield worded(
            ru="его тип {type}, а процессу нужен {needed}",
            en="its type is {type}, and the process needs type {needed}",
            type=field.type.value,
            needed=need.types[0].value,
        )
    elif need.part and not field.part:
        yield Text(
            ru="это часть позиции; напишите part: true",
            en="it is a part of the line; say part: true",
        )
    elif need.counted_by and field.counted_by != need.counted_by:
        yield worded(
            ru="штук в нём столько, сколько сказано в {other}; напишите counted_by: {other}",
            en="it has as many values as {other} says; say counted_by: {other}",
            other=need.counted_by,
        )
    elif need.codes and set(field.choices or ()) != set(need.codes):
        yield worded(
            ru="в choices стоит {choices}, а процесс знает {codes}, в любом порядке",
            en="its choices are {choices}, and the process knows {codes}, in any order",
            choices=field.choices or (),
            codes=need.codes,
        )
    elif need.codes and (example := field.example_for(date.max, 1)) != need.codes[0]:
        yield worded(
            ru="его example — {example}, а дальше сделка идёт только с {code}; напишите example: {code}",
            en="its example is {example}, and only with {code} does a deal go on; say example: {code}",
            example=example,
            code=need.codes[0],
        )
    if need.optional or field.required or (field.required_when and is_met(field.required_when, need.when)):
        return
    if need.counted_by:
        return  # it is needed where what counts it is
    if need.when:
        yield worded(
            ru="нужно обязательно хотя бы при {condition}; "
            "напишите required: true или required_when: {open}{condition}{close} и больше ничего в нём",
            en="must be required at least when {condition}; "
            "write required: true, or required_when: {open}{condition}{close} and nothing else in it",
            condition=need.condition,
            open="{",
            close="}",
        )
    else:
        yield worded(
            ru="нужно обязательно всегда; уберите required: false",
            en="must be required in every case; remove required: false",
        )
