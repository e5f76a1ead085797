"""Our own small CRM, for a desk without a portal."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from activities.crm.card import CrmEvent, DealCard
from activities.crm.port import ClientCard, Thing
from adapters.crm.embedded.people import Person
from adapters.crm.embedded.store import CrmStore
from domain.capabilities import ALL, Capability
from domain.crm.mirror import Changed, SeenDeal
from domain.effects import CrmWrite

Result = TypeVar("Result")


class EmbeddedCrm:
    """Serves `CrmPort` and `CrmSource`. A key carried out before changes nothing. SQLite works in a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._store = CrmStore(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="crm")

    def person(self, name: str) -> Person:
        """Somebody at work in it."""
        return Person(name, self._store, self._run)

    async def capabilities(self) -> frozenset[Capability]:
        return ALL - {Capability.LISTS, Capability.BULK}

    async def _write(self, write: CrmWrite) -> None:
        await self._run(lambda: self._store.carry_out(write))

    set_stage = set_fields = put_line = add_comment = attach_file = open_task = close_task = notify = _write

    async def find(self, writes: Sequence[CrmWrite]) -> set[str]:
        return await self._run(lambda: self._store.known(writes))

    async def card(self, deal: str) -> DealCard | None:
        return await self._run(lambda: self._store.card(deal))

    async def deal_of(self, thing: Thing, id: str) -> str | None:
        """Its events name the deal itself."""
        return id if thing == "deal" else None

    async def deals_of(self, card: ClientCard, id: str) -> list[str]:
        """Clients have no cards of their own here."""
        return []

    async def gone(self, refs: Sequence[str]) -> set[str]:
        return await self._run(lambda: self._store.gone(refs))

    async def read(self, ref: str) -> SeenDeal | None:
        return await self._run(lambda: self._store.seen(ref))

    async def changed(self, since: datetime) -> list[Changed]:
        return await self._run(lambda: self._store.changed(since))

    async def unheard(self, limit: int) -> list[CrmEvent]:
        """What people did and nobody has heard of, the oldest first."""
        return await self._run(lambda: self._store.unheard(limit))

    async def heard(self, uid: str) -> None:
        await self._run(lambda: self._store.heard(uid))

    async def ready(self) -> None:
        await self._run(self._store.ready)

    async def close(self) -> None:
        await self._run(self._store.close)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
