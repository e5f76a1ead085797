"""What a portal has of ours now, found by codes."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.blueprint import LINES_CODE
from adapters.crm.bitrix24.books import LIST_TYPE, PREFIX
from adapters.crm.bitrix24.building.bots import see_chat
from adapters.crm.bitrix24.building.rights import BOT_SCOPE, Scope, missing
from adapters.crm.bitrix24.building.seen import (
    SeenBook,
    SeenElement,
    SeenField,
    SeenFunnel,
    SeenLines,
    SeenOption,
    SeenStage,
    Survey,
)
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.funnel import begun, deal_funnels, with_our_stages
from domain.playbook.book import StaffedPlaybook

T = TypeVar("T")

CRM_DEAL = "CRM_DEAL"
"""entityId of the deals' custom fields; those of a smart process are `CRM_<its own id>`."""


async def look(portal: Portal, playbook: StaffedPlaybook, type_id: int | None = None) -> Survey:
    """`type_id` is a smart process that was made a moment ago and has no mark yet.

    Raises what `Portal.call` does, but for what the webhook's owner may not see.
    """
    asked = await portal.batch({"scope": ("scope", {}), "owner": ("profile", {})})
    absent = missing(map(str, rows(asked.result("scope"))))
    lacks = tuple(scope for scope in absent if portal.bot_token or scope.name != BOT_SCOPE)
    owner = asked.answers.get("owner")
    admin = bool(owner and owner.result.get("ADMIN"))
    survey = Survey(portal.host, lacks, admin=admin)
    if survey.shut:
        return survey
    view = _View()
    return survey._replace(
        funnel=await view.of("funnel", _funnel(portal), None),
        deal_fields=await view.of("deal_fields", _fields(portal, CRM_DEAL), {}),
        lines=await view.of("lines", _lines(portal, type_id), None),
        books=await view.of("books", _books(portal, lacks), None),
        emails=await view.of("emails", _emails(portal, playbook), frozenset()),
        chat=await view.of("chat", see_chat(portal, lacks), survey.chat),
        hidden=view.hidden,
    )


class _View:
    def __init__(self) -> None:
        self.hidden: dict[str, str] = {}

    async def of(self, area: str, looking: Coroutine[Any, Any, T], blind: T) -> T:
        try:
            return await looking
        except PortalRefused as refused:
            self.hidden[area] = str(refused)
            return blind


async def _funnel(portal: Portal) -> SeenFunnel | None:
    funnels = await deal_funnels(portal)
    found = with_our_stages(funnels) or begun(funnels)
    return SeenFunnel(found.id, found.name, _seen_stages(found.stages)) if found else None


async def _lines(portal: Portal, new: int | None) -> SeenLines | None:
    types = await portal.pages("crm.type.list", {"order": {"id": "ASC"}}, "types")
    coded = (t for t in types if t.get("code") == LINES_CODE or int(t["id"]) == new)
    found = await _marked(portal, types) or next(coded, None)
    if found is None:
        return None
    id, entity_type = int(found["id"]), int(found["entityTypeId"])
    fields = await _fields(portal, f"CRM_{id}")
    funnel = await _lines_funnel(portal, entity_type) if found.get("isStagesEnabled") == "Y" else None
    return SeenLines(id, entity_type, str(found["title"]), funnel, fields)


