"""The activity that tells the CRM."""

import asyncio

from temporalio import activity

from activities.crm.port import CrmPort, carry_out
from activities.errors import CrmAmbiguous, as_failure
from activities.in_order import deliver_in_order
from domain.effects import CrmBatch, CrmWrite, Delivered


class CrmDelivery:
    """Never writes blindly: looks a batch's keys up first, in one call, and one again whose answer was lost.

    On the first attempt too: after a reset or a cancelled delivery the same keys come in a new activity.
    """

    def __init__(self, port: CrmPort, *, settle_seconds: float = 2.0) -> None:
        """`settle_seconds`: how long the CRM may need until a write whose answer was lost can be found."""
        self._port = port
        self._settle = settle_seconds

    @activity.defn(name="crm.deliver")
    async def deliver(self, batch: CrmBatch) -> Delivered:
        try:
            known = await self._port.find(batch.writes)
        except Exception as error:
            raise as_failure(error) from error

        async def once(write: CrmWrite) -> None:
            if write.key not in known:
                await self._carry_out(write)

        return await deliver_in_order(batch.writes, once)

    async def _carry_out(self, write: CrmWrite) -> None:
        try:
            await carry_out(self._port, write)
        except CrmAmbiguous:
            await asyncio.sleep(self._settle)
            if write.key not in await self._port.find([write]):
                raise
