"""crm.requisite.*: tax numbers and the like, which come only when they are selected; templates; and which one a deal is bound to."""

from typing import Any

from tests.doubles.bitrix24 import rules
from tests.doubles.bitrix24.errors import nameless
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.query import chosen, ordered
from tests.doubles.bitrix24.state import COMPANY, CONTACT, DEAL
from tests.doubles.bitrix24.values import old_wire

_BASIC = (
    "ID", "ENTITY_TYPE_ID", "ENTITY_ID", "PRESET_ID", "DATE_CREATE", "DATE_MODIFY", "CREATED_BY_ID", "NAME", "XML_ID",
    "ACTIVE", "SORT",
)  # fmt: skip


_WRITABLE = {"NAME", "CODE", "XML_ID", "ACTIVE", "SORT", "ADDRESS_ONLY"}
_ENTITY = ("ENTITY_TYPE_ID", "ENTITY_ID", "PRESET_ID")
_LINKED = ("REQUISITE_ID", "BANK_DETAIL_ID", "MC_REQUISITE_ID", "MC_BANK_DETAIL_ID")


def _kept(fields: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if k in _WRITABLE or k.startswith(("RQ_", "UF_CRM_"))}


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
    call.state.requisites[id] = row | _kept(fields) | {k: int(fields[k]) for k in _ENTITY}
    return id


@method("crm.requisite.add", writes=True)
def add(call: Call) -> Any:
    fields = call.array("fields")
    wanted = _ENTITY[:2] if "template-needed" in call.portal.lenient else _ENTITY
    for name in wanted:
        if not str(fields.get(name, "")).isdigit() or int(fields[name]) <= 0:
            raise nameless(f"{name} is not defined or invalid.")
    if wanted == _ENTITY and int(fields["PRESET_ID"]) not in call.state.presets:
        raise nameless("PRESET_ID is not defined or invalid.")
    if int(fields["ENTITY_ID"]) not in call.state.of_type(int(fields["ENTITY_TYPE_ID"])):
        raise nameless("Entity not found.")
    return add_to(call, fields)


@method("crm.requisite.update", writes=True)
def update(call: Call) -> Any:
    id = call.id()
    if id not in call.state.requisites:
        raise nameless(f"The Requisite with ID '{id}' is not found")
    call.state.requisites[id] |= _kept(call.array("fields")) | {"DATE_MODIFY": call.state.now()}
    return True


@method("crm.requisite.delete", writes=True)
def delete(call: Call) -> Any:
    id = call.id()
    if call.state.requisites.pop(id, None) is None:
        raise nameless(f"The Requisite with ID '{id}' is not found")
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

    told = (*_BASIC, "RQ_INN") if "unselected" in call.portal.lenient else _BASIC
    select = call.any("select") or list(told)
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
    """Of all countries, unless the filter names one."""

    def read(row: dict[str, Any], name: str) -> Any:
        return row.get(name)

    select = call.any("select") or ["*"]

    def show(row: dict[str, Any]) -> dict[str, Any]:
        return {name: str(value) for name, value in row.items() if "*" in select or name in select}

    found = chosen(call.state.presets.values(), call.array("filter"), read, call.state.zone)
    return paged(call, ordered(found, call.array("order") or {"ID": "ASC"}, read), show)


def link(call: Call, deal: int, requisite: int) -> None:
    """The requisite must be of the deal's own company or contact."""
    found = call.state.requisites.get(requisite)
    if requisite and found is None:
        raise nameless(f"The Requisite with ID '{requisite}' is not found")
    item = rules.get(call.portal, DEAL, deal)
    owners = {(COMPANY, item.get("companyId")), *((CONTACT, id) for id in item.get("contactIds") or [])}
    if found and (found["ENTITY_TYPE_ID"], found["ENTITY_ID"]) not in owners:
        raise nameless(f"The Requisite with ID '{requisite}' is not assigned to the client of the deal")
    call.state.requisite_links[DEAL, deal] = dict.fromkeys(_LINKED, "0") | {"REQUISITE_ID": str(requisite)}


@method("crm.requisite.link.register", writes=True)
def register(call: Call) -> Any:
    fields = call.array("fields")
    lenient = "link-ids" in call.portal.lenient
    for name in ("ENTITY_TYPE_ID", "ENTITY_ID", *(() if lenient else _LINKED)):
        if not str(fields.get(name, "")).isdigit():
            raise nameless(f"{name} is not defined or invalid")
    if int(fields["ENTITY_ID"]) not in call.state.deals():
        raise nameless("Entity is not found")
    link(call, int(fields["ENTITY_ID"]), int(fields["REQUISITE_ID"]))
    return True


@method("crm.requisite.link.get")
def link_of(call: Call) -> Any:
    for name in ("entityTypeId", "entityId"):
        if not str(call.any(name, "")).isdigit():
            raise nameless(f"{name} is not defined or invalid")
    kind, id = int(call.any("entityTypeId")), int(call.any("entityId"))
    if (kind, id) not in call.state.requisite_links:
        raise nameless("Not found")
    return {"ENTITY_TYPE_ID": kind, "ENTITY_ID": id} | call.state.requisite_links[kind, id]


@method("crm.requisite.link.unregister", writes=True)
def unregister(call: Call) -> Any:
    for name in ("entityTypeId", "entityId"):
        if not str(call.any(name, "")).isdigit():
            raise nameless(f"{name} is not defined or invalid.")
    here = (int(call.any("entityTypeId")), int(call.any("entityId")))
    return call.state.requisite_links.pop(here, None) is not None
