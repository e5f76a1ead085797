"""Which open deals are stopped: as the last look found them, and no others."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.deal.stopped import Ending, StoppedProcess
from domain.words import Stage
from records.queries import RecordQueries
from records.stopped import StoppedProcesses
from records.store import RecordStore
from tests.factories import NOW, a_batch, a_deal


@pytest.fixture
def stopped(url: str) -> Iterator[StoppedProcesses]:
    made = StoppedProcesses(url)
    yield made
    made.close()


def a_stop(deal: str, **changes: object) -> StoppedProcess:
    known = {
        "run_id": f"run-of-{deal}",
        "ending": Ending.TERMINATED,
        "at": NOW,
        "by": "ops",
        "reason": "a\x00b",
    }
    return StoppedProcess.model_validate({"deal": deal, **known, **changes})


def test_each_look_replaces_the_one_before(stopped: StoppedProcesses) -> None:
    stopped.replace([a_stop("1"), a_stop("2", at=NOW + timedelta(hours=1))])
    assert [one.deal for one in stopped.all()] == ["1", "2"]
    stopped.replace([a_stop("2", ending=Ending.FAILED, reason="no such key")])
    assert stopped.all() == [a_stop("2", ending=Ending.FAILED, reason="no such key")]
    stopped.forget("2")
    assert stopped.all() == []
    stopped.replace([])


def test_the_list_marks_them(stopped: StoppedProcesses, store: RecordStore, queries: RecordQueries) -> None:
    for deal in (a_deal("1"), a_deal("2")):
        store.apply(a_batch(deal))
    stopped.replace([a_stop("2")])
    assert {deal.number: deal.stopped_at for deal in queries.deals()} == {"1": None, "2": NOW}


def test_only_open_deals_are_looked_at(stopped: StoppedProcesses, store: RecordStore) -> None:
    store.apply(a_batch(a_deal("1")))
    store.apply(a_batch(a_deal("2", stage=Stage.LOST, closed_at=NOW)))
    assert stopped.open_deals() == ["1"]
