"""The schema and its migrations, by alembic, from any folder and with no alembic.ini."""

import io
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from domain.wording import worded
from records.engine import open_engine, reaching, sqlite_file
from records.errors import RecordsUnavailable

_PATIENCE_MS = 120_000  # another process migrates: on a big database, or a busy machine, that takes its time
_LOCK = 7105_2026  # PostgreSQL's advisory lock that one migrating process holds


class Schema(NamedTuple):
    current: str | None
    newest: str | None

    @property
    def at_newest(self) -> bool:
        return self.current == self.newest


def migrate(url: str) -> None:
    """In one transaction, and one process at a time: who comes second finds nothing left to do."""
    if file := sqlite_file(url):
        file.parent.mkdir(parents=True, exist_ok=True)
        with reaching(url):
            _make(file)
            _write_ahead(file)
    if check(url).at_newest:
        return  # and asks for no lock
    with _migrating(url) as connection:
        _refuse_newer(connection)
        command.upgrade(_config(connection), "head")


def check(url: str) -> Schema:
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if (file := sqlite_file(url)) and not file.exists():
        return Schema(None, newest)
    engine = open_engine(url)
    try:
        with reaching(url), engine.connect() as connection:
            return Schema(_current(connection), newest)
    finally:
        engine.dispose()


def revision(message: str) -> Path:
    """Writes the migration from what the migrations say now to what `tables.py` says."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.db"
        migrate(url)
        with _migrating(url) as connection:
            config = _config(connection)
            count = len(list(ScriptDirectory.from_config(config).walk_revisions()))
            made = command.revision(config, message, autogenerate=True, rev_id=f"{count + 1:04}")
    if made is None or isinstance(made, list):
        raise RuntimeError(f"alembic made {made!r} where one migration was asked for")
    return Path(made.path)


@contextmanager
def _migrating(url: str) -> Iterator[Connection]:
    # Rebuilding a table on SQLite drops the old one: that must not look like deleting what refers to it.
    engine = open_engine(url, writes=True, foreign_keys=False, busy_ms=_PATIENCE_MS)
    try:
        with reaching(url), engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection
    finally:
        engine.dispose()


def _make(file: Path) -> None:
    """Readable by its owner alone, whoever makes it; what SQLite lays beside it is as the file is."""
    with suppress(OSError):  # one that can't be made or read: SQLite says so
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


def _write_ahead(file: Path) -> None:
    """For good: readers and the writer no longer wait for each other. Where two try at once, one gives up."""
    patience = time.monotonic() + _PATIENCE_MS / 1000
    with closing(sqlite3.connect(file)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if time.monotonic() > patience:
                    raise OperationalError(None, None, error) from error
                time.sleep(0.02)
            else:
                return


def _config(connection: Connection | None = None) -> Config:
    config = Config(stdout=io.StringIO())
    folder = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", folder)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    current = _current(connection)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current and current not in known:
        raise RecordsUnavailable(
            worded(
                ru="Записи от более нового Dealwright (схема {current}): запустите его или возьмите другую базу.",
                en="The records are of a newer Dealwright (schema {current}): run that version, or use another database.",
                current=current,
            )
        )