async def _marked(portal: Portal, types: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The one that has the field by which the adapter finds it."""
    marks = {int(t["id"]): codes.line_field(int(t["id"]), codes.LINES_MARK) for t in types}
    asked = {
        f"t{id}": ("userfieldconfig.list", _asked(f"CRM_{id}", fieldName=mark)) for id, mark in marks.items()
    }
    found = await portal.many(asked)
    for kind in types:
        id = int(kind["id"])
        if any(f["fieldName"] == marks[id] for f in rows(found.result(f"t{id}"), "fields")):
            return kind
    return None


async def _lines_funnel(portal: Portal, entity_type: int) -> SeenFunnel | None:
    listed = rows(
        (await portal.call("crm.category.list", {"entityTypeId": entity_type})).result, "categories"
    )
    if not listed:
        return None
    found = next((c for c in listed if c.get("isDefault") == "Y"), listed[0])
    id = int(found["id"])
    return SeenFunnel(id, str(found["name"]), await _stages(portal, status_entity(entity_type, id)))


async def _stages(portal: Portal, entity: str) -> Mapping[str, SeenStage]:
    listed = await portal.pages(
        "crm.status.list", {"filter": {"ENTITY_ID": entity}, "order": {"SORT": "ASC"}}
    )
    return _seen_stages(listed)


def _seen_stages(listed: Sequence[Mapping[str, Any]]) -> Mapping[str, SeenStage]:
    return {
        codes.bare(str(row["STATUS_ID"])): SeenStage(
            int(row["ID"]), str(row["NAME"]), int(row["SORT"]), row["NAME"] == row.get("NAME_INIT")
        )
        for row in listed
    }


async def _fields(portal: Portal, entity: str) -> Mapping[str, SeenField]:
    listed = await portal.pages("userfieldconfig.list", _asked(entity), "fields")
    ours = [row for row in listed if row["entityId"] == entity and "_DW_" in row["fieldName"]]
    choices = [row["id"] for row in ours if row["userTypeId"] == "enumeration"]
    asked = {f"f{id}": ("userfieldconfig.get", {"moduleId": "crm", "id": id}) for id in choices}
    found = await portal.many(asked)
    return {
        row["fieldName"]: SeenField(
            int(row["id"]),
            row["userTypeId"],
            row.get("mandatory") == "Y",
            _options(found.result(f"f{row['id']}")) if f"f{row['id']}" in asked else (),
        )
        for row in ours
    }


def _options(got: dict[str, Any]) -> tuple[SeenOption, ...]:
    return tuple(
        SeenOption(str(o["id"]), str(o["xmlId"]), str(o["value"]), str(o["sort"]), str(o["def"]))
        for o in rows(got.get("field", {}).get("enum"))
    )


async def _books(portal: Portal, lacks: tuple[Scope, ...]) -> Mapping[str, SeenBook] | None:
    """None where the webhook may not see lists."""
    if any(scope.name == "lists" for scope in lacks):
        return None
    listed = await portal.pages("lists.get", {"IBLOCK_TYPE_ID": LIST_TYPE})
    ids = {
        str(row["CODE"]): int(row["ID"]) for row in listed if str(row.get("CODE") or "").startswith(PREFIX)
    }
    return {code: SeenBook(id, await _elements(portal, id)) for code, id in ids.items()}


async def _elements(portal: Portal, list_id: int) -> Mapping[str, SeenElement]:
    asked = {"IBLOCK_TYPE_ID": LIST_TYPE, "IBLOCK_ID": list_id}
    listed = await portal.pages("lists.element.get", asked)
    return {
        str(row["CODE"]): SeenElement(int(row["ID"]), str(row["NAME"])) for row in listed if row.get("CODE")
    }


async def _emails(portal: Portal, playbook: StaffedPlaybook) -> frozenset[str]:
    """Those of the playbook's people who are active users."""
    asked = [person.email for person in playbook.people.values()]
    filter = {"@EMAIL": [*asked, *map(str.lower, asked)], "ACTIVE": True}
    listed = await portal.pages("user.get", {"filter": filter, "sort": "ID", "order": "ASC"})
    return frozenset(str(row["EMAIL"]).lower() for row in listed if row.get("EMAIL"))


def status_entity(entity_type: int, category: int) -> str:
    return f"DYNAMIC_{entity_type}_STAGE_{category}"


def _asked(entity: str, **filter: str) -> dict[str, Any]:
    return {
        "moduleId": "crm",
        "select": {"0": "*"},
        "filter": {"entityId": entity, **filter},
        "order": {"id": "ASC"},
    }
