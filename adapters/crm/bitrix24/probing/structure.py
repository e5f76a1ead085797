"""Rights, and what a portal is built of: a funnel, a stage, fields, a smart process, a list."""

from typing import Any, get_args

from activities.errors import WorldError
from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.blueprint import StagePlan
from adapters.crm.bitrix24.books import LIST_TYPE, Book, Element
from adapters.crm.bitrix24.building.custom_fields import MODULE, plan_fields
from adapters.crm.bitrix24.building.lists import plan_books
from adapters.crm.bitrix24.building.plan import new_funnel, new_smart_process
from adapters.crm.bitrix24.building.rights import SCOPES
from adapters.crm.bitrix24.building.seen import SeenBook
from adapters.crm.bitrix24.building.stages import plan_stages
from adapters.crm.bitrix24.building.steps import Item, Part, Step
from adapters.crm.bitrix24.building.survey import CRM_DEAL, status_entity
from adapters.crm.bitrix24.client import Command
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.fields import Field, FieldKind, Option, Purpose
from adapters.crm.bitrix24.portal_map import Lines, fields_of
from adapters.crm.bitrix24.probing.kit import NUMBER, TITLE, Kit, row_of
from adapters.crm.bitrix24.probing.refusals import REFUSALS
from adapters.crm.bitrix24.probing.report import Result, Thing
from domain.words import Text, same

STAGE = "DWPROBE"
"""Begins otherwise than the codes of the desk's own stages: a funnel that the probe left is not the desk's."""
RENAMED = "Dealwright probe, renamed"
TYPE_CODE = "DW_PROBE"
LIST_CODE = "dealwright_probe"
FIELD = "probe_"
"""The names of the probe's fields begin so."""
WRONG_CODE = "UF_CRM_DW_PROBE"
KINDS: tuple[FieldKind, ...] = get_args(FieldKind)
SECOND = "second"

_OPTIONS = (
    Option("first", same("First")),
    Option(SECOND, same("Second")),
    Option(codes.NONE, same("—")),
)


def field_of(kind: FieldKind) -> Field:
    options = _OPTIONS if kind == "enumeration" else ()
    return Field(FIELD + kind, same(f"{TITLE}: {kind}"), kind, Purpose.SHOWN, options)


async def rights(kit: Kit) -> None:
    asked = await kit.portal.batch({"scope": ("scope", {}), "owner": ("profile", {})})
    granted, owner = set(map(str, rows(asked.result("scope")))), asked.result("owner")
    kit.me = int(owner["ID"])
    for scope in SCOPES:
        has = sorted(granted & {scope.name, *scope.wider})
        lacking = Result.OTHERWISE if scope.vital else Result.OTHERWISE_BUT_FINE
        result = Result.AS_EXPECTED if has else lacking
        got = same(", ".join(has) or "–")
        kit.add(Thing.RIGHTS, scope.why, "scope", result, same(scope.name), got, "" if has else "no-scope")
    admin = {"ADMIN": bool(owner.get("ADMIN"))}
    what = Text(ru="владелец вебхука — администратор", en="the webhook's owner is an administrator")
    kit.compare(Thing.RIGHTS, what, "profile", {"ADMIN": True}, admin)
    me = (await kit.portal.call("user.current")).result
    what = Text(ru="кто пишет", en="who writes")
    kit.compare(Thing.RIGHTS, what, "user.current", {"ID": str(kit.me)}, {"ID": str(me["ID"])})
    await _people(kit)
    if moved := kit.portal.moved_to:
        words = REFUSALS["renamed"].words
        here = (same(kit.portal.host), same(moved))
        kit.add(Thing.RIGHTS, words, "", Result.OTHERWISE_BUT_FINE, *here, "renamed")


async def _people(kit: Kit) -> None:
    """Who of the playbook somebody is, the desk asks so."""
    shown = rows((await kit.portal.call("user.get", {"filter": {"@ID": [kit.me]}})).result)
    what = Text(ru="пользователи по номерам", en="users by their ids")
    got = {"ID": str(shown[0]["ID"]) if shown else ""}
    kit.compare(Thing.RIGHTS, what, "user.get", {"ID": str(kit.me)}, got)


