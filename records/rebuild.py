"""Refilling the records from Temporal: what each deal told them stands in its history, and is told again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from domain.deal.batches import RecordBatch
from domain.wording.invalid import summary
from records.errors import BatchRefused, RecordsUnavailable
from records.store import RecordStore

DELIVERY = "records.deliver"
DEALS = "WorkflowType = 'Deal'"
_NO_SERVER = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)


class Untold(NamedTuple):
    """A run of which `batches` could not be told again (0: its history can't be read), and why the first of them."""

    workflow_id: str
    run_id: str
    batches: int
    why: str


@dataclass
class Rebuilt:
    """`runs` were told again in full, `untold` in part or not at all. `gone`: their history was dropped meanwhile, and what
    the records hold of them stays."""

    runs: int = 0
    batches: int = 0
    facts: int = 0
    gone: int = 0
    untold: list[Untold] = field(default_factory=list)


Progress = Callable[[int, int, str], None]
"""Told after each run: how many are done, of how many, and the workflow id."""


async def rebuild(
    client: Client, store: RecordStore, progress: Progress | None = None, *, query: str = DEALS
) -> Rebuilt:
    """Idempotent, and harmless while deals go on. Deletes nothing: what Temporal no longer holds stays.

    `query` may name fewer deals. A run that can't be told again is named in the answer, and the others are told all the
    same. Raises RecordsUnavailable, and RPCError when Temporal does not answer; what was told until then stays told.
    """
    runs = sorted([run async for run in client.list_workflows(query)], key=lambda run: run.start_time)
    done = Rebuilt()
    for n, run in enumerate(runs, start=1):
        await _retell(client, store, run, done)
        if progress:
            progress(n, len(runs), run.id)
    return done


async def _retell(client: Client, store: RecordStore, run: WorkflowExecution, done: Rebuilt) -> None:
    failed: list[str] = []
    try:
        async for told in _told(client, run):
            try:
                batch = await _batch(client, told)
                await asyncio.to_thread(store.apply, batch)
            except RecordsUnavailable:
                raise
            except Exception as error:
                failed.append(_words(error))
            else:
                done.batches += 1
                done.facts += len(batch.facts)
    except RPCError as error:
        if error.status in _NO_SERVER:
            raise
        if error.status is RPCStatusCode.NOT_FOUND:
            done.gone += 1
        else:
            done.untold.append(Untold(run.id, run.run_id, 0, f"its history can't be read: {error.message}"))
        return
    if failed:
        done.untold.append(Untold(run.id, run.run_id, len(failed), failed[0]))
    else:
        done.runs += 1


async def _told(client: Client, run: WorkflowExecution) -> AsyncIterator[list[Payload]]:
    """What one run told the records, in order. Raises RPCError NOT_FOUND once Temporal has dropped the run."""
    handle = client.get_workflow_handle(run.id, run_id=run.run_id)
    async for event in handle.fetch_history_events():
        if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            continue
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == DELIVERY:
            yield list(scheduled.input.payloads)


async def _batch(client: Client, told: list[Payload]) -> RecordBatch:
    [batch] = await client.data_converter.decode(told, [RecordBatch])
    if not isinstance(batch, RecordBatch):
        raise BatchRefused("what it told can't be read")
    return batch


def _words(error: Exception) -> str:
    """Without what stood in the batch: it is a client's."""
    if isinstance(error, ValidationError):
        return summary(error, most=1).en
    return str(error) if isinstance(error, BatchRefused) else f"{type(error).__name__}: {error}"
