"""`deal rebuild`: empty records are refilled from what Temporal remembers."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

import records
from activities.records import RecordsDelivery
from domain.deal.batches import RecordBatch
from domain.words import Stage
from records.queries import RecordQueries
from records.rebuild import DEALS, DELIVERY, rebuild
from records.store import RecordStore
from tests.factories import a_batch, a_deal, a_fact, a_line, fresh_number
from tests.support.batches import a_poisoned_batch, tell_anything


@workflow.defn(name="Deal", sandboxed=False)
class TellingDeal:
    """As little of a deal as tells the records something, a run for each batch."""

    @workflow.run
    async def run(self, batches: list[RecordBatch]) -> None:
        await workflow.execute_activity(DELIVERY, batches[0], start_to_close_timeout=timedelta(seconds=10))
        if batches[1:]:
            workflow.continue_as_new(batches[1:])


@pytest.fixture
def number() -> str:
    return f"rebuild-{fresh_number()}"


def database(folder: Path, name: str) -> str:
    url = f"sqlite:///{folder / name}"
    records.migrate(url)
    return url


async def told(client: Client, store: RecordStore, number: str) -> None:
    deal = a_deal(number, lines=[a_line()])
    batches = [a_batch(deal, [a_fact(1), a_fact(2)])]
    deal.revision, deal.stage = 2, Stage.PREPAYMENT
    batches.append(a_batch(deal, [a_fact(3)], lines=[]))
    async with Worker(
        client,
        task_queue=number,
        workflows=[TellingDeal],
        activities=[RecordsDelivery(store).deliver],
    ):
        await client.execute_workflow(
            TellingDeal.run, batches, id=f"deal-{number}", task_queue=number, result_type=None
        )


async def visible(client: Client, query: str, runs: int) -> None:
    while len([run async for run in client.list_workflows(query)]) < runs:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def test_empty_records_are_refilled_from_all_runs_and_nothing_else_is_lost(
    temporal: WorkflowEnvironment, tmp_path: Path, number: str
) -> None:
    first = RecordStore(database(tmp_path, "first.db"))
    await told(temporal.client, first, number)
    first.close()

    url = database(tmp_path, "second.db")
    store, queries = RecordStore(url), RecordQueries(url)
    archived = a_deal("archived")
    store.apply(a_batch(archived, [a_fact()]))
    only = f"{DEALS} AND WorkflowId = 'deal-{number}'"
    async with asyncio.timeout(20):
        await visible(temporal.client, only, 2)

    progress: list[tuple[int, int, str]] = []
    for _ in range(2):
        done = await rebuild(temporal.client, store, lambda *told: progress.append(told), query=only)
        assert (done.runs, done.batches, done.facts, done.gone) == (2, 2, 3, 0)
        assert [fact.seq for fact in queries.log(number)] == [1, 2, 3]
        assert {deal.number: deal.stage for deal in queries.deals()} == {
            number: Stage.PREPAYMENT,
            "archived": Stage.NEW,
        }
    assert progress[:2] == [(1, 2, f"deal-{number}"), (2, 2, f"deal-{number}")]
    store.close()
    queries.close()


async def test_a_run_that_can_not_be_told_again_is_named_and_the_others_are_told(
    temporal: WorkflowEnvironment, tmp_path: Path, number: str
) -> None:
    halfway = [a_poisoned_batch(f"{number}-p"), a_batch(a_deal(f"{number}-p"), [a_fact(2)])]
    await tell_anything(temporal.client, f"deal-{number}-halfway", halfway)
    await tell_anything(temporal.client, f"deal-{number}-nonsense", ["nonsense"])
    store, queries = RecordStore(url := database(tmp_path, "records.db")), RecordQueries(url)
    await told(temporal.client, store, number)
    only = f"{DEALS} AND WorkflowId STARTS_WITH 'deal-{number}'"
    async with asyncio.timeout(20):
        await visible(temporal.client, only, 4)

    done = await rebuild(temporal.client, store, query=only)
    assert (done.runs, done.facts) == (2, 4)
    first, second = sorted(done.untold)
    assert (first.workflow_id, first.batches) == (f"deal-{number}-halfway", 1)
    assert first.why.startswith("lines[0].revision: must be")
    assert (second.workflow_id, second.batches) == (f"deal-{number}-nonsense", 1)
    assert [fact.seq for fact in queries.log(f"{number}-p")] == [2], "what can be told of it is"
    assert [fact.seq for fact in queries.log(number)] == [1, 2, 3]
    store.close()
    queries.close()


def test_it_looks_for_what_the_workflows_schedule() -> None:
    assert RecordsDelivery.deliver.__temporal_activity_definition.name == DELIVERY  # type: ignore[attr-defined]
