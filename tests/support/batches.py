"""A deal of a version that let everything through: it tells the records whatever it is given."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

from domain.deal.batches import RecordBatch
from records.rebuild import DELIVERY
from tests.factories import a_batch, a_deal, a_fact, a_line


@workflow.defn(name="Deal", sandboxed=False)
class TellingAnything:
    @workflow.run
    async def run(self, batches: list[Any]) -> None:
        for batch in batches:
            await workflow.execute_activity(
                take_anything, batch, start_to_close_timeout=timedelta(seconds=10)
            )


@activity.defn(name=DELIVERY)
async def take_anything(batch: Any) -> None:
    pass


async def tell_anything(client: Client, workflow_id: str, batches: Sequence[Any]) -> None:
    queue = uuid4().hex
    async with Worker(client, task_queue=queue, workflows=[TellingAnything], activities=[take_anything]):
        await client.execute_workflow(TellingAnything.run, list(batches), id=workflow_id, task_queue=queue)


def a_poisoned_batch(number: str) -> dict[str, Any]:
    batch: RecordBatch = a_batch(a_deal(number, lines=[a_line()]), [a_fact(1)])
    poisoned = batch.model_dump(mode="json")
    poisoned["lines"][0]["revision"] = 2**70
    return poisoned
