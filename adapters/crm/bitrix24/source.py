"""What people did in a portal, as the desk reads it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from activities.crm.port import Thing
from adapters.crm.bitrix24 import values
from adapters.crm.bitrix24.answers import Outcomes, rows
from adapters.crm.bitrix24.client import Command, Portal
from adapters.crm.bitrix24.codes import COMPANY, CONTACT, DEAL
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.firms import requisite_of, requisites_where
from adapters.crm.bitrix24.lookup import TASK_KEYS, product_rows, tasks_of
from adapters.crm.bitrix24.naming import is_task_of_desk
from adapters.crm.bitrix24.people import Books, People
from adapters.crm.bitrix24.portal_map import MapKeeper, PortalMap
from adapters.crm.bitrix24.query import ref
from adapters.crm.bitrix24.raw import Raw, users_in
from adapters.crm.bitrix24.reading import seen_deal
from domain.crm.mirror import Changed, SeenDeal


class Source:
    """Serves `CrmSource`. A deal's `ref` is its id in the portal."""

    _portal: Portal
    _book: Books
    _maps: MapKeeper
    _people: People

    async def deal_of(self, thing: Thing, id: str) -> str | None:
        if not id.isdigit():
            return None
        known = await self._maps.get()
        try:
            match thing:
                case "deal":
                    return id
                case "line" if known.lines:
                    asked = {"entityTypeId": known.lines.entity_type, "id": id}
                    item = (await self._portal.call("crm.item.get", asked)).result["item"]
                    return _text(item.get(f"parentId{DEAL}"))
                case "task":
                    asked = {"taskId": id, "select": ["ID", "UF_CRM_TASK"]}
                    task = (await self._portal.call("tasks.task.get", asked)).result["task"]
                    return _bound_deal(task)
                case _:
                    return None
        except (PortalRefused, TypeError, KeyError):  # gone: the answer then is an error, or empty
            return None

    async def read(self, ref: str) -> SeenDeal | None:
        if not ref.isdigit():
            return None
        known, book = await self._maps.get(), await self._book()
        answers = await self._portal.batch(_questions(known, int(ref)))
        try:
            item = answers.result("deal")["item"]
        except PortalRefused as refusal:
            if refusal.not_found:
                return None
            raise
        raw = await self._raw(known, int(ref), item, answers)
        names = await self._people.named(users_in(raw))
        return seen_deal(known, book, raw, names)

    async def changed(self, since: datetime) -> list[Changed]:
        known = await self._maps.get()
        at = since.isoformat(timespec="seconds")
        deals = await self._items(
            DEAL, {"categoryId": known.category, ">=updatedTime": at}, ["id", "updatedTime"]
        )
        seen = [(str(item["id"]), item["updatedTime"]) for item in deals]
        if known.lines:
            parent = f"parentId{DEAL}"
            lines = await self._items(
                known.lines.entity_type, {">=updatedTime": at}, ["id", parent, "updatedTime"]
            )
            seen += [(deal, item["updatedTime"]) for item in lines if (deal := _text(item.get(parent)))]
        asked = {"filter": {">=CHANGED_DATE": at}, "select": [*TASK_KEYS, "UF_CRM_TASK", "CHANGED_DATE"]}
        for task in await self._portal.every("tasks.task.list", asked, "tasks", key="ID"):
            if is_task_of_desk(task, known.me) and (deal := _bound_deal(task)):
                seen.append((deal, task["changedDate"]))
        return _latest(seen)

    async def _items(
        self, entity_type: int, filter: dict[str, Any], select: list[str]
    ) -> list[dict[str, Any]]:
        asked = {"entityTypeId": entity_type, "filter": filter, "select": select}
        return await self._portal.every("crm.item.list", asked, "items")

    async def _raw(self, known: PortalMap, id: int, item: dict[str, Any], answers: Outcomes) -> Raw:
        """Lists longer than a page are read to their end. A client's card that we may not read counts as none."""

        async def all_of(name: str, part: str = "") -> list[dict[str, Any]]:
            if name not in answers.answers:
                answers.result(name)
            answer = answers.answers[name]
            if answer.next is None:
                return rows(answer.result, part)
            return await self._portal.pages(*_questions(known, id)[name], part)

        def may_read(name: str, bound: str) -> bool:
            return bool(item.get(bound)) and not isinstance(answers.errors.get(name), PortalRefused)

        def card(name: str) -> dict[str, Any] | None:
            return dict(answers.result(name)["item"]) if may_read(name, f"{name}Id") else None

        return Raw(
            item=item,
            lines=await all_of("lines", "items") if known.lines else [],
            rows=await all_of("rows", "productRows"),
            tasks=await all_of("tasks", "tasks"),
            contact=card("contact"),
            company=card("company"),
            requisite=requisite_of(item, answers),
            stages=await all_of("stages"),
        )


def _questions(known: PortalMap, id: int) -> dict[str, Command]:
    """All of a deal in one request: what it is bound to is asked for by what the deal's own answer says."""
    names = {"useOriginalUfNames": "Y"}
    method, tasks = tasks_of(id)
    asked: dict[str, Command] = {
        "deal": ("crm.item.get", {"entityTypeId": DEAL, "id": id, **names}),
        "rows": product_rows(id),
        "tasks": (method, {**tasks, "select": [*TASK_KEYS, "STATUS", "CLOSED_BY", "CLOSED_DATE"]}),
        "contact": ("crm.item.get", {"entityTypeId": CONTACT, "id": ref("deal", "item", "contactId")}),
        "company": ("crm.item.get", {"entityTypeId": COMPANY, "id": ref("deal", "item", "companyId")}),
        "link": ("crm.requisite.link.get", {"entityTypeId": DEAL, "entityId": id}),
        "bound": requisites_where({"ID": ref("link", "REQUISITE_ID")}),
        "requisites": requisites_where(
            {"ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": ref("deal", "item", "companyId")}
        ),
        "of_contact": requisites_where(
            {"ENTITY_TYPE_ID": CONTACT, "ENTITY_ID": ref("deal", "item", "contactId")}
        ),
        "stages": (
            "crm.status.list",
            {"filter": {"ENTITY_ID": f"DEAL_STAGE_{known.category}"}, "order": {"SORT": "ASC"}},
        ),
    }
    if known.lines:
        lines = {
            "entityTypeId": known.lines.entity_type,
            "filter": {f"parentId{DEAL}": id},
            "select": ["*", *known.lines.fields],
            "order": {"id": "ASC"},
            **names,
        }
        asked["lines"] = ("crm.item.list", lines)
    return asked


def _bound_deal(task: dict[str, Any]) -> str | None:
    bound = task.get("ufCrmTask") or []
    return next((str(b)[2:] for b in bound if str(b).startswith("D_")), None)


def _text(id: object) -> str | None:
    return str(id) if id else None


def _latest(seen: Iterable[tuple[str, str]]) -> list[Changed]:
    """Each deal once, by the last of its changes; the oldest first."""
    last: dict[str, datetime] = {}
    for deal, at in seen:
        moment = values.moment(at)
        last[deal] = max(moment, last.get(deal, moment))
    return [Changed(ref=deal, at=at) for deal, at in sorted(last.items(), key=lambda entry: entry[1])]
