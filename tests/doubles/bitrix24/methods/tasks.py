"""tasks.task.* of the second generation: ids and states are strings, and not knowing a task is not being allowed to."""

import uuid
from typing import Any

from tests.doubles.bitrix24.errors import Refusal, missing
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.names import upper
from tests.doubles.bitrix24.portal import Portal
from tests.doubles.bitrix24.query import chosen, field_of, ordered
from tests.doubles.bitrix24.state import State
from tests.doubles.bitrix24.values import moment, wire

PENDING, IN_PROGRESS, AWAITING, COMPLETED, DEFERRED = 2, 3, 4, 5, 6
_BASE = (
    "id", "parentId", "title", "description", "mark", "priority", "createdBy", "createdDate", "responsibleId", "changedBy",
    "changedDate", "statusChangedBy", "statusChangedDate", "closedBy", "closedDate", "activityDate", "dateStart",
    "deadline", "guid", "xmlId", "status", "groupId", "stageId", "commentsCount", "taskControl", "descriptionInBbcode",
)  # fmt: skip
_WRITABLE = {
    "TITLE": "title", "DESCRIPTION": "description", "PRIORITY": "priority", "GROUP_ID": "groupId",
    "PARENT_ID": "parentId", "STAGE_ID": "stageId", "TASK_CONTROL": "taskControl",
}  # fmt: skip


_SORTABLE = {
    "ID", "TITLE", "DATE_START", "CREATED_DATE", "CHANGED_DATE", "CLOSED_DATE", "ACTIVITY_DATE", "DEADLINE", "REAL_STATUS",
    "PRIORITY", "MARK", "GROUP_ID",
}  # fmt: skip
_FILTERED = {
    "ID", "PARENT_ID", "GROUP_ID", "CREATED_BY", "STATUS_CHANGED_BY", "PRIORITY", "RESPONSIBLE_ID", "TITLE", "REAL_STATUS",
    "STATUS", "MARK", "DATE_START", "DEADLINE", "CREATED_DATE", "CLOSED_DATE", "CHANGED_DATE", "STAGE_ID", "UF_CRM_TASK",
}  # fmt: skip


def make(portal: Portal, user: int, given: dict[str, Any]) -> dict[str, Any]:
    """`given` by the old upper-case names; raises the portal's errors."""
    state, now = portal.state, portal.state.now()
    if not str(given.get("TITLE") or "").strip():
        raise Refusal(400, "ERROR_CORE", "Task title is not specified<br>")
    if not given.get("RESPONSIBLE_ID"):
        raise Refusal(400, "ERROR_CORE", "Responsible person not specified<br>")
    task: dict[str, Any] = dict.fromkeys(_BASE)
    task |= {"id": state.next("task"), "createdBy": int(given.get("CREATED_BY") or user), "createdDate": now}
    task |= {
        "changedBy": user,
        "changedDate": now,
        "activityDate": now,
        "statusChangedDate": now,
        "status": PENDING,
    }
    task |= {
        "description": "",
        "priority": "1",
        "groupId": "0",
        "stageId": "0",
        "taskControl": "N",
        "history": [],
    }
    task |= {"guid": f"{{{uuid.uuid4()}}}", "descriptionInBbcode": "Y", "ufCrmTask": []}
    _fill(portal, task, given)
    state.tasks[task["id"]] = task
    _remember(state, task, user, "NEW", None, None)
    portal.events.task("ADD", task["id"])
    return task


def change(portal: Portal, user: int, task: dict[str, Any], given: dict[str, Any]) -> None:
    before = dict(task)
    _fill(portal, task, given)
    _saved(portal, user, task, before)


def move(portal: Portal, user: int, task: dict[str, Any], status: int, allowed: set[int]) -> None:
    if task["status"] not in allowed:
        raise not_allowed()
    before, now = dict(task), portal.state.now()
    task |= {"status": status, "statusChangedBy": user, "statusChangedDate": now}
    done = status == COMPLETED
    task |= {"closedBy": user if done else 0, "closedDate": now if done else None}
    _saved(portal, user, task, before)


def _saved(portal: Portal, user: int, task: dict[str, Any], before: dict[str, Any]) -> None:
    changed = [name for name in ("title", "description", "deadline", "responsibleId", "status", "ufCrmTask", "xmlId")
               if before[name] != task[name]]  # fmt: skip
    if not changed:
        return
    for name in changed:
        _remember(portal.state, task, user, upper(name), before[name], task[name])
    task |= {"changedBy": user, "changedDate": portal.state.now()}
    portal.events.task("UPDATE", task["id"])


def _fill(portal: Portal, task: dict[str, Any], given: dict[str, Any]) -> None:
    """XML_ID is documented for reading only: `keeps_xml_id` says whether this portal takes it all the same."""
    state = portal.state
    if portal.keeps_xml_id and "XML_ID" in given:
        task["xmlId"] = str(given["XML_ID"])
    for name, kept in _WRITABLE.items():
        if name in given:
            task[kept] = str(given[name])
    if "RESPONSIBLE_ID" in given:
        person = int(given["RESPONSIBLE_ID"] or 0)
        if person not in state.users:
            raise Refusal(
                400, "ERROR_CORE", 'The user specified in the "Responsible" field was not found<br>'
            )
        task["responsibleId"] = person
    if "DEADLINE" in given:
        task["deadline"] = moment(given["DEADLINE"], state.zone)
    if "UF_CRM_TASK" in given:
        task["ufCrmTask"] = [str(link) for link in given["UF_CRM_TASK"] or []]


def _remember(state: State, task: dict[str, Any], user: int, field: str, old: Any, new: Any) -> None:
    entry = {"id": state.next("task history"), "createdDate": state.now(), "field": field, "user": user}
    task["history"].append(entry | {"from": old, "to": new})


