"""The embedded CRM's file: SQLite, opened by several processes at once."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from activities.crm.card import CrmEvent, DealCard, LedgerEntry
from activities.errors import CrmRefused, CrmUnavailable
from adapters.crm.embedded.changes import change
from adapters.crm.embedded.reading import OURS, seen_deal
from domain.crm.mirror import Changed, SeenDeal
from domain.effects import CrmWrite

SCHEMAS = tuple(
    Path(__file__).with_name(name) for name in ("schema.sql", "people.sql", "files.sql", "units.sql")
)
"""One for each version of the file, in order."""
BUSY_SECONDS = 10.0
"""How long a write waits for another process's write. Each takes about a millisecond."""


class CrmStore:
    """Blocking, for one thread at a time. Opens the file when first needed, and anew after an error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: sqlite3.Connection | None = None

    def carry_out(self, write: CrmWrite) -> bool:
        """The change and its ledger row, both or none. False, and no change, if the ledger has the key."""
        with self._connected() as db, _transaction(db):
            at = datetime.now(UTC).isoformat()
            if not db.execute(
                "INSERT INTO ledger (key, op, deal, at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                (write.identity, write.op, write.deal, at),
            ).rowcount:
                return False
            change(db, write, at)
            return True

    def known(self, writes: Sequence[CrmWrite]) -> set[str]:
        """The keys of those that the ledger has."""
        with self._connected() as db:
            found = db.execute(
                "SELECT key FROM ledger WHERE key IN (SELECT value FROM json_each(?))",
                (json.dumps([write.identity for write in writes]),),
            )
            known = {row["key"] for row in found}
        return {write.key for write in writes if write.identity in known}

    def card(self, deal: str) -> DealCard | None:
        with self._connected() as db, _snapshot(db):
            found = db.execute("SELECT * FROM deals WHERE deal = ?", (deal,)).fetchone()
            if found is None:
                return None
            fields = db.execute("SELECT name, value FROM fields WHERE deal = ? ORDER BY name", (deal,))
            return DealCard.model_validate(
                dict(found)
                | {
                    "fields": {row["name"]: row["value"] for row in fields},
                    "lines": [
                        row | {"shown": json.loads(str(row["shown"]))}
                        for row in _rows(db, "SELECT * FROM lines WHERE deal = ? ORDER BY line", deal)
                    ],
                    "comments": _rows(db, "SELECT * FROM comments WHERE deal = ? ORDER BY id", deal),
                    "files": _rows(db, "SELECT name, size FROM files WHERE deal = ? ORDER BY id", deal),
                    "tasks": _rows(db, "SELECT * FROM tasks WHERE deal = ? ORDER BY opened_at, task", deal),
                    "notices": _rows(db, "SELECT * FROM notices WHERE deal = ? ORDER BY id", deal),
                }
            )

    def deals(self) -> list[str]:
        with self._connected() as db:
            return [row["deal"] for row in db.execute("SELECT deal FROM deals ORDER BY deal")]

    def ledger(self, deal: str | None = None) -> list[LedgerEntry]:
        """What was really carried out, in order: of one deal, or of all."""
        with self._connected() as db:
            rows = db.execute("SELECT * FROM ledger WHERE deal = ?1 OR ?1 IS NULL ORDER BY id", (deal,))
            return [LedgerEntry.model_validate(dict(row)) for row in rows]

    def by_person(self, deal: str, act: Callable[[sqlite3.Connection, str], None]) -> None:
        """What a person does with a deal, and the event that tells of it, both or none."""
        with self._connected() as db, _transaction(db):
            at = datetime.now(UTC).isoformat()
            act(db, at)
            db.execute("UPDATE deals SET updated_at = ? WHERE deal = ?", (at, deal))
            db.execute("INSERT INTO events (uid, deal, at) VALUES (?, ?, ?)", (uuid4().hex, deal, at))

    def new_number(self) -> str:
        with self._connected() as db, _transaction(db):
            id = db.execute("INSERT INTO born DEFAULT VALUES").lastrowid
            db.execute("UPDATE born SET deal = ? WHERE id = ?", (f"C{id}", id))
            return f"C{id}"

    def seen(self, deal: str) -> SeenDeal | None:
        with self._connected() as db, _snapshot(db):
            return seen_deal(db, deal)

    def gone(self, refs: Sequence[str]) -> set[str]:
        with self._connected() as db:
            ours = db.execute("SELECT deal FROM deals WHERE funnel = ?", (OURS,))
            return set(refs) - {row["deal"] for row in ours}

    def changed(self, since: datetime) -> list[Changed]:
        with self._connected() as db:
            rows = db.execute(
                "SELECT deal, updated_at FROM deals WHERE updated_at >= ? AND funnel = ? ORDER BY updated_at",
                (since.astimezone(UTC).isoformat(), OURS),
            )
            return [Changed(ref=row["deal"], at=row["updated_at"]) for row in rows]

    def unheard(self, limit: int) -> list[CrmEvent]:
        with self._connected() as db:
            rows = db.execute(
                "SELECT uid, deal, at FROM events WHERE heard_at IS NULL ORDER BY id LIMIT ?", (limit,)
            )
            return [CrmEvent.model_validate(dict(row)) for row in rows]

    def heard(self, uid: str) -> None:
        with self._connected() as db:
            now = datetime.now(UTC).isoformat()
            db.execute("UPDATE events SET heard_at = ? WHERE uid = ?", (now, uid))

    def ready(self) -> None:
        with self._connected() as db, _transaction(db):
            db.execute("SELECT count(*) FROM ledger").fetchone()

    def close(self) -> None:
        if self._open:
            self._open.close()
            self._open = None

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._open is None:
                self._open = self._connect()
            yield self._open
        except (sqlite3.DataError, UnicodeEncodeError, OverflowError) as error:
            raise CrmRefused(f"the CRM cannot hold this value: {error}") from error
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise CrmUnavailable(f"{self._path}: {error}") from error

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            db.row_factory = sqlite3.Row
            db.execute(
                "PRAGMA synchronous = NORMAL"
            )  # outlives a killed process; a power cut may take the last writes
            db.execute("PRAGMA foreign_keys = ON")
            if _version(db) < len(SCHEMAS):
                db.execute("PRAGMA journal_mode = WAL")
                _bring_up_to_date(db)
        except BaseException:
            db.close()
            raise
        return db


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    """Files of version 1 say 0: its statements may be repeated."""
    with _transaction(db):
        for schema in SCHEMAS[_version(db) :]:  # another process may have been first
            for statement in schema.read_text(encoding="utf-8").split(";"):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(SCHEMAS)}")


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def _snapshot(db: sqlite3.Connection) -> Iterator[None]:
    """All reads see the file as of one moment."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


def _rows(db: sqlite3.Connection, query: str, deal: str) -> list[dict[str, object]]:
    return [dict(row) for row in db.execute(query, (deal,))]
