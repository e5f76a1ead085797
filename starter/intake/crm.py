"""A hint from the CRM: the deal is read, compared with what the desk knows, and what people did there is told."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

from activities.crm.port import CrmSource
from domain.crm.from_crm import Answer, answers, order_of
from domain.crm.mirror import SeenDeal
from domain.deal.messages import Message, Receipt, Revert
from domain.playbook.book import StaffedPlaybook
from domain.words import Language, Text
from records.arrivals import InboxEvent
from starter.answers import MessageRefused
from starter.desk import DealDesk
from starter.errors import NotFoundError, RefusedError
from starter.intake.outcome import TOO_EARLY, Outcome, TryAgain
from starter.intake.reads import Looked, Looks

DeskFactory = Callable[[], Awaitable[DealDesk]]
Books = Callable[[], Awaitable[StaffedPlaybook]]

_THINGS = {"deal", "line", "task"}
_HAS_BEEN = {"already", "same_id_other_content", "closed"}
"""Refusals of a turn back that leave nothing to do."""

_GONE = Text(ru="Такой сделки в CRM больше нет", en="The CRM has no such deal any more")
_NOT_A_DEAL = Text(ru="Не сделка, не позиция и не задача стола", en="No deal, line or task of the desk")
_NOT_OURS = Text(ru="Сделка другой воронки", en="A deal of another funnel")
_CLOSED_THERE = Text(
    ru="В CRM уже закрыта: процесс не нужен", en="Closed in the CRM already: needs no process"
)
_CLOSED_HERE = Text(ru="Сделка уже завершена", en="The deal has ended")
_UNKNOWN_HERE = Text(
    ru="Сделку завёл этот стол, но процесса у неё больше нет",
    en="The desk made it, and has no process for it any more",
)
_NOTHING = Text(ru="Ничего нового", en="Nothing new")
_READ_SINCE = Text(ru="С тех пор сделка уже прочитана", en="The deal has been read since")
_NO_NUMBER = Text(ru="Номер сделки не подходит", en="The deal's number can't be used")
_STARTED = Text(ru="Начата сделка {deal}", en="Deal {deal} started")
_AS_LEAD = Text(
    ru="Начата сделка {deal}, не хватает: {missing}", en="Deal {deal} started, missing: {missing}"
)
_BACK = Text(ru="возвращено", en="turned back")


class Memory(Protocol):
    """`records.seen.SeenDeals`: the deal as it was last seen."""

    def get(self, ref: str) -> SeenDeal | None: ...
    def put(self, ref: str, content: SeenDeal, at: datetime) -> None: ...


class CrmReader:
    """`crm` names the CRM where deals say where they came from."""

    def __init__(
        self, source: CrmSource, desk: DeskFactory, memory: Memory, books: Books, crm: str, language: Language
    ) -> None:
        self._source, self._desk, self._memory, self._books = source, desk, memory, books
        self._crm, self._language = crm, language
        self._looks = Looks()

    async def look(self, event: InboxEvent) -> Outcome:
        """Raises what makes sense to try again: UnreachableError, RecordsUnavailable, the CRM's RetryLater, TryAgain."""
        ref = await self._deal_of(event.subject)
        if ref is None:
            return self._ignored(_NOT_A_DEAL)
        looked = self._looks.at(ref)
        async with looked.turn:  # a deal's tasks and lines have subjects of their own
            if looked.ended:  # asking a workflow that has closed replays all its life
                return self._ignored(_CLOSED_HERE, looked.ended)
            if looked.answers(event):
                return self._ignored(_READ_SINCE)
            began_at = datetime.now(UTC)
            outcome = await self._compare(ref, looked)
            looked.began_at = began_at
            return outcome

    async def _deal_of(self, subject: str) -> str | None:
        """A line and a task stay with their deal, so each is asked for once."""
        kind, _, rest = subject.partition(":")
        if kind == "crm":
            return rest
        thing, _, id = rest.partition(":")
        if thing not in _THINGS:
            return None
        if known := self._looks.refs.get(subject):
            return known
        ref = await self._source.deal_of(thing, id)  # type: ignore[arg-type]
        return self._looks.refs.keep(subject, ref) if ref else None

    async def _compare(self, ref: str, looked: Looked) -> Outcome:
        now = await self._source.read(ref)
        if now is None:
            return self._ignored(_GONE)
        if not now.ours:
            return self._ignored(_NOT_OURS)
        desk = await self._desk()
        try:
            found = await desk.state(now.number)
        except NotFoundError:
            return await self._start(desk, now)
        deal, lines = found.deal, found.lines.values()
        if deal.stage.final:
            looked.ended = now.number
            return self._ignored(_CLOSED_HERE, now.number)
        if deal.playbook is None:
            raise TryAgain(TOO_EARLY)
        before = await asyncio.to_thread(self._memory.get, ref)
        today = deal.playbook.calendar.today(datetime.now(UTC))
        told = await _Telling(desk, now.number, self._language).tell(answers(deal, lines, now, before, today))
        await self._remember(now)
        return told

    async def _start(self, desk: DealDesk, now: SeenDeal) -> Outcome:
        if now.made_by_desk:
            return self._ignored(_UNKNOWN_HERE)
        if now.stage and now.stage.final:
            return self._ignored(_CLOSED_THERE)
        book = await self._books()
        order, missing = order_of(now, book, book.calendar.today(datetime.now(UTC)), self._crm)
        if "number" not in order:
            return Outcome("refused", _NO_NUMBER.to(self._language))
        number = await desk.start(order)
        await self._remember(now)
        said = (_AS_LEAD if missing else _STARTED).to(self._language)
        lacking = "; ".join(problem.text.to(self._language) for problem in missing)
        return Outcome("done", said.format(deal=number, missing=lacking), number)

    async def _remember(self, now: SeenDeal) -> None:
        await asyncio.to_thread(self._memory.put, now.ref, now, datetime.now(UTC))

    def _ignored(self, why: Text, deal: str | None = None) -> Outcome:
        return Outcome("ignored", why.to(self._language), deal)


