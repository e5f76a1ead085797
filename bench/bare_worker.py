"""The worker of the bare workflows, with the settings of `worker.py`: python -m bench.bare_worker ADDRESS NAMESPACE"""

import asyncio
import os
import sys
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from bench.bare import CRM_QUEUE, DESK_QUEUE, MAIL_QUEUE, BareDeal, BareDesk, BareLine, effect
from workflows.temporal.converter import DATA_CONVERTER

WORKFLOWS = [BareDeal, BareLine, BareDesk]
RUNNER = SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules("bench"))
READY_LINE = "ready"


async def main(address: str, namespace: str) -> None:
    client = await Client.connect(address, namespace=namespace, data_converter=DATA_CONVERTER)
    pollers = PollerBehaviorAutoscaling()
    desk = Worker(
        client,
        task_queue=DESK_QUEUE,
        workflows=WORKFLOWS,
        activities=[effect],
        workflow_runner=RUNNER,
        max_cached_workflows=1000,
        max_concurrent_workflow_tasks=4 * (os.cpu_count() or 1),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
        workflow_task_poller_behavior=pollers,
        activity_task_poller_behavior=pollers,
    )
    others = [Worker(client, task_queue=queue, activities=[effect]) for queue in (CRM_QUEUE, MAIL_QUEUE)]
    async with asyncio.TaskGroup() as polling:
        for worker in (desk, *others):
            polling.create_task(worker.run())
        print(READY_LINE, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
