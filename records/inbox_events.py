"""The durable inbox: what is accepted here outlives whatever stops, and is handed on in order."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.words import Text, same
from records.arrivals import Accepted, Arrival, Final, Finished, InboxEvent, Source, Status, Waiting
from records.engine import open_engine, reaching
from records.ledgers import CursorRecord, InboxRecord

MAX_ROWS = 500
MOST_WORDS = 2000
_CHUNK = 500
_INBOX = InboxRecord.metadata.tables["inbox"]
_CURSORS = CursorRecord.metadata.tables["cursors"]
_IT = _INBOX.c
_OPEN = _IT.finished_at.is_(None)
_UNREMARKABLE = and_(_IT.source == "poll", _IT.status == "ignored")
_CLAIMING = 7105_2027  # PostgreSQL's advisory lock of the relay that claims right now


class EventInbox:
    """Every method raises RecordsUnavailable when the database can't be used: nothing was changed then."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = open_engine(url, writes=True, durable=True)
        self._reader = open_engine(url)

    def close(self) -> None:
        self._engine.dispose()
        self._reader.dispose()

    def accept(
        self,
        source: Source,
        key: str,
        kind: str,
        subject: str,
        body: dict[str, Any],
        at: datetime,
        deal: str | None = None,
    ) -> Accepted:
        """Committed when this returns. The same source and key again changes nothing but the count of its comings."""
        return self.accept_all([Arrival(source, key, kind, subject, body, at, deal)])[0]

    def accept_all(self, arrivals: Sequence[Arrival]) -> list[Accepted]:
        """All in one transaction: many events cost about as much as one."""
        with reaching(self._url), self._engine.begin() as connection:
            return [_accept(connection, arrival) for arrival in arrivals]

    def claim(self, now: datetime, limit: int, lease: timedelta) -> list[InboxEvent]:
        """All that waits of at most `limit` subjects, for one relay until the lease ends; in order of `seq`.

        A subject waits as a whole while its first event waits for another try, or while a relay has any of its events.
        """
        with reaching(self._url), self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_CLAIMING)))
            subjects = list(connection.scalars(_claimable(now, limit)))
            mine = (_OPEN, _IT.subject.in_(subjects))
            connection.execute(update(_INBOX).where(*mine).values(claimed_until=now + lease))
            return [_event(row) for row in connection.execute(select(_INBOX).where(*mine).order_by(_IT.seq))]

    def finish(
        self, seqs: Sequence[int], status: Final, outcome: Text, at: datetime, deal: str | None = None
    ) -> None:
        """For ever, but for a replay. An event that is finished already stays as it is."""
        self.finish_all([Finished(seqs, status, outcome, at, deal)])

    def finish_all(self, finished: Sequence[Finished]) -> None:
        """All in one transaction."""
        with reaching(self._url), self._engine.begin() as connection:
            for seqs, status, outcome, at, deal in finished:
                known = {"deal": _storable(deal)} if deal else {}
                ended = {"status": status, "outcome": outcome, "finished_at": at, **known}
                _change(connection, seqs, attempts=_IT.attempts + 1, **ended)

    def retry(self, seqs: Collection[int], words: Text, next_try_at: datetime) -> None:
        self._change(seqs, status="retry", outcome=words, next_try_at=next_try_at, attempts=_IT.attempts + 1)

    def release(self, seqs: Collection[int]) -> None:
        """Claimed, and not worked on: the next claim takes them."""
        self._change(seqs)

    def renew(self, seqs: Collection[int], until: datetime) -> None:
        """Of those still claimed: their lease ends then."""
        self._change(seqs, _IT.claimed_until.is_not(None), claimed_until=until)

    def replay(self, seq: int, now: datetime) -> bool:
        """Whether there is such an event: it is new again, whatever became of it."""
        fresh = {"status": "new", "attempts": 0, "next_try_at": now, "finished_at": None}
        with reaching(self._url), self._engine.begin() as connection:
            return connection.execute(update(_INBOX).where(_IT.seq == seq).values(fresh)).rowcount > 0

    def events(
        self,
        status: Status | None = None,
        deal: str | None = None,
        source: Source | None = None,
        *,
        limit: int = 50,
        before: int | None = None,
        remarkable: bool = False,
    ) -> list[InboxEvent]:
        """The newest first. `before`, for the next page, is the `seq` of the last one of the page before.

        `remarkable`: without the schedule's own looks at the CRM that found nothing to do.
        """
        query = select(_INBOX).order_by(_IT.seq.desc()).limit(min(max(limit, 0), MAX_ROWS))
        for column, wanted in ((_IT.status, status), (_IT.deal, deal), (_IT.source, source)):
            if wanted is not None:
                query = query.where(column == wanted)
        if before is not None:
            query = query.where(_IT.seq < before)
        if remarkable:
            query = query.where(~_UNREMARKABLE)
        with reaching(self._url), self._reader.begin() as connection:
            return [_event(row) for row in connection.execute(query)]

    def get(self, seq: int) -> InboxEvent | None:
        with reaching(self._url), self._reader.begin() as connection:
            row = connection.execute(select(_INBOX).where(_IT.seq == seq)).one_or_none()
            return _event(row) if row else None

    def last_key(self, source: Source, prefix: str) -> str | None:
        """The greatest of those that begin so."""
        begins = _IT.key.startswith(prefix, autoescape=True)
        greatest = select(func.max(_IT.key)).where(_IT.source == source, begins)
        with reaching(self._url), self._reader.begin() as connection:
            found: str | None = connection.scalar(greatest)
            return found

    def try_writing(self, at: datetime) -> None:
        """A row of its own, committed: readers do not notice a full or a locked database."""
        insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        put = insert(_CURSORS).values(name="health", at=at)
        with reaching(self._url), self._engine.begin() as connection:
            connection.execute(put.on_conflict_do_update(index_elements=["name"], set_={"at": at}))

    def unremarkable(self, deal: str | None = None) -> int:
        """How many looks at the CRM found nothing to do."""
        query = select(func.count()).select_from(_INBOX).where(_UNREMARKABLE)
        if deal is not None:
            query = query.where(_IT.deal == deal)
        with reaching(self._url), self._reader.begin() as connection:
            return connection.scalar(query) or 0

    def waiting(self) -> Waiting:
        with reaching(self._url), self._reader.begin() as connection:
            found = connection.execute(select(func.count(), func.min(_IT.received_at)).where(_OPEN)).one()
            return Waiting(*found)

    def _change(self, seqs: Collection[int], *where: ColumnElement[bool], **values: Any) -> None:
        if seqs:
            with reaching(self._url), self._engine.begin() as connection:
                _change(connection, seqs, *where, **values)


