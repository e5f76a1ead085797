"""Users, departments, and notices to them."""

from typing import Any

from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.query import chosen, ordered
from tests.doubles.bitrix24.state import User
from tests.doubles.bitrix24.values import wire


def shown(user: User) -> dict[str, Any]:
    return {
        "ID": str(user.id), "ACTIVE": user.active, "NAME": user.name, "LAST_NAME": user.last_name, "SECOND_NAME": "",
        "EMAIL": user.email, "IS_ONLINE": "N", "TIME_ZONE": "", "TIMESTAMP_X": {}, "LAST_ACTIVITY_DATE": {},
        "PERSONAL_GENDER": "", "WORK_POSITION": user.position, "UF_DEPARTMENT": [user.department],
        "USER_TYPE": "employee",
    }  # fmt: skip


@method("user.get", scope="user")
def get(call: Call) -> Any:
    """The filter may be an object, or stand among the parameters."""
    filter = call.any("filter")
    if not isinstance(filter, dict):
        filter = {
            k: v
            for k, v in call.params.items()
            if k.upper() not in ("SORT", "ORDER", "START", "FILTER", "ADMIN_MODE")
        }

    def read(user: User, name: str) -> Any:
        return user.id if name.upper() == "ID" else shown(user).get(name.upper(), shown(user).get(name))

    found = chosen(call.state.users.values(), filter, read, call.state.zone)
    return paged(call, ordered(found, {"ID": call.any("order") or "ASC"}, read), shown)


@method("user.current", scope="user")
def current(call: Call) -> Any:
    return shown(call.state.users[call.user])


@method("profile", scope="")
def profile(call: Call) -> Any:
    user = call.state.users[call.user]
    row = {"ID": str(user.id), "ADMIN": user.admin, "NAME": user.name, "LAST_NAME": user.last_name}
    return row | {"PERSONAL_GENDER": "", "TIME_ZONE": "", "TIME_ZONE_OFFSET": 0}


@method("department.get", scope="department")
def departments(call: Call) -> Any:
    wanted = {
        k.upper(): v for k, v in call.params.items() if k.upper() in ("ID", "PARENT", "NAME", "UF_HEAD")
    }
    rows = []
    for one in call.state.departments.values():
        row: dict[str, Any] = {"ID": str(one.id), "NAME": one.name, "SORT": 500}
        row |= {"PARENT": str(one.parent)} if one.parent else {}
        row |= {"UF_HEAD": str(one.head)} if one.head else {}
        rows.append(row)
    found = chosen(rows, wanted, lambda row, name: row.get(name), call.state.zone)
    return paged(call, found, lambda row: row)


@method("im.notify.personal.add", scope="im", writes=True)
def notify(call: Call) -> Any:
    """A notice with a TAG replaces the one before. A webhook's TAG counts only beside a CLIENT_ID."""
    person, text = int(call.any("USER_ID") or 0), str(call.any("MESSAGE") or "")
    if person <= 0:
        raise Refusal(400, "USER_ID_EMPTY", "User ID can't be empty")
    if not text:
        raise Refusal(400, "MESSAGE_EMPTY", "Message can't be empty")
    client, tag = str(call.any("CLIENT_ID") or ""), str(call.any("TAG") or "")
    full = f"MP|{client}|{tag}" if tag and client else ""
    if full:
        for id in [n["id"] for n in call.state.notices.values() if (n["user"], n["tag"]) == (person, full)]:
            del call.state.notices[id]
    id = call.state.next("notice", start=12345)
    row = {"id": id, "user": person, "text": text, "tag": full, "kind": call.method}
    call.state.notices[id] = row | {"author": call.user, "at": call.state.now()}
    return id


method("im.notify.system.add", scope="im", writes=True)(notify)
method("im.notify", scope="im", writes=True)(notify)


@method("im.notify.get", scope="im")
def notices(call: Call) -> Any:
    """Those of whoever asks, the newest first."""
    mine = [row for row in call.state.notices.values() if row["user"] == call.user]
    shown = [_notice(call, row) for row in sorted(mine, key=lambda row: -row["id"])]
    counts = {"total_count": len(mine), "total_unread_count": len(mine), "chat_id": 77}
    return {**counts, "notifications": shown[: int(call.any("LIMIT") or 20)], "users": []}


def _notice(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"], "chat_id": 77, "author_id": row["author"], "date": wire(row["at"], call.state.zone),
        "notify_type": 2, "notify_module": "rest", "notify_event": "rest_notify", "notify_tag": row["tag"],
        "notify_sub_tag": "", "notify_title": "", "setting_name": "rest|rest_notify", "text": row["text"], "notify_read": "N",
        "params": None,
    }  # fmt: skip


@method("im.notify.delete", scope="im", writes=True)
def forget_notice(call: Call) -> Any:
    if not call.any("CLIENT_ID"):
        raise Refusal(400, "ACCESS_DENIED", "Access denied! Client ID not specified")
    if not call.any("ID"):
        raise Refusal(400, "PARAMS_ERROR", "Incorrect params")
    return call.state.notices.pop(int(call.any("ID")), None) is not None