async def funnel(kit: Kit) -> None:
    method, asked = new_funnel(TITLE)
    kit.category = int((await kit.portal.call(method, asked)).result["category"]["id"])
    what = Text(ru="новая воронка", en="a new funnel")
    kit.compare(Thing.FUNNEL, what, method, asked["fields"], await _category(kit))
    keys = {"originatorId": codes.ORIGINATOR, "originId": NUMBER}
    change = {"entityTypeId": codes.DEAL, "id": kit.category, "fields": keys}
    await kit.portal.call("crm.category.update", change)
    got = (await _category(kit)).get("originatorId") or ""
    empty, kept = Text(ru="пусто", en="empty"), same(str(got))
    kit.behaves(Thing.FUNNEL, "category-keys", "crm.category.update", not got, empty, kept if got else empty)


async def _category(kit: Kit) -> dict[str, Any]:
    listed = (await kit.portal.call("crm.category.list", {"entityTypeId": codes.DEAL})).result
    return row_of(rows(listed, "categories"), kit.category)


async def stage(kit: Kit) -> None:
    entity = codes.stage_entity(kit.category)
    plan = StagePlan(STAGE, same(TITLE), 15, "#39A8EF", "")
    [(method, asked)] = _commands(plan_stages(Part.STAGES, [plan], {}, entity, "", kit.language))
    kit.stage = int((await kit.portal.call(method, asked)).result)
    expected = {"STATUS_ID": STAGE, "NAME": TITLE, "SORT": "15", "COLOR": plan.colour, "SEMANTICS": None}
    added = Text(ru="новая стадия", en="a new stage")
    kit.compare(Thing.STAGE, added, method, expected, await _stage(kit, entity))
    await kit.portal.call("crm.status.update", {"id": kit.stage, "fields": {"NAME": RENAMED}})
    renamed = Text(ru="переименованная стадия сохраняет код", en="a renamed stage keeps its code")
    changed = expected | {"NAME": RENAMED}
    kit.compare(Thing.STAGE, renamed, "crm.status.update", changed, await _stage(kit, entity))
    behind = {"ENTITY_ID": entity, "STATUS_ID": f"{STAGE}2", "NAME": TITLE, "SORT": 999}
    await kit.refuses(Thing.STAGE, "stage-after-final", ("crm.status.add", {"fields": behind}))


async def _stage(kit: Kit, entity: str) -> dict[str, Any]:
    asked = {"filter": {"ENTITY_ID": entity}, "order": {"SORT": "ASC"}}
    listed = rows((await kit.portal.call("crm.status.list", asked)).result)
    found = row_of(listed, kit.stage, "ID")
    return found | {"STATUS_ID": codes.bare(str(found.get("STATUS_ID")))}


async def fields(kit: Kit) -> None:
    """Of each type that the desk uses."""
    wanted = [field_of(kind) for kind in KINDS]
    plan = _commands(plan_fields(Part.DEAL_FIELDS, wanted, {}, CRM_DEAL, None, kit.language))
    refused: dict[str, WorldError] = {}
    for field, (method, asked) in zip(wanted, plan, strict=True):
        try:
            await kit.portal.call(method, asked)
        except PortalRefused as error:
            refused[field.kind] = error
    seen = await fields_of(kit.portal, CRM_DEAL)
    for field in wanted:
        what = Text(ru=f"поле типа {field.kind}", en=f"a field of type {field.kind}")
        if said := refused.get(field.kind):
            kit.refused(Thing.FIELDS, what, said)
            continue
        there, options = seen.get(field.code()), [option.code for option in field.options]
        expected = {"fieldName": field.code(), "userTypeId": field.kind, "enum": sorted(options)}
        got = (
            {"fieldName": there.code, "userTypeId": there.kind, "enum": sorted(there.options)}
            if there
            else {}
        )
        kit.compare(Thing.FIELDS, what, "userfieldconfig.add", expected, got)
    kit.fields = {field.code(): seen[field.code()] for field in wanted if field.code() in seen}
    await _field_traps(kit)


