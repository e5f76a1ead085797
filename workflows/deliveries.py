"""The deal's outbox: each target is told in order, all that has queued up at once, for as long as it takes."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.crm import crm_fields_write, crm_lines_writes
from domain.effects import CrmBatch, Delivered, MailBatch
from domain.facts import DeliveryRefused, TrailBranched
from domain.state import DealState, Outbox, RecordBatch
from workflows.activities import DELIVER_MAIL, DELIVER_TO_CRM, DELIVER_TO_RECORDS
from workflows.case import Case
from workflows.host import ActivityFailed, settle
from workflows.lines import Lines
from workflows.returned_mail import mail_failed

AT_ONCE = 100  # items in one delivery,
BYTES = 256 * 1024  # and so many of them: a hundred long comments would not go through the server's limits
LINES_AT_ONCE = 40  # lines in one batch for the records: it stays far below the payload limit
PAUSE = timedelta(minutes=1)


@dataclass(eq=False)
class Target:
    """Somebody who must hear of things: one delivery at a time, in order."""

    waiting: Callable[[], bool]
    deliver: Callable[[], Awaitable[None]]


class Deliveries:
    """One place starts all deliveries, at the end of a step, in the order in which their targets fell idle.

    So a replay sends the same commands whether an answer that came just before a message is taken up together with it or in
    a workflow task of its own: the SDK does the one or the other (temporalio/sdk-rust#1146).
    """

    def __init__(self, deal: Case[DealState], lines: Lines) -> None:
        self._deal = deal
        self._lines = lines
        self._draining = False
        self._serving = 0

    def begin(self) -> None:
        outbox = self._deal.state.outbox
        self._idle = [
            Target(self._lines.waiting, self._lines.tell),
            Target(lambda: bool(outbox.records or self._deal.state.dirty_lines), self._to_records),
            Target(lambda: bool(outbox.crm), self._to_crm),
            Target(lambda: bool(outbox.mail), self._by_mail),
        ]
        self._loop = self._deal.host.background(self._dispatch())

    @property
    def done(self) -> bool:
        return self._deal.state.outbox.empty and not self._deal.state.dirty_lines

    async def drain(self) -> None:
        """What a worker holds is finished; what only waits for a retry goes along into the next run, with its key."""
        self._draining = True
        self._deal.host.stop_asking()
        await self._deal.host.wait(lambda: not self._serving)
        self._loop.cancel()

    async def _dispatch(self) -> None:
        while True:
            await self._deal.host.wait(
                lambda: not self._draining and any(target.waiting() for target in self._idle)
            )
            await settle()
            for target in [target for target in self._idle if target.waiting()]:
                self._idle.remove(target)
                self._serving += 1
                self._deal.host.background(self._serve(target))

    async def _serve(self, target: Target) -> None:
        try:
            await target.deliver()
        except ActivityFailed:
            again = "a delivery failed for good; it is tried again"
            await self._deal.host.wait(lambda: self._draining, self._deal.now + PAUSE, again)
        finally:
            self._serving -= 1
        self._idle.append(target)  # after any other failure it is not: see `Host.broken`

    async def _to_records(self) -> None:
        state = self._deal.state
        self._deal.host.show(state)
        facts, people = slice_of(state.outbox.records), state.people
        dirty = sorted(set(state.dirty_lines))
        lines, state.dirty_lines = dirty[:LINES_AT_ONCE], dirty[LINES_AT_ONCE:]
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
        state.playbook_recorded = state.people is people  # there may be others since it went out
        if left := delivered.abandoned:
            branched = TrailBranched(since_seq=left.since_seq, at=left.at, facts_abandoned=left.facts)
            self._deal.record(branched)
        self._settle(state.outbox.records, delivered)

    async def _to_crm(self) -> None:
        state = self._deal.state
        if fields := crm_fields_write(state):
            state.outbox.crm.append(fields)
        state.outbox.crm.extend(crm_lines_writes(state))
        writes = slice_of(state.outbox.crm)
        ops = ", ".join(dict.fromkeys(write.op for write in writes))
        batch = CrmBatch(writes=tuple(writes))
        self._settle(state.outbox.crm, await self._deal.host.ask(DELIVER_TO_CRM, batch, f"CRM: {ops}"))

    async def _by_mail(self) -> None:
        state = self._deal.state
        mail = slice_of(state.outbox.mail)
        kinds = ", ".join(dict.fromkeys(notice.kind for notice in mail))
        batch = MailBatch(notices=tuple(mail))
        delivered = await self._deal.host.ask(DELIVER_MAIL, batch, f"mail: {kinds}")
        for notice in mail[: delivered.count]:
            if notice.key in delivered.bad_addresses:
                why = delivered.refused.get(notice.key, "")
                mail_failed(self._deal, notice.person, notice.to_email, why, notice)
        self._settle(state.outbox.mail, delivered)

    def _settle(self, queue: list[Any], delivered: Delivered) -> None:
        del queue[: delivered.count]
        for key, why in delivered.refused.items():
            self._deal.record(DeliveryRefused(key=key, reason=why))


def slice_of(queue: Iterable[Any]) -> list[Any]:
    """As many from its start as one delivery may hold; at least one."""
    taken: list[Any] = []
    size = 0
    for item in queue:
        size += len(item.model_dump_json())
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
    "crm_fields": {},
    "crm_lines": {},
    "funds": {},
    "returned": [],
    "outbox": Outbox(),
}
