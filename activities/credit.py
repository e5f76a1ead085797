"""What a client owes over all deals, for a line that asks the director for credit. Asked of the records, which may be down."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol

from temporalio import activity

from activities.client_limits import ClientLimits
from activities.files import BadFile
from domain.deal.credit import CreditAsked, CreditFound, OwedIn


class Exposures(Protocol):
    def owed_by(self, asked: CreditAsked, now: datetime) -> tuple[int, tuple[OwedIn, ...]]:
        """In how many deals the client owes something, and how much. Raises when the records can't be read."""


class CreditLookup:
    def __init__(self, records: Exposures, limits: ClientLimits) -> None:
        self._records, self._limits = records, limits

    @activity.defn(name="credit.look_up")
    async def look_up(self, asked: CreditAsked) -> CreditFound:
        """Reads only. Every error of the records is worth a retry; the line asks the director without it, once its patience is over. A
        broken file of limits is told instead: whoever decides can do so without."""
        deals, owed = await asyncio.to_thread(self._records.owed_by, asked, datetime.now(UTC))
        try:
            limit = await asyncio.to_thread(self._limits.of, asked.client)
        except BadFile:
            return CreditFound(deals=deals, owed=owed, limits_broken=True)
        return CreditFound(deals=deals, owed=owed, limit=limit)
