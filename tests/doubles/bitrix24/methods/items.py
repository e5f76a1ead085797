"""crm.item.*: one family for leads, deals, contacts, companies and smart processes, in camelCase."""

from typing import Any

from tests.doubles.bitrix24 import names, rules, schema
from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.query import chosen, fields_in, ordered
from tests.doubles.bitrix24.state import Item, UserField
from tests.doubles.bitrix24.values import wire


def spelling(call: Call, entity_type: int) -> dict[str, str]:
    """The custom fields' database names, by the names this call uses."""
    original = call.params.get("useOriginalUfNames") == "Y" and not call.portal.old_names
    fields = rules.custom_fields(call.portal, entity_type)
    return {(name if original else names.camel_uf(name)): name for name in fields}


def _given(call: Call, entity_type: int) -> dict[str, Any]:
    fields = call.need("fields")
    if not isinstance(fields, dict):
        fields = {}
    customs = spelling(call, entity_type)
    return {customs.get(k, k): v for k, v in fields.items() if k in customs or not k.startswith("UF_")}


def shown(call: Call, entity_type: int, item: Item, select: list[str] | None = None) -> dict[str, Any]:
    zone = call.state.zone
    full: dict[str, Any] = {name: wire(item.get(name), zone) for name in schema.system_fields(entity_type)}
    full |= {name: item[name] for name in item if name.startswith("parentId")}
    customs = rules.custom_fields(call.portal, entity_type)
    full |= {spelt: _custom(item, customs[name], zone) for spelt, name in spelling(call, entity_type).items()}
    full["entityTypeId"] = entity_type
    for channel, kind in (("hasPhone", "PHONE"), ("hasEmail", "EMAIL")):
        if channel in full:
            full[channel] = "Y" if any(c["typeId"] == kind for c in item.get("fm") or []) else "N"
    if not select or "*" in select:
        return full
    return {name: value for name, value in full.items() if name == "id" or name in select}


def _custom(item: Item, field: UserField, zone: Any) -> Any:
    value = wire(item.get(field.name), zone)
    return [] if field.multiple and value is None else value


@method("crm.item.add", writes=True)
def add(call: Call) -> Any:
    entity_type = rules.known_type(call.portal, call.need("entityTypeId"))
    _plan(call, entity_type, "CREATE")
    item = rules.add(call.portal, call.user, entity_type, _given(call, entity_type))
    return {"item": shown(call, entity_type, item)}


@method("crm.item.update", writes=True)
def update(call: Call) -> Any:
    entity_type = rules.known_type(call.portal, call.need("entityTypeId"))
    _plan(call, entity_type, "UPDATE")
    given = _given(call, entity_type)
    item = rules.update(call.portal, call.user, entity_type, int(call.need("id")), given)
    return {"item": shown(call, entity_type, item)}


@method("crm.item.get")
def get(call: Call) -> Any:
    entity_type = rules.known_type(call.portal, call.need("entityTypeId"))
    return {"item": shown(call, entity_type, rules.get(call.portal, entity_type, call.need("id")))}


@method("crm.item.delete", writes=True)
def delete(call: Call) -> Any:
    entity_type = rules.known_type(call.portal, call.need("entityTypeId"))
    rules.delete(call.portal, entity_type, int(call.need("id")))
    return []


@method("crm.item.list")
def listed(call: Call) -> Any:
    entity_type = rules.known_type(call.portal, call.need("entityTypeId"))
    customs = spelling(call, entity_type)
    known = (
        set(schema.system_fields(entity_type))
        | set(customs)
        | {"parentId1", "parentId2", "parentId3", "parentId4"}
    )
    known |= {f"parentId{number}" for number in call.state.types}

    filter, order = call.params.get("filter") or {}, call.params.get("order") or {}
    for where, given in (("filter", fields_in(filter)), ("order", order)):
        for name in given:
            if name not in known and f"unknown-{where}" not in call.portal.lenient:
                text = f"Invalid {where}: field '{name}' is not allowed in {where}"
                raise Refusal(400, "INVALID_ARG_VALUE", text)

    def read(item: Item, name: str) -> Any:
        return item.get(customs.get(name, name))

    found = chosen(call.state.of_type(entity_type).values(), filter, read, call.state.zone)
    select = call.params.get("select")
    return paged(call, ordered(found, order, read), lambda i: shown(call, entity_type, i, select), "items")


@method("crm.item.fields")
def fields(call: Call) -> Any:
    entity_type = rules.known_type(call.portal, call.need("entityTypeId"))
    described = {
        name: _described(name, kind, name in schema.read_only(entity_type))
        for name, kind in schema.system_fields(entity_type).items()
    }
    customs = rules.custom_fields(call.portal, entity_type)
    for spelt, name in spelling(call, entity_type).items():
        described[spelt] = _described_custom(customs[name])
    return {"fields": described}


def _described(name: str, kind: str, read_only: bool) -> dict[str, Any]:
    types = {"int": "integer", "str": "string", "bool": "boolean", "ints": "integer", "stage": "crm_status"}
    return {
        "type": types.get(kind, kind), "isRequired": False, "isReadOnly": read_only, "isImmutable": False,
        "isMultiple": kind == "ints", "isDynamic": False, "title": name, "upperName": names.old(name),
    }  # fmt: skip


def _described_custom(field: UserField) -> dict[str, Any]:
    label = field.labels.get("EDIT_FORM_LABEL") or field.name
    described = {
        "type": field.type, "isRequired": field.mandatory, "isReadOnly": False, "isImmutable": False,
        "isMultiple": field.multiple, "isDynamic": True, "upperName": field.name,
        "title": next(iter(label.values())) if isinstance(label, dict) else label,
    }  # fmt: skip
    if field.type == "enumeration":
        described["items"] = [{"ID": str(o.id), "VALUE": o.value} for o in field.options]
    return described


def _plan(call: Call, entity_type: int, what: str) -> None:
    if entity_type in call.state.types and not call.portal.smart:
        text = "You cannot create a new item due to your plan restrictions"
        raise Refusal(400, f"{what}_DYNAMIC_ITEM_RESTRICTED", text)
