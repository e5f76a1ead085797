"""The door to the inbox: what passes it is committed. Events that come at the same moment share one transaction."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from domain.wording import worded
from records.arrivals import Accepted, Arrival
from records.errors import RecordsUnavailable
from records.inbox_events import EventInbox

AT_ONCE = 200  # events in one transaction
MOST_WAITING = 2000  # more are turned away: their senders try again, and our memory holds

_Waiting = tuple[Arrival, asyncio.Future[Accepted]]


class Door:
    def __init__(self, inbox: EventInbox, on_accept: Callable[[], None] = lambda: None) -> None:
        self._inbox, self._on_accept = inbox, on_accept
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "door")  # of its own: nobody else's work holds up an answer

    async def accept(self, arrival: Arrival) -> Accepted:
        """Returns when the event is stored for good. Raises RecordsUnavailable: then it is not."""
        if len(self._waiting) >= MOST_WAITING:
            raise RecordsUnavailable(
                worded(
                    ru="Записей уже ждут события: {n}.",
                    en="{n} events wait for the records already.",
                    n=MOST_WAITING,
                )
            )
        answer: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await answer

    def close(self) -> None:
        self._thread.shutdown()

    async def _write(self) -> None:
        try:
            while self._waiting:
                now, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._store(now)
        finally:
            self._writing = None

    async def _store(self, batch: list[_Waiting]) -> None:
        arrivals = [arrival for arrival, _ in batch]
        loop = asyncio.get_running_loop()
        try:
            accepted = await loop.run_in_executor(self._thread, self._inbox.accept_all, arrivals)
        except Exception as error:
            for _, answer in batch:
                if not answer.done():  # its client may have gone
                    answer.set_exception(error)
            return
        for (_, answer), what in zip(batch, accepted, strict=True):
            if not answer.done():
                answer.set_result(what)
        self._on_accept()
