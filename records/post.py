"""The table of mail that waits for its time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.effects import Notice
from records.engine import open_engine, reaching
from records.ledgers import PostRecord

IN_ONE_DIGEST = 2000
"""Notices; the digest puts those of a deal together, and has an end all the same."""
_POST = PostRecord.metadata.tables["post"]
_IT = _POST.c
_WAITS = _IT.sent_at.is_(None)
_REFUSED = "refused: "


class WaitingPost:
    """Serves `activities.mail.port.PostBox`. Every method raises RecordsUnavailable when the database can't be used.

    A notice that has gone out leaves its key, and nothing of its content; one that was refused stays whole, with the reason.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = open_engine(url, writes=True, durable=True)
        self._reader = open_engine(url)

    def close(self) -> None:
        self._engine.dispose()
        self._reader.dispose()

    def put(self, notice: Notice, due_at: datetime) -> None:
        with reaching(self._url), self._engine.begin() as connection:
            _insert(connection, notice, due_at, where=_IT.outcome.startswith(_REFUSED))

    def renew(self, prefix: str, notices: Sequence[Notice], after: datetime) -> None:
        """What is to go out after this moment, of keys that begin so, is these and no others, as they are now."""
        still = and_(_WAITS, _IT.outcome == "", _IT.due_at > after)
        with reaching(self._url), self._engine.begin() as connection:
            others = _IT.key.not_in([notice.key for notice in notices])
            connection.execute(
                delete(_POST).where(still, _IT.key.startswith(prefix, autoescape=True), others)
            )
            for notice in notices:
                _insert(connection, notice, notice.send_at or after, where=still)

    def claim(self, now: datetime, lease: timedelta) -> list[Notice]:
        """The longest overdue first. What belongs to one digest has one due time, and keeps it in common when it is put off:
        so the same digest is made again after a crash."""
        with reaching(self._url), self._engine.begin() as connection:
            first = connection.execute(
                select(_POST)
                .where(_WAITS, _IT.due_at <= now)
                .order_by(_IT.due_at, _IT.key)
                .limit(1)
                .with_for_update()
            ).one_or_none()
            if first is None:
                return []
            notices = _together(connection, first) if first.digest else [_read(first)]
            keys = [notice.key for notice in notices]
            connection.execute(update(_POST).where(_IT.key.in_(keys)).values(due_at=now + lease))
            return notices

    def put_off(self, keys: Sequence[str], until: datetime, why: str) -> None:
        self._change(keys, due_at=until, outcome=why)

    def settle(self, keys: Sequence[str], at: datetime, message_id: str) -> None:
        self._change(keys, sent_at=at, outcome=message_id, notice="")

    def refuse(self, keys: Sequence[str], at: datetime, why: str) -> None:
        self._change(keys, sent_at=at, outcome=_REFUSED + why)

    def overdue(self, since: datetime) -> int:
        """How many notices should have gone out before `since`."""
        query = select(func.count()).where(_WAITS, _IT.due_at < since)
        with reaching(self._url), self._reader.begin() as connection:
            return connection.scalars(query).one()

    def sent_in(self, message_id: str) -> list[str]:
        """The keys of the notices that went out in this mail."""
        query = select(_IT.key).where(_IT.outcome == message_id).order_by(_IT.key)
        with reaching(self._url), self._reader.begin() as connection:
            return list(connection.scalars(query))

    def _change(self, keys: Sequence[str], **values: Any) -> None:
        with reaching(self._url), self._engine.begin() as connection:
            connection.execute(update(_POST).where(_WAITS, _IT.key.in_(keys)).values(**values))


def _insert(connection: Connection, notice: Notice, due_at: datetime, where: ColumnElement[bool]) -> None:
    """A key that is there stays as it is, unless this holds of it."""
    fresh = {
        "to_email": notice.to_email,
        "due_at": due_at,
        "digest": notice.digest,
        "notice": notice.model_dump_json(),
        "sent_at": None,
        "outcome": "",
    }
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = insert(_POST).values(key=notice.key, **fresh)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_=fresh, where=where))


def _together(connection: Connection, first: Any) -> list[Notice]:
    rows = connection.execute(
        select(_POST)
        .where(_WAITS, _IT.digest == true(), _IT.due_at == first.due_at, _IT.to_email == first.to_email)
        .order_by(_IT.key)
        .with_for_update()
    )
    language = _read(first).language
    return [notice for notice in map(_read, rows) if notice.language == language][:IN_ONE_DIGEST]


def _read(row: Any) -> Notice:
    return Notice.model_validate_json(row.notice)
