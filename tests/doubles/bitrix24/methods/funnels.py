"""crm.category.*, crm.status.*, crm.stagehistory.list."""

import re
from typing import Any

from tests.doubles.bitrix24 import rules
from tests.doubles.bitrix24.errors import Refusal, denied, nameless, not_found
from tests.doubles.bitrix24.methods.registry import Answer, Call, method, paged
from tests.doubles.bitrix24.query import chosen, ordered
from tests.doubles.bitrix24.state import DEAL, LEAD, Category, Status
from tests.doubles.bitrix24.values import old_wire, truth

_EXTRA = {"": "process", "S": "success", "F": "failure"}
_TOO_FAR = (
    "Cannot create more stages after the final stage because the final successful stage already exists. "
    "Try using sort order values less than that of the final stage."
)


def _shown(category: Category) -> dict[str, Any]:
    row: dict[str, Any] = {"id": category.id, "name": category.name, "sort": category.sort}
    row |= {"entityTypeId": category.entity_type, "isDefault": "Y" if category.default else "N"}
    if category.entity_type == DEAL and not category.default:
        row |= {"originId": "", "originatorId": "", **category.keys}
    return row


def _type(call: Call) -> int:
    entity_type = rules.known_type(call.portal, call.need("entityTypeId"))
    if entity_type == LEAD:
        raise Refusal(400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type `LEAD` is not supported")
    return entity_type


def _category(call: Call) -> Category:
    found = call.state.category(_type(call), int(call.need("id")))
    if found is None:
        raise not_found()
    return found


@method("crm.category.list")
def categories(call: Call) -> Any:
    entity_type = _type(call)
    rows = sorted(
        (c for c in call.state.categories if c.entity_type == entity_type), key=lambda c: (c.sort, c.id)
    )
    return Answer({"categories": [_shown(c) for c in rows]}, len(rows))


@method("crm.category.get")
def category(call: Call) -> Any:
    return {"category": _shown(_category(call))}


@method("crm.category.add", writes=True)
def add_category(call: Call) -> Any:
    """Takes `name`, `sort` and `isDefault`; `fields` shows more than it keeps."""
    call.admin()
    entity_type = _type(call)
    fields = call.need("fields")
    if not fields.get("name"):
        raise Refusal(400, "0", "Field 'NAME' is required")
    made = call.portal.funnel(entity_type, fields["name"], sort=int(fields.get("sort", 500)))
    return {"category": _shown(made)}


@method("crm.category.update", writes=True)
def update_category(call: Call) -> Any:
    call.admin()
    found = _category(call)
    fields = call.need("fields")
    found.name = fields.get("name", found.name)
    found.sort = int(fields.get("sort", found.sort))
    if "category-keys" in call.portal.lenient:
        found.keys = {name: str(fields[name]) for name in ("originId", "originatorId") if name in fields}
    return {"category": _shown(found)}


@method("crm.category.delete", writes=True)
def delete_category(call: Call) -> Any:
    call.admin()
    found = _category(call)
    if found.default:
        raise Refusal(400, "REMOVING_DISABLED", "Deleting a system category is prohibited")
    if call.state.find(found.entity_type, categoryId=found.id):
        raise Refusal(400, "0", f"Deals related to the funnel {found.name} found")
    call.state.categories.remove(found)
    entity = rules.stage_entity(found.entity_type, found.id)
    for stage in call.state.stages(entity):
        del call.state.statuses[stage.id]


@method("crm.category.fields")
def category_fields(call: Call) -> Any:
    _type(call)
    kinds = {
        "id": "integer",
        "name": "string",
        "sort": "integer",
        "entityTypeId": "integer",
        "isDefault": "boolean",
    }
    kinds |= {"originId": "string", "originatorId": "string"}
    return {
        "fields": {name: {"type": kind, "isDynamic": False, "title": name} for name, kind in kinds.items()}
    }


def shown_status(status: Status) -> dict[str, Any]:
    row: dict[str, Any] = {"ID": str(status.id), "ENTITY_ID": status.entity, "STATUS_ID": status.status}
    row |= {"NAME": status.name, "NAME_INIT": status.name_init, "SORT": str(status.sort)}
    row |= {
        "SYSTEM": "Y" if status.system else "N",
        "COLOR": status.color,
        "SEMANTICS": status.semantics or None,
    }
    row["CATEGORY_ID"] = str(status.category) if status.category else None
    if "STAGE" in status.entity or status.entity == "STATUS":
        row["EXTRA"] = {"SEMANTICS": _EXTRA[status.semantics], "COLOR": status.color}
    return row


@method("crm.status.list")
def statuses(call: Call) -> Any:
    def read(status: Status, name: str) -> Any:
        return shown_status(status).get(name)

    def rank(status: Status, name: str) -> Any:
        return status.sort if name == "SORT" else status.id if name == "ID" else read(status, name)

    found = chosen(call.state.statuses.values(), call.array("filter"), read, call.state.zone)
    rows = ordered(found, call.array("order") or {"SORT": "ASC"}, rank)
    return Answer([shown_status(s) for s in rows], len(rows))


def _status(call: Call) -> Status:
    found = call.state.statuses.get(call.id())
    if found is None:
        raise Refusal(400, "Status is not found.", "Directory item not found.")
    return found


@method("crm.status.get")
def status(call: Call) -> Any:
    return shown_status(_status(call))


@method("crm.status.add", writes=True)
def add_status(call: Call) -> Any:
    if not call.state.users[call.user].admin:
        raise nameless("Access denied.")
    fields = call.array("fields")
    entity, code = str(fields.get("ENTITY_ID", "")), str(fields.get("STATUS_ID", ""))
    absent = [name for name, value in (("ENTITY_ID", entity), ("STATUS_ID", code)) if not value]
    if absent:
        raise nameless("<br>".join(f"The field {name} is required." for name in absent))
    existing = call.state.stages(entity)
    if not existing:
        raise nameless("Specified entity type is not supported.")
    if not fields.get("NAME"):
        raise nameless("The field Title is required.")
    code = _code(entity, code)
    if any(s.status == code for s in existing):
        raise Refusal(400, "ERROR_CORE", "The specified status ID already exists.")
    sort, semantics = int(fields.get("SORT", 10)), str(fields.get("SEMANTICS") or "")
    final = next((s for s in existing if s.semantics == "S"), None)
    strict = "stage-after-final" not in call.portal.lenient
    if strict and final and ((sort > final.sort and not semantics) or semantics == "S"):
        raise nameless(_TOO_FAR)
    id = call.state.next("status", start=101)
    color = fields.get("COLOR", "#ACE9FB")
    call.state.statuses[id] = Status(
        id, entity, code, fields["NAME"], sort, semantics, color=color, category=existing[0].category
    )
    return id


def _code(entity: str, code: str) -> str:
    """The portal puts a deal funnel's prefix before the code by itself, unless it is there; a smart process wants it given."""
    deal = re.fullmatch(r"DEAL_STAGE(?:_(\d+))?", entity)
    code = code.removeprefix(f"C{deal[1]}:") if deal and deal[1] else code
    smart = re.fullmatch(r"DYNAMIC_(\d+)_STAGE_(\d+)", entity)
    if smart and not code.startswith(f"DT{smart[1]}_{smart[2]}:"):
        raise nameless("The field STATUS_ID is invalid.")
    if deal:
        longest = 20 - len(deal[1]) if deal[1] else 22
        if len(code) > longest or not re.fullmatch(r"[A-Za-z0-9_-]+", code):
            raise nameless("The field STATUS_ID is invalid.")
    return f"C{deal[1]}:{code}" if deal and deal[1] else code


@method("crm.status.update", writes=True)
def update_status(call: Call) -> Any:
    if not call.state.users[call.user].admin:
        raise nameless("Access denied.")
    found = _status(call)
    fields = call.array("fields")
    found.name = fields.get("NAME", found.name)
    found.sort = int(fields.get("SORT", found.sort))
    found.color = fields.get("COLOR", found.color)
    return True


@method("crm.status.delete", writes=True)
def delete_status(call: Call) -> Any:
    if not call.state.users[call.user].admin:
        raise denied()
    found = _status(call)
    if found.system and not truth(call.array("params").get("FORCED")):
        text = 'CRM System Status can be deleted only if parameter FORCED is specified and equal to "Y".'
        raise Refusal(400, text, text)
    everything = (item for items in call.state.items.values() for item in items.values())
    in_use = any(item.get("stageId") == found.status for item in everything)
    if in_use and "stage-in-use" not in call.portal.lenient:
        text = "There are active items in this status."
        raise Refusal(400, text, text)
    del call.state.statuses[found.id]
    return True


@method("crm.stagehistory.list")
def history(call: Call) -> Any:
    entity_type = rules.known_type(call.portal, call.need("entityTypeId"))

    def read(row: dict[str, Any], name: str) -> Any:
        return row.get(name)

    def show(row: dict[str, Any]) -> dict[str, Any]:
        zone = call.state.zone
        return {
            k: old_wire(v, zone) if k == "CREATED_TIME" else v for k, v in row.items() if k != "entityType"
        }

    rows = [row for row in call.state.history if row["entityType"] == entity_type]
    found = chosen(rows, call.params.get("filter"), read, call.state.zone)
    return paged(call, ordered(found, call.params.get("order") or {"ID": "ASC"}, read), show, "items")
