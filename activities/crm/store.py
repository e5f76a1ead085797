"""The embedded CRM's file: SQLite, opened by several processes at once."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from activities.crm.card import DealCard, LedgerEntry
from activities.crm.changes import change
from activities.errors import CrmRefused, CrmUnavailable
from domain.effects import CrmWrite

SCHEMA = Path(__file__).with_name("schema.sql")
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
                (write.key, write.op, write.deal, at),
            ).rowcount:
                return False
            change(db, write, at)
            return True

    def known(self, keys: Sequence[str]) -> set[str]:
        with self._connected() as db:
            found = db.execute(
                "SELECT key FROM ledger WHERE key IN (SELECT value FROM json_each(?))",
                (json.dumps(keys),),
            )
            return {row["key"] for row in found}

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
                    "lines": _rows(db, "SELECT * FROM lines WHERE deal = ? ORDER BY line", deal),
                    "comments": _rows(db, "SELECT * FROM comments WHERE deal = ? ORDER BY id", deal),
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
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'ledger_of_deal'").fetchone():
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(f"BEGIN IMMEDIATE; {SCHEMA.read_text()} COMMIT;")
        except BaseException:
            db.close()
            raise
        return db


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
