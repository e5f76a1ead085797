"""What became of events is written down: those that are dealt with at the same moment share one transaction."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from records.arrivals import Finished


class Ledger(Protocol):
    """`records.inbox_events.EventInbox`, as far as this needs it."""

    def finish_all(self, finished: Sequence[Finished]) -> None: ...


_Waiting = tuple[tuple[Finished, ...], asyncio.Future[None]]


class Finishing:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def finish(self, *finished: Finished) -> None:
        """Returns when all of it is written. Raises RecordsUnavailable: then nothing is."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((finished, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await written

    async def _write(self) -> None:
        try:
            while self._waiting:
                now, self._waiting = self._waiting, []
                await self._store(now)
        finally:
            self._writing = None

    async def _store(self, batch: list[_Waiting]) -> None:
        try:
            await asyncio.to_thread(self._ledger.finish_all, [one for some, _ in batch for one in some])
        except Exception as error:
            for _, written in batch:
                if not written.done():
                    written.set_exception(error)
            return
        for _, written in batch:
            if not written.done():
                written.set_result(None)
