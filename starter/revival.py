"""Letting a deal go on whose process was stopped: Temporal's reset, to the last workflow task."""

from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyType
from temporalio.api.workflowservice.v1 import (
    GetWorkflowExecutionHistoryReverseRequest,
    ResetWorkflowExecutionRequest,
)
from temporalio.client import Client

from domain.deal.stopped import StoppedProcess
from domain.words import Text
from starter.errors import RefusedError, UnreachableError
from workflows.names import deal_id

PAGE = 100


class ProcessStopped(UnreachableError):
    """A deal that nobody can tell anything until it is revived: what is meant for it waits."""

    def __init__(self, stopped: StoppedProcess) -> None:
        why, remedy = stopped.words(), stopped.remedy()
        super().__init__(Text(ru=_sentence(why.ru, remedy.ru), en=_sentence(why.en, remedy.en)))


def _sentence(why: str, remedy: str) -> str:
    words = f"{why}; {remedy}."
    return words[:1].upper() + words[1:]


async def revive(client: Client, stopped: StoppedProcess) -> None:
    """Signals and updates that came after the last workflow task are kept. Raises RefusedError for what no reset can let go on.

    Never tried again by itself: the server takes a reset twice, though it has the same request id (seen on 1.32), and the
    second ends the run that the first began. Whoever repeats it looks first whether the deal runs.
    """
    if not stopped.revivable:
        raise RefusedError(ProcessStopped(stopped).text)
    execution = WorkflowExecution(workflow_id=deal_id(stopped.deal), run_id=stopped.run_id)
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=execution,
            workflow_task_finish_event_id=await _last_task(client, execution),
            reset_reapply_type=ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
            request_id=str(uuid4()),
            reason=f"deal revive {stopped.deal}",
        )
    )


async def _last_task(client: Client, execution: WorkflowExecution) -> int:
    """The event that ends the last workflow task, or would have ended it."""
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace, execution=execution, maximum_page_size=PAGE
    )
    would_have_ended = 0
    while True:
        reply = await client.workflow_service.get_workflow_execution_history_reverse(request, retry=True)
        for event in reply.history.events:
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                return event.event_id
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
                would_have_ended = event.event_id + 1
        request.next_page_token = reply.next_page_token
        if not request.next_page_token:
            return would_have_ended
