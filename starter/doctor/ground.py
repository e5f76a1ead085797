"""What everything stands on: Temporal, its namespace, the workers."""

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from domain.wording import worded
from domain.words import Text
from starter.doctor.finding import Finding, Looks
from workflows.names import CRM_QUEUE, MAIL_QUEUE, TASK_QUEUE

POLLED_WITHIN = timedelta(minutes=2)

_CREATE = Text(ru="Создайте его: python -m starter.prepare.", en="Create it: python -m starter.prepare.")
_REGISTER = Text(
    ru="Зарегистрируйте их: python -m starter.prepare.", en="Register them: python -m starter.prepare."
)
_POLLS = Text(ru="берёт задачи", en="polls")
_NOBODY = Text(ru="никто не берёт задачи", en="nobody polls")
_START = Text(
    ru="Запустите обработчик: deal up или python worker.py там, где он работает.",
    en="Start a worker: deal up, or python worker.py where it runs.",
)


async def namespace(client: Client) -> Finding:
    try:
        reply = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
    except RPCError as error:
        words = worded(ru="{name}: «{why}»", en="{name}: {why}", name=client.namespace, why=error.message)
        return Finding("namespace", False, words, _CREATE)
    kept = timedelta(seconds=reply.config.workflow_execution_retention_ttl.seconds)
    words = worded(
        ru="{name}, закрытые сделки хранятся дней: {days}",
        en="{name}, closed deals are kept for {days} days",
        name=client.namespace,
        days=kept.days,
    )
    return Finding("namespace", True, words)


async def search_attributes(client: Client) -> Looks:
    from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest

    from starter.stack.namespace import search_attributes as wanted_ones

    reply = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    wanted = wanted_ones()
    wrong = sorted(name for name, kind in wanted.items() if reply.custom_attributes.get(name) != kind)
    if wrong:
        words = worded(
            ru="нет или другого типа: {wrong}", en="missing or of another type: {wrong}", wrong=wrong
        )
        yield Finding("search attributes", False, words, _REGISTER)
    else:
        words = worded(ru="все на месте: {n}", en="all {n} are there", n=len(wanted))
        yield Finding("search attributes", True, words)


async def workers(client: Client) -> Looks:
    for queue in (TASK_QUEUE, CRM_QUEUE, MAIL_QUEUE):
        yield await _worker(client, queue)


async def _worker(client: Client, queue: str) -> Finding:
    kinds = [TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY]
    if queue == TASK_QUEUE:
        kinds.append(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
    if all([await _pollers(client, queue, kind) for kind in kinds]):
        return Finding(f"worker on {queue}", True, _POLLS)
    return Finding(f"worker on {queue}", False, _NOBODY, _START)


async def _pollers(client: Client, queue: str, kind: "TaskQueueType.ValueType") -> int:
    reply = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
        )
    )
    since = datetime.now(UTC) - POLLED_WITHIN
    return sum(poller.last_access_time.ToDatetime(UTC) > since for poller in reply.pollers)
