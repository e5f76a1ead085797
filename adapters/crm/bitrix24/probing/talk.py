"""A task, a comment, a notice, and a batch that is too long."""

from datetime import timedelta
from typing import Any

from adapters.crm.bitrix24 import values
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.attaching import attach
from adapters.crm.bitrix24.client import MOST_IN_BATCH
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.lookup import DONE as CLOSED
from adapters.crm.bitrix24.lookup import comments_of, look, tasks_of
from adapters.crm.bitrix24.naming import task_key
from adapters.crm.bitrix24.probing.cards import KEY
from adapters.crm.bitrix24.probing.kit import DONE, NUMBER, PERSON, REFUSED, TITLE, Kit
from adapters.crm.bitrix24.probing.refusals import REFUSALS
from adapters.crm.bitrix24.probing.report import Result, Thing
from adapters.crm.bitrix24.text import mark_in, without_mark
from domain.effects import AddComment, AttachFile, CloseTask, Notify, OpenTask
from domain.words import Text, same

TASK = "probe"
FILE_NAME = "dealwright-probe.txt"
CONTENT = b"Dealwright probe"
WORDS = "Скобки [b]не[/b] разметка, «кавычки» тоже\nи вторая строка"
"""Bold where a portal carries out what people type."""


async def task(kit: Kit) -> None:
    due = (kit.now + timedelta(days=3)).replace(microsecond=0)
    opened = OpenTask(
        key=f"{KEY}:6:task", deal=NUMBER, task=TASK, title=TITLE, person=PERSON, due_at=due, line=1, description=WORDS
    )  # fmt: skip
    await kit.write(opened)
    await kit.portal.call(*tasks_of(kit.found.id))  # a refusal is no absence
    seen = await look(kit.portal, kit.known, kit.found.id, NUMBER, [opened])
    known = Text(ru="задача узнаётся", en="the task is known again")
    kit.compare(Thing.TASK, known, "tasks.task.list", {"task": True}, {"task": TASK in seen.tasks})
    if TASK not in seen.tasks:
        return
    kit.found.tasks = seen.tasks
    id = int(seen.tasks[TASK].id)
    await _as_written(kit, id, due.isoformat())
    closed = CloseTask(key=f"{KEY}:7:task", deal=NUMBER, task=TASK, comment="готово")
    await kit.write(closed)
    await _closed(
        kit, Text(ru="задача завершена", en="the task is completed"), "tasks.task.complete", closed=True
    )
    await kit.write(opened.model_copy(update={"key": f"{KEY}:8:task"}))
    await _closed(
        kit, Text(ru="задача открыта снова", en="the task is open again"), "tasks.task.renew", closed=False
    )
    await _task_traps(kit, id)


async def _as_written(kit: Kit, id: int, due: str) -> None:
    select = ["ID", "TITLE", "DESCRIPTION", "RESPONSIBLE_ID", "DEADLINE", "XML_ID", "UF_CRM_TASK"]
    got = (await kit.portal.call("tasks.task.get", {"taskId": id, "select": select})).result["task"]
    shown = {
        "title": got.get("title"),
        "responsibleId": str(got.get("responsibleId")),
        "deadline": values.moment(str(got["deadline"])).isoformat() if got.get("deadline") else "",
        "ufCrmTask": f"D_{kit.found.id}" in (got.get("ufCrmTask") or []),
        "description": without_mark(got.get("description") or "") == WORDS,
    }
    expected = {
        "title": TITLE,
        "responsibleId": str(kit.me),
        "deadline": due,
        "ufCrmTask": True,
        "description": True,
    }
    kit.compare(Thing.TASK, Text(ru="новая задача", en="a new task"), "tasks.task.add", expected, shown)
    key = task_key(NUMBER, TASK)
    kept = got.get("xmlId") == key
    kit.add(
        *(Thing.TASK, Text(ru="XML_ID задачи", en="XML_ID of the task"), "tasks.task.add"),
        Result.AS_EXPECTED if kept else Result.OTHERWISE_BUT_FINE,
        *(same(key), same(str(got.get("xmlId") or "–"))),
        "" if kept else "xml-id-not-kept",
    )


async def _closed(kit: Kit, what: Text, call: str, *, closed: bool) -> None:
    asked = {"taskId": int(kit.found.tasks[TASK].id), "select": ["ID", "STATUS"]}
    status = str((await kit.portal.call("tasks.task.get", asked)).result["task"]["status"])
    kit.compare(Thing.TASK, what, call, {"closed": closed}, {"closed": status in CLOSED})
    kit.found.tasks[TASK] = kit.found.tasks[TASK]._replace(closed=closed)


