"""Where the records are, without SQLAlchemy: its import takes longer than most commands may."""

import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from domain.words import Text
from records.errors import RecordsUnavailable

UNKNOWN = Text(
    ru="Адрес записей SQLAlchemy не знает: он пишется как "
    "sqlite:////var/lib/dealwright/records.db или postgresql://user:password@host/records.",
    en="The address of the records is not one that SQLAlchemy knows: write it like "
    "sqlite:////var/lib/dealwright/records.db or postgresql://user:password@host/records.",
)
_SQLITE = re.compile(r"sqlite(?:\+pysqlite)?:///(?P<file>[^?]+)(?:\?.*)?")
_POSTGRES = re.compile(
    r"postgres(?:ql)?(?:\+psycopg)?://"
    r"(?:(?P<user>[^:/]*)(?::(?P<password>[^@]*))?@)?"
    r"(?:\[(?P<host6>[^/?]+)\]|(?P<host>[^/:?]+))?(?::(?P<port>\d*))?"
    r"(?:/(?P<dbname>[^?]*))?(?:\?(?P<query>.*))?"
)


class Address(NamedTuple):
    """An SQLite `file`, or else the `options` to connect to PostgreSQL with. `place` has no password: people read it."""

    place: str
    file: Path | None = None
    options: dict[str, Any] = {}


def parse_address(url: str) -> Address:
    """Raises RecordsUnavailable."""
    if found := _SQLITE.fullmatch(url):
        return Address(url, file=Path(found["file"]))
    if found := _POSTGRES.fullmatch(url):
        return Address(_without_password(found), options=_options(found))
    raise RecordsUnavailable(UNKNOWN)


def _options(found: re.Match[str]) -> dict[str, Any]:
    named = {
        "host": found["host6"] or found["host"],
        "port": found["port"],
        "user": found["user"] and unquote(found["user"]),
        "password": found["password"] and unquote(found["password"]),
        "dbname": found["dbname"],
    }
    return {name: value for name, value in named.items() if value} | dict(parse_qsl(found["query"] or ""))


def _without_password(found: re.Match[str]) -> str:
    host = f"[{found['host6']}]" if found["host6"] else found["host"] or ""
    user = f"{found['user']}{':***' if found['password'] else ''}@" if found["user"] else ""
    port = f":{found['port']}" if found["port"] else ""
    return f"postgresql+psycopg://{user}{host}{port}/{found['dbname'] or ''}"
