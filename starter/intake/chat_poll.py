"""Fetches what people did in the CRM's chat, for as long as the web runs: stored first, then forgotten there.

How far it has read is what the inbox holds: an event is asked for again until it is stored, and has one key whoever fetched it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Protocol

from activities.crm.chat import Chat, ChatEvent
from activities.errors import WorldError
from domain.crm.chat import read_answer
from domain.words import Text
from records.arrivals import Accepted, Arrival, Source
from records.errors import RecordsUnavailable

log = logging.getLogger("dealwright.intake")

SOURCE: Source = "chat"
LISTEN_SECONDS = 5.0  # Bitrix24 advises 5 to 30 between two that find nothing
MORE_SECONDS = 2.0  # and two where there is more
WITHOUT_SECONDS = 60.0  # no bot, or none that can be asked
_DIGITS = 18


class Inbox(Protocol):
    """`records.inbox_events.EventInbox`, as far as this needs it."""

    def accept_all(self, arrivals: Sequence[Arrival]) -> list[Accepted]: ...
    def last_key(self, source: Source, prefix: str) -> str | None: ...


_NO_ANSWER = Text(ru="Не ответ на согласование", en="No answer to an approval")


class ChatPoll:
    def __init__(self, chat: Chat, inbox: Inbox, wake: Callable[[], None]) -> None:
        """`wake`: something came."""
        self._chat, self._inbox, self._wake = chat, inbox, wake
        self._failed = False

    async def run(self) -> None:
        """Until it is cancelled."""
        pause = 0.0
        while True:
            await asyncio.sleep(pause)
            pause = await self._try()

    async def _try(self) -> float:
        """Seconds until the next look. A chat that can't be read is told once, and asked on."""
        try:
            pause = await self.look()
            self._failed = False
            return pause
        except (WorldError, RecordsUnavailable) as error:
            if not self._failed:
                log.warning("the chat can't be read, trying on: %s", error)
            self._failed = True
        except Exception as error:
            log.error("reading the chat: a fault of ours, %s", type(error).__name__)
        return WITHOUT_SECONDS

    async def look(self) -> float:
        bot = await self._chat.bot()
        if bot is None:
            return WITHOUT_SECONDS
        last = await asyncio.to_thread(self._inbox.last_key, SOURCE, f"{bot}:")
        heard = await self._chat.heard(int(last.rpartition(":")[2]) if last else None)
        if arrivals := _arrivals(bot, heard.events, datetime.now(UTC)):
            await asyncio.to_thread(self._inbox.accept_all, arrivals)
            self._wake()
        return MORE_SECONDS if heard.more else LISTEN_SECONDS


def _arrivals(bot: str, events: Sequence[ChatEvent], at: datetime) -> list[Arrival]:
    """The answers; and of what is none the last, which says how far was read."""
    kept = [event for event in events if event.sent or event is events[-1]]
    return [_arrival(bot, event, at) for event in kept]


def _arrival(bot: str, event: ChatEvent, at: datetime) -> Arrival:
    answer = read_answer(event.sent)
    return Arrival(
        SOURCE,
        f"{bot}:{event.place:0{_DIGITS}}",
        event.kind,
        f"{SOURCE}:{event.user}",
        event.model_dump(mode="json"),
        at,
        deal=answer.deal if answer else None,
        ignored=None if event.sent else _NO_ANSWER,
    )


async def stopped(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
