"""SQLite as the desk uses it: one writer, readers beside it, and always the file that lies there now."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from domain.wording import worded
from records.errors import RecordsUnavailable
from records.reading import BUSY_MS


def sqlite_engine(
    address: URL, file: Path | None, writes: bool, durable: bool, foreign_keys: bool, busy_ms: int | None
) -> Engine:
    # One writing connection: threads queue for it here, where waiting is cheap, and not at the file's lock.
    pool: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if writes else {}
    patience = {"timeout": (busy_ms or BUSY_MS) / 1000}
    engine = create_engine(address, hide_parameters=True, connect_args=patience, **pool)
    if file:
        _stay_with_the_file(engine, file)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, DDL included
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _stay_with_the_file(engine: Engine, file: Path) -> None:
    """A file that was deleted or replaced is not written on, unseen by everybody: the next transaction opens what is there
    now. And none is made where none is: it would be one without tables."""

    @event.listens_for(engine, "do_connect")
    def open_existing(_dialect: Any, _record: Any, args: list[Any], options: dict[str, Any]) -> None:
        args[0], options["uri"] = f"{file.absolute().as_uri()}?mode=rw", True

    @event.listens_for(engine, "connect")
    def remember(_: Any, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _identity(file)

    @event.listens_for(engine, "checkout")
    def compare(_: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        if record.info["file"] != _identity(file):
            raise DisconnectionError  # the pool opens another

    @event.listens_for(engine, "commit")
    def compare_again(connection: Connection) -> None:
        if connection.info["file"] != _identity(file):
            raise RecordsUnavailable(
                worded(
                    ru="Записи {file} удалили или подменили, пока в них писали.",
                    en="The records at {file} were deleted or replaced while they were written.",
                    file=file,
                )
            )


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
