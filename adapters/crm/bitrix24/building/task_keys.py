"""Whether a portal keeps the XML_ID of a task, which no page of its documentation promises: tried on one task, which goes again."""

from typing import Any

from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.codes import ORIGINATOR
from domain.words import Text

TITLE = "Dealwright: deal crm check"
KEY = f"{ORIGINATOR}:check"

KEPT = Text(ru="портал сохраняет XML_ID задач", en="the portal keeps the XML_ID of tasks")
NOT_KEPT = Text(
    ru="портал не сохраняет XML_ID задач: стол узнаёт их по последней строке описания, её нельзя удалять",
    en="the portal does not keep the XML_ID of tasks: the desk knows them by the last line of their description, which must stay",
)


async def keeps_task_keys(portal: Portal) -> bool:
    """Raises what `Portal.call` does."""
    me = int((await portal.call("user.current")).result["ID"])
    task = await _left_over(portal, me) or await _made(portal, me)
    got = (await portal.call("tasks.task.get", {"taskId": task, "select": ["ID", "XML_ID"]})).result["task"]
    await portal.call("tasks.task.delete", {"taskId": task})
    return bool(got.get("xmlId") == KEY)


async def _left_over(portal: Portal, me: int) -> int | None:
    """By a check that was cut off."""
    asked: dict[str, Any] = {"filter": {"TITLE": TITLE, "CREATED_BY": me}, "select": ["ID"]}
    found = rows((await portal.call("tasks.task.list", asked)).result, "tasks")
    return int(found[0]["id"]) if found else None


async def _made(portal: Portal, me: int) -> int:
    fields = {"TITLE": TITLE, "RESPONSIBLE_ID": me, "XML_ID": KEY}
    return int((await portal.call("tasks.task.add", {"fields": fields})).result["task"]["id"])