async def _field_traps(kit: Kit) -> None:
    field = {"entityId": CRM_DEAL, "fieldName": WRONG_CODE, "userTypeId": "string"}
    await kit.refuses(Thing.FIELDS, "field-code", ("userfieldconfig.add", {**MODULE, "field": field}))
    code = field_of("enumeration").code()
    asked = {**MODULE, "select": {"0": "*"}, "filter": {"entityId": CRM_DEAL, "fieldName": code}}
    listed = rows((await kit.portal.call("userfieldconfig.list", asked)).result, "fields")
    shown = [name for row in listed for name in row if name == "enum"]
    without, with_them = (
        Text(ru="без значений", en="without options"),
        Text(ru="со значениями", en="with options"),
    )
    kit.behaves(
        *(Thing.FIELDS, "no-options-listed", "userfieldconfig.list", not shown),
        *(without, with_them if shown else without),
    )


async def smart_process(kit: Kit) -> None:
    """With a stage and a field of its own."""
    method, asked = new_smart_process(TITLE, TYPE_CODE)
    made = (await kit.portal.call(method, asked)).result["type"]
    id, entity_type = int(made["id"]), int(made["entityTypeId"])
    listed = await kit.portal.pages("crm.type.list", {"order": {"id": "ASC"}}, "types")
    expected = {"title": TITLE, "code": TYPE_CODE, "isStagesEnabled": "Y"}
    found = row_of(listed, id)
    kit.compare(Thing.TYPE, Text(ru="новый смарт-процесс", en="a new smart process"), method, expected, found)
    funnels = (await kit.portal.call("crm.category.list", {"entityTypeId": entity_type})).result
    category = int(rows(funnels, "categories")[0]["id"])
    await _stage_of_lines(kit, entity_type, category)
    field = field_of("string")
    entity = f"CRM_{id}"
    for command in _commands(plan_fields(Part.LINE_FIELDS, [field], {}, entity, id, kit.language)):
        await kit.portal.call(*command)
    seen = await fields_of(kit.portal, entity)
    expected = {"fieldName": field.code(id), "userTypeId": field.kind}
    there = seen.get(field.code(id))
    got = {"fieldName": there.code, "userTypeId": there.kind} if there else {}
    what = Text(ru="поле смарт-процесса", en="a field of the smart process")
    kit.compare(Thing.TYPE, what, "userfieldconfig.add", expected, got)
    kit.lines = Lines(id, entity_type, category, seen)


async def _stage_of_lines(kit: Kit, entity_type: int, category: int) -> None:
    entity, prefix = status_entity(entity_type, category), f"DT{entity_type}_{category}:"
    plan = StagePlan(STAGE, same(TITLE), 15, "#39A8EF", "")
    [(method, asked)] = _commands(plan_stages(Part.STATUSES, [plan], {}, entity, prefix, kit.language))
    id = int((await kit.portal.call(method, asked)).result)
    listed = rows((await kit.portal.call("crm.status.list", {"filter": {"ENTITY_ID": entity}})).result)
    found = row_of(listed, id, "ID")
    what = Text(ru="стадия смарт-процесса", en="a stage of the smart process")
    kit.compare(Thing.TYPE, what, method, {"STATUS_ID": f"{prefix}{STAGE}", "NAME": TITLE}, found)


async def reference_list(kit: Kit) -> None:
    book = Book(LIST_CODE, same(TITLE), (Element("one", same("One")),))
    make, _ = plan_books([book], {}, kit.language)
    [(method, asked)] = _commands([make])
    id = int((await kit.portal.call(method, asked)).result)
    listed = await kit.portal.pages("lists.get", {"IBLOCK_TYPE_ID": LIST_TYPE})
    found = row_of(listed, id, "ID")
    expected = {"CODE": LIST_CODE, "NAME": TITLE}
    kit.compare(Thing.LIST, Text(ru="новый список", en="a new list"), method, expected, found)
    [element] = _commands(plan_books([book], {LIST_CODE: SeenBook(id, {})}, kit.language))
    await kit.portal.call(*element)
    here = {"IBLOCK_TYPE_ID": LIST_TYPE, "IBLOCK_ID": id}
    got = rows((await kit.portal.call("lists.element.get", here)).result)
    what = Text(ru="элемент списка", en="a list element")
    kit.compare(Thing.LIST, what, element[0], {"CODE": "one", "NAME": "One"}, got[0] if got else {})
    await kit.refuses(Thing.LIST, "element-code", element)


def _commands(items: Any) -> list[Command]:
    """Of what `setup` would do."""
    planned: list[Item] = list(items)
    return [(step.method, step.params or {}) for step in planned if isinstance(step, Step)]
