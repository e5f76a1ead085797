"""What a server's workflows took up, read from their histories."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from domain.deal.batches import WatchedLines
from tests.differential.runs import lives_of
from tests.differential.tasks import CANCELLED, Came, Message, Read, Task
from workflows.inbox import Unreadable
from workflows.rehearsal import Arrival, Kind
from workflows.temporal.converter import DATA_CONVERTER

E = EventType


def read(histories: Sequence[WorkflowHistory]) -> Read:
    found, lives = Read(), lives_of(histories)
    for history in histories:
        _Run(history, found, lives).read()
    found.tasks.sort(key=lambda task: task.ns)
    return found


class _Run:
    def __init__(self, history: WorkflowHistory, found: Read, lives: Mapping[str, int]) -> None:
        self._history, self._found, self._lives = history, found, lives
        self._next = Task(history.workflow_id, 0)
        self._started = self._done = self._next
        self._commands: dict[Kind, list[int]] = {Kind.ANSWER: [], Kind.SENT: [], Kind.STARTED: []}
        self._watching: set[int] = set()
        self._due: dict[int, datetime] = {}

    def read(self) -> None:
        for event in self._history.events:
            self._tasks(event)
            self._messages(event)
            self._own(event)
            self._inside(event)

    def _tasks(self, event: HistoryEvent) -> None:
        """What comes while a task is under way stands after its end, and is for the next; what a failed one took is taken again."""
        match event.event_type:
            case E.EVENT_TYPE_WORKFLOW_TASK_STARTED:
                self._started = self._next
                self._started.ns = _ns(event)
                self._started.long = event.workflow_task_started_event_attributes.suggest_continue_as_new
            case E.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                self._done, self._next = self._started, Task(self._history.workflow_id, 0)
                self._found.tasks.append(self._done)
            case E.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
                self._found.tasks.append(Task(self._history.workflow_id, _ns(event), terminated=True))

    def _messages(self, event: HistoryEvent) -> None:
        match event.event_type:
            case E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                signal = event.workflow_execution_signaled_event_attributes
                sender = signal.external_workflow_execution
                came: Message | Came
                if sender.workflow_id:
                    word = Arrival(Kind.WORD, sender=sender.workflow_id)
                    came = Came(word, life=self._lives[sender.run_id])
                else:
                    came = Message(signal.signal_name, _content(signal.input.payloads))
                self._next.messages.append(came)
            case E.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                accepted = event.workflow_execution_update_accepted_event_attributes
                asked = accepted.accepted_request
                content = _content(asked.input.args.payloads)
                self._done.messages.append(Message(asked.input.name, content, update=asked.meta.update_id))
            case E.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
                done = event.workflow_execution_update_completed_event_attributes
                self._found.answers[done.meta.update_id] = _outcome(done.outcome)

    def _own(self, event: HistoryEvent) -> None:
        """What the workflow had its host do, counted as its host counts it."""
        match event.event_type:
            case E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                self._commands[Kind.ANSWER].append(event.event_id)
                if event.activity_task_scheduled_event_attributes.activity_type.name == "lines.watch":
                    self._watching.add(event.event_id)
            case E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
                self._commands[Kind.SENT].append(event.event_id)
            case E.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
                self._commands[Kind.STARTED].append(event.event_id)
            case E.EVENT_TYPE_TIMER_STARTED:
                left = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
                self._due[event.event_id] = self._done.at + left

    def _inside(self, event: HistoryEvent) -> None:
        self._next.rest.extend(self._came(event))

    def _came(self, event: HistoryEvent) -> Iterator[Came]:
        match event.event_type:
            case E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
                yield Came(Arrival(Kind.START))
            case E.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
                yield CANCELLED
            case E.EVENT_TYPE_TIMER_FIRED:
                due = self._due[event.timer_fired_event_attributes.started_event_id]
                yield Came(Arrival(Kind.TIMER), due=due)
            case E.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                done = event.activity_task_completed_event_attributes
                watched = done.scheduled_event_id in self._watching
                seen = WatchedLines.model_validate(_content(done.result.payloads)) if watched else None
                yield Came(self._answer(Kind.ANSWER, done.scheduled_event_id), seen=seen)
            case E.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
                id = event.activity_task_canceled_event_attributes.scheduled_event_id
                yield Came(self._answer(Kind.ANSWER, id), failed=True)
            case E.EVENT_TYPE_ACTIVITY_TASK_FAILED:
                id = event.activity_task_failed_event_attributes.scheduled_event_id
                yield Came(self._answer(Kind.ANSWER, id), failed=True)
            case E.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
                id = event.external_workflow_execution_signaled_event_attributes.initiated_event_id
                yield Came(self._answer(Kind.SENT, id))
            case E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
                id = event.signal_external_workflow_execution_failed_event_attributes.initiated_event_id
                yield Came(self._answer(Kind.SENT, id), failed=True)
            case E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
                id = event.child_workflow_execution_started_event_attributes.initiated_event_id
                yield Came(self._answer(Kind.STARTED, id))
            case E.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
                id = event.start_child_workflow_execution_failed_event_attributes.initiated_event_id
                yield Came(self._answer(Kind.STARTED, id), failed=True)

    def _answer(self, kind: Kind, event_id: int) -> Arrival:
        return Arrival(kind, nth=self._commands[kind].index(event_id) + 1)


def _ns(event: HistoryEvent) -> int:
    return event.event_time.ToNanoseconds()


def _content(payloads: Sequence[Payload]) -> Any:
    """As the workflow's handler decodes it."""
    if not payloads:
        return None
    try:
        return DATA_CONVERTER.payload_converter.from_payload(payloads[0])
    except Exception as error:
        return Unreadable(type(error).__name__, payloads[0].data[:300].decode("utf-8", errors="replace"))


def _outcome(outcome: Any) -> dict[str, Any]:
    if outcome.HasField("success"):
        return dict(_content(outcome.success.payloads))
    return dict(_content(outcome.failure.application_failure_info.details.payloads))
