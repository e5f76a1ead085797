"""Asks whoever must answer an approval, once; and takes the buttons away when it is answered.

A message has no field for a key, and a lost answer leaves open whether it was sent: so what stands in a chat is read first, by the
last line of the bot's own messages there.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from activities.errors import Refused, WorldError
from adapters.crm.bitrix24.answers import Outcomes, rows
from adapters.crm.bitrix24.chat.messages import ended, mark_in, mark_of, question
from adapters.crm.bitrix24.client import Command, Portal
from adapters.crm.bitrix24.people import People
from adapters.crm.bitrix24.query import ref
from domain.effects import CloseTask, CrmWrite, OpenTask

log = logging.getLogger("dealwright.crm")

MOST_PAGES = 3
"""Of fifty messages, back from the last one: what is older was answered long ago, or its buttons answer that it was."""
PAGE = 50

_Writes = Mapping[str, OpenTask | CloseTask]


class Sent(NamedTuple):
    id: int
    text: str


def is_told_in_chat(write: CrmWrite) -> TypeGuard[OpenTask | CloseTask]:
    return isinstance(write, OpenTask | CloseTask) and bool(write.in_chat)


class Asking:
    def __init__(self, portal: Portal, people: People) -> None:
        self._portal, self._people = portal, people

    async def tell(self, bot: int, writes: Sequence[CrmWrite]) -> None:
        """Of each question its last state. What the portal refuses is left: the task asks, too. Raises RetryLater."""
        told: dict[str, OpenTask | CloseTask] = {mark_of(w): w for w in writes if is_told_in_chat(w)}
        by_user: dict[int, dict[str, OpenTask | CloseTask]] = {}
        for mark, write in told.items():
            try:
                user = await self._people.user(write.task.rpartition(":")[2])
            except Refused:  # who has no user has no task either, and the deal's record says so
                continue
            by_user.setdefault(user, {})[mark] = write
        try:
            await self._tell(bot, by_user)
        except Refused as refusal:
            log.warning("%s: nobody is asked in the chat: %s", self._portal.host, refusal)

    async def _tell(self, bot: int, by_user: Mapping[int, _Writes]) -> None:
        sent = await self._sent(bot, by_user)
        commands = {
            f"t{user}_{n}": command
            for user, writes in by_user.items()
            for n, command in enumerate(self._commands(bot, user, writes, sent[user]))
        }
        for error in (await self._portal.many(commands)).errors.values():
            if not isinstance(error, Refused):
                raise error
            log.warning("%s: not told in the chat: %s", self._portal.host, error)

    def _commands(self, bot: int, user: int, writes: _Writes, sent: Mapping[str, Sent]) -> Iterator[Command]:
        for mark, write in writes.items():
            there = sent.get(mark)
            if isinstance(write, OpenTask) and write.in_chat:
                fields = question(bot, write, write.in_chat)
                if there is None:
                    yield self._call("imbot.v2.Chat.Message.send", bot, dialogId=str(user), fields=fields)
                elif there.text != fields["message"]:  # it was over, and is asked again
                    yield self._change(bot, there.id, fields)
            elif isinstance(write, CloseTask) and there and (end := ended(there.text, write.in_chat)):
                yield self._change(bot, there.id, end)

    def _change(self, bot: int, id: int, fields: dict[str, Any]) -> Command:
        return self._call("imbot.v2.Chat.Message.update", bot, messageId=id, fields=fields)

    def _call(self, method: str, bot: int, **params: Any) -> Command:
        return method, {"botId": bot, "botToken": self._portal.bot_token, **params}

    async def _sent(self, bot: int, by_user: Mapping[int, _Writes]) -> dict[int, dict[str, Sent]]:
        """What the bot has written to each of them: one request, and more for a chat in which it is not found at once."""
        asked: dict[str, Command] = {}
        for user in by_user:
            asked[f"c{user}"] = self._call("imbot.v2.Chat.get", bot, dialogId=str(user))
            asked[f"m{user}"] = self._context(bot, ref(f"c{user}", "chat", "lastMessageId"))
        outcomes = await self._portal.many(asked)
        return {user: await self._in_chat(bot, user, wanted, outcomes) for user, wanted in by_user.items()}

    async def _in_chat(self, bot: int, user: int, wanted: _Writes, outcomes: Outcomes) -> dict[str, Sent]:
        if not _has_messages(outcomes, f"c{user}"):
            return {}
        page, found = outcomes.result(f"m{user}"), dict[str, Sent]()
        for _ in range(MOST_PAGES):
            messages = rows(page, "messages")
            found = _by_mark(messages, bot) | found
            if set(wanted) <= set(found) or not messages or not page.get("hasPrevPage"):
                break
            method, params = self._context(bot, messages[0]["id"])
            page = (await self._portal.call(method, params)).result
        return found

    def _context(self, bot: int, message: Any) -> Command:
        return self._call("imbot.v2.Chat.Message.getContext", bot, messageId=message, range=PAGE)


def _has_messages(outcomes: Outcomes, name: str) -> bool:
    """The private chat with somebody comes with the first message: before, the portal shows none."""
    error: WorldError | None = outcomes.errors.get(name)
    if isinstance(error, Refused):
        return False
    return bool(outcomes.result(name)["chat"].get("lastMessageId"))


def _by_mark(messages: Sequence[Mapping[str, Any]], bot: int) -> dict[str, Sent]:
    """The last one of each: of the bot's own, for people may copy one."""
    own = (one for one in messages if int(one["authorId"]) == bot)
    marked = ((mark_in(str(one["text"])), one) for one in own)
    return {mark: Sent(int(one["id"]), str(one["text"])) for mark, one in marked if mark}
