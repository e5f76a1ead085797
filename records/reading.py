"""Reads the records by the drivers alone: SQLAlchemy would cost every `deal list` more than all its work.

SQL is written once for both databases: `:name` is a value, a list where it stands after IN.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from records.address import Address, parse_address
from records.trouble import unavailable

Row = dict[str, Any]
BUSY_MS = 5000
CONNECT_SECONDS = 5
_KEPT = 4
_NAME = re.compile(r":(\w+)")
_MONEY = ("amount", "paid", "received", "allocated")
_KOPECK = Decimal("0.01")
_MOMENT = "%Y-%m-%d %H:%M:%S.%f"  # as SQLAlchemy writes it into SQLite


class Reader(Protocol):
    """One transaction."""

    def rows(self, sql: str, /, **given: Any) -> list[Row]: ...


class Readers:
    """Hands out readers. An SQLite file is opened each time: it is always the one that lies there now."""

    def __init__(self, url: str) -> None:
        self._address = parse_address(url)
        self._idle: list[Any] = []

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Raises RecordsUnavailable for whatever the disk, the network or a missing table raise."""
        place, file, _ = self._address
        driver = import_module("sqlite3" if file else "psycopg")
        try:
            with _sqlite(driver, file) if file else self._postgres(driver) as reader:
                yield reader
        except driver.Error as error:
            unusable = isinstance(error, driver.OperationalError | driver.InterfaceError)
            if trouble := unavailable(place, file, error, unusable=unusable):
                raise trouble from error
            raise

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _postgres(self, driver: ModuleType) -> Iterator[Reader]:
        connection = self._living(driver) or _connected(driver, self._address)
        try:
            yield Postgres(connection.execute)
            connection.rollback()
        except BaseException:
            connection.close()
            raise
        if len(self._idle) < _KEPT:
            self._idle.append(connection)
        else:
            connection.close()

    def _living(self, driver: ModuleType) -> Any:
        """One from before, if its server still answers."""
        while self._idle:
            with suppress(IndexError, driver.Error):
                connection = self._idle.pop()
                connection.execute("SELECT 1")
                return connection
        return None


class Sqlite:
    def __init__(self, execute: Callable[[str, Mapping[str, Any]], Any]) -> None:
        self._execute = execute

    def rows(self, sql: str, /, **given: Any) -> list[Row]:
        written, values = _expanded(sql, given, ":{}")
        found = self._execute(written, {name: _for_sqlite(value) for name, value in values.items()})
        return _read(found, _from_sqlite)


class Postgres:
    def __init__(self, execute: Callable[[str, Mapping[str, Any]], Any]) -> None:
        self._execute = execute

    def rows(self, sql: str, /, **given: Any) -> list[Row]:
        return _read(self._execute(*_expanded(sql, given, "%({})s")), _from_postgres)


def _expanded(sql: str, given: Mapping[str, Any], style: str) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {}

    def put(found: re.Match[str]) -> str:
        value = given[name := found[1]]
        if not isinstance(value, list):
            values[name] = value
            return style.format(name)
        each = {f"{name}_{n}": item for n, item in enumerate(value)}
        values.update(each)
        return f"({', '.join(map(style.format, each)) or 'NULL'})"

    return _NAME.sub(put, sql), values


def _read(found: Any, read: Callable[[str, Any], Any]) -> list[Row]:
    names = [column[0] for column in found.description]
    return [
        {name: None if value is None else read(name, value) for name, value in zip(names, row, strict=True)}
        for row in found.fetchall()
    ]


def _for_sqlite(value: Any) -> Any:
    return value.astimezone(UTC).strftime(_MOMENT) if isinstance(value, datetime) else value


def _from_sqlite(name: str, value: Any) -> Any:
    if _is_moment(name):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if name in _MONEY:
        return Decimal(value).scaleb(-2)
    return json.loads(value) if name == "data" else value


def _from_postgres(name: str, value: Any) -> Any:
    if _is_moment(name):
        return value.astimezone(UTC)
    return Decimal(value).quantize(_KOPECK) if name in _MONEY else value


def _is_moment(name: str) -> bool:
    return name == "at" or name.endswith(("_at", "_until"))


@contextmanager
def _sqlite(driver: ModuleType, file: Path) -> Iterator[Reader]:
    where = f"{file.absolute().as_uri()}?mode=rw"  # none is made where none is
    connection = driver.connect(where, uri=True, timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        connection.execute("BEGIN")
        yield Sqlite(connection.execute)
    finally:
        connection.close()


def _connected(driver: ModuleType, address: Address) -> Any:
    wait = f"-c lock_timeout={BUSY_MS}"
    options = {"connect_timeout": CONNECT_SECONDS, **address.options}
    return driver.connect(**options | {"options": f"{options.get('options', '')} {wait}".strip()})
