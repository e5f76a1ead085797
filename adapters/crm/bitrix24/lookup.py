"""What a portal has already of what a batch is about to write: looked up by the desk's own keys, in one request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from adapters.crm.bitrix24.answers import Answer, Outcomes, rows
from adapters.crm.bitrix24.client import PAGE, Command, Portal
from adapters.crm.bitrix24.codes import DEAL
from adapters.crm.bitrix24.firms import link_of, linked
from adapters.crm.bitrix24.naming import line_key, line_of, task_of
from adapters.crm.bitrix24.portal_map import PortalMap
from adapters.crm.bitrix24.query import Ref, value_of
from adapters.crm.bitrix24.rights import missing
from adapters.crm.bitrix24.text import mark_in
from domain.effects import (
    AddComment,
    AttachFile,
    CloseTask,
    CrmWrite,
    OpenTask,
    PutLine,
    SetFields,
    identity_of,
)
from domain.words import Text

TASK_KEYS = ["ID", "XML_ID", "DESCRIPTION", "CREATED_BY"]
"""What tells which of the desk's tasks one is."""
TASK_FIELDS = [*TASK_KEYS, "STATUS", "TITLE", "DEADLINE", "RESPONSIBLE_ID", "CREATED_DATE"]
CLIENT_FIELDS = {"client", "inn", "kpp", "ogrn", "contact", "email", "phone"}
DONE = ("4", "5")  # awaiting control, completed


class SeenTask(NamedTuple):
    id: int | Ref
    closed: bool
    mark: str | None
    description: str = ""


@dataclass
class Found:
    """Of one deal. What the batch makes meanwhile is added: by its place in the batch, until that is answered. `link` says which
    requisite is chosen. `hidden` names the questions that the portal did not let us ask, and the right they need."""

    id: int
    number: str
    tasks: dict[str, SeenTask] = field(default_factory=dict)
    lines: dict[int, int | Ref] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    contact: int = 0
    company: int = 0
    link: dict[str, Any] = field(default_factory=dict)
    hidden: dict[str, Text] = field(default_factory=dict)

    def settle(self, results: Mapping[str, Any]) -> None:
        """What the batch has made gets its number."""
        for line, item in self.lines.items():
            if isinstance(item, Ref):
                self.lines[line] = int(value_of(item, results))
        for task, seen in self.tasks.items():
            if isinstance(seen.id, Ref):
                self.tasks[task] = seen._replace(id=int(value_of(seen.id, results)))
        for row in self.rows:
            if isinstance(row["id"], Ref):
                row["id"] = value_of(row["id"], results)

    def withheld(self, write: CrmWrite, known: PortalMap) -> Text | None:
        """The right without which nobody can tell whether this write is done already."""
        if known.hidden and isinstance(write, PutLine):
            return known.hidden
        needed = _needed(write, known)
        return next((right for name, right in self.hidden.items() if name.startswith(needed)), None)

    def noted(self) -> "Notes":
        return dict(self.tasks), dict(self.lines), list(self.rows), set(self.marks)

    def restore(self, noted: "Notes") -> None:
        """As if what was planned since then were not."""
        self.tasks, self.lines, self.rows, self.marks = noted


Notes = tuple[dict[str, SeenTask], dict[int, int | Ref], list[dict[str, Any]], set[str]]


def _needed(write: CrmWrite, known: PortalMap) -> tuple[str, ...]:
    """Of the questions below. A line's task does without its line's card."""
    match write:
        case SetFields(fields=fields) if CLIENT_FIELDS & set(fields):
            return ("deal",)
        case PutLine():
            return ("lines",) if known.lines else ("rows", "comments")
        case AddComment() | AttachFile():
            return ("comments",)
        case OpenTask() | CloseTask():
            return ("tasks",)
        case _:
            return ()


async def look(portal: Portal, known: PortalMap, id: int, number: str, writes: Sequence[CrmWrite]) -> Found:
    asked = _questions(known, id, number, writes)
    answers = await portal.batch(asked)
    found = Found(id, number)
    for name, error in answers.errors.items():
        if right := missing(error):
            found.hidden[name] = right
            del asked[name]
    if "deal" in asked:
        item = answers.result("deal")["item"]
        found.contact, found.company = int(item.get("contactId") or 0), int(item.get("companyId") or 0)
    if "link" in asked:
        found.link = linked(answers)
    for name in asked:
        if name.startswith("lines"):
            for item in rows(answers.result(name), "items"):
                if line := line_of(item.get("xmlId"), number):
                    found.lines[line] = int(item["id"])
    if "rows" in asked:
        found.rows = sorted(
            rows(answers.result("rows"), "productRows"), key=lambda r: (int(r["sort"]), int(r["id"]))
        )
    if "tasks" in asked:
        await _tasks(portal, asked["tasks"], answers, found, writes, known.me)
    if "comments" in asked:
        await _marks(portal, asked["comments"], answers, found, writes)
    return found


