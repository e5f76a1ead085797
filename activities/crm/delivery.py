"""The activity that tells the CRM."""

import asyncio

from temporalio import activity

from activities.crm.port import BulkCrmPort, CrmPort, carry_out
from activities.errors import CrmAmbiguous, as_failure
from activities.in_order import beating, deliver_in_order, settled
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
        if isinstance(self._port, BulkCrmPort):
            return await self._at_once(self._port, batch)
        try:
            known = await self._port.find(batch.writes)
        except Exception as error:
            raise as_failure(error) from error

        async def once(write: CrmWrite) -> None:
            if write.key not in known:
                await self._carry_out(write)

        return await deliver_in_order(batch.writes, once)

    async def _at_once(self, port: BulkCrmPort, batch: CrmBatch) -> Delivered:
        """The port looks the keys up itself."""

        async def all_of_it() -> Delivered:
            try:
                return await port.carry_out_all(batch.writes)
            except CrmAmbiguous:
                await asyncio.sleep(self._settle)
                return await port.carry_out_all(batch.writes)

        try:
            async with beating():
                return await settled(all_of_it())
        except Exception as error:
            raise as_failure(error) from error

    async def _carry_out(self, write: CrmWrite) -> None:
        try:
            await carry_out(self._port, write)
        except CrmAmbiguous:
            await asyncio.sleep(self._settle)
            if write.key not in await self._port.find([write]):
                raise
