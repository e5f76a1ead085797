"""Processes whose workflow task fails again and again: what of, and what helps against that."""

from typing import NamedTuple

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client
from temporalio.service import RPCError

from domain.wording import worded
from domain.words import Text, join
from starter.doctor.finding import Finding, Looks, some

HUNG = (
    "ExecutionStatus = 'Running' AND TemporalReportedProblems IN "
    "('category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut')"
)
MOST = 20
PAGE = 20  # events, from the end: the failure is among the last few
LONGEST = 200

_NONE = Text(ru="нет", en="none")
_UNKNOWN = Text(ru="этот сервер о них не сообщает", en="this server does not report them")
_SILENT = Text(ru="обработчик не ответил вовремя", en="the worker did not answer in time")

TOO_LARGE = Text(
    ru="Больше, чем Temporal берёт за раз (2 МБ, у всей задачи 4 МБ): увеличьте limit.blobSize.error сервера, "
    "запустите обработчик снова.",
    en="More than Temporal takes at once (2 MB, 4 MB in a whole task): raise the server's limit.blobSize.error, "
    "start the worker again.",
)
TOO_MANY = Text(
    ru="Начато больше, чем Temporal держит у одного процесса: поднимите то, чего оно ждёт (CRM, почту, записи), "
    "дальше пойдёт само.",
    en="More is under way than Temporal keeps for one process: bring up what it waits for (CRM, mail, records), "
    "then it goes on by itself.",
)
OTHER_CODE = Text(
    ru="Код больше не подходит к истории: запустите обработчик прежней версии или верните ей прежний путь (workflow.patched).",
    en="The code no longer fits the history: start a worker of the version before, or give it back the old path "
    "(workflow.patched).",
)
SLOW = Text(
    ru="Обработчик не успевает: запустите ещё один или посмотрите в его журнал.",
    en="The worker does not keep up: start another one, or see its log.",
)
FAULT = Text(
    ru="Ошибка в коде: исправьте её, запустите обработчик снова, и дальше пойдёт само.",
    en="A fault of the code: correct it and start the worker again; then they go on by themselves.",
)


class Failure(NamedTuple):
    words: Text
    advice: Text


async def hung(client: Client) -> Looks:
    try:
        found = [run.id async for run in client.list_workflows(HUNG, limit=MOST)]
    except RPCError:
        yield Finding("hung processes", True, _UNKNOWN)
        return
    if not found:
        yield Finding("hung processes", True, _NONE)
        return
    failures = {id: await last_failure(client, id) for id in found}
    words = some(
        worded(ru="{id}: {why}", en="{id}: {why}", id=id, why=failure.words)
        for id, failure in failures.items()
    )
    ways = dict.fromkeys(failure.advice for failure in failures.values())
    yield Finding("hung processes", False, words, join(ways, " "))


async def last_failure(client: Client, workflow_id: str) -> Failure:
    """The last that its history tells: of tries that fail one after the other Temporal writes down the first."""
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=workflow_id),
        maximum_page_size=PAGE,
    )
    reply = await client.workflow_service.get_workflow_execution_history_reverse(request, retry=True)
    return next(filter(None, map(_failure, reply.history.events)), Failure(_SILENT, SLOW))


def _failure(event: HistoryEvent) -> Failure | None:
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        return Failure(_SILENT, SLOW)
    if event.event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        return None
    failed = event.workflow_task_failed_event_attributes
    cause = WorkflowTaskFailedCause.Name(failed.cause).removeprefix("WORKFLOW_TASK_FAILED_CAUSE_")
    words = " ".join(failed.failure.message.split())[:LONGEST] or cause.lower().replace("_", " ")
    return Failure(Text(ru=f"«{words}»", en=words), advice(cause))


def advice(cause: str) -> Text:
    """What helps against a cause of Temporal's, named as in its enumeration."""
    if cause.endswith(("TOO_LARGE", "INPUT_SIZE")):
        return TOO_LARGE
    if cause.endswith("LIMIT_EXCEEDED"):
        return TOO_MANY
    return OTHER_CODE if cause == "NON_DETERMINISTIC_ERROR" else FAULT