class _Telling:
    """What people did in one deal, on its way there: taken, or refused and turned back in the CRM."""

    def __init__(self, desk: DealDesk, number: str, language: Language) -> None:
        self._desk, self._number, self._language = desk, number, language
        self._taken: list[str] = []
        self._refused: list[str] = []

    async def tell(self, found: list[Answer]) -> Outcome:
        over = set[tuple[str, str]]()
        for answer in found:
            if answer.group in over:
                continue
            if isinstance(answer.message, Revert):
                await self._back(answer.message)
            elif why := await self._send(answer.message):
                over.add(answer.group)
                await self._back(answer.refused(why))
        words = "; ".join([*self._taken, *self._refused]) or _NOTHING.to(self._language)
        status = "done" if self._taken else "refused" if self._refused else "ignored"
        return Outcome(status, words, self._number)  # type: ignore[arg-type]

    async def _send(self, message: Message) -> Text | None:
        """Why not, if the deal does not take it."""
        try:
            self._taken.append(self._words(await self._desk.send(self._number, message)))
        except MessageRefused as error:
            if error.code == "too_early":
                raise TryAgain(TOO_EARLY) from error
            return error.text
        except (RefusedError, NotFoundError) as error:
            return error.text
        return None

    async def _back(self, back: Revert) -> None:
        why = Text(ru=back.reason_ru, en=back.reason_en).to(self._language)
        self._refused.append(f"{_BACK.to(self._language)} ({back.what} {back.subject}): {why}".rstrip(": "))
        try:
            await self._desk.send(self._number, back)
        except MessageRefused as error:
            if error.code == "too_early":
                raise TryAgain(TOO_EARLY) from error
            if error.code not in _HAS_BEEN:
                self._refused.append(error.words)

    def _words(self, receipt: Receipt) -> str:
        return receipt.words_ru if self._language == "ru" else receipt.words_en
