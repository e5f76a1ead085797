"""Chat bots, their private chats and the queue of what people did there, as imbot.v2 has them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zlib import crc32

from tests.doubles.bitrix24.state import State, User
from tests.doubles.bitrix24.values import wire


@dataclass
class Bot:
    """`app` is whose it is: of a webhook, the one who knows its `botToken`."""

    id: int
    code: str
    app: str
    type: str
    properties: dict[str, Any]
    event_mode: str = "fetch"
    webhook: str = ""
    switches: dict[str, bool] = field(default_factory=dict)
    commands: dict[int, dict[str, Any]] = field(default_factory=dict)
    queue: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Message:
    id: int
    chat: int
    author: int
    text: str
    at: datetime
    buttons: list[dict[str, Any]] = field(default_factory=list)


def chat_of(state: State, bot: int, user: int) -> int | None:
    return state.chats.get((bot, user))


def opened_chat(state: State, bot: int, user: int) -> int:
    """A private one comes by itself with its first message."""
    if (bot, user) not in state.chats:
        state.chats[bot, user] = state.next("chat", start=5)
    return state.chats[bot, user]


def posted(
    state: State, chat: int, author: int, text: str, buttons: list[dict[str, Any]] | None = None
) -> Message:
    made = Message(state.next("message", start=789), chat, author, text, state.now(), buttons or [])
    state.messages[made.id] = made
    return made


def in_chat(state: State, chat: int) -> list[Message]:
    return [message for message in state.messages.values() if message.chat == chat]


def shown_bot(state: State, bot: Bot, *, owner: bool = True) -> dict[str, Any]:
    """In brief to whoever does not own it."""
    brief = {
        "id": bot.id,
        "code": bot.code,
        "type": bot.type,
        "isHidden": bot.switches.get("isHidden", False),
        "isSupportOpenline": bot.switches.get("isSupportOpenline", False),
        "isReactionsEnabled": bot.switches.get("isReactionsEnabled", True),
        "backgroundId": None,
        "language": "ru",
    }
    if not owner:
        return brief
    chats = [chat for (id, _), chat in state.chats.items() if id == bot.id]
    return brief | {
        "moduleId": "rest",
        "appId": f"custom{crc32(bot.app.encode())}",
        "eventMode": bot.event_mode,
        "countMessage": sum(message.author == bot.id for message in state.messages.values()),
        "countCommand": len(bot.commands),
        "countChat": len(chats),
        "countUser": len(chats),
    }


def shown_bot_user(bot: Bot) -> dict[str, Any]:
    return {
        "id": bot.id,
        "active": True,
        "name": str(bot.properties["name"]),
        "bot": True,
        "type": "bot",
    }


def shown_message(state: State, message: Message) -> dict[str, Any]:
    """What `params` holds of a keyboard no page says: nobody may count on it."""
    return {
        "id": message.id,
        "chatId": message.chat,
        "authorId": message.author,
        "date": wire(message.at, state.zone),
        "text": message.text,
        "isSystem": False,
        "uuid": "",
        "forward": None,
        "params": {},
        "viewedByOthers": False,
    }


def shown_chat(state: State, chat: int, dialog: str, bot: Bot) -> dict[str, Any]:
    """As an event has it: without what depends on who looks."""
    return {
        "id": chat,
        "dialogId": dialog,
        "type": "chat",
        "name": str(bot.properties["name"]),
        "entityType": "",
        "owner": bot.id,
        "avatar": "",
        "color": "#ab7761",
    }


def shown_user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "active": user.active,
        "name": f"{user.name} {user.last_name}".strip(),
        "firstName": user.name,
        "lastName": user.last_name,
        "workPosition": user.position,
        "color": "#df532d",
        "avatar": "",
        "gender": "M",
        "birthday": "",
        "extranet": False,
        "bot": False,
        "connector": False,
        "externalAuthId": "default",
        "status": "online",
        "idle": False,
        "lastActivityDate": False,
        "absent": False,
        "departments": [user.department],
        "phones": False,
        "type": "employee",
    }


def happened(state: State, bot: Bot, kind: str, user: User, chat: int, **what: Any) -> None:
    """Queued until the bot confirms it. Of a bot that wants events at an address, sent there: that is not doubled."""
    if bot.event_mode != "fetch":
        return
    about = {
        "bot": shown_bot(state, bot),
        **what,
        "chat": shown_chat(state, chat, str(user.id), bot),
        "user": shown_user(user),
        "language": "ru",
    }
    event = {
        "eventId": state.next("bot event", start=1001),
        "type": kind,
        "date": wire(state.now(), state.zone),
    }
    bot.queue.append(event | {"data": about})
