"""How everyone here reaches the database: SQLite in the home, or PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from records.errors import RecordsFull, RecordsUnavailable
from records.sqlite import BUSY_MS, sqlite_engine

_CONNECT_SECONDS = 5
_SQLITE_UNKNOWN = ("no such table", "no such column", "has no column")
_POSTGRES_UNKNOWN = ("42P01", "42703")  # undefined table, undefined column
_POSTGRES_FULL = "53100"


def open_engine(
    url: str, *, writes: bool = False, durable: bool = False, foreign_keys: bool = True
) -> Engine:
    """Parameters are kept out of error texts: they hold the names of clients.

    `durable`: what is committed outlives a power cut, on SQLite too. PostgreSQL promises that always.
    """
    address = address_of(url)
    if address.get_backend_name() == "sqlite":
        return sqlite_engine(address, _file_of(address), writes, durable, foreign_keys)
    engine = create_engine(
        address,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def wait_no_longer_than_on_sqlite(connection: Any, _: Any) -> None:
        connection.execute(f"SET lock_timeout = {BUSY_MS}")
        connection.commit()

    return engine


def address_of(url: str) -> URL:
    try:
        address = make_url(url)
        if address.drivername in ("postgres", "postgresql"):
            address = address.set(drivername="postgresql+psycopg")
        address.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise RecordsUnavailable(
            "The address of the records is not one that SQLAlchemy knows: write it like "
            "sqlite:////var/lib/dealwright/records.db or postgresql://user:password@host/records."
        ) from error
    return address


def sqlite_file(url: str) -> Path | None:
    return _file_of(address_of(url))


def _file_of(address: URL) -> Path | None:
    return Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Turns what the network, the disk or a missing table raise into RecordsUnavailable."""
    try:
        yield
    except PoolTimeout as error:
        raise RecordsUnavailable(f"{_place(url)} are busy: no connection is free.") from error
    except DBAPIError as error:
        if (file := sqlite_file(url)) and not file.exists():
            raise RecordsUnavailable(
                f"There are no records at {file}: start `deal up`, which makes them, or `deal rebuild`, which fills them too."
            ) from error
        if _other_schema(error):
            raise RecordsUnavailable(
                f"{_place(url)} have not the tables of this version: start `deal up`, or run `python -m records migrate`."
            ) from error
        if _no_room(error):
            raise RecordsFull(f"{_place(url)} can't be written: {_first_line(error)}.") from error
        if isinstance(error, OperationalError | InterfaceError):
            raise RecordsUnavailable(f"{_place(url)} can't be used: {_first_line(error)}.") from error
        raise


def _place(url: str) -> str:
    return f"The records at {address_of(url).render_as_string(hide_password=True)}"


def _other_schema(error: DBAPIError) -> bool:
    words, state = str(error.orig), getattr(error.orig, "sqlstate", None)
    return any(phrase in words for phrase in _SQLITE_UNKNOWN) or state in _POSTGRES_UNKNOWN


def _no_room(error: DBAPIError) -> bool:
    code, state = getattr(error.orig, "sqlite_errorcode", 0), getattr(error.orig, "sqlstate", None)
    return code & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) or state == _POSTGRES_FULL


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0].rstrip(".")
