"""The table of writes that the CRM did not take for want of a right."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.deferred import Deferred
from domain.words import Text
from records.engine import open_engine, reaching
from records.ledgers import DeferredRecord

_WRITES = DeferredRecord.metadata.tables["deferred_writes"]
_IT = _WRITES.c


class DeferredWrites:
    """Serves `activities.crm.deferring.DeferredBox`. Every method raises RecordsUnavailable when the database can't be used."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = open_engine(url, writes=True, durable=True)
        self._reader = open_engine(url)

    def close(self) -> None:
        self._engine.dispose()
        self._reader.dispose()

    def claim(self, deal: str, now: datetime, until: datetime) -> list[Deferred] | None:
        mine = _IT.deal == deal
        with (
            reaching(self._url),
            self._reader.begin() as connection,
        ):  # most deals have none, and need not wait for a writer
            if connection.scalar(select(_IT.seq).where(mine).limit(1)) is None:
                return []
        with reaching(self._url), self._engine.begin() as connection:
            rows = connection.execute(select(_WRITES).where(mine).order_by(_IT.seq).with_for_update()).all()
            if any(row.claimed_until and row.claimed_until > now for row in rows):
                return None
            connection.execute(update(_WRITES).where(mine).values(claimed_until=until))
            return [_read(row) for row in rows]

    def settle(
        self, deal: str, before: Sequence[Deferred], after: Sequence[Deferred], due_at: datetime
    ) -> None:
        kept = [_row(deal, one, due_at) for one in after]
        gone = {one.write.key for one in before} - {row["key"] for row in kept}
        with reaching(self._url), self._engine.begin() as connection:
            if gone:
                connection.execute(delete(_WRITES).where(_IT.deal == deal, _IT.key.in_(gone)))
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            for row in kept:
                connection.execute(
                    insert(_WRITES)
                    .values(row)
                    .on_conflict_do_update(index_elements=["deal", "key"], set_=row)
                )

    def due(self, now: datetime) -> str | None:
        free = or_(_IT.claimed_until.is_(None), _IT.claimed_until <= now)
        query = select(_IT.deal).where(_IT.due_at <= now, free).order_by(_IT.due_at, _IT.seq).limit(1)
        with reaching(self._url), self._reader.begin() as connection:
            deal: str | None = connection.scalar(query)
            return deal

    def hasten(self, missing: Text, now: datetime) -> None:
        later = (_IT.missing == missing.en) & (_IT.due_at > now)
        with reaching(self._url), self._engine.begin() as connection:
            connection.execute(update(_WRITES).where(later).values(due_at=now))


def _row(deal: str, one: Deferred, due_at: datetime) -> dict[str, Any]:
    return {
        "deal": deal,
        "key": one.write.key,
        "missing": one.missing.en,
        "content": one.model_dump_json(),
        "due_at": due_at,
        "claimed_until": None,
    }


def _read(row: Any) -> Deferred:
    return Deferred.model_validate_json(row.content)
