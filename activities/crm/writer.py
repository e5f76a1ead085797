"""Writes to the CRM, in order, none twice."""

import asyncio
from collections.abc import Sequence
from typing import cast

from activities.crm.port import BulkCrmPort, CrmPort, carry_out
from activities.errors import CrmAmbiguous, as_failure
from activities.in_order import beating, deliver_in_order, settled
from domain.capabilities import Capability
from domain.effects import CrmWrite, Delivered


class CrmWriter:
    """Never writes blindly: looks the keys up first, in one call, and one again whose answer was lost.

    On the first attempt too: after a reset or a cancelled delivery the same keys come in a new activity.
    """

    def __init__(self, port: CrmPort, *, settle_seconds: float = 2.0) -> None:
        """`settle_seconds`: how long the CRM may need until a write whose answer was lost can be found."""
        self._port = port
        self._settle = settle_seconds

    async def write(self, writes: Sequence[CrmWrite]) -> Delivered:
        """As many as it can, from the first. Raises if that one fails in a way that a later try may not."""
        if Capability.BULK in await self._port.capabilities():
            return await self._at_once(cast(BulkCrmPort, self._port), writes)
        try:
            known = await self._port.find(writes)
        except Exception as error:
            raise as_failure(error) from error

        async def once(write: CrmWrite) -> None:
            if write.key not in known:
                await self._carry_out(write)

        return await deliver_in_order(writes, once)

    async def _at_once(self, port: BulkCrmPort, writes: Sequence[CrmWrite]) -> Delivered:
        """The port looks the keys up itself."""

        async def all_of_it() -> Delivered:
            try:
                return await port.carry_out_all(writes)
            except CrmAmbiguous:
                await asyncio.sleep(self._settle)
                return await port.carry_out_all(writes)

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
