"""crm.deal.*, crm.lead.*, crm.contact.*, crm.company.*: deprecated, still served. Upper-case keys, strings, empty codes."""

from collections.abc import Callable
from typing import Any

from tests.doubles.bitrix24 import names, rules, schema
from tests.doubles.bitrix24.errors import Refusal, nameless
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.query import chosen, field_of, ordered
from tests.doubles.bitrix24.state import COMPANY, CONTACT, DEAL, LEAD, Item
from tests.doubles.bitrix24.values import old_wire

_CHANNELS = ("PHONE", "EMAIL")
_HIDDEN = {"fm", "contactIds", "companyIds", "observers", "isNew"}


def shown(call: Call, entity_type: int, item: Item) -> dict[str, Any]:
    zone, lead = call.state.zone, entity_type == LEAD
    row = {
        names.old(name, lead): old_wire(item.get(name), zone)
        for name in schema.system_fields(entity_type)
        if name not in _HIDDEN
    }
    if entity_type == COMPANY:
        row["COMPANY_TYPE"] = row.pop("TYPE_ID")
    row |= {names.old(name): old_wire(item[name], zone) for name in item if name.startswith("parentId")}
    for name in rules.custom_fields(call.portal, entity_type):
        row[name] = old_wire(item.get(name), zone, custom_field=True)
    return row


def _channels(item: Item) -> dict[str, Any]:
    kinds: dict[str, list[dict[str, str]]] = {}
    for one in item.get("fm") or []:
        entry = {
            "ID": str(one["id"]),
            "VALUE_TYPE": one["valueType"],
            "VALUE": one["value"],
            "TYPE_ID": one["typeId"],
        }
        kinds.setdefault(one["typeId"], []).append(entry)
    return kinds


def _given(call: Call, entity_type: int) -> dict[str, Any]:
    fields = call.array("fields")
    lead = entity_type == LEAD
    spelt = {names.old(name, lead): name for name in schema.system_fields(entity_type)} | {
        "CONTACT_IDS": "contactIds"
    }
    known: dict[str, Any] = {}
    channels = []
    for name, value in fields.items():
        if name in _CHANNELS and isinstance(value, list | dict):
            for one in value.values() if isinstance(value, dict) else value:
                kind = one.get("VALUE_TYPE", "WORK")
                channels.append({"typeId": name, "valueType": kind, "value": one["VALUE"]})
        elif name.startswith("PARENT_ID_"):
            known[f"parentId{name.removeprefix('PARENT_ID_')}"] = value
        else:
            known[spelt.get(name, name)] = value
    return known | ({"fm": channels} if channels else {})


def _old(call: Call, entity_type: int) -> Item:
    try:
        return rules.get(call.portal, entity_type, call.id())
    except Refusal as refused:
        raise (refused if refused.code == "" else nameless("Not found")) from refused


def _family(word: str, entity_type: int) -> None:
    @method(f"crm.{word}.get")
    def get(call: Call) -> Any:
        item = _old(call, entity_type)
        return shown(call, entity_type, item) | _channels(item)

    @method(f"crm.{word}.add", writes=True)
    def add(call: Call) -> Any:
        return _quirky(
            lambda: rules.add(call.portal, call.user, entity_type, _given(call, entity_type))["id"]
        )

    @method(f"crm.{word}.update", writes=True)
    def update(call: Call) -> Any:
        id = _old(call, entity_type)["id"]
        given = _given(call, entity_type)
        for name in [name for name, value in given.items() if value in (None, "", [])]:
            _clear(call, entity_type, id, name)
        _quirky(lambda: rules.update(call.portal, call.user, entity_type, id, given))
        return True

    @method(f"crm.{word}.delete", writes=True)
    def delete(call: Call) -> Any:
        rules.delete(call.portal, entity_type, _old(call, entity_type)["id"])
        return True

    @method(f"crm.{word}.list")
    def listed(call: Call) -> Any:
        lead = entity_type == LEAD
        spelt = {names.old(name, lead): name for name in schema.system_fields(entity_type)}

        def read(item: Item, name: str) -> Any:
            if name in _CHANNELS:
                return [one["value"] for one in item.get("fm") or [] if one["typeId"] == name]
            return item.get(spelt.get(name, name))

        known = {*spelt, *_CHANNELS, *rules.custom_fields(call.portal, entity_type)}
        filter = {key: value for key, value in call.array("filter").items() if field_of(key) in known}
        found = chosen(call.state.of_type(entity_type).values(), filter, read, call.state.zone)
        select = call.any("select") or ["*", "UF_*"]

        def show(item: Item) -> dict[str, Any]:
            row = shown(call, entity_type, item)
            return {k: v for k, v in row.items() if k == "ID" or _selected(k, select)}

        return paged(call, ordered(found, call.array("order") or {"ID": "ASC"}, read), show)


def _selected(name: str, select: list[str]) -> bool:
    return name in select or ("UF_*" if name.startswith("UF_") else "*") in select


def _clear(call: Call, entity_type: int, id: int, name: str) -> None:
    """Unlike crm.item.update, the old family does clear a custom field."""
    field = rules.custom_fields(call.portal, entity_type).get(name)
    item = rules.get(call.portal, entity_type, id)
    if field and item.get(name) not in (None, []):
        item[name] = [] if field.multiple else None
        rules.saved(call.portal, call.user, entity_type, item)


def _quirky(work: Callable[[], Any]) -> Any:
    """The old families know no codes: whatever is wrong, the code is empty."""
    try:
        return work()
    except Refusal as refused:
        raise nameless(refused.text) from refused


for word, number in (("deal", DEAL), ("lead", LEAD), ("contact", CONTACT), ("company", COMPANY)):
    _family(word, number)
