"""Who keeps the desk from writing to its records. Readers do not notice it, so it has to be asked for."""

import os
from collections.abc import Iterator
from pathlib import Path

from records.engine import open_engine, reaching, sqlite_file

_WAL_WRITE_LOCK = 120  # the byte of the -shm file that whoever writes has locked: SQLite's walformat.html
_WRITTEN = ("deals", "facts", "inbox", "post")
_HOLDERS = f"""
SELECT DISTINCT activity.pid, activity.usename, activity.application_name
FROM pg_locks JOIN pg_stat_activity activity USING (pid)
WHERE granted AND relation IN ({", ".join(f"'{table}'::regclass" for table in _WRITTEN)})
AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""  # noqa: S608  (names of our own tables)


def probe(url: str) -> None:
    """Raises RecordsUnavailable when nothing can be written now, having waited as long as any writer. Writes nothing."""
    engine = open_engine(url, writes=True)
    try:
        with reaching(url), engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"LOCK TABLE {', '.join(_WRITTEN)} IN ROW EXCLUSIVE MODE")
            else:
                connection.exec_driver_sql("SELECT 1")  # the transaction it begins is one that writes
            connection.rollback()
    finally:
        engine.dispose()


def holders(url: str) -> list[str]:
    """The processes that hold the lock, as far as they can be told: `process 4711 (sqlite3)`."""
    if file := sqlite_file(url):
        return [f"process {pid} ({_name(pid)})" for pid in dict.fromkeys(_of_file(file))]
    engine = open_engine(url)
    try:
        with reaching(url), engine.connect() as connection:
            found = connection.exec_driver_sql(_HOLDERS)
            return [f"PostgreSQL process {pid} ({user}, {program or '?'})" for pid, user, program in found]
    finally:
        engine.dispose()


def _of_file(file: Path) -> Iterator[int]:
    """From Linux's own list of locks; nothing elsewhere."""
    try:
        status = file.with_name(f"{file.name}-shm").stat()
        locks = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    for lock in locks:
        words = lock.split()
        if words[1] == "->" or words[3] != "WRITE" or words[5] != place:
            continue
        if int(words[6]) <= _WAL_WRITE_LOCK and (words[7] == "EOF" or int(words[7]) >= _WAL_WRITE_LOCK):
            yield int(words[4])


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "?"
