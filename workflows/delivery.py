"""The deal's outbox: one loop a target delivers in order, all that has queued up at once, for as long as it takes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from domain.crm import crm_fields_write
    from domain.effects import CrmBatch, Delivered, MailBatch
    from domain.facts import FactKind
    from domain.state import Outbox, RecordBatch
    from workflows import display, ports
    from workflows.names import CRM_QUEUE, MAIL_QUEUE, TASK_QUEUE

if TYPE_CHECKING:
    from workflows.deal import Deal

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
AT_ONCE = 100  # items in one delivery, and
LINES_AT_ONCE = 40  # lines in one batch for the records: it stays far below the payload limit
PAUSE = timedelta(minutes=1)


class Deliveries:
    def __init__(self, deal: "Deal") -> None:
        self._deal = deal
        self._standing_still = False
        self._under_way: set[asyncio.Task[Any]] = set()

    def begin(self) -> None:
        outbox = self._deal.state.outbox
        self._loops = [
            asyncio.create_task(self._loop(outbox.records, self._to_records, self._lines_left)),
            asyncio.create_task(self._loop(outbox.crm, self._to_crm)),
            asyncio.create_task(self._loop(outbox.mail, self._by_mail)),
        ]

    @property
    def done(self) -> bool:
        return self._deal.state.outbox.empty and not self._lines_left()

    async def stand_still(self) -> None:
        """What a worker holds is finished; what only waits for a retry goes along into the next run, with its key."""
        self._standing_still = True
        for task in self._under_way:
            task.cancel()
        await workflow.wait_condition(lambda: not self._under_way)
        for loop in self._loops:
            loop.cancel()

    def _lines_left(self) -> bool:
        return bool(self._deal.state.dirty_lines)

    async def _loop(
        self,
        queue: list[Any],
        deliver: Callable[[list[Any]], Awaitable[Delivered]],
        more: Callable[[], bool] = lambda: False,
    ) -> None:
        while True:
            await workflow.wait_condition(lambda: bool(queue or more()) and not self._standing_still)
            for _ in range(3):  # lets the step that is under way finish: one delivery instead of several
                await asyncio.sleep(0)
            try:
                delivered = await deliver(queue[:AT_ONCE])
            except ActivityError:
                if not self._standing_still:
                    await workflow.sleep(PAUSE, summary="a delivery failed for good; it is tried again")
                continue
            del queue[: delivered.count]
            for key, why in delivered.refused.items():
                self._deal.record(FactKind.DELIVERY_REFUSED, key=key, reason=why)

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
        return delivered

    async def _to_crm(self, writes: list[Any]) -> Delivered:
        fields = crm_fields_write(self._deal.state)
        if fields:
            self._deal.state.outbox.crm.append(fields)
            writes = self._deal.state.outbox.crm[:AT_ONCE]
        return await self._run(
            ports.deliver_to_crm, CrmBatch(writes=tuple(writes)), CRM_QUEUE, f"CRM: {_ops(writes)}"
        )

    async def _by_mail(self, mail: list[Any]) -> Delivered:
        kinds = ", ".join(dict.fromkeys(notice.kind for notice in mail))
        return await self._run(
            ports.deliver_mail, MailBatch(notices=tuple(mail)), MAIL_QUEUE, f"mail: {kinds}"
        )

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
        self._under_way.add(handle)
        try:
            delivered: Delivered = await handle
            return delivered
        finally:
            self._under_way.discard(handle)


_LEFT_OUT: dict[str, Any] = {
    "lines": {},
    "receipts": {},
    "dirty_lines": [],
    "outbox": Outbox(),
}


def _ops(writes: list[Any]) -> str:
    return ", ".join(dict.fromkeys(write.op for write in writes))