async def _task_traps(kit: Kit, id: int) -> None:
    method, asked = tasks_of(kit.found.id)
    filter = {**asked["filter"], "XML_ID": "dealwright:of-none"}
    listed = rows((await kit.portal.call(method, {**asked, "filter": filter})).result, "tasks")
    there = any(int(row["id"]) == id for row in listed)
    ignored, obeyed = (
        Text(ru="условие пропущено", en="the condition is ignored"),
        Text(ru="отобрано", en="chosen by it"),
    )
    kit.behaves(Thing.TASK, "task-filter", method, there, ignored, ignored if there else obeyed)
    got = (await kit.portal.call("tasks.task.get", {"taskId": id, "select": ["ID", "TITLE"]})).result["task"]
    shown = "ufCrmTask" in got
    without, with_it = Text(ru="без связей", en="no links"), Text(ru="со связями", en="the links")
    kit.behaves(
        *(Thing.TASK, "task-unselected", "tasks.task.get", not shown, without), with_it if shown else without
    )
    await kit.refuses(Thing.TASK, "task-order", (method, {**asked, "order": {"XML_ID": "asc"}}))


async def comment(kit: Kit) -> None:
    write = AddComment(key=f"{KEY}:9:comment", deal=NUMBER, text=WORDS)
    await kit.write(write)
    listed = await _comments(kit, {})
    found = next((text for text in listed if mark_in(text) == write.key), "")
    expected = {"mark": write.key, "text": WORDS.replace("\n", " ")}
    got = {"mark": mark_in(found), "text": without_mark(found).replace("\n", " ")}
    what = Text(ru="комментарий с меткой", en="a comment with its mark")
    kit.compare(Thing.COMMENT, what, "crm.timeline.comment.add", expected, got)
    there = bool(found) and found in await _comments(kit, {"%COMMENT": "dealwright of none"})
    ignored, obeyed = (
        Text(ru="условие пропущено", en="the condition is ignored"),
        Text(ru="отобрано", en="chosen by it"),
    )
    call = "crm.timeline.comment.list"
    kit.behaves(Thing.COMMENT, "comment-filter", call, there, ignored, ignored if there else obeyed)


async def _comments(kit: Kit, more: dict[str, str]) -> list[str]:
    method, asked = comments_of(kit.found.id)
    listed = (await kit.portal.call(method, {**asked, "filter": {**asked["filter"], **more}})).result
    return [str(row.get("COMMENT") or "") for row in rows(listed)]


async def file(kit: Kit) -> None:
    """In a comment, as the desk puts a document's file on the card."""

    async def content(digest: str) -> bytes:
        return CONTENT

    write = AttachFile(
        key=f"{KEY}:11:file", deal=NUMBER, text=TITLE, name=FILE_NAME, size=len(CONTENT), digest="0" * 64
    )
    await attach(kit.portal, content, kit.found, write)
    method, asked = comments_of(kit.found.id)
    listed = rows((await kit.portal.call(method, {**asked, "select": [*asked["select"], "FILES"]})).result)
    files: Any = next(
        (row.get("FILES") for row in listed if mark_in(str(row.get("COMMENT") or "")) == write.key), {}
    )
    names = [str(one.get("name")) for one in files.values()] if isinstance(files, dict) else []
    what = Text(ru="файл в комментарии", en="a file in a comment")
    kit.compare(Thing.FILE, what, "crm.timeline.comment.add", {"FILES": [FILE_NAME]}, {"FILES": names})


async def notice(kit: Kit) -> None:
    """Two of one TAG: the second takes the place of the first."""
    for text in (TITLE, f"{TITLE}: 2"):
        await kit.write(Notify(key=f"{KEY}:10:notice", deal=NUMBER, person=PERSON, text=text))
    told = (await kit.portal.call("im.notify.get", {"LIMIT": 50})).result
    ours: list[Any] = [
        row["text"]
        for row in rows(told, "notifications")
        if str(row.get("notify_tag") or "").endswith(f"{KEY}:10:notice")
    ]
    what = Text(
        ru="новое уведомление с тем же TAG — вместо прежнего",
        en="a new notice of the same TAG takes the first one's place",
    )
    kit.compare(Thing.NOTICE, what, "im.notify.personal.add", {"text": [f"{TITLE}: 2"]}, {"text": ours})


async def long_batch(kit: Kit) -> None:
    """The portal fails one command, or, as its words could be read, all of them."""
    commands = {f"c{n}": ("scope", dict[str, Any]()) for n in range(MOST_IN_BATCH + 1)}
    try:
        outcomes = await kit.portal.batch(commands, most=MOST_IN_BATCH + 1)
        if not outcomes.errors:
            kit.add(
                *(Thing.BATCH, REFUSALS["batch-length"].words, "batch", Result.OTHERWISE_BUT_FINE),
                *(REFUSED, DONE),
            )
        for error in outcomes.errors.values():
            raise error
    except PortalRefused as refused:
        kit.trapped(Thing.BATCH, "batch-length", "batch", refused)
