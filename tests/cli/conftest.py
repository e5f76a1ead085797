"""The `deal` command against deals in memory."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from records import migrate
from records.store import RecordStore
from starter.rooms import ROOT
from tests.starter.conftest import Outcome, run_deal
from tests.support.memory import OpenDeal, World, sample_order
from tests.support.memory_desk import MemoryDesk

ORDERS = ROOT / "playbooks" / "orders"
Run = Callable[..., Outcome]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[MemoryDesk]:
    world = World()
    world.now = datetime.now(UTC)  # the command has the real day
    made = MemoryDesk(world)

    async def open_desk(settings: object, lang: object) -> MemoryDesk:
        made.language = "en" if str(lang) == "en" else "ru"
        return made

    monkeypatch.setattr("starter.cli.opening.open_desk", open_desk)
    monkeypatch.setattr("starter.cli.next.PAUSES", (0.0,))  # these deals move at once
    monkeypatch.setattr("starter.cli.ending.SETTLE_SECONDS", 0.0)
    monkeypatch.setenv("DEALWRIGHT_HOME", str(tmp_path))
    yield made
    world.check()


@pytest.fixture
def three_goods(desk: MemoryDesk) -> OpenDeal:
    return desk.world.open(sample_order())


@pytest.fixture
def lead(desk: MemoryDesk) -> OpenDeal:
    return desk.world.open(sample_order("lead"))


@pytest.fixture
def done(desk: MemoryDesk) -> Run:
    """A command that must go well."""

    def run(*args: object, **env: str | None) -> Outcome:
        outcome = run_deal(*args, **env)
        assert outcome.code == 0, (args, outcome.err)
        return outcome

    return run


@pytest.fixture
def recorded(desk: MemoryDesk, tmp_path: Path) -> None:
    """The records hear of the deals."""
    url = f"sqlite:///{tmp_path / 'records.db'}"
    migrate(url)
    store, sink = RecordStore(url), desk.world.records

    def told(batch: Any) -> Any:
        store.apply(batch)
        return sink(batch)

    desk.world.activities["records.deliver"] = told
