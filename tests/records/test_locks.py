"""Who keeps the desk from writing is named: it is another process, and only somebody at the machine can end it."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from records.engine import open_engine, sqlite_file
from records.errors import RecordsUnavailable
from records.inbox_events import EventInbox
from records.locks import holders, probe

HOLD = """
import sqlite3, sys
lock = sqlite3.connect(sys.argv[1], isolation_level=None)
lock.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_free_database_can_be_written_and_nobody_holds_it(url: str) -> None:
    probe(url)
    assert holders(url) == []


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="Linux tells who holds a lock")
def test_the_process_that_holds_an_sqlite_file_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (file := sqlite_file(url)):
        pytest.skip("a lock of SQLite's")
    monkeypatch.setattr("records.sqlite.BUSY_MS", 50)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RecordsUnavailable, match="database is locked"):
            probe(url)
        [found] = holders(url)
        assert found.startswith(f"process {holder.pid} (")
    finally:
        holder.communicate()
    probe(url)
    assert holders(url) == []


def test_whoever_locks_a_table_of_postgresql_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if sqlite_file(url):
        pytest.skip("a lock of PostgreSQL's")
    monkeypatch.setattr("records.engine.BUSY_MS", 50)
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL application_name = 'somebody'"))
        connection.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
        inbox = EventInbox(url)
        for ask in (lambda: probe(url), inbox.waiting):
            with pytest.raises(RecordsUnavailable, match="lock timeout"):
                ask()
        inbox.close()
        [found] = holders(url)
        assert "somebody" in found
    engine.dispose()
    probe(url)


def test_a_reader_in_the_middle_of_reading_stands_in_nobodys_way(url: str) -> None:
    if not (file := sqlite_file(url)):
        pytest.skip("of SQLite")
    reader = sqlite3.connect(file)
    reader.execute("SELECT count(*) FROM deals").fetchall()
    probe(url)
    reader.close()
