"""Custom fields and their options. A field's label and an option's title are people's to change; codes are not."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.crm.bitrix24.building.seen import SeenField
from adapters.crm.bitrix24.building.steps import Item, Note, Part, Step, Trouble
from adapters.crm.bitrix24.fields import Field, Purpose
from domain.words import Language, Text

MODULE = {"moduleId": "crm"}


def plan_fields(
    part: Part,
    wanted: Sequence[Field],
    seen: Mapping[str, SeenField],
    entity: str,
    type_id: int | None,
    language: Language,
) -> Iterator[Item]:
    for n, field in enumerate(wanted):
        code = field.code(type_id)
        if code in seen:
            yield from _compared(part, field, code, seen[code], language)
        else:
            described = _described(field, code, entity, 100 * (n + 1), language)
            yield Step(part, added(field), "userfieldconfig.add", {**MODULE, "field": described})


def added(field: Field) -> Text:
    return Text(ru=f"добавить поле «{field.label.ru}»", en=f"add the field “{field.label.en}”")


def _compared(part: Part, field: Field, code: str, seen: SeenField, language: Language) -> Iterator[Item]:
    if seen.kind != field.kind:
        yield Trouble(
            part,
            Text(
                ru=f"поле {code} другого типа: {seen.kind}, а нужно {field.kind}",
                en=f"the field {code} is of another type: {seen.kind} instead of {field.kind}",
            ),
            Text(
                ru="Тип поля изменить нельзя: удалите поле и повторите deal crm setup.",
                en="A field's type can't be changed: delete it, and run deal crm setup again.",
            ),
        )
        return
    if seen.mandatory:
        yield Note(
            part,
            Text(
                ru=f"поле {code} сделали обязательным: портал может отказать в движении по стадиям",
                en=f"the field {code} was made mandatory: the portal may refuse moves between stages",
            ),
        )
    have = {option.code for option in seen.options}
    new = [(n, option) for n, option in enumerate(field.options) if option.code not in have]
    if new:
        kept = [
            {"id": o.id, "value": o.title, "sort": o.sort, "def": o.default, "xmlId": o.code}
            for o in seen.options
        ]
        fresh = [_option(n, option.code, option.title, language) for n, option in new]
        titles = ", ".join(option.title.to(language) for _, option in new)
        words = Text(
            ru=f"добавить в поле «{field.label.ru}» значения: {titles}",
            en=f"add to the field “{field.label.en}” the options {titles}",
        )
        changes = {"userTypeId": "enumeration", "enum": kept + fresh}
        yield Step(part, words, "userfieldconfig.update", {**MODULE, "id": seen.id, "field": changes})


def _described(field: Field, code: str, entity: str, sort: int, language: Language) -> dict[str, Any]:
    described: dict[str, Any] = {
        "entityId": entity,
        "fieldName": code,
        "userTypeId": field.kind,
        "sort": sort,
        "multiple": "N",
        "mandatory": "N",
        "showFilter": "Y" if field.purpose in (Purpose.SHOWN, Purpose.ENTRY) else "N",
        "editFormLabel": {"ru": field.label.ru, "en": field.label.en},
    }
    if field.help:
        described["helpMessage"] = {"ru": field.help.ru, "en": field.help.en}
    if field.rows > 1:
        described["settings"] = {"ROWS": field.rows}
    if field.options:
        options = enumerate(field.options)
        described["enum"] = [_option(n, option.code, option.title, language) for n, option in options]
    return described


def _option(n: int, code: str, title: Text, language: Language) -> dict[str, Any]:
    return {"value": title.to(language), "xmlId": code, "sort": 10 * (n + 1), "def": "N"}
