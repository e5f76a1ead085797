"""crm.type.*: smart processes."""

from typing import Any

from tests.doubles.bitrix24 import schema
from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.query import chosen, ordered
from tests.doubles.bitrix24.state import SmartType
from tests.doubles.bitrix24.values import truth, wire

_PREDEFINED = [{"entityTypeId": n, "isChildrenListEnabled": "Y", "isPredefined": "Y"} for n in (3, 4)]


def _shown(call: Call, kind: SmartType, relations: bool = False) -> dict[str, Any]:
    created = wire(kind.created, call.state.zone)
    row: dict[str, Any] = {"id": kind.id, "title": kind.title, "code": kind.code, "createdBy": 1}
    row |= {"entityTypeId": kind.entity_type, "customSectionId": None}
    row |= {
        f"is{name}Enabled": kind.switches.get(name, "N")
        for name in schema.SWITCHES
        if name != "SetOpenPermissions"
    }
    row |= {"isSetOpenPermissions": kind.switches.get("SetOpenPermissions", "Y")}
    row |= {"createdTime": created, "updatedTime": created, "updatedBy": 1}
    if relations:
        row |= {"relations": kind.relations, "linkedUserFields": {}, "customSections": []}
    return row


def _relations(given: dict[str, Any]) -> dict[str, Any]:
    def side(name: str) -> list[dict[str, Any]]:
        return [
            {
                "entityTypeId": int(one["entityTypeId"]),
                "isChildrenListEnabled": "Y" if truth(one.get("isChildrenListEnabled")) else "N",
                "isPredefined": "N",
            }
            for one in given.get(name) or []
        ]

    return {"parent": _PREDEFINED + side("parent"), "child": side("child")}


@method("crm.type.add", writes=True)
def add(call: Call) -> Any:
    call.admin()
    fields = call.need("fields")
    if not call.portal.smart:
        raise Refusal(400, "CREATE_DYNAMIC_TYPE_RESTRICTED", "Maximum number of SPAs exceeded")
    if not fields.get("title"):
        raise Refusal(400, "CRM_FIELD_ERROR_REQUIRED", 'Field "TITLE" is required')
    number = int(fields.get("entityTypeId") or call.state.next("entity type", start=515) * 2)
    if not (128 <= number <= 192 or (number >= 1030 and number % 2 == 0)):
        raise Refusal(400, "INVALID_ARG_VALUE", "entityTypeId is out of allowed range")
    switches = {n: "Y" if truth(fields[key]) else "N" for n in schema.SWITCHES if (key := _key(n)) in fields}
    kind = SmartType(
        call.state.next("type"), number, fields["title"], str(fields.get("code") or ""), switches
    )
    kind.relations, kind.created = _relations(fields.get("relations") or {}), call.state.now()
    call.state.types[number] = kind
    call.portal.funnel(number, "Общая", default=True)
    return {"type": _shown(call, kind, relations=True)}


def _key(name: str) -> str:
    return "isSetOpenPermissions" if name == "SetOpenPermissions" else f"is{name}Enabled"


@method("crm.type.update", writes=True)
def update(call: Call) -> Any:
    call.admin()
    kind = _by_id(call)
    fields = call.need("fields")
    kind.title, kind.code = fields.get("title", kind.title), fields.get("code", kind.code)
    kind.switches |= {
        n: "Y" if truth(fields[key]) else "N" for n in schema.SWITCHES if (key := _key(n)) in fields
    }
    if "relations" in fields:
        kind.relations = _relations(fields["relations"])
    return {"type": _shown(call, kind, relations=True)}


def _by_id(call: Call) -> SmartType:
    found = next((t for t in call.state.types.values() if t.id == int(call.need("id"))), None)
    if found is None:
        raise Refusal(400, 0, "SPA not found")
    return found


@method("crm.type.get")
def get(call: Call) -> Any:
    return {"type": _shown(call, _by_id(call), relations=True)}


@method("crm.type.delete", writes=True)
def delete(call: Call) -> Any:
    call.admin()
    kind = _by_id(call)
    if call.state.of_type(kind.entity_type):
        raise Refusal(400, "BX_ERROR", "You cannot delete an entity type that has elements")
    del call.state.types[kind.entity_type]
    state = call.state
    state.categories = [one for one in state.categories if one.entity_type != kind.entity_type]
    of_type = f"DYNAMIC_{kind.entity_type}_STAGE_"
    state.statuses = {id: s for id, s in state.statuses.items() if not s.entity.startswith(of_type)}
    state.fields = {id: f for id, f in state.fields.items() if f.entity != f"CRM_{kind.id}"}
    return []


@method("crm.type.getByEntityTypeId")
def get_by_number(call: Call) -> Any:
    found = call.state.types.get(int(call.need("entityTypeId")))
    if found is None:
        raise Refusal(400, 0, "Smart process not found")
    return {"type": _shown(call, found, relations=True)}


@method("crm.type.list")
def listed(call: Call) -> Any:
    call.admin()

    def read(kind: SmartType, name: str) -> Any:
        row = _shown(call, kind)
        if name not in row:
            raise Refusal(
                400, "INVALID_ARG_VALUE", f"Invalid filter: field '{name}' is not allowed in filter"
            )
        return row[name]

    found = chosen(call.state.types.values(), call.params.get("filter"), read, call.state.zone)
    return paged(call, ordered(found, call.params.get("order"), read), lambda t: _shown(call, t), "types")


@method("crm.type.fields")
def fields(call: Call) -> Any:
    call.admin()
    names = [
        "id",
        "title",
        "code",
        "createdBy",
        "entityTypeId",
        "customSectionId",
        *map(_key, schema.SWITCHES),
    ]
    return {"fields": {name: {"type": "string", "title": name, "isDynamic": False} for name in names}}
