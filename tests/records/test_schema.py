"""The migrations: from nothing, repeated, at once, and in step with the tables."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

import records
import records.ledgers
from records import schema
from records.engine import open_engine, sqlite_file
from records.errors import RecordsUnavailable
from records.tables import Record

ROOT = Path(__file__).parents[2]


def differences(url: str) -> list[Any]:
    """Between what the migrations have made of the database and what the tables say."""
    engine = open_engine(url)
    with engine.connect() as connection:
        found: list[Any] = compare_metadata(MigrationContext.configure(connection), Record.metadata)
    engine.dispose()
    return found


def test_an_empty_database_is_not_at_the_newest_schema(empty_url: str) -> None:
    found = records.check(empty_url)
    assert (found.current, found.at_newest) == (None, False)
    file = sqlite_file(empty_url)
    assert file is None or not file.exists(), "asking made no database"


def test_migrating_brings_it_there_and_may_be_repeated(empty_url: str) -> None:
    records.migrate(empty_url)
    records.migrate(empty_url)
    assert records.check(empty_url).at_newest


def test_the_tables_and_the_migrations_say_the_same(url: str) -> None:
    assert differences(url) == []


def test_a_changed_table_is_noticed(url: str) -> None:
    engine = open_engine(url, writes=True)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE lines ADD COLUMN colour VARCHAR"))
    engine.dispose()
    assert "colour" in str(differences(url))


def test_processes_that_migrate_at_once_do_not_harm_each_other(empty_url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "records", "migrate", empty_url]

    def migrate(_: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
        )

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(migrate, range(3)))
    assert [process.returncode for process in done] == [0] * 3, [process.stderr for process in done]
    assert records.check(empty_url).at_newest


def test_who_migrates_waits_for_another_longer_than_a_writer_does(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("records.sqlite", "records.engine"):
        monkeypatch.setattr(f"{place}.BUSY_MS", 1)
    if file := sqlite_file(empty_url):
        file.touch()
        schema._write_ahead(file)
    with ThreadPoolExecutor(1) as pool:
        with schema._migrating(empty_url):
            second = pool.submit(schema.migrate, empty_url)
            with pytest.raises(TimeoutError):
                second.result(0.5)
        second.result()
    assert records.check(empty_url).at_newest


def test_a_schema_at_its_newest_asks_for_no_lock(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_PATIENCE_MS", 1)
    with schema._migrating(url):
        records.migrate(url)


def test_records_of_a_newer_version_are_left_alone(url: str) -> None:
    engine = open_engine(url, writes=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert not records.check(url).at_newest
    with pytest.raises(RecordsUnavailable, match="newer Dealwright"):
        records.migrate(url)


def test_sqlite_is_set_up_for_readers_beside_a_writer(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new folder' / 'records.db'}"
    records.migrate(url)
    engine = open_engine(url, writes=True)
    with engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in asked]
    engine.dispose()
    assert found == ["wal", 1, 1, 5000]


@pytest.mark.parametrize("url", ["", "nonsense", "mysterydb://host/name"])
def test_an_address_that_makes_no_sense_is_told_in_words(url: str) -> None:
    with pytest.raises(RecordsUnavailable, match="write it like"):
        records.migrate(url)


def test_a_server_that_does_not_answer_is_told_in_words_without_its_password() -> None:
    with pytest.raises(RecordsUnavailable, match="can't be used") as error:
        records.check("postgresql://desk:secret@127.0.0.1:1/records")
    assert "secret" not in str(error.value)
