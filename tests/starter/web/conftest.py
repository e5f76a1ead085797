import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import records
from tests.support.hooks import Web, web_on, web_settings
from tests.support.memory import World
from tests.support.recorded import Recorded, recorded_in


@pytest.fixture(scope="session")
def empty_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file at the newest schema: copying it is quicker than migrating for each test."""
    file = tmp_path_factory.mktemp("empty") / "records.db"
    records.migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def web_home(tmp_path: Path, empty_records: Path) -> Path:
    shutil.copy(empty_records, tmp_path / "records.db")
    return tmp_path


@pytest.fixture
async def web(web_home: Path) -> AsyncIterator[Web]:
    async with web_on(web_settings(web_home)) as made:
        yield made


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.check()


@pytest.fixture
def recorded(tmp_path: Path, empty_records: Path) -> Iterator[Recorded]:
    """A world whose facts go into real records."""
    with recorded_in(tmp_path, empty_records) as made:
        yield made
