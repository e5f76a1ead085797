"""The shared leaky bucket: one rate for all who use it, on both databases, and by oneself while the database is away."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from records.budget import SharedBudget

NOT_AT_ALL = timedelta()


@pytest.fixture
def budgets(url: str) -> Iterator[list[SharedBudget]]:
    """Two, as two processes have them. Five a second, bursts of two."""
    pair = [SharedBudget(url, rate=5, burst=2) for _ in range(2)]
    yield pair
    for budget in pair:
        budget.dispose()


async def test_a_burst_passes_at_once_and_what_is_more_waits_for_its_turn(
    budgets: list[SharedBudget],
) -> None:
    started = time.monotonic()
    assert [await budgets[0].take("portal") for _ in range(2)] == [NOT_AT_ALL] * 2
    assert time.monotonic() - started < 0.15
    await budgets[0].take("portal")
    assert time.monotonic() - started >= 0.19


async def test_two_processes_share_one_rate(budgets: list[SharedBudget]) -> None:
    started = time.monotonic()
    await asyncio.gather(*(budgets[n % 2].take("portal") for n in range(7)))
    assert 0.95 <= time.monotonic() - started < 2.0


async def test_buckets_of_different_names_do_not_mix(budgets: list[SharedBudget]) -> None:
    started = time.monotonic()
    for n in range(8):
        await budgets[0].take(f"portal-{n}")
    assert time.monotonic() - started < 0.5


async def test_whoever_would_wait_too_long_is_told_how_long_and_takes_no_place(url: str) -> None:
    budget = SharedBudget(url, rate=0.01, burst=1, patience=timedelta(seconds=0.1))
    assert await budget.take("portal") == NOT_AT_ALL
    pauses = [await budget.take("portal") for _ in range(3)]
    assert all(timedelta(seconds=60) < pause <= timedelta(seconds=100) for pause in pauses)
    budget.dispose()


async def test_a_closed_name_keeps_all_processes_away_until_its_time(budgets: list[SharedBudget]) -> None:
    until = datetime.now(UTC) + timedelta(minutes=10)
    await budgets[0].close("portal", until)
    pause = await budgets[1].take("portal")
    assert timedelta(minutes=9) < pause <= timedelta(minutes=10)


async def test_an_earlier_end_does_not_shorten_a_later_one(budgets: list[SharedBudget]) -> None:
    now = datetime.now(UTC)
    await budgets[0].close("portal", now + timedelta(minutes=10))
    await budgets[0].close("portal", now + timedelta(minutes=1))
    assert await budgets[1].take("portal") > timedelta(minutes=9)


async def test_a_closed_gate_stops_only_those_who_pass_it(budgets: list[SharedBudget]) -> None:
    await budgets[0].close("portal:crm.item.add", datetime.now(UTC) + timedelta(minutes=10))
    assert await budgets[1].take("portal", ["portal:batch", "portal:crm.item.add"]) > timedelta(minutes=9)
    assert await budgets[1].take("portal", ["portal:batch"]) == NOT_AT_ALL


async def test_what_is_closed_for_a_moment_is_waited_for(budgets: list[SharedBudget]) -> None:
    started = time.monotonic()
    await budgets[0].close("portal", datetime.now(UTC) + timedelta(seconds=0.3))
    assert await budgets[1].take("portal") == NOT_AT_ALL
    assert time.monotonic() - started >= 0.29


async def test_a_try_waits_for_nothing(budgets: list[SharedBudget]) -> None:
    tries = [await budgets[n % 2].try_take("form", rate=0.1, burst=3) for n in range(5)]
    assert tries == [True, True, True, False, False]


async def test_what_leaks_out_makes_room_again(budgets: list[SharedBudget]) -> None:
    assert await budgets[0].try_take("form", rate=10, burst=1)
    assert not await budgets[0].try_take("form", rate=10, burst=1)
    await asyncio.sleep(0.12)
    assert await budgets[0].try_take("form", rate=10, burst=1)


async def test_without_its_database_a_process_keeps_to_the_rate_by_itself(tmp_path: Path) -> None:
    budget = SharedBudget(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}", rate=5, burst=1)
    started = time.monotonic()
    for _ in range(3):
        assert await budget.take("portal") == NOT_AT_ALL
    assert time.monotonic() - started >= 0.39
    await budget.close("portal", datetime.now(UTC) + timedelta(minutes=10))
    assert await budget.take("portal") > timedelta(minutes=9)
    budget.dispose()
