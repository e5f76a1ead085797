"""The deal's outbox: each target is told in order, all that has queued up at once, for as long as it takes."""

from collections.abc import Awaitable, Callable, Container, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.deal.batches import FactBatch, RecordBatch
from domain.deal.outbox import Outbox
from domain.deal.state import DealState
from domain.effects import PLAYBOOK_UNKNOWN, Delivered
from domain.facts import (
    ApprovalOpened,
    ApprovalReassigned,
    DeliveryDeferred,
    DeliveryRefused,
    Fact,
    Subject,
    TrailBranched,
)
from domain.words import Target
from workflows.activities import DELIVER_MAIL, DELIVER_TO_CRM, DELIVER_TO_RECORDS
from workflows.case import Case
from workflows.host import Activity, ActivityFailed
from workflows.lines import Lines
from workflows.returned_mail import mail_failed
from workflows.serials import serials_found

AT_ONCE = 100  # items in one delivery,
BYTES = 256 * 1024  # and so many of them: a hundred long comments would not go through the server's limits
LINES_AT_ONCE = 40  # lines in one batch for the records: it stays far below the payload limit
PAUSE = timedelta(minutes=1)


@dataclass(eq=False)
class _Errand:
    """To somebody who must hear of things: one delivery at a time, in order."""

    waiting: Callable[[], bool]
    deliver: Callable[[], Awaitable[None]]
    idle: bool = True

    @property
    def ready(self) -> bool:
        return self.idle and self.waiting()


