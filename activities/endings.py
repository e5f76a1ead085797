"""How a deal's process ended that should still run, as Temporal knows it."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.deal.stopped import Ending, StoppedProcess
from workflows.names import DEAL_WORKFLOW, deal_id

DEALS = f"WorkflowType = '{DEAL_WORKFLOW}'"
RUNNING_DEALS = f"{DEALS} AND ExecutionStatus = 'Running'"
BAD_START = "BadStart"
"""The type of the failure by which a deal ends that could not begin."""
AT_ONCE = 20
_LONGEST = 500  # letters of what somebody wrote into Temporal as a reason

_ENDINGS = {
    WorkflowExecutionStatus.TERMINATED: Ending.TERMINATED,
    WorkflowExecutionStatus.FAILED: Ending.FAILED,
    WorkflowExecutionStatus.TIMED_OUT: Ending.TIMED_OUT,
    WorkflowExecutionStatus.CANCELED: Ending.CANCELED,
}


async def stopped_deals(client: Client, numbers: Iterable[str]) -> list[StoppedProcess]:
    """Of these deals, those whose process no longer runs and has not ended well either."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def look(number: str) -> StoppedProcess | None:
        async with slots:
            return await stopped_process(client, number)

    return [one for one in await asyncio.gather(*map(look, numbers)) if one]


async def stopped_process(client: Client, number: str) -> StoppedProcess | None:
    """None for a deal whose process runs, or has ended as it should."""
    described = await describe(client, deal_id(number))
    if described and is_foreign(described):
        if described.status is WorkflowExecutionStatus.RUNNING:
            return _foreign(number, described)
        described = await own_run(client, number)
    if described is None:
        return StoppedProcess(deal=number, ending=Ending.MISSING, at=datetime.now(UTC))
    if described.status not in _ENDINGS:
        return None
    last = await _last_event(client, described)
    by, reason, bad_start = _told(last)
    return StoppedProcess(
        deal=number,
        run_id=described.run_id,
        ending=Ending.BAD_START if bad_start else _ENDINGS[described.status],
        at=described.close_time or datetime.now(UTC),
        by=by[:_LONGEST],
        reason=reason[:_LONGEST],
    )


def is_foreign(run: WorkflowExecutionDescription) -> bool:
    """Under a deal's id, and no deal."""
    return run.workflow_type != DEAL_WORKFLOW


async def own_run(client: Client, number: str) -> WorkflowExecutionDescription | None:
    """The newest run of the deal itself, whatever others have run under its id since. None where Temporal has none."""
    ours = f"{DEALS} AND WorkflowId = '{deal_id(number)}'"
    async for run in client.list_workflows(ours, limit=1):
        return await client.get_workflow_handle(run.id, run_id=run.run_id).describe()
    return None


def _foreign(number: str, run: WorkflowExecutionDescription) -> StoppedProcess:
    return StoppedProcess(
        deal=number,
        run_id=run.run_id,
        ending=Ending.FOREIGN,
        at=run.start_time,
        reason=run.workflow_type[:_LONGEST],
    )


async def describe(client: Client, workflow_id: str) -> WorkflowExecutionDescription | None:
    """The newest run of this id, whatever became of it. None where Temporal has none."""
    try:
        return await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def _last_event(client: Client, run: WorkflowExecutionDescription) -> HistoryEvent | None:
    execution = WorkflowExecution(workflow_id=run.id, run_id=run.run_id)
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace, execution=execution, maximum_page_size=1
    )
    reply = await client.workflow_service.get_workflow_execution_history_reverse(request, retry=True)
    return reply.history.events[0] if reply.history.events else None


def _told(last: HistoryEvent | None) -> tuple[str, str, bool]:
    """Who ended it and why, as far as its last event says; and whether it failed because it could not begin."""
    if last is None:
        return "", "", False
    if last.HasField("workflow_execution_terminated_event_attributes"):
        ended = last.workflow_execution_terminated_event_attributes
        return ended.identity, ended.reason, False
    failure = last.workflow_execution_failed_event_attributes.failure
    return "", failure.message, failure.application_failure_info.type == BAD_START
