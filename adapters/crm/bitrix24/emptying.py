"""Fields that a portal did not empty when told to (b24-rest-docs#145, #269): what its answer shows, and what is done then.

A deal's are emptied by the older `crm.deal.update`, which does. Items of a smart process have no older method: what a line shows of itself is
named on its card in a field of its own, as long as it stands there; and who opens a form's next round reads which answers are those of the
round before."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from adapters.crm.bitrix24 import codes, values
from adapters.crm.bitrix24.answers import Answer
from adapters.crm.bitrix24.blueprint import Blueprint
from adapters.crm.bitrix24.client import Command
from adapters.crm.bitrix24.portal_map import Fields, PortalField, PortalMap
from domain.wording import Clock, day, number
from domain.words import Text

_LEFT = Text(
    ru="Портал не очистил поля, вот ответы прошлого раунда: {fields}. Впишите новые поверх них.",
    en="The portal did not empty these fields, they hold the answers of the round before: {fields}. Write the new ones over them.",
)


class Kept(NamedTuple):
    """A field of a deal, or of a line's item, and what still stands there."""

    entity_type: int
    field: PortalField
    value: Any


def kept(known: PortalMap, commands: Mapping[str, Command], answers: Mapping[str, Answer]) -> Iterator[Kept]:
    for name, (method, params) in commands.items():
        if method == "crm.item.update" and name in answers:
            emptied = [code for code, value in params["fields"].items() if value == ""]
            yield from _kept(known, params["entityTypeId"], emptied, answers[name].result)


def _kept(known: PortalMap, entity_type: int, emptied: Iterable[str], result: Any) -> Iterator[Kept]:
    item = result.get("item") if isinstance(result, dict) else None
    fields = _fields(known, entity_type)
    for code in emptied:
        if item and code in fields and values.from_portal(fields[code], item.get(code)):
            yield Kept(entity_type, fields[code], item[code])


def _fields(known: PortalMap, entity_type: int) -> Fields:
    if entity_type == codes.DEAL:
        return known.fields
    return known.lines.fields if known.lines else {}


def emptying(deal: int, left: Iterable[Kept]) -> Command:
    return ("crm.deal.update", {"id": deal, "fields": dict.fromkeys((one.field.code for one in left), "")})


def void(left: Iterable[Kept], known: PortalMap, want: Blueprint, clock: Clock) -> str:
    """The fields of a line that hold nothing any more, though the portal shows something there."""
    return "; ".join(_named(left, known, want, clock))


def words(left: Iterable[Kept], known: PortalMap, want: Blueprint, clock: Clock) -> str:
    """For those who fill the form again."""
    return _LEFT.to(clock.language).format(fields="; ".join(_named(left, known, want, clock)))


def _named(left: Iterable[Kept], known: PortalMap, want: Blueprint, clock: Clock) -> Iterator[str]:
    named = {f.code(): f.label for f in want.deal_fields}
    if known.lines:
        named |= {f.code(known.lines.type_id): f.label for f in want.line_fields}
    for one in left:
        if one.field.code in named:
            yield f"«{named[one.field.code].to(clock.language)}» — {_shown(one, clock)}"


def _shown(left: Kept, clock: Clock) -> str:
    text = values.from_portal(left.field, left.value)
    try:
        match left.field.kind:
            case "date":
                return day(date.fromisoformat(text), clock.language)
            case "datetime":
                return clock(datetime.fromisoformat(text))
            case "double" | "integer":
                return number(Decimal(text), clock.language)
    except (ValueError, InvalidOperation):
        pass  # what people wrote there is shown as it is
    return values.as_shown(left.field, left.value)
