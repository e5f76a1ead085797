"""The deal's outbox: each target is told in order, all that has queued up at once, for as long as it takes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from domain.crm import crm_fields_write, crm_lines_writes
    from domain.effects import CrmBatch, Delivered, MailBatch
    from domain.facts import DeliveryRefused, TrailBranched
    from domain.state import Outbox, RecordBatch
    from workflows import display, ports
    from workflows.names import CRM_QUEUE, MAIL_QUEUE, TASK_QUEUE

if TYPE_CHECKING:
    from workflows.deal import Deal

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
AT_ONCE = 100  # items in one delivery, and
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

    def __init__(self, deal: "Deal") -> None:
        self._deal = deal
        self._standing_still = False
        self._serving = 0
        self._under_way: list[asyncio.Task[Any]] = []

    def begin(self) -> None:
        outbox, lines = self._deal.state.outbox, self._deal.lines
        self._idle = [
            Target(lines.waiting, lines.tell),
            Target(
                lambda: bool(outbox.records) or self._lines_left(),
                self._deliver(outbox.records, self._to_records),
            ),
            Target(lambda: bool(outbox.crm), self._deliver(outbox.crm, self._to_crm)),
            Target(lambda: bool(outbox.mail), self._deliver(outbox.mail, self._by_mail)),
        ]
        self._loop = self._deal.beside(self._dispatch())

    @property
    def done(self) -> bool:
        return self._deal.state.outbox.empty and not self._lines_left()

    async def stand_still(self) -> None:
        """What a worker holds is finished; what only waits for a retry goes along into the next run, with its key."""
        self._standing_still = True
        for activity in self._under_way:
            activity.cancel()
        await workflow.wait_condition(lambda: not self._serving)
        self._loop.cancel()

    def _lines_left(self) -> bool:
        return bool(self._deal.state.dirty_lines)

    async def _dispatch(self) -> None:
        while True:
            await workflow.wait_condition(
                lambda: not self._standing_still and any(target.waiting() for target in self._idle)
            )
            for _ in range(3):  # lets the step that is under way finish: one delivery instead of several
                await asyncio.sleep(0)
            for target in [target for target in self._idle if target.waiting()]:
                self._idle.remove(target)
                self._serving += 1
                self._deal.beside(self._serve(target))

    async def _serve(self, target: Target) -> None:
        try:
            await target.deliver()
        except ActivityError:
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._standing_still,
                    timeout=PAUSE,
                    timeout_summary="a delivery failed for good; it is tried again",
                )
        finally:
            self._serving -= 1
            self._idle.append(target)

    def _deliver(
        self, queue: list[Any], deliver: Callable[[list[Any]], Awaitable[Delivered]]
    ) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            delivered = await deliver(queue[:AT_ONCE])
            del queue[: delivered.count]
            for key, why in delivered.refused.items():
                self._deal.record(DeliveryRefused(key=key, reason=why))

        return work

    async def _to_records(self, facts: list[Any]) -> Delivered:
        deal = self._deal
        display.show(deal.state)
        dirty = sorted(set(deal.state.dirty_lines))
        lines, deal.state.dirty_lines = dirty[:LINES_AT_ONCE], dirty[LINES_AT_ONCE:]
        left_out = _LEFT_OUT | ({"playbook": None} if deal.state.playbook_recorded else {})
        batch = RecordBatch(
            deal=deal.state.model_copy(update=left_out),
            lines=tuple(deal.state.lines[number].mirror() for number in lines),
            facts=tuple(facts),
        )
        try:
            delivered = await self._run(
                ports.deliver_to_records, batch, TASK_QUEUE, f"records: {len(facts)} facts"
            )
        except ActivityError:
            deal.state.dirty_lines += lines
            raise
        deal.state.playbook_recorded = True
        if left := delivered.abandoned:
            deal.record(TrailBranched(since_seq=left.since_seq, at=left.at, facts_abandoned=left.facts))
        return delivered

    async def _to_crm(self, writes: list[Any]) -> Delivered:
        fields = crm_fields_write(self._deal.state)
        if fields:
            self._deal.state.outbox.crm.append(fields)
        if self._deal.state.edition >= 2:
            self._deal.state.outbox.crm.extend(crm_lines_writes(self._deal.state))
        writes = self._deal.state.outbox.crm[:AT_ONCE]
        return await self._run(
            ports.deliver_to_crm, CrmBatch(writes=tuple(writes)), CRM_QUEUE, f"CRM: {_ops(writes)}"
        )

    async def _by_mail(self, mail: list[Any]) -> Delivered:
        kinds = ", ".join(dict.fromkeys(notice.kind for notice in mail))
        delivered = await self._run(
            ports.deliver_mail, MailBatch(notices=tuple(mail)), MAIL_QUEUE, f"mail: {kinds}"
        )
        for notice in mail[: delivered.count]:
            if notice.key in delivered.bad_addresses:
                why = delivered.refused.get(notice.key, "")
                self._deal.mail_failed(notice.person, notice.to_email, why, notice)
        return delivered

    async def _run(self, activity: Any, batch: Any, queue: str, summary: str) -> Delivered:
        handle = workflow.start_activity(
            activity,
            batch,
            task_queue=queue,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=20),
            retry_policy=RETRY,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=summary[:200],
        )
        self._under_way.append(handle)
        try:
            delivered: Delivered = await handle
            return delivered
        finally:
            self._under_way.remove(handle)


_LEFT_OUT: dict[str, Any] = {
    "lines": {},
    "receipts": {},
    "dirty_lines": [],
    "crm_fields": {},
    "crm_lines": {},
    "returned": [],
    "outbox": Outbox(),
}


def _ops(writes: list[Any]) -> str:
    return ", ".join(dict.fromkeys(write.op for write in writes))
