"""What everything stands on: Temporal, its namespace, the workers."""

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from starter.doctor.finding import Finding, Looks
from workflows.names import CRM_QUEUE, MAIL_QUEUE, TASK_QUEUE

POLLED_WITHIN = timedelta(minutes=2)


async def namespace(client: Client) -> Finding:
    try:
        reply = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
    except RPCError as error:
        advice = "Create it: python -m starter.prepare."
        return Finding("namespace", False, f"{client.namespace}: {error.message}", advice)
    kept = timedelta(seconds=reply.config.workflow_execution_retention_ttl.seconds)
    return Finding("namespace", True, f"{client.namespace}, closed deals are kept for {kept.days} days")


async def search_attributes(client: Client) -> Looks:
    from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest

    from starter.stack.namespace import search_attributes as wanted_ones

    reply = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    wanted = wanted_ones()
    wrong = sorted(name for name, kind in wanted.items() if reply.custom_attributes.get(name) != kind)
    if wrong:
        words = f"missing or of another type: {', '.join(wrong)}"
        yield Finding("search attributes", False, words, "Register them: python -m starter.prepare.")
    else:
        yield Finding("search attributes", True, f"all {len(wanted)} are there")


async def workers(client: Client) -> Looks:
    for queue in (TASK_QUEUE, CRM_QUEUE, MAIL_QUEUE):
        yield await _worker(client, queue)


async def _worker(client: Client, queue: str) -> Finding:
    kinds = [TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY]
    if queue == TASK_QUEUE:
        kinds.append(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
    if all([await _pollers(client, queue, kind) for kind in kinds]):
        return Finding(f"worker on {queue}", True, "polls")
    advice = "Start a worker: deal up, or python worker.py where it runs."
    return Finding(f"worker on {queue}", False, "nobody polls", advice)


async def _pollers(client: Client, queue: str, kind: "TaskQueueType.ValueType") -> int:
    reply = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
        )
    )
    since = datetime.now(UTC) - POLLED_WITHIN
    return sum(poller.last_access_time.ToDatetime(UTC) > since for poller in reply.pollers)
