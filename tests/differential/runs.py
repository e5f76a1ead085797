"""The runs of a deal and its lines: which continue which, and how all ended."""

from collections.abc import Sequence

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

E = EventType
ENDS = {
    E.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: "completed",
    E.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: "failed",
    E.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: "cancelled",
    E.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: "terminated",
}


def ends(histories: Sequence[WorkflowHistory]) -> dict[str, str]:
    """How each workflow ended, by its id; nothing of one that has not."""
    last = {history.workflow_id: history.events[-1].event_type for history in histories}
    return {id: ENDS[type] for id, type in last.items() if type in ENDS}


def is_whole(histories: Sequence[WorkflowHistory]) -> bool:
    """Whether all has ended, and no run is missing that another one tells of."""
    there = {history.run_id for history in histories}
    told = {run for history in histories for event in history.events if (run := _next_run(event))}
    return told <= there and len(ends(histories)) == len({history.workflow_id for history in histories})


def _next_run(event: HistoryEvent) -> str:
    match event.event_type:
        case E.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return event.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        case E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
            return event.child_workflow_execution_started_event_attributes.workflow_execution.run_id
        case _:
            return ""


def lives_of(histories: Sequence[WorkflowHistory]) -> dict[str, int]:
    """In which life of its workflow each run is, from 0: the next one begins where none continues another."""
    lives: dict[str, int] = {}
    last: dict[str, int] = {}
    for history in histories:
        started = history.events[0].workflow_execution_started_event_attributes
        if not started.continued_execution_run_id:
            last[history.workflow_id] = last.get(history.workflow_id, -1) + 1
        lives[history.run_id] = last[history.workflow_id]
    return lives
