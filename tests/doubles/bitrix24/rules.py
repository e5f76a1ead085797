"""What the portal does when an item is made, changed or deleted, whoever does it: a webhook or a person's hand."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.doubles.bitrix24 import schema, values
from tests.doubles.bitrix24.errors import Refusal, bad_value, not_found
from tests.doubles.bitrix24.state import COMPANY, CONTACT, DEAL, LEAD, Item, Status, UserField

if TYPE_CHECKING:
    from tests.doubles.bitrix24.portal import Portal

_NAMES = {LEAD: "LEAD", DEAL: "DEAL", CONTACT: "CONTACT", COMPANY: "COMPANY"}


def known_type(portal: "Portal", entity_type: Any) -> int:
    number = int(entity_type or 0)
    if number not in _NAMES and number not in portal.state.types:
        raise not_found("Smart process not found")
    return number


def field_entity(portal: "Portal", entity_type: int) -> str:
    """Where its custom fields are registered: `CRM_DEAL`, or `CRM_<id of the smart process>`."""
    name = _NAMES.get(entity_type)
    return f"CRM_{name}" if name else f"CRM_{portal.state.types[entity_type].id}"


def custom_fields(portal: "Portal", entity_type: int) -> dict[str, UserField]:
    return portal.state.fields_of(field_entity(portal, entity_type))


def stage_entity(entity_type: int, category: int) -> str:
    if entity_type == LEAD:
        return "STATUS"
    if entity_type == DEAL:
        return f"DEAL_STAGE_{category}" if category else "DEAL_STAGE"
    return f"DYNAMIC_{entity_type}_STAGE_{category}"


def add(portal: "Portal", user: int, entity_type: int, fields: dict[str, Any]) -> Item:
    state = portal.state
    now = state.now()
    item: Item = {"id": state.next(f"item {entity_type}"), "createdBy": user, "createdTime": now}
    item |= {"assignedById": user, "opened": True, "observers": [], "webformId": 0}
    system = schema.system_fields(entity_type)
    if "contactIds" in system:
        item["contactIds"] = []
    if "opportunity" in system:
        item |= {"opportunity": 0.0, "isManualOpportunity": False, "currencyId": "RUB"}
    if entity_type == DEAL:
        item |= {"begindate": now.date(), "closedate": now.date() + timedelta(days=7), "typeId": "SALE"}
    if "categoryId" in system:
        item["categoryId"] = _category(portal, entity_type, fields.get("categoryId"))
    item |= {f.name: [] if f.multiple else None for f in custom_fields(portal, entity_type).values()}
    item |= _clean(portal, entity_type, fields, fresh=True)
    _require(portal, entity_type, item)
    if not item.get("title") and entity_type != CONTACT:
        item["title"] = f"{_NAMES.get(entity_type, 'Элемент').capitalize()} #{item['id']}"
    if "stageId" in system:
        first = state.stages(stage_entity(entity_type, item.get("categoryId", 0)))[0]
        _enter(portal, user, entity_type, item, item.get("stageId") or first.status, kind=1)
    _touch(item, user, now)
    state.of_type(entity_type)[item["id"]] = item
    portal.events.item("ADD", entity_type, item["id"])
    return item


def update(portal: "Portal", user: int, entity_type: int, id: int, fields: dict[str, Any]) -> Item:
    """A save that changes nothing is not performed: no event, and `updatedTime` stays."""
    item = get(portal, entity_type, id)
    changes = {k: v for k, v in _clean(portal, entity_type, fields, fresh=False).items() if item.get(k) != v}
    if not changes:
        return item
    stage = changes.pop("stageId", None)
    after = item | changes
    if "categoryId" in changes:
        _category(portal, entity_type, changes["categoryId"])
        stage = stage or portal.state.stages(stage_entity(entity_type, changes["categoryId"]))[0].status
    if stage is not None:
        _require(portal, entity_type, after)
        _stage(portal, entity_type, after, stage)
    item.update(changes)
    if stage is not None:
        _enter(portal, user, entity_type, item, stage, kind=2)
    saved(portal, user, entity_type, item)
    return item


def delete(portal: "Portal", entity_type: int, id: int) -> None:
    """With its rows and its timeline."""
    get(portal, entity_type, id)
    del portal.state.of_type(entity_type)[id]
    state = portal.state
    for kept, owner in ((state.rows, "ownerId"), (state.comments, "entityId")):
        for key in [k for k, row in kept.items() if (row["entityType"], row[owner]) == (entity_type, id)]:
            del kept[key]
    state.requisite_links.pop((entity_type, id), None)
    portal.events.item("DELETE", entity_type, id)


def get(portal: "Portal", entity_type: int, id: Any) -> Item:
    found = portal.state.of_type(entity_type).get(int(id or 0))
    if found is None:
        raise not_found()
    return found


def recount(portal: "Portal", user: int, entity_type: int, id: int) -> None:
    """A deal's amount follows its product rows, unless it was set by hand."""
    item = get(portal, entity_type, id)
    if not item.get("isManualOpportunity"):
        owned = [
            r for r in portal.state.rows.values() if (r["entityType"], r["ownerId"]) == (entity_type, id)
        ]
        item["opportunity"] = round(sum(row["price"] * row["quantity"] for row in owned), 2)
    saved(portal, user, entity_type, item)


