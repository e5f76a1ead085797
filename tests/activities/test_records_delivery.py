"""Grouped the records: all or nothing, and never a silent failure."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

import records
from activities.records import RecordsDelivery
from domain.deal.batches import RecordBatch
from records.errors import RecordsUnavailable
from records.queries import RecordQueries
from records.store import RecordStore
from tests.factories import a_batch, a_client, a_deal, a_fact


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "records.db"
    records.migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def delivery(file: Path) -> Iterator[RecordsDelivery]:
    store = RecordStore(f"sqlite:///{file}?timeout=0.05")
    yield RecordsDelivery(store)
    store.close()


async def deliver(delivery: RecordsDelivery, batch: RecordBatch) -> int:
    return (await ActivityEnvironment().run(delivery.deliver, batch)).count


async def test_it_says_how_many_facts_the_records_have_now(delivery: RecordsDelivery, file: Path) -> None:
    deal = a_deal()
    assert await deliver(delivery, a_batch(deal, [a_fact(1), a_fact(2)])) == 2
    assert await deliver(delivery, a_batch(deal)) == 0
    queries = RecordQueries(f"sqlite:///{file}")
    assert len(queries.log(deal.deal)) == 2
    queries.close()


async def test_a_locked_database_is_raised_and_the_next_attempt_succeeds(
    delivery: RecordsDelivery, file: Path
) -> None:
    batch = a_batch(a_deal(client=a_client(contact="Тайна Тайновна")), [a_fact()])
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(RecordsUnavailable, match="locked"):
        await deliver(delivery, batch)
    other.execute("ROLLBACK")
    other.close()
    assert await deliver(delivery, batch) == 1


async def test_a_database_that_is_gone_is_raised_in_words(tmp_path: Path) -> None:
    delivery = RecordsDelivery(RecordStore(f"sqlite:///{tmp_path / 'no folder' / 'records.db'}"))
    with pytest.raises(RecordsUnavailable, match=r"no records at .*deal rebuild"):
        await deliver(delivery, a_batch(a_deal()))


async def test_an_error_text_holds_nothing_of_the_deal(delivery: RecordsDelivery) -> None:
    """It would be shown by the Web UI and kept in the history."""
    deal = a_deal(client=a_client(contact="Тайна Тайновна"))
    broken = a_batch(deal, [a_fact(1), a_fact(2).model_copy(update={"at": None})])
    with pytest.raises(Exception, match="NOT NULL") as error:
        await deliver(delivery, broken)
    assert "Тайн" not in str(error.value)
    assert await deliver(delivery, a_batch(deal, [a_fact(1)])) == 1
