"""What a client did to one deal, in order, so that the bare side can be done the same to."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Literal, NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    QueryWorkflowInput,
    StartWorkflowUpdateInput,
    WorkflowHandle,
    WorkflowHistory,
    WorkflowQueryRejectedError,
    WorkflowUpdateHandle,
)
from temporalio.common import QueryRejectCondition

from bench.bare import CRM_QUEUE, DESK_QUEUE, MAIL_QUEUE, BareDeal, Plan
from workflows import names

QUEUES = {names.TASK_QUEUE: DESK_QUEUE, names.CRM_QUEUE: CRM_QUEUE, names.MAIL_QUEUE: MAIL_QUEUE}


class Op(NamedTuple):
    """`line` 0 is the deal itself."""

    kind: Literal["look", "tell"]
    line: int


class Recorder(Interceptor):
    """Notes the queries and the accepted updates of each deal."""

    def __init__(self) -> None:
        self.ops: dict[str, list[Op]] = defaultdict(list)

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Noting(next, self)

    def note(self, kind: Literal["look", "tell"], workflow_id: str) -> None:
        deal, _, line = workflow_id.removeprefix("deal-").partition("-line-")
        self.ops[deal].append(Op(kind, int(line or 0)))


class _Noting(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, recorder: Recorder) -> None:
        super().__init__(next)
        self._recorder = recorder

    async def query_workflow(self, input: QueryWorkflowInput) -> Any:
        self._recorder.note("look", input.id)
        return await super().query_workflow(input)

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
        handle = await super().start_workflow_update(input)
        self._recorder.note("tell", input.id)
        return handle


def plan_of(deal: WorkflowHistory, lines: Iterable[WorkflowHistory]) -> Plan:
    """The same commands as in these histories."""
    queues = [
        QUEUES[event.activity_task_scheduled_event_attributes.task_queue.name]
        for event in deal.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    ]
    return _plan(deal).model_copy(
        update={
            "activities": {queue: queues.count(queue) for queue in QUEUES.values()},
            "told": 0,
            "lines": tuple(map(_plan, lines)),
        }
    )


def _plan(history: WorkflowHistory) -> Plan:
    kinds = [event.event_type for event in history.events]
    return Plan(
        updates=kinds.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED),
        timers=kinds.count(EventType.EVENT_TYPE_TIMER_STARTED),
        told=kinds.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED),
    )


async def histories(client: Client, deal: str, lines: int) -> list[WorkflowHistory]:
    """The deal's, then those of its lines."""
    ids = [deal, *(f"{deal}-line-{n}" for n in range(1, lines + 1))]
    return await asyncio.gather(*(client.get_workflow_handle(id).fetch_history() for id in ids))


async def replay_on_bare(
    client: Client, id: str, plan: Plan, ops: list[Op], pause: float
) -> WorkflowHandle[Any, Any]:
    """A bare deal that is told and looked at as the other was: as often, in the same order, with the same pauses.

    Returns the handle of the deal when all has been done to it; its effects may still be on their way.
    """
    deal = await client.start_workflow(BareDeal.run, plan, id=id, task_queue=DESK_QUEUE)
    handles = [deal, *(client.get_workflow_handle(f"{id}-line-{n}") for n in range(1, len(plan.lines) + 1))]
    for kind, some in groupby(ops, key=lambda op: op.kind):
        if kind == "look":
            await asyncio.gather(*(_look(handles[op.line]) for op in some))
        else:
            for op in some:
                await handles[op.line].execute_update("hear")
            await asyncio.sleep(pause)
    return deal


async def _look(handle: WorkflowHandle[Any, Any]) -> None:
    with contextlib.suppress(WorkflowQueryRejectedError):
        await handle.query("show", reject_condition=QueryRejectCondition.NOT_OPEN)
