"""What stands in the bot's private chats. The portal has no list of a chat's messages: it shows those around one."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from activities.errors import Refused
from adapters.crm.bitrix24.answers import Outcomes, rows
from adapters.crm.bitrix24.client import Command, Portal
from adapters.crm.bitrix24.query import ref

PAGE = 50


class Message(NamedTuple):
    id: int
    author: int
    text: str


class Page(NamedTuple):
    """The oldest first. `earlier`: there are others before."""

    messages: tuple[Message, ...] = ()
    earlier: bool = False


class History:
    """Of a bot that may read its chats. Raises what `Portal.call` does."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def command(self, method: str, bot: int, **params: Any) -> Command:
        """Any call as the bot."""
        return f"imbot.v2.{method}", {"botId": bot, "botToken": self._portal.bot_token, **params}

    async def latest(self, bot: int, users: Iterable[int]) -> dict[int, Page]:
        """The last messages in the chat with each of them, in one request."""
        users, asked = list(users), dict[str, Command]()
        for user in users:
            asked[f"c{user}"] = self.command("Chat.get", bot, dialogId=str(user))
            asked[f"m{user}"] = self._around(bot, ref(f"c{user}", "chat", "lastMessageId"), PAGE)
        outcomes = await self._portal.many(asked)
        return {
            user: _page(outcomes.result(f"m{user}")) if _begun(outcomes, user) else Page() for user in users
        }

    async def before(self, bot: int, message: int) -> Page:
        """With this one as the last."""
        method, params = self._around(bot, message, PAGE)
        page = _page((await self._portal.call(method, params)).result)
        return page._replace(messages=tuple(one for one in page.messages if one.id <= message))

    async def own(self, bot: int, message: int) -> Message | None:
        """A message, if it is the bot's own."""
        outcome = await self._portal.batch({"m": self._around(bot, message, 1)})
        if isinstance(outcome.errors.get("m"), Refused):
            return None
        found = _page(outcome.result("m")).messages
        return next((one for one in found if (one.id, one.author) == (message, bot)), None)

    def _around(self, bot: int, message: Any, reach: int) -> Command:
        return self.command("Chat.Message.getContext", bot, messageId=message, range=reach)


def _begun(outcomes: Outcomes, user: int) -> bool:
    """The private chat with somebody comes with its first message: before, the portal shows none."""
    if isinstance(outcomes.errors.get(f"c{user}"), Refused):
        return False
    return bool(outcomes.result(f"c{user}")["chat"].get("lastMessageId"))


def _page(result: dict[str, Any]) -> Page:
    listed = rows(result, "messages")
    messages = (Message(int(one["id"]), int(one["authorId"]), str(one["text"])) for one in listed)
    return Page(tuple(messages), bool(result.get("hasPrevPage")))