def saved(portal: "Portal", user: int, entity_type: int, item: Item) -> None:
    _touch(item, user, portal.state.now())
    portal.events.item("UPDATE", entity_type, item["id"])


def _clean(portal: "Portal", entity_type: int, fields: dict[str, Any], fresh: bool) -> Item:
    """The fields that exist and may be written; others are ignored in silence."""
    system = schema.system_fields(entity_type)
    customs = custom_fields(portal, entity_type)
    zone = portal.state.zone
    clean: Item = {}
    for name, value in fields.items():
        if name in portal.forgets:
            continue
        if name in customs:
            if not fresh and _stays(portal, customs[name], value):
                continue
            clean[name] = values.custom(customs[name], value, zone)
        elif name == "fm" and name in system:
            clean[name] = [
                _channel(portal, one) for one in (value.values() if isinstance(value, dict) else value)
            ]
        elif name in system and name not in schema.read_only(entity_type):
            clean[name] = values.system(system[name], value, name, zone)
        elif name.startswith("parentId"):
            clean[name] = int(value) if value else None
    if "contactId" in clean and "contactIds" in system and "contactIds" not in clean:
        clean["contactIds"] = [clean["contactId"]] if clean["contactId"] else []
    if clean.get("contactIds") and "contactId" in system:
        clean["contactId"] = clean["contactIds"][0]
    if clean.get("stageId") == "":
        raise bad_value("STAGE_ID")
    if "assignedById" in clean and clean["assignedById"] not in portal.state.users:
        raise bad_value("ASSIGNED_BY_ID")
    return clean


def _stays(portal: "Portal", field: UserField, value: Any) -> bool:
    """crm.item.update does not clear with null or an empty array, and sometimes not with "" (b24-rest-docs#145, #269)."""
    return value is None or value == [] or (value == "" and (field.multiple or portal.stubborn))


def _channel(portal: "Portal", one: dict[str, Any]) -> dict[str, Any]:
    number = portal.state.next("fm", start=101)
    return {
        "id": number,
        "valueType": one.get("valueType", "WORK"),
        "value": one["value"],
        "typeId": one["typeId"],
    }


def _category(portal: "Portal", entity_type: int, given: Any) -> int:
    category = portal.state.category(entity_type, int(given)) if given not in (None, "") else None
    if given not in (None, "") and category is None:
        raise bad_value("CATEGORY_ID")
    of_type = [c for c in portal.state.categories if c.entity_type == entity_type]
    return (category or next(c for c in of_type if c.default)).id


def _require(portal: "Portal", entity_type: int, item: Item) -> None:
    for field in custom_fields(portal, entity_type).values():
        if field.mandatory and item.get(field.name) in (None, "", []):
            raise Refusal(400, "CRM_FIELD_ERROR_REQUIRED", f'Field "{field.name}" is required')


def _stage(portal: "Portal", entity_type: int, item: Item, stage: str) -> Status:
    entity = stage_entity(entity_type, item.get("categoryId", 0))
    found = next((s for s in portal.state.stages(entity) if s.status == stage), None)
    if found is None:
        raise bad_value("STAGE_ID")
    return found


def _enter(portal: "Portal", user: int, entity_type: int, item: Item, stage: str, kind: int) -> None:
    state = portal.state
    status = _stage(portal, entity_type, item, stage)
    if entity_type not in (LEAD, DEAL):
        item["previousStageId"] = item.get("stageId") if kind == 2 else None
    item |= {"stageId": stage, "movedBy": user, "movedTime": state.now()}
    if entity_type in (LEAD, DEAL):
        item["stageSemanticId"] = status.semantics or "P"
        first = state.stages(status.entity)[0]
        item |= {"closed": bool(status.semantics), "isNew": status.id == first.id}
    state.history.append(
        {
            "ID": state.next("history"),
            "TYPE_ID": 3 if status.semantics else kind,
            "OWNER_ID": item["id"],
            "CREATED_TIME": state.now(),
            "CATEGORY_ID": item.get("categoryId", 0),
            "STAGE_SEMANTIC_ID": status.semantics or "P",
            "STAGE_ID": stage,
            "entityType": entity_type,
        }
    )


def _touch(item: Item, user: int, now: Any) -> None:
    item |= {"updatedBy": user, "updatedTime": now, "lastActivityBy": user, "lastActivityTime": now}
