"""A hint from the CRM: the deal is read, compared with what the desk knows, and what people did there is told."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

from activities.crm.port import Crm
from domain.crm.from_crm import answers, card_deleted, lacking, order_of
from domain.crm.mirror import SeenDeal
from domain.deal.state import DealState
from domain.goods.register import GoodsRegister
from domain.order.order import NO_GOODS
from domain.playbook.book import StaffedPlaybook
from domain.words import Text
from records.arrivals import InboxEvent
from starter.desk import DealDesk
from starter.errors import NotFoundError
from starter.intake.crm_subjects import CLIENT_CARDS, DEAL, THINGS, About, about
from starter.intake.ended_deal import EndedDeal
from starter.intake.outcome import TOO_EARLY, Outcome, TryAgain, started
from starter.intake.reads import Looked, Looks
from starter.intake.sending import Sending

DeskFactory = Callable[[], Awaitable[DealDesk]]
Books = Callable[[], Awaitable[StaffedPlaybook]]
Goods = Callable[[], Awaitable[GoodsRegister]]


async def no_goods() -> GoodsRegister:
    """Where a company keeps no register."""
    return NO_GOODS


AT_ONCE = 8
"""Deals that are spoken to at the same time; the CRM is asked about more of them together."""

_GONE = Text(ru="Такой сделки в CRM больше нет", en="The CRM has no such deal any more")
_NOT_A_DEAL = Text(ru="Не сделка, не позиция и не задача стола", en="No deal, line or task of the desk")
_NOT_A_CLIENT = Text(
    ru="Клиент не тех сделок, которым чего-то не хватает", en="No client of a deal that lacks anything"
)
_NOT_OURS = Text(ru="Сделка другой воронки", en="A deal of another funnel")
_NOT_OURS_SINCE = Text(
    ru="Не относится к столу: выяснено только что", en="Nothing of the desk's: found out a moment ago"
)
_CLOSED_THERE = Text(
    ru="В CRM уже закрыта: процесс не нужен", en="Closed in the CRM already: needs no process"
)
_CLOSED_HERE = Text(ru="Сделка уже завершена", en="The deal has ended")
_UNKNOWN_HERE = Text(
    ru="Сделку завёл этот стол, но процесса у неё больше нет",
    en="The desk made it, and has no process for it any more",
)
_READ_SINCE = Text(ru="С тех пор сделка уже прочитана", en="The deal has been read since")
_NO_NUMBER = Text(ru="Номер сделки не подходит", en="The deal's number can't be used")


class Memory(Protocol):
    """`records.seen.SeenDeals`: the deal as it was last seen."""

    def get(self, ref: str) -> SeenDeal | None: ...
    def put(self, ref: str, content: SeenDeal, at: datetime) -> None: ...
    def forget(self, ref: str) -> None: ...
    def holder(self, thing: str) -> str | None: ...


class CrmReader:
    """`crm` names the CRM where deals say where they came from."""

    def __init__(
        self,
        source: Crm,
        desk: DeskFactory,
        memory: Memory,
        books: Books,
        crm: str,
        goods: Goods = no_goods,
    ) -> None:
        self._source, self._desk, self._memory, self._books = source, desk, memory, books
        self._crm, self._goods = crm, goods
        self._looks, self._turns = Looks(), asyncio.Semaphore(AT_ONCE)

    async def look(self, event: InboxEvent) -> Outcome:
        """Raises what makes sense to try again: UnreachableError, RecordsUnavailable, the CRM's RetryLater, TryAgain."""
        if self._looks.is_foreign(event):
            return self._ignored(_NOT_OURS_SINCE)
        of = about(event.subject)
        if of.thing in CLIENT_CARDS:
            return await self._look_at_deals_of(of, event)
        asked_at = datetime.now(UTC)
        ref = await self._deal_of(event.subject, of)
        if ref is None or not await self._is_ours(ref):
            self._looks.set_foreign(event.subject, asked_at)
            return self._ignored(_NOT_OURS if ref else _NOT_A_DEAL)
        return await self._look_at(ref, event)

    async def _look_at_deals_of(self, card: About, event: InboxEvent) -> Outcome:
        """Those whose order lacks something: the others have their client."""
        asked_at = datetime.now(UTC)
        refs = await self._source.deals_of(card.thing, card.id)  # type: ignore[arg-type]
        seen = await asyncio.gather(*(asyncio.to_thread(self._memory.get, ref) for ref in refs))
        short = [deal.ref for deal in seen if deal and deal.lacks]
        if not refs:
            self._looks.set_foreign(event.subject, asked_at)
        outcomes = [await self._look_at(ref, event) for ref in short]
        return next((o for o in outcomes if o.status == "done"), self._ignored(_NOT_A_CLIENT))

    async def _look_at(self, ref: str, event: InboxEvent) -> Outcome:
        looked = self._looks.at(ref)
        async with looked.turn:  # a deal's tasks and lines have subjects of their own
            if looked.ended and not event.subject.startswith("crm:"):  # the comparison looks at them
                return self._ignored(_CLOSED_HERE, looked.ended.number)
            if looked.answers(event):
                return self._ignored(_READ_SINCE, looked.ended.number if looked.ended else None)
            began_at = datetime.now(UTC)
            outcome = await self._compare(ref, looked)
            looked.began_at = began_at
            return outcome

    async def _deal_of(self, subject: str, of: About) -> str | None:
        """A line and a task stay with their deal, so each is asked for once."""
        if of.thing == DEAL:
            return of.id
        if of.thing not in THINGS:
            return None
        if known := self._looks.refs.get(subject):
            return known
        ref = await self._source.deal_of(of.thing, of.id)  # type: ignore[arg-type]
        if ref is None:  # deleted, and the deal may miss it
            ref = await asyncio.to_thread(self._memory.holder, f"{of.thing}:{of.id.rpartition(':')[2]}")
        return self._looks.refs.keep(subject, ref) if ref else None

    async def _is_ours(self, ref: str) -> bool:
        """What the desk has seen before is: it may have left the funnel since. Others are asked for together, and cheaply."""
        if self._looks.is_ours(ref):
            return True
        before = await asyncio.to_thread(self._memory.get, ref)
        return before is not None or await self._source.deal_of("deal", ref) is not None

    async def _compare(self, ref: str, looked: Looked) -> Outcome:
        before, now = await asyncio.gather(asyncio.to_thread(self._memory.get, ref), self._source.read(ref))
        if looked.ended:  # asking a workflow that has closed replays all its life
            return await self._of_ended(looked.ended, now)
        async with self._turns:
            if now is None:
                return await self._deleted(before) if before else self._ignored(_GONE)
            return await self._answer(looked, now, before)

    async def _answer(self, looked: Looked, now: SeenDeal, before: SeenDeal | None) -> Outcome:
        desk = await self._desk()
        try:
            found = await desk.state(now.number)
        except NotFoundError:
            return await self._start(desk, now) if now.ours else self._ignored(_NOT_OURS)
        deal, lines = found.deal, found.lines.values()
        if deal.stage.final and deal.outbox.crm:  # the CRM has not heard of its end
            return self._ignored(_CLOSED_HERE, now.number)
        if deal.stage.final:
            looked.ended = EndedDeal.of(deal)
            await self._forget(now.ref)
            return await self._of_ended(looked.ended, now)
        if deal.playbook is None:
            raise TryAgain(TOO_EARLY)
        today, goods = deal.playbook.calendar.today(datetime.now(UTC)), await self._goods_for(deal)
        sending = Sending(desk, now.number)
        told = await sending.send(answers(deal, lines, now, before, today, goods))
        if now.ours:  # until it is back, what was seen of it before counts
            await self._remember(now.model_copy(update={"lacks": lacking(deal, now, today, goods)}))
        return told

    async def _goods_for(self, deal: DealState) -> GoodsRegister:
        """Only an order that is still to be composed needs them."""
        return NO_GOODS if deal.lines else await self._goods()

    async def _of_ended(self, ended: EndedDeal, now: SeenDeal | None) -> Outcome:
        """In another funnel its lines and tasks are not seen: once it is back they are."""
        done, seen = None, now
        if now and ended.is_moved(now):
            name = (await self._books()).name(now.moved_by or "")
            done = await ended.put_back(self._source, now, name)
            seen = now if now.ours else await self._source.read(now.ref)
        parts = await ended.put_parts_back(self._source, seen) if seen and seen.ours else None
        return done or parts or self._ignored(_CLOSED_HERE, ended.number)

    async def _deleted(self, before: SeenDeal) -> Outcome:
        """Its process goes on: the manager is told what he can do. A card that the desk made is made anew, under another id."""
        desk = await self._desk()
        if before.deleted:
            return self._ignored(_GONE, before.number)
        try:
            ended = (await desk.state(before.number)).deal.stage.final
        except NotFoundError:
            ended = True
        if ended:
            await self._forget(before.ref)
            return self._ignored(_GONE, before.number)
        told = await Sending(desk, before.number).send([card_deleted(before)])
        if before.made_by_desk:
            await self._forget(before.ref)
        else:
            await self._remember(before.model_copy(update={"deleted": True}))
        return told

    async def _start(self, desk: DealDesk, now: SeenDeal) -> Outcome:
        if now.made_by_desk:
            return self._ignored(_UNKNOWN_HERE)
        if now.stage and now.stage.final:
            return self._ignored(_CLOSED_THERE)
        book = await self._books()
        today = book.calendar.today(datetime.now(UTC))
        order, missing = order_of(now, book, today, self._crm, await self._goods())
        if "number" not in order:
            return Outcome("refused", _NO_NUMBER)
        number = await desk.start(order)
        await self._remember(now)
        return Outcome("done", started(number, missing), number)

    async def _remember(self, now: SeenDeal) -> None:
        await asyncio.to_thread(self._memory.put, now.ref, now, datetime.now(UTC))

    async def _forget(self, ref: str) -> None:
        await asyncio.to_thread(self._memory.forget, ref)

    def _ignored(self, why: Text, deal: str | None = None) -> Outcome:
        return Outcome("ignored", why, deal)
