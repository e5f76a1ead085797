"""How everyone here reaches the database: SQLite in the home, or PostgreSQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.wording import worded
from records.address import UNKNOWN
from records.errors import RecordsUnavailable
from records.reading import BUSY_MS, CONNECT_SECONDS, Postgres, Reader, Sqlite
from records.sqlite import sqlite_engine
from records.trouble import unavailable


def open_engine(
    url: str,
    *,
    writes: bool = False,
    durable: bool = False,
    foreign_keys: bool = True,
    busy_ms: int | None = None,
) -> Engine:
    """Parameters are kept out of error texts: they hold the names of clients.

    `busy_ms`: how long it waits for another's lock, `BUSY_MS` if not said. `durable`: what is committed outlives a power cut, on SQLite too. PostgreSQL promises that always.
    """
    address = address_of(url)
    if address.get_backend_name() == "sqlite":
        return sqlite_engine(address, _file_of(address), writes, durable, foreign_keys, busy_ms)
    engine = create_engine(
        address,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def wait_no_longer_than_on_sqlite(connection: Any, _: Any) -> None:
        connection.execute(f"SET lock_timeout = {busy_ms or BUSY_MS}")
        connection.commit()

    return engine


def address_of(url: str) -> URL:
    try:
        address = make_url(url)
        if address.drivername in ("postgres", "postgresql"):
            address = address.set(drivername="postgresql+psycopg")
        address.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise RecordsUnavailable(UNKNOWN) from error
    return address


def sqlite_file(url: str) -> Path | None:
    return _file_of(address_of(url))


def _file_of(address: URL) -> Path | None:
    return Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None


def reader_of(connection: Connection) -> Reader:
    """Reads in the transaction of this connection, what it wrote included."""

    def execute(sql: str, values: Mapping[str, Any]) -> Any:
        return connection.exec_driver_sql(sql, dict(values)).cursor

    return Sqlite(execute) if connection.dialect.name == "sqlite" else Postgres(execute)


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Turns what the network, the disk or a missing table raise into RecordsUnavailable."""
    try:
        yield
    except PoolTimeout as error:
        raise RecordsUnavailable(
            worded(
                ru="Записи {place} заняты: свободного соединения нет.",
                en="The records at {place} are busy: no connection is free.",
                place=_address(url),
            )
        ) from error
    except DBAPIError as error:
        unusable = isinstance(error, OperationalError | InterfaceError)
        if trouble := unavailable(_address(url), sqlite_file(url), error.orig, unusable=unusable):
            raise trouble from error
        raise


def _address(url: str) -> str:
    """Without its password: people read it."""
    return address_of(url).render_as_string(hide_password=True)
