"""Asks whoever must answer an approval, once; and takes the buttons away when it is answered.

A message has no field for a key, and a lost answer leaves open whether it was sent: so what stands in a chat is read first, by the
last line of the bot's own messages there.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from activities.errors import Refused
from adapters.crm.bitrix24.chat.history import History, Message, Page
from adapters.crm.bitrix24.chat.messages import ended, mark_in, mark_of, question
from adapters.crm.bitrix24.client import Command, Portal
from adapters.crm.bitrix24.faults import NotGranted
from adapters.crm.bitrix24.people import People
from domain.effects import CloseTask, CrmWrite, OpenTask

log = logging.getLogger("dealwright.crm")

MOST_PAGES = 3
"""Back from the last message: what is older was answered long ago, or its buttons say that it was."""

_Writes = Mapping[str, OpenTask | CloseTask]


def is_told_in_chat(write: CrmWrite) -> TypeGuard[OpenTask | CloseTask]:
    return isinstance(write, OpenTask | CloseTask) and bool(write.in_chat)


class Asking:
    def __init__(self, portal: Portal, people: People) -> None:
        self._portal, self._people, self._history = portal, people, History(portal)

    async def tell(self, bot: int, writes: Sequence[CrmWrite]) -> None:
        """Of each question its last state. What the portal refuses is left: the task asks, too. Raises RetryLater."""
        told = {mark_of(write).question: write for write in writes if is_told_in_chat(write)}
        by_user: dict[int, dict[str, OpenTask | CloseTask]] = {}
        for asked, write in told.items():
            try:
                user = await self._people.user(write.task.rpartition(":")[2])
            except Refused:  # who has no user has no task either, and the deal's record says so
                continue
            by_user.setdefault(user, {})[asked] = write
        try:
            await self._tell(bot, by_user)
        except (Refused, NotGranted) as refusal:
            log.warning("%s: nobody is asked in the chat: %s", self._portal.host, refusal)

    async def _tell(self, bot: int, by_user: Mapping[int, _Writes]) -> None:
        commands: dict[str, Command] = {}
        for user, latest in (await self._history.latest(bot, by_user)).items():
            sent = await self._sent(bot, latest, by_user[user])
            for n, command in enumerate(self._commands(bot, user, by_user[user], sent)):
                commands[f"t{user}_{n}"] = command
        for error in (await self._portal.many(commands)).errors.values():
            if not isinstance(error, Refused | NotGranted):
                raise error
            log.warning("%s: not told in the chat: %s", self._portal.host, error)

    def _commands(
        self, bot: int, user: int, writes: _Writes, sent: Mapping[str, Message]
    ) -> Iterator[Command]:
        for asked, write in writes.items():
            there = sent.get(asked)
            fields = _fields(bot, write, there.text if there else None)
            if fields and there:
                yield self._history.command("Chat.Message.update", bot, messageId=there.id, fields=fields)
            elif fields:
                yield self._history.command("Chat.Message.send", bot, dialogId=str(user), fields=fields)

    async def _sent(self, bot: int, page: Page, wanted: _Writes) -> dict[str, Message]:
        """The bot's last message of each question; people may copy one."""
        found: dict[str, Message] = {}
        for _ in range(MOST_PAGES):
            own = [one for one in page.messages if one.author == bot]
            found = {mark.question: one for one in own if (mark := mark_in(one.text))} | found
            if set(wanted) <= set(found) or not page.earlier or not page.messages:
                break
            page = await self._history.before(bot, page.messages[0].id)
        return found


def _fields(bot: int, write: OpenTask | CloseTask, text: str | None) -> dict[str, Any] | None:
    """`text` is what stands there. It stays where it was written for something later: this is told out of its turn, or once more."""
    place, stands = mark_of(write).place, mark_in(text or "")
    if isinstance(write, OpenTask):
        is_new = text is None or (stands and stands.place < place)  # it was over, and is asked again
        return question(bot, write, write.in_chat) if write.in_chat and is_new else None
    is_due = text is not None and stands and stands.place <= place
    return ended(text or "", write.in_chat, mark_of(write)) if is_due else None
