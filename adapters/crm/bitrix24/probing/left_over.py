"""What an earlier probe left in a portal, killed before it could remove it; or this one, where an answer was lost. Found by names and
keys that only the probe uses."""

from collections.abc import Iterator
from typing import Any

from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.answers import Outcomes, rows
from adapters.crm.bitrix24.books import LIST_TYPE
from adapters.crm.bitrix24.building.survey import CRM_DEAL
from adapters.crm.bitrix24.client import Command
from adapters.crm.bitrix24.probing.kit import NUMBER, TITLE
from adapters.crm.bitrix24.probing.made import Made, thing_removed_by
from adapters.crm.bitrix24.probing.people import INN
from adapters.crm.bitrix24.probing.structure import FIELD, LIST_CODE, TYPE_CODE, WRONG_CODE
from adapters.crm.bitrix24.probing.watched import Watched

_MODULE = {"moduleId": "crm"}


async def left_over(portal: Watched) -> list[Made]:
    """In the order in which it may have been made; what the portal does not show is left out."""
    found = await portal.batch(_QUESTIONS)
    smart = [row for row in _rows(found, "types", "types") if row.get("code") == TYPE_CODE]
    lines = await portal.many({f"t{row['id']}": _items(int(row["entityTypeId"])) for row in smart})
    return [
        *_structure(found, smart),
        *(
            _made("crm.item.delete", item["id"], entityTypeId=int(row["entityTypeId"]))
            for row in smart
            for item in _rows(lines, f"t{row['id']}", "items")
        ),
        *_cards(found),
    ]


def _items(entity_type: int, **filter: str) -> Command:
    return "crm.item.list", {"entityTypeId": entity_type, "filter": filter, "select": ["id"]}


def _by_origin(entity_type: int, origin: str) -> Command:
    return _items(entity_type, originatorId=codes.ORIGINATOR, originId=origin)


_QUESTIONS: dict[str, Command] = {
    "categories": ("crm.category.list", {"entityTypeId": codes.DEAL}),
    "types": ("crm.type.list", {"order": {"id": "DESC"}}),
    "fields": (
        "userfieldconfig.list",
        {**_MODULE, "select": {"0": "*"}, "filter": {"entityId": CRM_DEAL}, "order": {"id": "DESC"}},
    ),
    "lists": ("lists.get", {"IBLOCK_TYPE_ID": LIST_TYPE, "IBLOCK_CODE": LIST_CODE}),
    "deals": _by_origin(codes.DEAL, NUMBER),
    "contacts": _by_origin(codes.CONTACT, NUMBER),
    "companies": _by_origin(codes.COMPANY, INN),
    "requisites": (
        "crm.requisite.list",
        {"filter": {"XML_ID": f"{codes.ORIGINATOR}:{INN}"}, "select": ["ID"], "order": {"ID": "ASC"}},
    ),
    "tasks": ("tasks.task.list", {"filter": {"TITLE": TITLE}, "select": ["ID", "TITLE"]}),
}
"""The newest first, where a page may not hold all there are."""


def _structure(found: Outcomes, smart: list[Any]) -> Iterator[Made]:
    for row in _rows(found, "categories", "categories"):
        if row["name"] == TITLE:
            yield _made("crm.category.delete", row["id"], entityTypeId=codes.DEAL)
    for row in _rows(found, "fields", "fields"):
        if row["fieldName"] == WRONG_CODE or row["fieldName"].startswith(codes.deal_field(FIELD)):
            yield _made("userfieldconfig.delete", row["id"], **_MODULE)
    for row in smart:
        yield _made("crm.type.delete", row["id"])
    for row in _rows(found, "lists"):
        if row.get("CODE") == LIST_CODE:
            yield Made(
                thing_removed_by("lists.delete"),
                str(row["ID"]),
                ("lists.delete", {"IBLOCK_TYPE_ID": LIST_TYPE, "IBLOCK_ID": int(row["ID"])}),
            )


def _cards(found: Outcomes) -> Iterator[Made]:
    kinds = {"contacts": codes.CONTACT, "companies": codes.COMPANY, "deals": codes.DEAL}
    for name, entity_type in kinds.items():
        for row in _rows(found, name, "items"):
            yield _made("crm.item.delete", row["id"], entityTypeId=entity_type)
    for row in _rows(found, "requisites"):
        yield _made("crm.requisite.delete", row["ID"])
    for row in _rows(found, "tasks", "tasks"):
        if row.get("title") == TITLE:
            id = int(row["id"])
            yield Made(thing_removed_by("tasks.task.delete"), str(id), ("tasks.task.delete", {"taskId": id}))


def _made(removal: str, id: Any, **params: Any) -> Made:
    return Made(thing_removed_by(removal), str(id), (removal, {**params, "id": int(id)}))


def _rows(found: Outcomes, name: str, part: str = "") -> list[Any]:
    return rows(found.answers[name].result, part) if name in found.answers else []
