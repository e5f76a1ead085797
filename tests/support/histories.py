"""What Temporal holds of a deal: the histories of all its workflows and of all their runs."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType, TimeoutType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer

from workflows.names import deal_id
from workflows.temporal.converter import DATA_CONVERTER
from workflows.temporal.definitions import Deal, OrderLine
from workflows.temporal.guard import RefusalInterceptor
from workflows.temporal.sandbox import RUNNER

REPLAYER = Replayer(
    workflows=[Deal, OrderLine],
    workflow_runner=RUNNER,
    interceptors=[RefusalInterceptor()],
    data_converter=DATA_CONVERTER,
)

NO_FAULT = (
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
)
"""What the server does by itself: events came while a task was under way; so many of them, a hundred, that it ended the task to write them
down (however short a task is, a flood may bring them); somebody reset the run."""


@dataclass
class TrailOfRuns:
    client: Client
    number: str
    may_be_late: bool = False

    async def all(self) -> list[WorkflowHistory]:
        """Of the deal and its lines, every run, oldest first."""
        return [history async for history in self._fetch()]

    async def _fetch(self) -> AsyncIterator[WorkflowHistory]:
        id = deal_id(self.number)
        query = f'WorkflowId = "{id}" OR WorkflowId STARTS_WITH "{id}-line-"'
        found = [run async for run in self.client.list_workflows(query)]
        for run in sorted(found, key=lambda run: (run.id, run.start_time)):
            handle = self.client.get_workflow_handle(run.id, run_id=run.run_id)
            yield await handle.fetch_history()

    async def check(self) -> None:
        """No workflow task failed or took too long, and every run replays from its first event to its last."""
        for history in await self.all():
            assert failed_tasks(history, self.may_be_late) == []
            await REPLAYER.replay_workflow(history)

    async def counts(self) -> Counter[str]:
        """Events by type over all workflows, as `ACTIVITY_TASK_SCHEDULED`."""
        return Counter(
            EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
            for history in await self.all()
            for event in history.events
        )

    async def runs(self) -> Counter[str]:
        """How many runs each workflow had."""
        return Counter(history.workflow_id for history in await self.all())


def failed_tasks(history: WorkflowHistory, may_be_late: bool) -> list[str]:
    """Workflow tasks that failed or, unless they `may_be_late` on a busy machine or of a killed worker, took too long."""
    return [
        f"{history.workflow_id} event {event.event_id}: {words}"
        for event in history.events
        if (words := _failure(event, may_be_late))
    ]


def _failure(event: HistoryEvent, may_be_late: bool) -> str:
    """Of code, that is. No fault: new events that came while a last command was on its way make the server refuse it and ask again;
    an operator's termination ends a task, and a reset is recorded as a failed one."""
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        failed = event.workflow_task_failed_event_attributes
        if failed.cause not in NO_FAULT:
            return f"{WorkflowTaskFailedCause.Name(failed.cause)} {failed.failure.message}"
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT and not may_be_late:
        late = event.workflow_task_timed_out_event_attributes
        if late.timeout_type != TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START:
            return "the workflow task timed out"
    return ""
