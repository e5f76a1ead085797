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
FIRST_LOOK = timedelta(days=1)


class Hints(Protocol):
    """The inbox, as far as a poll needs it."""

    def put(self, changed: Sequence[Changed], at: datetime) -> int:
        """How many of them were new; durable when it returns."""


class Cursor(Protocol):
    """How far the poll of a name has read."""

    def cursor(self, name: str) -> datetime | None: ...
    def move(self, name: str, at: datetime) -> None: ...


class CrmReconcile:
    def __init__(self, source: CrmSource, hints: Hints, cursor: Cursor) -> None:
        self._source, self._hints, self._cursor = source, hints, cursor

    @activity.defn(name="crm.reconcile")
    async def reconcile(self) -> Reconciled:
        """Repeating it finds the same again, and puts nothing twice. The cursor moves only when all is in the inbox."""
        now = datetime.now(UTC)
        try:
            reached = await asyncio.to_thread(self._cursor.cursor, CURSOR) or now - FIRST_LOOK
            changed = await self._source.changed(reached - OVERLAP)
            new = await asyncio.to_thread(self._hints.put, changed, now)
            at = max(reached, *(one.at for one in changed)) if changed else reached  # by the CRM's clock
            await asyncio.to_thread(self._cursor.move, CURSOR, at)
        except Exception as error:
            raise as_failure(error) from error
        return Reconciled(changed=len(changed), new=new)
