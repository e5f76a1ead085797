"""What the desk last saw in its CRM, and how far it has looked."""

from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite

from domain.crm.mirror import SeenDeal
from records.engine import open_engine, reaching
from records.ledgers import CursorRecord, SeenRecord

_SEEN = SeenRecord.metadata.tables["seen"]
_CURSORS = CursorRecord.metadata.tables["cursors"]


class SeenDeals:
    """Every method raises RecordsUnavailable when the database can't be used."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = open_engine(url, writes=True)

    def close(self) -> None:
        self._engine.dispose()

    def get(self, ref: str) -> SeenDeal | None:
        """As it was last seen. None if it never was, or by a version whose words this one does not know."""
        with reaching(self._url), self._engine.begin() as connection:
            content = connection.scalar(select(_SEEN.c.content).where(_SEEN.c.ref == ref))
        try:
            return SeenDeal.model_validate_json(content) if content else None
        except ValidationError:
            return None

    def put(self, ref: str, content: SeenDeal, at: datetime) -> None:
        self._put(_SEEN, {"ref": ref, "content": content.model_dump_json(), "at": at})

    def forget(self, ref: str) -> None:
        with reaching(self._url), self._engine.begin() as connection:
            connection.execute(_SEEN.delete().where(_SEEN.c.ref == ref))

    def kept(self) -> list[tuple[str, datetime]]:
        """All of them, and when each was kept last."""
        with reaching(self._url), self._engine.begin() as connection:
            return [(ref, at) for ref, at in connection.execute(select(_SEEN.c.ref, _SEEN.c.at))]

    def lacking(self) -> list[str]:
        """Those whose order lacked something when they were last seen."""
        some = _SEEN.c.content.contains('"lacks":["', autoescape=True)
        with reaching(self._url), self._engine.begin() as connection:
            return list(connection.scalars(select(_SEEN.c.ref).where(some)))

    def holder(self, thing: str) -> str | None:
        """The deal that had a line or a task of this id in the CRM, as in `task:55`, when it was last seen."""
        some = _SEEN.c.content.contains(f'"thing":"{thing}"', autoescape=True)
        with reaching(self._url), self._engine.begin() as connection:
            ref: str | None = connection.scalar(select(_SEEN.c.ref).where(some))
            return ref

    def cursor(self, name: str) -> datetime | None:
        """How far the poll of this name has read."""
        with reaching(self._url), self._engine.begin() as connection:
            at: datetime | None = connection.scalar(select(_CURSORS.c.at).where(_CURSORS.c.name == name))
            return at

    def move(self, name: str, at: datetime) -> None:
        self._put(_CURSORS, {"name": name, "at": at})

    def _put(self, table: Table, row: dict[str, object]) -> None:
        insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        put = insert(table).values(row)
        changed = {name: put.excluded[name] for name in row}
        with reaching(self._url), self._engine.begin() as connection:
            connection.execute(
                put.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)
            )