class Deliveries:
    """One place starts all deliveries, once the deal is quiet, one after the other, in one order: whatever was answered when."""

    def __init__(self, deal: Case[DealState], lines: Lines) -> None:
        self._deal = deal
        self._lines = lines
        self._draining = False
        self._serving = 0

    def begin(self) -> None:
        outbox = self._deal.state.outbox
        self._errands = (
            _Errand(self._lines.waiting, self._lines.tell),
            _Errand(lambda: bool(outbox.records or self._deal.state.dirty_lines), self._to_records),
            _Errand(lambda: bool(outbox.crm), self._to_crm),
            _Errand(lambda: bool(outbox.mail or outbox.again), self._by_mail),
        )
        self._loop = self._deal.host.background(self._dispatch())

    @property
    def done(self) -> bool:
        return self._deal.state.outbox.empty and not self._deal.state.dirty_lines

    async def drain(self) -> None:
        """What a worker holds is finished; what only waits for a retry goes along into the next run, with its key."""
        self._draining = True
        self._deal.host.stop_asking()
        await self._deal.pause(lambda: not self._serving)
        self._loop.cancel()

    async def _dispatch(self) -> None:
        while True:
            await self._deal.host.wait(
                lambda: not self._draining and any(e.ready for e in self._errands) and self._deal.quiet
            )
            errand = next(errand for errand in self._errands if errand.ready)
            errand.idle = False
            self._serving += 1
            self._deal.host.background(self._serve(errand))

    async def _serve(self, errand: _Errand) -> None:
        try:
            await errand.deliver()
        except ActivityFailed:
            again = "a delivery failed for good; it is tried again"
            await self._deal.host.wait(lambda: self._draining, self._deal.now + PAUSE, again)
        finally:
            self._serving -= 1
        errand.idle = True  # after any other failure it is not: see `Host.broken`

    async def _to_records(self) -> None:
        state = self._deal.state
        self._deal.host.show(state)
        facts = slice_of(state.outbox.unheard(Target.RECORDS))
        dirty = sorted(set(state.dirty_lines))
        lines, state.dirty_lines = dirty[:LINES_AT_ONCE], dirty[LINES_AT_ONCE:]
        people = state.people
        left_out = _LEFT_OUT | ({"playbook": None, "people": None} if state.playbook_recorded else {})
        batch = RecordBatch(
            deal=state.model_copy(update=left_out),
            lines=tuple(state.lines[number].mirror() for number in lines),
            facts=tuple(facts),
        )
        try:
            delivered = await self._deal.host.ask(DELIVER_TO_RECORDS, batch, f"records: {len(facts)} facts")
        except ActivityFailed:
            state.dirty_lines += lines
            raise
        state.playbook_recorded = state.people is people  # others may have come meanwhile
        if left := delivered.abandoned:
            branched = TrailBranched(since_seq=left.since_seq, at=left.at, facts_abandoned=left.facts)
            self._deal.record(branched)
            self._lines.ask_for_whole_reports()
        serials_found(self._deal, lines, delivered.serials)
        self._settle(Target.RECORDS, delivered)

    async def _to_crm(self) -> None:
        state = self._deal.state
        facts = slice_of(state.outbox.unheard(Target.CRM))
        batch = self._batch(facts, state.lines, shown=state.outbox.shown)
        delivered = await self._tell(DELIVER_TO_CRM, batch, f"CRM: {_kinds(facts)}")
        state.outbox.shown |= delivered.shown
        self._settle(Target.CRM, delivered)

    async def _by_mail(self) -> None:
        outbox = self._deal.state.outbox
        again, facts = outbox.again[:AT_ONCE], slice_of(outbox.unheard(Target.MAIL))
        told = [*facts, *(mail.fact for mail in again)]
        about, whole = {fact.subject for fact in told}, any(map(_lists_the_order, told))
        lines = [number for number in self._deal.state.lines if whole or str(Subject(number)) in about]
        batch = self._batch(facts, lines, again=tuple(again))
        delivered = await self._tell(DELIVER_MAIL, batch, f"mail: {_kinds(batch.all_facts)}")
        for returned in delivered.returned:
            mail = batch.resent(returned.item, returned.person)
            mail_failed(self._deal, returned.person, returned.email, returned.reason, mail)
        sent_again = min(len(again), delivered.count)
        del outbox.again[:sent_again]
        self._settle(Target.MAIL, delivered.model_copy(update={"count": delivered.count - sent_again}))

    def _batch(self, facts: list[Fact], lines: Container[int], **more: Any) -> FactBatch:
        state = self._deal.state
        nth = {fact.seq: n for fact in facts if (n := state.outbox.nth.get(fact.seq))}
        deal = state.excerpt(lines)
        return FactBatch(deal=deal, version=state.book.version, facts=tuple(facts), nth=nth, **more)

    async def _tell(
        self, activity: Activity[FactBatch, Delivered], batch: FactBatch, summary: str
    ) -> Delivered:
        """The playbook goes along once a worker has said that it does not have it."""
        try:
            return await self._deal.host.ask(activity, batch, summary)
        except ActivityFailed as failed:
            if failed.type != PLAYBOOK_UNKNOWN:
                raise
        return await self._deal.host.ask(activity, batch.bringing(self._deal.state.book.alone()), summary)

    def _settle(self, target: Target, delivered: Delivered) -> None:
        self._deal.state.outbox.heard(target, delivered.count)
        for key, why in delivered.refused.items():
            self._deal.record(DeliveryRefused(key=key, reason=why))
        for key, missing in delivered.forbidden.items():
            self._deal.record(DeliveryDeferred(key=key, missing=missing))


def _lists_the_order(fact: Fact) -> bool:
    """Whoever decides on the whole deal is shown all its goods."""
    return fact.subject == str(Subject()) and fact.kind in (ApprovalOpened.kind, ApprovalReassigned.kind)


def _kinds(facts: Iterable[Fact]) -> str:
    return ", ".join(dict.fromkeys(fact.kind for fact in facts))


def slice_of(queue: Iterable[Fact]) -> list[Fact]:
    """As many from its start as one delivery may hold; at least one."""
    taken: list[Fact] = []
    size = 0
    for item in queue:
        size += len(item.model_dump_json().encode())
        if taken and (size > BYTES or len(taken) >= AT_ONCE):
            break
        taken.append(item)
    return taken


_LEFT_OUT: dict[str, Any] = {
    "lines": {},
    "receipts": {},
    "noted": [],
    "offers": [],
    "dirty_lines": [],
    "funds": {},
    "returned": [],
    "outbox": Outbox(),
}
