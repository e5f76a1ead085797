"""The bot that asks for approvals: seen and planned. A portal without one is as good as before, so none of it is vital."""

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.building.rights import BOT_SCOPE, Scope
from adapters.crm.bitrix24.building.seen import ChatState, SeenBot, SeenChat
from adapters.crm.bitrix24.building.steps import Item, Note, Part, Step, Trouble
from adapters.crm.bitrix24.chat import bot as desk_bot
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.faults import PortalRefused
from domain.words import Language, Text

NO_METHOD, NO_BOT = "ERROR_METHOD_NOT_FOUND", "BOT_NOT_FOUND"

AS_BEFORE = Text(ru="о согласованиях спрашивают задача и письмо", en="tasks and mail ask for approvals")
WITHOUT = {
    ChatState.OFF: Text(
        ru=f"бота нет, {AS_BEFORE.ru}: чтобы отвечать кнопкой в чате, задайте DEALWRIGHT_BITRIX24_BOT_TOKEN",
        en=f"no bot, {AS_BEFORE.en}: to answer by a button in the chat, set DEALWRIGHT_BITRIX24_BOT_TOKEN",
    ),
    ChatState.SHUT: Text(
        ru=f"бота нет, {AS_BEFORE.ru}: у вебхука нет права {BOT_SCOPE}",
        en=f"no bot, {AS_BEFORE.en}: the webhook lacks the permission {BOT_SCOPE}",
    ),
    ChatState.UNKNOWN: Text(
        ru=f"бота нет, {AS_BEFORE.ru}: портал не знает методов imbot.v2",
        en=f"no bot, {AS_BEFORE.en}: the portal does not know the methods of imbot.v2",
    ),
}
TAKEN = Text(
    ru="бот с кодом стола есть, но его завели с другим токеном или другого типа",
    en="there is a bot of the desk's code, made with another token, or of another type",
)
GIVE_BACK = Text(
    ru="Верните прежнее значение DEALWRIGHT_BITRIX24_BOT_TOKEN, одно на всех машинах стола, или удалите бота в портале и повторите deal crm setup.",
    en="Set DEALWRIGHT_BITRIX24_BOT_TOKEN to what it was, the same on all of the desk's machines, or remove the bot in the portal and run deal crm setup again.",
)


async def see_chat(portal: Portal, lacks: Iterable[Scope]) -> SeenChat:
    """Raises what `Portal.call` does."""
    if not portal.bot_token:
        return SeenChat(ChatState.OFF)
    if any(scope.name == BOT_SCOPE for scope in lacks):
        return SeenChat(ChatState.SHUT)
    try:
        shown = (await portal.call(*desk_bot.find(portal.bot_token))).result["bot"]
    except PortalRefused as refused:
        if refused.code == NO_METHOD:
            return SeenChat(ChatState.UNKNOWN)
        if refused.code == NO_BOT:
            return SeenChat(ChatState.OPEN)
        raise
    if desk_bot.own_id({"bot": shown}) is None:
        return SeenChat(ChatState.TAKEN)
    return SeenChat(ChatState.OPEN, await _seen(portal, shown))


async def _seen(portal: Portal, shown: dict[str, Any]) -> SeenBot:
    id = int(shown["id"])
    asked = {"botId": id, "botToken": portal.bot_token}
    listed = rows((await portal.call("imbot.v2.Command.list", asked)).result, "commands")
    knows = any(str(one["command"]).lstrip("/") == desk_bot.COMMAND for one in listed)
    return SeenBot(id, knows, shown["eventMode"] == desk_bot.FETCH)


def plan_bot(chat: SeenChat, token: str, language: Language) -> Iterator[Item]:
    if note := WITHOUT.get(chat.state):
        yield Note(Part.BOT, note)
    elif chat.state is ChatState.TAKEN:
        yield Trouble(Part.BOT, TAKEN, GIVE_BACK, vital=False)
    elif chat.bot is None:
        name = desk_bot.NAME
        made = Text(ru=f"завести бота «{name.ru}»", en=f"make the bot “{name.en}”")
        yield Step(Part.BOT, made, "imbot.v2.Bot.register", desk_bot.registered(token, language), vital=False)
        yield Step(Part.BOT, _BUTTONS, "imbot.v2.Command.register", None, vital=False)
    else:
        yield from _finished(chat.bot, token)


_BUTTONS = Text(ru="научить бота его кнопкам", en="teach the bot its buttons")
_FETCHES = Text(ru="вернуть события бота столу", en="give the bot's events back to the desk")


def _finished(bot: SeenBot, token: str) -> Iterator[Step]:
    if not bot.has_command:
        params = desk_bot.with_command(bot.id, token)
        yield Step(Part.BOT, _BUTTONS, "imbot.v2.Command.register", params, vital=False)
    if not bot.fetches:
        params = desk_bot.fetching(bot.id, token)
        yield Step(Part.BOT, _FETCHES, "imbot.v2.Bot.update", params, vital=False)
