"""The desk's bot: one in a portal, known by its code, and the desk's own as long as it has its token.

It fetches what people did: the portal keeps that until the desk confirms it, and a bot's events are sent to an address only once,
with a token that the maker of an incoming webhook never sees.
"""

from typing import Any

from adapters.crm.bitrix24.client import Command
from domain.words import Language, Text

CODE = "dealwright"
COMMAND = "decision"
"""What a button sends to the bot, with the answer behind it."""
READER = "personal"
"""The type of a bot that may read its own chats: so it finds what it has written."""
READERS = (READER, "supervisor")
FETCH = "fetch"
NAME = Text(ru="Согласования", en="Approvals")
WORK = Text(ru="Спрашивает о сделках", en="Asks about deals")


def find(token: str) -> Command:
    return "imbot.v2.Bot.get", {"code": CODE, "botToken": token}


def is_own(bot: dict[str, Any]) -> bool:
    """A portal tells more of a bot to whoever has its token."""
    return "eventMode" in bot


def own_id(result: Any) -> int | None:
    """Of the answer to `find`."""
    bot = result.get("bot") or {} if isinstance(result, dict) else {}
    return int(bot["id"]) if is_own(bot) and bot.get("type") in READERS else None


def registered(token: str, language: Language) -> dict[str, Any]:
    return {
        "fields": {
            "code": CODE,
            "botToken": token,
            "type": READER,
            "eventMode": FETCH,
            "properties": {"name": NAME.to(language), "workPosition": WORK.to(language)},
        }
    }


def with_command(id: int, token: str) -> dict[str, Any]:
    """Hidden: people press it, and need not type it."""
    return {"botId": id, "botToken": token, "fields": {"command": COMMAND, "hidden": "Y"}}


def fetching(id: int, token: str) -> dict[str, Any]:
    return {"botId": id, "botToken": token, "fields": {"eventMode": FETCH}}
