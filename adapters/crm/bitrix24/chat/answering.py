"""What people answered in the bot's chat, and what they are told there. Serves `Chat`."""

import logging
from collections.abc import Sequence
from typing import Any

from activities.crm.chat import ChatButton, ChatEvent, ChatEvents
from activities.errors import Refused
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.chat.bot import COMMAND
from adapters.crm.bitrix24.chat.history import History
from adapters.crm.bitrix24.chat.messages import ended, reply
from adapters.crm.bitrix24.client import Portal, yielding
from adapters.crm.bitrix24.faults import NotGranted
from adapters.crm.bitrix24.people import People
from adapters.crm.bitrix24.portal_map import MapKeeper

log = logging.getLogger("dealwright.crm")

PRESSED = "ONIMBOTV2COMMANDADD"
AT_ONCE = 100
LONGEST_SENT = 4500
"""More than a deal takes of a comment: what is cut off is not taken for the whole."""


class Answering:
    def __init__(self, portal: Portal, maps: MapKeeper, people: People) -> None:
        self._portal, self._maps, self._people = portal, maps, people
        self._history = History(portal)

    async def bot(self) -> str | None:
        if not self._portal.bot_token:
            return None
        id = (await self._maps.get()).bot
        return None if id is None else str(id)

    async def heard(self, after: int | None) -> ChatEvents:
        """An offset confirms what is before it, so that of what is stored nothing comes again, and of the rest nothing is lost."""
        bot = await self._bot()
        if bot is None:
            return ChatEvents(())
        known = {} if after is None else {"offset": after + 1}
        method, params = self._history.command("Event.get", bot, limit=AT_ONCE, **known)
        with yielding():
            try:
                result = (await self._portal.call(method, params)).result
            except Refused:
                self._maps.doubt()  # the bot may have been removed
                raise
        return ChatEvents([_event(row) for row in rows(result, "events")], bool(result.get("hasMore")))

    async def person_of(self, user: str) -> str | None:
        return await self._people.person(int(user)) if user.isdigit() else None

    async def end_question(self, event: ChatEvent, words: str) -> None:
        """Read before it is written: the end of the approval may have come to stand there meanwhile."""
        bot = await self._bot()
        if bot is None:
            return
        found = await self._history.own(bot, event.message) if event.message else None
        if found is None:
            await self.say(event, words, again=True)
        elif fields := ended(found.text, words):
            await self._write(bot, "Chat.Message.update", messageId=found.id, fields=fields)

    async def say(
        self, event: ChatEvent, words: str, buttons: Sequence[ChatButton] = (), *, again: bool
    ) -> None:
        bot = await self._bot()
        if bot is None or not event.user.isdigit():
            return
        fields = reply(bot, words, buttons)
        if not again or not await self._is_said(bot, event, fields["message"]):
            await self._write(bot, "Chat.Message.send", dialogId=event.user, fields=fields)

    async def _is_said(self, bot: int, event: ChatEvent, text: str) -> bool:
        user = int(event.user)
        page = (await self._history.latest(bot, [user]))[user]
        return any(one.author == bot and one.id > event.message and one.text == text for one in page.messages)

    async def _write(self, bot: int, method: str, **params: Any) -> None:
        """What the portal refuses is left unsaid."""
        outcome = await self._portal.batch({"w": self._history.command(method, bot, **params)})
        for error in outcome.errors.values():
            if not isinstance(error, Refused | NotGranted):
                raise error
            log.warning("%s: not told in the chat: %s", self._portal.host, error)

    async def _bot(self) -> int | None:
        return (await self._maps.get()).bot


def _event(row: dict[str, Any]) -> ChatEvent:
    """What is no answer is only a place in the queue."""
    kind, place = str(row["type"])[:80], int(row["eventId"])
    data = row.get("data") if isinstance(row.get("data"), dict) else {}
    user = str(_part(data, "user").get("id") or "")[:20]
    command = _part(data, "command")
    if kind != PRESSED or str(command.get("command")).lstrip("/") != COMMAND:
        return ChatEvent(place=place, kind=kind, user=user)
    sent, message = str(command.get("params") or ""), str(_part(data, "message").get("id") or 0)
    number = int(message) if message.isdigit() else 0
    return ChatEvent(place=place, kind=kind, user=user, sent=sent[:LONGEST_SENT], message=number)


def _part(data: Any, name: str) -> dict[str, Any]:
    part = data.get(name) if isinstance(data, dict) else None
    return part if isinstance(part, dict) else {}