def _questions(known: PortalMap, id: int, number: str, writes: Sequence[CrmWrite]) -> dict[str, Command]:
    asked: dict[str, Command] = {}
    if any(isinstance(w, SetFields) and CLIENT_FIELDS & set(w.fields) for w in writes):
        asked["deal"] = ("crm.item.get", {"entityTypeId": DEAL, "id": id})
        asked["link"] = link_of(id)
    lines = sorted({w.line for w in writes if isinstance(w, PutLine | OpenTask) and w.line})
    if known.lines:
        for start in range(0, len(lines), PAGE):
            keys = [line_key(number, line) for line in lines[start : start + PAGE]]
            asked[f"lines{start}"] = (
                "crm.item.list",
                {
                    "entityTypeId": known.lines.entity_type,
                    "filter": {f"parentId{DEAL}": id, "@xmlId": keys},
                    "select": ["id", "xmlId"],
                    "order": {"id": "ASC"},
                },
            )
    elif any(isinstance(w, PutLine) for w in writes):
        asked["rows"] = product_rows(id)
    if any(isinstance(w, OpenTask | CloseTask) for w in writes):
        asked["tasks"] = tasks_of(id)
    if any(
        isinstance(w, AddComment | AttachFile) or (isinstance(w, PutLine) and not known.lines) for w in writes
    ):
        asked["comments"] = comments_of(id)
    return asked


def product_rows(id: int) -> Command:
    return (
        "crm.item.productrow.list",
        {"filter": {"=ownerType": "D", "=ownerId": id}, "order": {"id": "ASC"}},
    )


def tasks_of(id: int) -> Command:
    """The newest first: those that a repeated batch asks about."""
    return (
        "tasks.task.list",
        {"filter": {"UF_CRM_TASK": [f"D_{id}"]}, "select": TASK_FIELDS, "order": {"ID": "desc"}},
    )


def comments_of(id: int) -> Command:
    return (
        "crm.timeline.comment.list",
        {
            "filter": {"ENTITY_ID": id, "ENTITY_TYPE": "deal"},
            "select": ["ID", "COMMENT", "CREATED"],
            "order": {"ID": "DESC"},
        },
    )


async def _tasks(
    portal: Portal, asked: Command, answers: Outcomes, found: Found, writes: Sequence[CrmWrite], me: int
) -> None:
    wanted = {w.task for w in writes if isinstance(w, OpenTask | CloseTask)}

    def take(page: Answer) -> bool:
        for item in rows(page.result, "tasks"):
            if task := task_of(item, found.number, me):
                description = item.get("description") or ""
                seen = SeenTask(
                    int(item["id"]), str(item["status"]) in DONE, mark_in(description), description
                )
                found.tasks.setdefault(task, seen)
        return not wanted <= set(found.tasks)

    answers.result("tasks")
    await _further(portal, asked, answers.answers["tasks"], take)


async def _marks(
    portal: Portal, asked: Command, answers: Outcomes, found: Found, writes: Sequence[CrmWrite]
) -> None:
    """Back to where the trail is older than the oldest key asked about."""
    oldest = min(_place(w.key) for w in writes if isinstance(w, AddComment | AttachFile | PutLine))

    def take(page: Answer) -> bool:
        marks = {mark for row in rows(page.result) if (mark := mark_in(row.get("COMMENT") or ""))}
        found.marks |= marks
        return all(_place(mark) >= oldest for mark in marks)

    answers.result("comments")
    await _further(portal, asked, answers.answers["comments"], take)


async def _further(portal: Portal, asked: Command, page: Answer, take: Any) -> None:
    """The next pages, while `take` wants more."""
    method, params = asked
    start = 0
    while take(page) and page.next is not None and page.next > start:
        start = page.next
        page = await portal.call(method, {**params, "start": start})


def _place(key: str) -> int:
    """Of a write in its deal's trail: `deal-1042:17:comment` is 17."""
    for part in key.split(":")[1:]:
        if part.isdigit():
            return int(part)
    return 0


def done_already(write: CrmWrite, found: Found) -> bool:
    """Absolute writes are never: doing them again changes nothing."""
    match write:
        case AddComment() | AttachFile():
            return write.identity in map(identity_of, found.marks)
        case OpenTask():
            seen = found.tasks.get(write.task)
            return seen is not None and seen.mark is not None and _place(seen.mark) >= _place(write.key)
        case CloseTask():
            seen = found.tasks.get(write.task)
            if seen is None:
                return False
            return seen.closed or (seen.mark is not None and _place(seen.mark) > _place(write.key))
        case _:
            return False
