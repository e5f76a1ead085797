"""What `deal doctor` says of a process whose workflow task fails: why, and what helps against that."""

import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio import activity, workflow
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.client import Client
from temporalio.worker import Worker

from domain.words import Text
from starter.doctor.hung import FAULT, OTHER_CODE, TOO_LARGE, TOO_MANY, Failure, advice, last_failure
from tests.support.waiting import eventually

PREFIX = "WORKFLOW_TASK_FAILED_CAUSE_"
MINUTE = timedelta(minutes=1)
LARGE = os.urandom(3_000_000).hex()  # what repeats itself would be packed


@activity.defn
async def swallow(much: str) -> None: ...


@workflow.defn(sandboxed=False)
class Sick:
    @workflow.run
    async def run(self, how: str) -> None:
        if how == "wrong":
            raise ValueError("a deal of\nthe wrong shape")
        await workflow.execute_activity(swallow, LARGE, start_to_close_timeout=MINUTE)


@pytest.mark.parametrize(
    ("how", "words", "helps"),
    [
        ("wrong", "a deal of the wrong shape", FAULT),
        ("large", "exceeded the error limit", TOO_LARGE),
    ],
)
async def test_the_advice_fits_what_the_last_task_failed_of(
    client: Client, how: str, words: str, helps: Text
) -> None:
    queue, id = uuid4().hex, f"sick-{uuid4().hex}"
    async with Worker(client, task_queue=queue, workflows=[Sick], activities=[swallow]):
        handle = await client.start_workflow(Sick.run, how, id=id, task_queue=queue)
        said = await eventually(_asked(client, id), lambda found: words in found.words.en.lower())
        await handle.terminate()
    assert said.advice == helps
    assert "\n" not in said.words.en


def _asked(client: Client, id: str) -> Callable[[], Awaitable[Failure]]:
    return lambda: last_failure(client, id)


def test_what_temporal_names_as_too_much_is_no_fault_of_the_code() -> None:
    causes = [name.removeprefix(PREFIX) for name in WorkflowTaskFailedCause.keys()]  # noqa: SIM118  (no mapping)
    by_advice = {
        helps: {cause for cause in causes if advice(cause) == helps} for helps in (TOO_LARGE, TOO_MANY)
    }
    assert {"GRPC_MESSAGE_TOO_LARGE", "PAYLOADS_TOO_LARGE", "BAD_SIGNAL_INPUT_SIZE"} <= by_advice[TOO_LARGE]
    assert {"PENDING_ACTIVITIES_LIMIT_EXCEEDED", "PENDING_SIGNALS_LIMIT_EXCEEDED"} <= by_advice[TOO_MANY]
    assert advice("NON_DETERMINISTIC_ERROR") == OTHER_CODE
    assert advice("WORKFLOW_WORKER_UNHANDLED_FAILURE") == FAULT
