"""What the CRM does not take for want of a right is kept aside, deal by deal, and written once it may be."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio import activity

from activities.crm.port import CrmPort
from activities.crm.writer import CrmWriter
from activities.errors import CrmBusy, as_failure
from activities.in_order import asked_to_stop, beating
from domain.deferred import Deferred, Settled, settle
from domain.effects import CrmWrite, Delivered, Redelivered
from domain.words import Text

log = logging.getLogger("dealwright.crm")

LEASE = timedelta(minutes=2)
"""How long a delivery that died keeps what it had claimed: more than any takes."""
TAKEN = timedelta(seconds=5)
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
"""Between two tries of one deal: twice as long each time."""
MOST_DEALS, ROUND_SECONDS = 20, 25.0
"""In one round: a right that stays away for long costs a portal so many looks a minute at most."""


class DeferredBox(Protocol):
    """`records.deferred.DeferredWrites`. Durable when a call returns; raises what is worth a retry."""

    def claim(self, deal: str, now: datetime, until: datetime) -> list[Deferred] | None:
        """What waits of it, in order; nobody else gets it before `until`. None if somebody else has it."""

    def settle(
        self, deal: str, before: Sequence[Deferred], after: Sequence[Deferred], due_at: datetime
    ) -> None:
        """From now on these wait in their place, until `due_at`, and whoever wants them may claim them."""

    def due(self, now: datetime) -> str | None:
        """A deal whose time has come and that nobody has claimed: the longest overdue."""

    def hasten(self, missing: Text, now: datetime) -> None:
        """All that waits for this right is due."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class DeferringWriter:
    """As `CrmWriter`, of one deal at a time. Its `Delivered` names a missing right once for each deal, until it is there."""

    def __init__(self, writer: CrmWriter, box: DeferredBox, *, now: Callable[[], datetime] = utc_now) -> None:
        self._writer, self._box, self._now = writer, box, now

    async def write(self, writes: Sequence[CrmWrite]) -> Delivered:
        """Nothing is said to be dealt with that is neither written nor kept."""
        if not writes:
            return Delivered(count=0)
        deal = writes[0].deal
        waited = await self._claimed(deal)
        if waited is None:
            raise as_failure(CrmBusy(f"what deal {deal} could not write is being written", TAKEN))
        _, settled = await self._carried_out(deal, waited, writes)
        await self.keep(deal, waited, settled.deferred)
        return settled.told

    async def _carried_out(
        self, deal: str, waited: Sequence[Deferred], writes: Sequence[CrmWrite]
    ) -> tuple[Delivered, Settled]:
        """What fails as a whole leaves what waited as it was."""
        try:
            done = await self._writer.write(writes)
        except Exception:
            await self.keep(deal, waited, waited)
            raise
        return done, settle(waited, writes, done, self._now())

    async def again(self, deal: str) -> Redelivered:
        """Tries all that waits of a deal, in order, for it may depend on each other."""
        waited = await self._claimed(deal)
        if not waited:
            return Redelivered()
        done, settled = await self._carried_out(deal, waited, [one.write for one in waited])
        after, refused = settled.deferred, settled.told.refused
        for key, why in refused.items():
            log.warning("%s is not taken, though nothing forbids it any more: %s", key, why)
        await self.keep(deal, waited, after)
        await self._hasten(waited[: done.count], after)
        written = len(waited) - len(after) - len(refused)
        return Redelivered(written=written, deferred=len(after), refused=len(refused))

    async def keep(self, deal: str, before: Sequence[Deferred], after: Sequence[Deferred]) -> None:
        if before or after:
            tries = max((one.tries for one in after), default=1)
            pause = min(SHORTEST * 2 ** min(tries - 1, 10), LONGEST)
            await asyncio.to_thread(self._box.settle, deal, before, after, self._now() + pause)

    async def _claimed(self, deal: str) -> list[Deferred] | None:
        now = self._now()
        try:
            return await asyncio.to_thread(self._box.claim, deal, now, now + LEASE)
        except Exception as error:
            raise as_failure(error) from error

    async def _hasten(self, tried: Sequence[Deferred], after: Sequence[Deferred]) -> None:
        """A right that is back for one deal is likely to be back for all."""
        missing = {one.missing.en for one in after}
        for right in {one.missing.en: one.missing for one in tried if one.missing.en not in missing}.values():
            await asyncio.to_thread(self._box.hasten, right, self._now())


class CrmDeferred:
    def __init__(self, port: CrmPort, box: DeferredBox, *, now: Callable[[], datetime] = utc_now) -> None:
        self._writer, self._box, self._now = DeferringWriter(CrmWriter(port), box, now=now), box, now

    @activity.defn(name="crm.deferred")
    async def write_due(self) -> Redelivered:
        """One round. It ends early where the CRM does not answer: nothing else would get through either."""
        written, deferred, refused = 0, 0, 0
        until = time.monotonic() + ROUND_SECONDS
        async with beating():
            for _ in range(MOST_DEALS):
                if time.monotonic() > until or asked_to_stop():
                    break
                deal = await asyncio.to_thread(self._box.due, self._now())
                if deal is None:
                    break
                done = await self._writer.again(deal)
                written, deferred, refused = (
                    written + done.written,
                    deferred + done.deferred,
                    refused + done.refused,
                )
        return Redelivered(written=written, deferred=deferred, refused=refused)
