"""Budgets that all processes share: a leaky bucket each, which may also be closed until some moment."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from records.engine import open_engine, reaching
from records.errors import RecordsUnavailable
from records.ledgers import BudgetRecord

PATIENCE = timedelta(seconds=10)
"""How long a caller is made to wait here. Beyond it, he is told how long to stay away."""
IDLE = timedelta(days=1)
YIELDED = 0.5
"""The part of the bucket that those who yield leave to the others."""
_STEP = timedelta(seconds=0.5)
_BUDGETS = BudgetRecord.metadata.tables["budgets"]
_IT = _BUDGETS.c


class Bucket(NamedTuple):
    level: float
    at: datetime
    closed_until: datetime | None = None

    def leaked(self, now: datetime, rate: float) -> "Bucket":
        passed = max((now - self.at).total_seconds(), 0.0)
        return self._replace(level=max(self.level - passed * rate, 0.0), at=max(now, self.at))

    def closed_for(self, now: datetime) -> timedelta:
        return max((self.closed_until or now) - now, timedelta())


class SharedBudget:
    """`rate` leak out a second, and `burst` fit in. Who comes when it is full has a place in the queue: he waits for it.

    While the database can't be reached each process keeps to the rate by itself: what it guards has limits of its own, and
    goes on answering.
    """

    def __init__(
        self, url: str, rate: float = 2.0, burst: float = 40.0, *, patience: timedelta = PATIENCE
    ) -> None:
        self._url = url
        self._rate = rate
        self._burst = burst
        self._patience = patience
        self._engine = open_engine(url, writes=True)
        self._own: dict[str, Bucket] = {}

    async def take(self, name: str, gates: Sequence[str] = (), *, yields: bool = False) -> timedelta:
        """Waits for its turn, then returns zero. Where that would take longer than `patience`, or `name` or a gate is closed for
        longer, it takes nothing and returns how long to stay away. Who `yields` first waits until the bucket is half empty, but
        no longer than `patience`: then he queues like everybody."""
        polite_until = time.monotonic() + self._patience.total_seconds()
        while True:
            spare = self._burst * YIELDED if yields and time.monotonic() < polite_until else 0.0
            pause, taken = await asyncio.to_thread(self._take, name, gates, spare)
            if pause > self._patience:
                return pause
            await asyncio.sleep(pause.total_seconds())
            if taken:
                return timedelta()

    async def try_take(self, name: str, rate: float, burst: float) -> bool:
        """Takes one if it fits at once; waits for nothing."""
        return await asyncio.to_thread(self._try_take, name, rate, burst)

    async def close(self, name: str, until: datetime) -> None:
        """Nothing passes before `until`. An earlier end does not shorten a later one."""
        await asyncio.to_thread(self._close, name, until)

    def dispose(self) -> None:
        self._engine.dispose()

    def _take(self, name: str, gates: Sequence[str], spare: float) -> tuple[timedelta, bool]:
        now = datetime.now(UTC)
        try:
            with reaching(self._url), self._engine.begin() as db:
                return self._turn(_Rows(db), name, gates, spare, now)
        except RecordsUnavailable:
            return self._turn(_Own(self._own), name, gates, spare, now)

    def _turn(
        self, kept: "_Rows | _Own", name: str, gates: Sequence[str], spare: float, now: datetime
    ) -> tuple[timedelta, bool]:
        bucket = kept.get(name, now).leaked(now, self._rate)
        closed = max(
            [bucket.closed_for(now), *(kept.get(gate, now, lock=False).closed_for(now) for gate in gates)]
        )
        if closed:
            return closed, False
        if spare and bucket.level + 1 > self._burst - spare:
            return min(timedelta(seconds=1 / self._rate), _STEP, self._patience), False
        wait = timedelta(seconds=max(bucket.level + 1 - self._burst, 0.0) / self._rate)
        if wait <= self._patience:
            kept.put(name, bucket._replace(level=bucket.level + 1))
        return wait, True

    def _try_take(self, name: str, rate: float, burst: float) -> bool:
        now = datetime.now(UTC)
        try:
            with reaching(self._url), self._engine.begin() as db:
                return _fits(_Rows(db), name, rate, burst, now)
        except RecordsUnavailable:
            return _fits(_Own(self._own), name, rate, burst, now)

    def _close(self, name: str, until: datetime) -> None:
        now = datetime.now(UTC)
        own = _Own(self._own)
        own.put(name, _closed(own.get(name, now), until))
        try:
            with reaching(self._url), self._engine.begin() as db:
                kept = _Rows(db)
                kept.put(name, _closed(kept.get(name, now), until))
        except RecordsUnavailable:
            pass  # this process at least keeps to it


def _fits(kept: "_Rows | _Own", name: str, rate: float, burst: float, now: datetime) -> bool:
    bucket = kept.get(name, now).leaked(now, rate)
    if bucket.closed_for(now) or bucket.level + 1 > burst:
        return False
    kept.put(name, bucket._replace(level=bucket.level + 1))
    return True


def _closed(bucket: Bucket, until: datetime) -> Bucket:
    return bucket._replace(closed_until=max(until, bucket.closed_until or until))


class _Rows:
    """Buckets in the database, inside a transaction. On PostgreSQL a row that is read is locked; SQLite has one writer."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, name: str, now: datetime, *, lock: bool = True) -> Bucket:
        if lock:
            self._make(name, now)
        query = select(_IT.level, _IT.at, _IT.closed_until).where(_IT.name == name)
        row = self._db.execute(query.with_for_update() if lock else query).first()
        return Bucket(*row) if row else Bucket(0.0, now)

    def put(self, name: str, bucket: Bucket) -> None:
        self._db.execute(update(_BUDGETS).where(_IT.name == name).values(bucket._asdict()))

    def _make(self, name: str, now: datetime) -> None:
        """One that is new makes room: those nobody came to for a day are as good as new."""
        insert = (postgresql if self._db.dialect.name == "postgresql" else sqlite).insert
        made = insert(_BUDGETS).values(name=name, level=0.0, at=now).on_conflict_do_nothing()
        if self._db.execute(made, execution_options={"preserve_rowcount": True}).rowcount:
            closed = or_(_IT.closed_until.is_(None), _IT.closed_until < now)
            self._db.execute(delete(_BUDGETS).where(_IT.at < now - IDLE, closed))


class _Own:
    """Buckets of this process alone."""

    def __init__(self, buckets: dict[str, Bucket]) -> None:
        self._buckets = buckets

    def get(self, name: str, now: datetime, *, lock: bool = True) -> Bucket:
        return self._buckets.get(name, Bucket(0.0, now))

    def put(self, name: str, bucket: Bucket) -> None:
        self._buckets[name] = bucket
