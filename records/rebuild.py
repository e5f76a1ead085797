"""Refilling the records from Temporal: what each deal told them stands in its history, and is told again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from domain.state import RecordBatch
from records.store import RecordStore

DELIVERY = "records.deliver"
DEALS = "WorkflowType = 'Deal'"


class Rebuilt(NamedTuple):
    """`gone`: runs whose history Temporal dropped meanwhile. What the records hold of them stays."""

    runs: int = 0
    batches: int = 0
    facts: int = 0
    gone: int = 0


Progress = Callable[[int, int, str], None]
"""Told after each run: how many are done, of how many, and the workflow id."""


async def rebuild(
    client: Client, store: RecordStore, progress: Progress | None = None, *, query: str = DEALS
) -> Rebuilt:
    """Idempotent, and harmless while deals go on. Deletes nothing: what Temporal no longer holds stays.

    `query` may name fewer deals. Raises RecordsUnavailable; what was told until then stays told.
    """
    runs = sorted([run async for run in client.list_workflows(query)], key=lambda run: run.start_time)
    done = Rebuilt()
    for n, run in enumerate(runs, start=1):
        done = await _retell(client, store, run, done)
        if progress:
            progress(n, len(runs), run.id)
    return done


async def _retell(client: Client, store: RecordStore, run: WorkflowExecution, done: Rebuilt) -> Rebuilt:
    try:
        async for batch in _told(client, run):
            await asyncio.to_thread(store.apply, batch)
            done = done._replace(batches=done.batches + 1, facts=done.facts + len(batch.facts))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return done._replace(gone=done.gone + 1)
    return done._replace(runs=done.runs + 1)


async def _told(client: Client, run: WorkflowExecution) -> AsyncIterator[RecordBatch]:
    """The batches of one run, in order. Raises RPCError NOT_FOUND once Temporal has dropped the run."""
    handle = client.get_workflow_handle(run.id, run_id=run.run_id)
    async for event in handle.fetch_history_events():
        if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            continue
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == DELIVERY:
            [batch] = await client.data_converter.decode(scheduled.input.payloads, [RecordBatch])
            yield batch
