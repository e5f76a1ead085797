"""What a database driver raises, in words for people: the same whether SQLAlchemy stands between or not."""

from pathlib import Path

from domain.wording import worded
from domain.words import Text
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
            worded(
                ru="Записей в {file} нет: запустите `deal up`, он их создаст, или `deal rebuild`, он их и заполнит.",
                en="There are no records at {file}: start `deal up`, which makes them, or `deal rebuild`, which fills them too.",
                file=file,
            )
        )
    if _other_schema(error):
        return RecordsUnavailable(
            worded(
                ru="В записях {place} нет таблиц этой версии: запустите `deal up` или выполните `python -m records migrate`.",
                en="The records at {place} have not the tables of this version: start `deal up`, or run `python -m records migrate`.",
                place=place,
            )
        )
    if _no_room(error):
        return RecordsFull(
            worded(
                ru="Записи {place} не пишутся: на диске нет места, или он не отвечает.",
                en="The records at {place} can't be written: {why}.",
                place=place,
                why=_first_line(error),
            )
        )
    if unusable:
        return RecordsUnavailable(
            worded(
                ru="Записями {place} нельзя пользоваться: {why}.",
                en="The records at {place} can't be used: {why}.",
                place=place,
                why=Text(ru=_in_russian(_first_line(error)), en=_first_line(error)),
            )
        )
    return None


def _other_schema(error: BaseException | None) -> bool:
    words, state = str(error), getattr(error, "sqlstate", None)
    return any(phrase in words for phrase in _SQLITE_UNKNOWN) or state in _POSTGRES_UNKNOWN


def _no_room(error: BaseException | None) -> bool:
    code, state = getattr(error, "sqlite_errorcode", 0), getattr(error, "sqlstate", None)
    return code & 0xFF in _SQLITE_FULL or state == _POSTGRES_FULL


_LOCKED = ("database is locked", "database table is locked")


def _in_russian(said: str) -> str:
    """What stands in their way most often; else the database's own words, quoted."""
    return "база занята другим процессом" if said in _LOCKED else f"«{said}»"


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
