"""A database that has no room left is told apart from one that is down."""

import shutil
from pathlib import Path

import pytest

from records.engine import open_engine, reaching
from records.errors import RecordsFull, RecordsUnavailable


def test_no_room_has_an_error_of_its_own(tmp_path: Path, migrated: Path) -> None:
    url = f"sqlite:///{shutil.copy(migrated, tmp_path / 'records.db')}"
    engine = open_engine(url, writes=True)

    def fill() -> None:
        with reaching(url), engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1")
            connection.exec_driver_sql("CREATE TABLE more AS SELECT randomblob(100000) AS bytes")

    with pytest.raises(RecordsFull, match="can't be written: database or disk is full"):
        fill()
    engine.dispose()


def test_a_database_that_is_not_there_is_not_full(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    engine = open_engine(url)
    with pytest.raises(RecordsUnavailable) as down, reaching(url), engine.connect():
        pass
    assert not isinstance(down.value, RecordsFull)
    engine.dispose()