def shown(state: State, task: dict[str, Any], select: list[str] | None = None) -> dict[str, Any]:
    """Everything is a string. Links to the CRM come only where they are selected."""
    wanted = {name.upper() for name in select or []}
    row = {}
    for name in (*_BASE, "ufCrmTask"):
        asked = upper(name) in wanted or (name != "ufCrmTask" and (not wanted or "*" in wanted))
        if asked or name == "id":
            row[name] = _string(task[name], state)
    row |= {"group": [], "creator": _person(state, task["createdBy"])}
    row["responsible"] = _person(state, task["responsibleId"])
    open_task = task["status"] != COMPLETED
    row["action"] = {
        "complete": open_task,
        "edit": True,
        "delegate": open_task,
        "renew": not open_task,
        "remove": True,
    }
    return row


def _string(value: Any, state: State) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return wire(value, state.zone)


def _person(state: State, id: int) -> dict[str, Any]:
    user = state.users.get(id)
    name = f"{user.name} {user.last_name}" if user else ""
    return {
        "id": str(id),
        "name": name,
        "link": f"/company/personal/user/{id}/",
        "workPosition": user.position if user else "",
    }


def not_allowed() -> Refusal:
    return Refusal(400, "0", "Action on the task is not allowed")


def _task(call: Call) -> dict[str, Any]:
    if "taskId" not in call.params:
        raise Refusal(
            400,
            "100",
            "CTaskItem All parameters in the constructor must have real class type (internal error)",
        )
    id = str(call.params["taskId"])
    if not id.isdigit():
        raise Refusal(400, "0", "wrong task id")
    found = call.state.tasks.get(int(id))
    if found is None:
        raise not_allowed()
    return found


def _fields(call: Call) -> dict[str, Any]:
    fields = call.params.get("fields")
    if not fields:
        raise missing("fields")
    return dict(fields)


@method("tasks.task.add", scope="task", writes=True)
def add(call: Call) -> Any:
    return {"task": shown(call.state, make(call.portal, call.user, _fields(call)))}


@method("tasks.task.get", scope="task")
def get(call: Call) -> Any:
    task = (
        call.state.tasks.get(int(call.params["taskId"]))
        if str(call.params.get("taskId", "")).isdigit()
        else None
    )
    select = call.params.get("select")
    if select and "task-unselected" in call.portal.lenient:
        select = [*select, "UF_CRM_TASK"]
    return {"task": shown(call.state, task, select)} if task else _task(call)


@method("tasks.task.update", scope="task", writes=True)
def update(call: Call) -> Any:
    task = _task(call)
    change(call.portal, call.user, task, _fields(call))
    return {"task": shown(call.state, task)}


@method("tasks.task.delete", scope="task", writes=True)
def delete(call: Call) -> Any:
    task = _task(call)
    del call.state.tasks[task["id"]]
    call.portal.events.task("DELETE", task["id"])
    return {"task": True}


@method("tasks.task.delegate", scope="task", writes=True)
def delegate(call: Call) -> Any:
    task = _task(call)
    if "userId" not in call.params:
        raise missing("userId")
    if task["status"] == COMPLETED:
        raise not_allowed()
    change(call.portal, call.user, task, {"RESPONSIBLE_ID": call.params["userId"]})
    return {"task": shown(call.state, task)}


def _moves(word: str, status: int, allowed: set[int]) -> None:
    @method(f"tasks.task.{word}", scope="task", writes=True)
    def moved(call: Call) -> Any:
        task = _task(call)
        move(call.portal, call.user, task, status, allowed)
        return {"task": shown(call.state, task)}


_moves("complete", COMPLETED, {PENDING, IN_PROGRESS, AWAITING, DEFERRED})
_moves("renew", PENDING, {AWAITING, COMPLETED, DEFERRED})
_moves("start", IN_PROGRESS, {PENDING})
_moves("pause", PENDING, {IN_PROGRESS})
_moves("defer", DEFERRED, {PENDING, IN_PROGRESS})


@method("tasks.task.list", scope="task")
def listed(call: Call) -> Any:
    """Filter keys that it does not know, XML_ID among them, it ignores: a misspelt filter finds every task there is."""
    names = {upper(name): name for name in (*_BASE, "ufCrmTask")} | {"REAL_STATUS": "status"}

    def read(task: dict[str, Any], name: str) -> Any:
        return task[names[name.upper()]]

    order = call.params.get("order") or {"ID": "DESC"}
    lenient = call.portal.lenient
    if any(name.upper() not in _SORTABLE for name in order) and "task-order" not in lenient:
        raise Refusal(400, "0", "Invalid sorting key (internal error)")
    given = call.params.get("filter") or {}
    filtered = {*_FILTERED, "XML_ID"} if "task-filter" in lenient else _FILTERED
    filter = {key: value for key, value in given.items() if field_of(key) in filtered}
    found = chosen(call.state.tasks.values(), filter, read, call.state.zone)
    select = call.params.get("select")
    return paged(call, ordered(found, order, read), lambda t: shown(call.state, t, select), "tasks")


@method("tasks.task.history.list", scope="task")
def history(call: Call) -> Any:
    def entry(one: dict[str, Any]) -> dict[str, Any]:
        user = call.state.users[one["user"]]
        who = {
            "id": user.id,
            "name": user.name,
            "lastName": user.last_name,
            "secondName": "",
            "login": user.email,
        }
        value = {"from": _string(one["from"], call.state), "to": _string(one["to"], call.state)}
        created = wire(one["createdDate"], call.state.zone)
        return {"id": one["id"], "createdDate": created, "field": one["field"], "value": value, "user": who}

    return {"list": [entry(one) for one in _task(call)["history"]]}
