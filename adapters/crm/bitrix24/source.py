"""What people did in a portal, as the desk reads it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from activities.crm.port import ClientCard, Thing
from activities.errors import WorldError
from adapters.crm.bitrix24 import values
from adapters.crm.bitrix24.answers import Answer, Outcomes, rows
from adapters.crm.bitrix24.client import PAGE, Portal, yielding
from adapters.crm.bitrix24.client_deals import MOST_CARDS, ClientDeals
from adapters.crm.bitrix24.codes import DEAL
from adapters.crm.bitrix24.deal_questions import REQUISITES, most_deals, of_one, part_of, together
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.firms import hidden_of_client, requisite_of
from adapters.crm.bitrix24.gathering import Gathering
from adapters.crm.bitrix24.lookup import TASK_KEYS
from adapters.crm.bitrix24.naming import is_task_of_desk
from adapters.crm.bitrix24.owners import MOST_THINGS, Owners, bound_deal, is_of_desk, items_of, told_by
from adapters.crm.bitrix24.people import Books, People
from adapters.crm.bitrix24.portal_map import MapKeeper, PortalMap
from adapters.crm.bitrix24.raw import Raw, users_in
from adapters.crm.bitrix24.reading import seen_deal
from domain.crm.mirror import Changed, SeenDeal
from domain.wording import worded
from domain.words import Text


class Source:
    """Serves `CrmSource`. A deal's `ref` is its id in the portal."""

    def __init__(self, portal: Portal, book: Books) -> None:
        self._portal = portal
        self._book = book
        self._maps = MapKeeper(portal)
        self._people = People(portal, book)
        self._owners = Gathering(Owners(portal, self._maps).ask, MOST_THINGS)
        self._clients = Gathering(ClientDeals(portal, self._maps).ask, MOST_CARDS)
        self._reads = Gathering(self._read_all, most_deals())

    async def deal_of(self, thing: Thing, id: str) -> str | None:
        """A line's id may say its smart process, as in `1220:24`: an item of another one costs no request."""
        known = await self._maps.whole()
        if thing == "line":
            entity_type, _, id = id.rpartition(":")
            if known.lines is None or entity_type not in ("", str(known.lines.entity_type)):
                return None
        return await self._owners.get((thing, id)) if id.isdigit() else None

    async def deals_of(self, card: ClientCard, id: str) -> list[str]:
        return await self._clients.get((card, id)) if id.isdigit() else []

    async def gone(self, refs: Sequence[str]) -> set[str]:
        category = (await self._maps.get()).category
        asked = [ref for ref in refs if ref.isdigit()]
        parts = [asked[start : start + PAGE] for start in range(0, len(asked), PAGE)]
        with yielding():
            found = await self._portal.many(
                {f"p{n}": items_of(DEAL, part, "categoryId") for n, part in enumerate(parts)}
            )
        shown = (item for n in range(len(parts)) for item in rows(found.result(f"p{n}"), "items"))
        return set(asked) - {
            str(item["id"]) for item in shown if int(item.get("categoryId") or 0) == category
        }

    async def read(self, ref: str) -> SeenDeal | None:
        return await self._reads.get(ref) if ref.isdigit() else None

    async def changed(self, since: datetime) -> list[Changed]:
        known = await self._maps.whole()
        at = since.isoformat(timespec="seconds")
        deals = await self._items(DEAL, {">=updatedTime": at}, ["id", "updatedTime", *told_by(known)])
        seen = [(str(deal["id"]), deal["updatedTime"]) for deal in deals if is_of_desk(known, deal)]
        if known.lines:
            parent = f"parentId{DEAL}"
            lines = await self._items(
                known.lines.entity_type, {">=updatedTime": at}, ["id", parent, "updatedTime"]
            )
            seen += [(deal, item["updatedTime"]) for item in lines if (deal := _text(item.get(parent)))]
        asked = {"filter": {">=CHANGED_DATE": at}, "select": [*TASK_KEYS, "UF_CRM_TASK", "CHANGED_DATE"]}
        for task in await self._portal.every("tasks.task.list", asked, "tasks", key="ID"):
            if is_task_of_desk(task, known.me) and (deal := bound_deal(task)):
                seen.append((deal, task["changedDate"]))
        return _latest(seen)

    async def _items(
        self, entity_type: int, filter: dict[str, Any], select: list[str]
    ) -> list[dict[str, Any]]:
        asked = {"entityTypeId": entity_type, "filter": filter, "select": select, "useOriginalUfNames": "Y"}
        return await self._portal.every("crm.item.list", asked, "items")

    async def _read_all(self, refs: Sequence[str]) -> dict[str, SeenDeal | WorldError | None]:
        """One request, beside those for what is longer than a page."""
        with yielding():
            known = await self._maps.whole()
            asked = together(known, refs)
            answers = await self._portal.batch(asked)
            if len(refs) > 1 and any(answers.is_long(name) for name in REQUISITES):
                return {ref: (await self._read_all([ref]))[ref] for ref in refs}
            if answers.is_long("lines"):
                answers.answers["lines"] = Answer(await self._portal.pages(*asked["lines"], "items"))
            return {ref: await self._seen(known, ref, part_of(answers, ref)) for ref in refs}

    async def _seen(self, known: PortalMap, ref: str, answers: Outcomes) -> SeenDeal | WorldError | None:
        try:
            item = answers.result("deal")["item"]
            raw, book = await self._raw(known, int(ref), item, answers), await self._book()
            seen = seen_deal(known, book, raw, await self._people.named(users_in(raw)))
            unread = [_unread(right).to(book.language) for right in hidden_of_client(item, answers)]
            return seen.model_copy(update={"gaps": (*seen.gaps, *unread)}) if seen.ours else seen
        except WorldError as error:
            gone = isinstance(error, PortalRefused) and error.not_found and "deal" in answers.errors
            return None if gone else error

    async def _raw(self, known: PortalMap, id: int, item: dict[str, Any], answers: Outcomes) -> Raw:
        """Lists longer than a page are read to their end. A client's card that we may not read is none, and a gap."""

        async def all_of(name: str, part: str = "") -> list[dict[str, Any]]:
            if name not in answers.answers:
                answers.result(name)
            answer = answers.answers[name]
            if answer.next is None:
                return rows(answer.result, part)
            return await self._portal.pages(*of_one(id)[name], part)

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


def _unread(right: Text) -> Text:
    return worded(
        ru="о клиенте прочитано не всё, не хватает права: {right}",
        en="not all is read of the client, for want of a right: {right}",
        right=right,
    )


def _text(id: object) -> str | None:
    return str(id) if id else None


def _latest(seen: Iterable[tuple[str, str]]) -> list[Changed]:
    """Each deal once, by the last of its changes; the oldest first."""
    last: dict[str, datetime] = {}
    for deal, at in seen:
        moment = values.moment(at)
        last[deal] = max(moment, last.get(deal, moment))
    return [Changed(ref=deal, at=at) for deal, at in sorted(last.items(), key=lambda entry: entry[1])]