def _change(
    connection: Connection, seqs: Collection[int], *where: ColumnElement[bool], **values: Any
) -> None:
    """Of those not finished."""
    if "outcome" in values:
        values["outcome"] = _both(values["outcome"])
    all_seqs = list(seqs)
    change = update(_INBOX).where(_OPEN, *where).values({"claimed_until": None, **values})
    for start in range(0, len(all_seqs), _CHUNK):
        connection.execute(change.where(_IT.seq.in_(all_seqs[start : start + _CHUNK])))


def _accept(connection: Connection, new: Arrival) -> Accepted:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    body = _storable(json.dumps(new.body, ensure_ascii=False, sort_keys=True))
    row = {
        **{name: _storable(getattr(new, name)) for name in ("source", "key", "kind", "subject")},
        **{"body": body, "received_at": new.at, "next_try_at": new.at, "deal": new.deal},
        **{"times": 1, "attempts": 0, "status": "ignored" if new.ignored else "new"},
        **{"outcome": _both(new.ignored), "finished_at": new.at if new.ignored else None},
    }
    once = (
        insert(_INBOX)
        .values(row)
        .on_conflict_do_update(index_elements=["source", "key"], set_={"times": _IT.times + 1})
        .returning(_IT.seq, _IT.times, _IT.body)
    )
    seq, times, kept = connection.execute(once).one()
    return Accepted(seq, repeated=times > 1, differs=kept != body)


def _claimable(now: datetime, limit: int) -> Select[Any]:
    """The subjects that may be worked on now, the longest waiting first."""
    firsts = select(func.min(_IT.seq).label("seq")).where(_OPEN).group_by(_IT.subject).subquery()
    other = _INBOX.alias()
    held = exists().where(
        other.c.finished_at.is_(None), other.c.subject == _IT.subject, other.c.claimed_until > now
    )
    return (
        select(_IT.subject)
        .join_from(firsts, _INBOX, _IT.seq == firsts.c.seq)
        .where(or_(_IT.next_try_at <= now, _IT.status == "new"), ~held)
        .order_by(_IT.seq)
        .limit(limit)
    )


def _event(row: Row[Any]) -> InboxEvent:
    return InboxEvent(**row._asdict() | {"body": json.loads(row.body), "outcome": _read(row.outcome)})


def _both(words: Text | None) -> str:
    """In both languages, in one column: whoever reads it may speak another than whoever wrote it."""
    if words is None:
        return ""
    said = {"ru": words.ru[:MOST_WORDS], "en": words.en[:MOST_WORDS]}
    return _storable(json.dumps(said, ensure_ascii=False))


def _read(stored: str) -> Text:
    return Text(**json.loads(stored)) if stored else same("")


def _storable(text: str) -> str:
    """PostgreSQL refuses the NUL character, and no database takes half a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
