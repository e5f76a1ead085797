"""What a database driver raises, in words for people: the same whether SQLAlchemy stands between or not."""

from pathlib import Path

from records.errors import RecordsFull, RecordsUnavailable

_SQLITE_UNKNOWN = ("no such table", "no such column", "has no column")
_POSTGRES_UNKNOWN = ("42P01", "42703")  # undefined table, undefined column
_SQLITE_FULL = (13, 10)  # SQLITE_FULL, SQLITE_IOERR
_POSTGRES_FULL = "53100"


def unavailable(
    place: str, file: Path | None, error: BaseException | None, *, unusable: bool
) -> RecordsUnavailable | None:
    """None for what is no trouble with the database. `unusable`: its driver says that it can't be used."""
    if file and not file.exists():
        return RecordsUnavailable(
            f"There are no records at {file}: start `deal up`, which makes them, or `deal rebuild`, which fills them too."
        )
    if _other_schema(error):
        return RecordsUnavailable(
            f"The records at {place} have not the tables of this version: start `deal up`, or run `python -m records migrate`."
        )
    if _no_room(error):
        return RecordsFull(f"The records at {place} can't be written: {_first_line(error)}.")
    if unusable:
        return RecordsUnavailable(f"The records at {place} can't be used: {_first_line(error)}.")
    return None


def _other_schema(error: BaseException | None) -> bool:
    words, state = str(error), getattr(error, "sqlstate", None)
    return any(phrase in words for phrase in _SQLITE_UNKNOWN) or state in _POSTGRES_UNKNOWN


def _no_room(error: BaseException | None) -> bool:
    code, state = getattr(error, "sqlite_errorcode", 0), getattr(error, "sqlstate", None)
    return code & 0xFF in _SQLITE_FULL or state == _POSTGRES_FULL


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
