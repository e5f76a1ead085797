"""Asks the CRM what has changed: its webhook is never sent again, so what was missed is found here."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio import activity

from activities.crm.port import CrmSource
from activities.errors import as_failure
from domain.crm.mirror import Changed, Reconciled

CURSOR = "crm"
OVERLAP = timedelta(minutes=2)
"""Looked at again each time: clocks differ, and a CRM may show a change late."""
AGAIN = timedelta(hours=1)
"""How often a deal whose order lacks something is read again, if nobody tells of it."""
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
FIRST_LOOK = timedelta(days=1)


class Hints(Protocol):
    """The inbox, as far as a poll needs it."""

    def put(self, changed: Sequence[Changed], at: datetime) -> int:
        """How many of them were new; durable when it returns."""


class Seen(Protocol):
    """`records.seen.SeenDeals`: the deals that run, as they were last seen, and how far the poll of a name has read."""

    def kept(self) -> list[tuple[str, datetime]]: ...
    def lacking(self) -> list[str]: ...
    def cursor(self, name: str) -> datetime | None: ...
    def move(self, name: str, at: datetime) -> None: ...


class CrmReconcile:
    def __init__(self, source: CrmSource, hints: Hints, seen: Seen) -> None:
        self._source, self._hints, self._seen = source, hints, seen

    @activity.defn(name="crm.reconcile")
    async def reconcile(self) -> Reconciled:
        """Repeating it finds the same again, and puts nothing twice. The cursor moves only when all is in the inbox."""
        now = datetime.now(UTC)
        try:
            reached = await asyncio.to_thread(self._seen.cursor, CURSOR) or now - FIRST_LOOK
            changed = await self._source.changed(reached - OVERLAP)
            new = await asyncio.to_thread(self._hints.put, changed, now)
            at = max(reached, *(one.at for one in changed)) if changed else reached  # by the CRM's clock
            await asyncio.to_thread(self._seen.move, CURSOR, at)
            new += await asyncio.to_thread(self._hints.put, await self._unchanged(now), now)
        except Exception as error:
            raise as_failure(error) from error
        return Reconciled(changed=len(changed), new=new)

    async def _unchanged(self, now: datetime) -> list[Changed]:
        """What no change tells: a deal that has left the funnel, once for each time it was seen; and one whose order lacks what may
        stand on its client's card by now, now and then."""
        kept = dict(await asyncio.to_thread(self._seen.kept))
        gone = await self._source.gone(sorted(kept)) if kept else set()
        again = now - (now - NEVER) % AGAIN
        lacking = await asyncio.to_thread(self._seen.lacking)
        told = dict.fromkeys(lacking, again) | {ref: kept[ref] for ref in gone}
        return [Changed(ref=ref, at=at) for ref, at in sorted(told.items())]
