"""crm.requisite.*: tax numbers and the like, which come only when they are selected."""

from typing import Any

from tests.doubles.bitrix24.errors import nameless
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.query import chosen, ordered
from tests.doubles.bitrix24.values import old_wire

_BASIC = (
    "ID", "ENTITY_TYPE_ID", "ENTITY_ID", "PRESET_ID", "DATE_CREATE", "DATE_MODIFY", "CREATED_BY_ID", "NAME", "XML_ID",
    "ACTIVE", "SORT",
)  # fmt: skip


def add_to(call: Call, fields: dict[str, Any]) -> int:
    now = call.state.now()
    id = call.state.next("requisite")
    row = {
        "ID": id,
        "DATE_CREATE": now,
        "DATE_MODIFY": now,
        "CREATED_BY_ID": call.user,
        "ACTIVE": "Y",
        "SORT": 500,
    }
    numbers = {k: int(fields[k]) for k in ("ENTITY_TYPE_ID", "ENTITY_ID", "PRESET_ID")}
    call.state.requisites[id] = row | fields | numbers
    return id


@method("crm.requisite.add", writes=True)
def add(call: Call) -> Any:
    fields = call.array("fields")
    for name in ("ENTITY_TYPE_ID", "ENTITY_ID", "PRESET_ID"):
        if not str(fields.get(name, "")).isdigit() or int(fields[name]) <= 0:
            raise nameless(f"{name} is not defined or invalid.")
    if int(fields["ENTITY_ID"]) not in call.state.of_type(int(fields["ENTITY_TYPE_ID"])):
        raise nameless("Entity not found.")
    return add_to(call, fields)


@method("crm.requisite.update", writes=True)
def update(call: Call) -> Any:
    id = call.id()
    if id not in call.state.requisites:
        raise nameless(f"The Requisite with ID '{id}' is not found")
    call.state.requisites[id] |= call.array("fields") | {"DATE_MODIFY": call.state.now()}
    return True


@method("crm.requisite.get")
def get(call: Call) -> Any:
    id = call.id()
    if id not in call.state.requisites:
        raise nameless(f"The Requisite with ID '{id}' is not found")
    return {name: old_wire(value, call.state.zone) for name, value in call.state.requisites[id].items()}


@method("crm.requisite.list")
def listed(call: Call) -> Any:
    def read(row: dict[str, Any], name: str) -> Any:
        return row.get(name)

    select = call.any("select") or list(_BASIC)
    if "*" in select:
        select = [*select, *_BASIC]

    def show(row: dict[str, Any]) -> dict[str, Any]:
        return {
            name: old_wire(row.get(name), call.state.zone) for name in dict.fromkeys(select) if name != "*"
        }

    found = chosen(call.state.requisites.values(), call.array("filter"), read, call.state.zone)
    return paged(call, ordered(found, call.array("order") or {"ID": "ASC"}, read), show)


@method("crm.requisite.preset.list")
def presets(call: Call) -> Any:
    return paged(call, [{"ID": "1", "NAME": "Организация"}, {"ID": "3", "NAME": "ИП"}], lambda row: row)
