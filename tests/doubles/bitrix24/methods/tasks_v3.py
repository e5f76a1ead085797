"""tasks.task.* of REST 3.0: camelCase, words for states, and the one place where `Idempotency-Key` works."""

import hashlib
import json
import time
from typing import Any

from tests.doubles.bitrix24.errors import Refusal, RefusalV3
from tests.doubles.bitrix24.methods import tasks
from tests.doubles.bitrix24.methods.registry import Call, method
from tests.doubles.bitrix24.values import wire

KEPT_FOR = 24 * 3600.0
_STATUS = {2: "pending", 3: "in_progress", 4: "supposedly_completed", 5: "completed", 6: "deferred"}
_NAMES = {
    "title": "TITLE", "description": "DESCRIPTION", "deadline": "DEADLINE", "creatorId": "CREATED_BY",
    "responsibleId": "RESPONSIBLE_ID", "crmItemIds": "UF_CRM_TASK", "xmlId": "XML_ID", "parentId": "PARENT_ID",
}  # fmt: skip


def idempotent(call: Call, answer: Any) -> tuple[Any, bool]:
    """The stored answer of an earlier call with this key, or a new one. 422 if the key came with another body."""
    key = call.headers.get("idempotency-key", "")
    if not key:
        return answer(), False
    digest = hashlib.sha256(json.dumps(call.params, sort_keys=True).encode()).hexdigest()
    since, body, kept = call.portal.kept.get(key, (0.0, "", {}))
    if since > time.time() - KEPT_FOR:
        if body != digest:
            raise RefusalV3(
                422, "IDEMPOTENCYKEYREUSEDEXCEPTION", "The idempotency key was used with another request"
            )
        return kept, True
    made = answer()
    call.portal.kept[key] = (time.time(), digest, made)
    return made, False


def shown(call: Call, task: dict[str, Any]) -> dict[str, Any]:
    zone = call.state.zone
    return {
        "id": task["id"], "title": task["title"], "description": task["description"],
        "deadline": wire(task["deadline"], zone), "status": _STATUS[task["status"]], "priority": "average",
        "responsibleId": task["responsibleId"], "creatorId": task["createdBy"],
        "statusChanged": wire(task["statusChangedDate"], zone), "changed": wire(task["changedDate"], zone),
        "closed": wire(task["closedDate"], zone), "guid": task["guid"], "xmlId": task["xmlId"],
        "link": f"/company/personal/user/{task['responsibleId']}/tasks/task/view/{task['id']}/",
        "crmItemIds": task["ufCrmTask"],
    }  # fmt: skip


def _invalid(field: str, text: str) -> RefusalV3:
    return RefusalV3(400, "VALIDATION_REQUESTVALIDATIONEXCEPTION", text, field)


def _given(call: Call) -> dict[str, Any]:
    fields = call.params.get("fields")
    if not isinstance(fields, dict):
        raise _invalid("fields", "Required field `fields` is missing")
    for name, value in fields.items():
        if name not in _NAMES:
            raise RefusalV3(
                400, "UNKNOWNDTOPROPERTYEXCEPTION", f"Unknown field `{name}` for entity `TaskDto`"
            )
        kind = (
            int
            if name in ("creatorId", "responsibleId", "parentId")
            else list
            if name == "crmItemIds"
            else str
        )
        if not isinstance(value, kind) and value is not None:
            wanted = "DateTime" if name == "deadline" else kind.__name__
            raise _invalid(name, f"Field `{name}` requires data type `{wanted}` for this request")
    return {_NAMES[name]: value for name, value in fields.items()}


def _task(call: Call) -> dict[str, Any]:
    id = call.params.get("id")
    if not isinstance(id, int):
        raise _invalid("id", "Field `id` requires data type `int` for this request")
    if id not in call.state.tasks:
        raise RefusalV3(400, "ENTITYNOTFOUNDEXCEPTION", f"Record with ID = `{id}` not found")
    return call.state.tasks[id]


def _strict(work: Any) -> Any:
    try:
        return work()
    except RefusalV3:
        raise
    except Refusal as refused:
        field = "responsibleId" if "Responsible" in refused.text else "title"
        raise _invalid(field, refused.text.removesuffix("<br>")) from refused


@method("tasks.task.add", scope="tasks", writes=True, v3=True)
def add(call: Call) -> Any:
    return {"item": shown(call, _strict(lambda: tasks.make(call.portal, call.user, _given(call))))}


@method("tasks.task.get", scope="tasks", v3=True)
def get(call: Call) -> Any:
    return {"item": shown(call, _task(call))}


@method("tasks.task.update", scope="tasks", writes=True, v3=True)
def update(call: Call) -> Any:
    given = _given(call)
    if "CREATED_BY" in given:
        text = "In DTO `TaskDto`, the field `creatorId` requires the presence of the `Editable` attribute for such a request"
        raise _invalid("creatorId", text)
    _strict(lambda: tasks.change(call.portal, call.user, _task(call), given))
    return {"result": True}


@method("tasks.task.delete", scope="tasks", writes=True, v3=True)
def delete(call: Call) -> Any:
    task = _task(call)
    del call.state.tasks[task["id"]]
    call.portal.events.task("DELETE", task["id"])
    return {"result": True}


@method("tasks.task.list", scope="tasks", v3=True)
def listed(call: Call) -> Any:
    """Filters by `id` only."""
    rows = list(call.state.tasks.values())
    for field, operator, value in call.params.get("filter") or []:
        if field != "id":
            text = f"In DTO `TaskDto`, the `{field}` field requires the `Filterable` attribute for such a request"
            raise RefusalV3(400, "DTOFIELDREQUIREATTRIBUTEEXCEPTION", text)
        wanted = value if isinstance(value, list) else [value]
        rows = [t for t in rows if (t["id"] > value if operator == ">" else t["id"] in wanted)]
    pages = call.params.get("pagination") or {}
    limit = int(pages.get("limit", 50))
    first = (int(pages.get("page", 1)) - 1) * limit + int(pages.get("offset", 0))
    return {"items": [shown(call, task) for task in rows[first : first + limit]]}
