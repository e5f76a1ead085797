"""Whether a worker is there: what Temporal knows of who polls for tasks."""

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from workflows.names import TASK_QUEUE

POLLED_WITHIN = timedelta(minutes=2)
ASK_SECONDS = timedelta(seconds=3)


async def worker_polls(client: Client, queue: str = TASK_QUEUE) -> bool:
    """Whether somebody has asked for work of deals a moment ago; False where the server can't say."""
    try:
        reply = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            ),
            timeout=ASK_SECONDS,
        )
    except RPCError:
        return False
    since = datetime.now(UTC) - POLLED_WITHIN
    return any(poller.last_access_time.ToDatetime(UTC) > since for poller in reply.pollers)
