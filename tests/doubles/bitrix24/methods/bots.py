"""imbot.v2 by an incoming webhook: every call but the revision's has the bot's own token.

https://apidocs.bitrix24.com/api-reference/chat-bots/chat-bots-v2/
"""

from typing import Any

from tests.doubles.bitrix24.chats import (
    Bot,
    Message,
    chat_of,
    in_chat,
    opened_chat,
    posted,
    shown_bot,
    shown_bot_user,
    shown_chat,
    shown_message,
    shown_user,
)
from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.methods.registry import Call, method
from tests.doubles.bitrix24.values import truth, wire

TYPES = ("bot", "network", "openline", "supervisor", "personal")
READERS = ("supervisor", "personal")
"""They see all of their chats, and read what was written there before."""
MODES = ("fetch", "webhook")
LONGEST = 20_000
MOST_BOTS = 100
_SWITCHES = ("isHidden", "isReactionsEnabled", "isSupportOpenline")
_BUTTON = {
    *("TEXT", "LINK", "APP_ID", "APP_PARAMS", "ACTION", "ACTION_VALUE", "COMMAND", "COMMAND_PARAMS", "BLOCK"),
    *("DISABLED", "CONTEXT", "DISPLAY", "WIDTH", "BG_COLOR", "BG_COLOR_TOKEN", "TEXT_COLOR", "OFF_BG_COLOR"),
    *("OFF_TEXT_COLOR",),
}
_DOES = ("LINK", "COMMAND", "ACTION", "APP_ID")


def _refused(code: str, text: str, status: int = 400) -> Refusal:
    return Refusal(status, code, text)


def _token(call: Call, given: Any = None) -> str:
    token = str(call.params.get("botToken") or given or "")
    if not token:
        raise _refused("BOT_TOKEN_NOT_SPECIFIED", "Bot token is not specified")
    return token


def _own(call: Call) -> Bot:
    token, id = _token(call), str(call.params.get("botId") or "")
    if not id:
        raise _refused("BOT_ID_REQUIRED", "Bot ID is required")
    bot = call.state.bots.get(int(id)) if id.isdigit() else None
    if bot is None:
        raise _refused("BOT_NOT_FOUND", "Bot not found")
    if bot.app != token:
        raise _refused("BOT_OWNERSHIP_ERROR", "Bot is registered by another application", 403)
    return bot


def _fields(call: Call) -> dict[str, Any]:
    fields = call.params.get("fields")
    return fields if isinstance(fields, dict) else {}


def _answered(call: Call, bot: Bot, *, owner: bool = True) -> dict[str, Any]:
    return {"bot": shown_bot(call.state, bot, owner=owner), "users": [shown_bot_user(bot)]}


@method("imbot.v2.Bot.register", scope="imbot", writes=True)
def register(call: Call) -> Any:
    fields = _fields(call)
    token = _token(call, fields.get("botToken"))
    code, properties = str(fields.get("code") or ""), fields.get("properties")
    if not code:
        raise _refused("BOT_CODE_REQUIRED", "Bot code is required")
    if not isinstance(properties, dict) or not properties.get("name"):
        raise _refused("BOT_PROPERTIES_REQUIRED", "Bot properties are required")
    kind, mode = fields.get("type") or "bot", fields.get("eventMode") or "fetch"
    if kind not in TYPES:
        raise _refused("BOT_INVALID_TYPE", "Invalid bot type")
    _check_mode(mode, fields)
    if found := next((bot for bot in call.state.bots.values() if bot.code == code), None):
        if found.app != token:
            raise _refused("BOT_CODE_ALREADY_TAKEN", "Bot code is already taken")
        return _answered(call, found)  # as it is: nothing of it is changed
    if sum(bot.app == token for bot in call.state.bots.values()) >= MOST_BOTS:
        raise _refused("BOT_LIMIT_EXCEEDED", "Bot limit exceeded")
    bot = Bot(call.state.next("user"), code, token, kind, dict(properties), mode)
    bot.webhook = str(fields.get("webhookUrl") or "")
    bot.switches = {name: truth(fields[name]) for name in _SWITCHES if name in fields}
    call.state.bots[bot.id] = bot
    return _answered(call, bot)


def _check_mode(mode: Any, fields: dict[str, Any]) -> None:
    if mode not in MODES:
        raise _refused("BOT_INVALID_EVENT_MODE", "Invalid event mode")
    if mode == "webhook" and not fields.get("webhookUrl"):
        raise _refused("BOT_WEBHOOK_URL_REQUIRED", "Webhook URL is required")


@method("imbot.v2.Bot.update", scope="imbot", writes=True)
def update(call: Call) -> Any:
    bot, fields = _own(call), _fields(call)
    if "eventMode" in fields:
        _check_mode(fields["eventMode"], fields)
        bot.event_mode, bot.webhook = fields["eventMode"], str(fields.get("webhookUrl") or "")
    if isinstance(fields.get("properties"), dict):
        bot.properties |= fields["properties"]
    bot.switches |= {name: truth(fields[name]) for name in _SWITCHES if name in fields}
    return _answered(call, bot)


@method("imbot.v2.Bot.get", scope="imbot")
def get(call: Call) -> Any:
    token, id, code = _token(call), str(call.params.get("botId") or ""), str(call.params.get("code") or "")
    if not id and not code:
        raise _refused("PARAMS_REQUIRED", "Required parameters are missing")
    found = next((bot for bot in call.state.bots.values() if id == str(bot.id) or code == bot.code), None)
    if found is None:
        raise _refused("BOT_NOT_FOUND", "Bot not found")
    return _answered(call, found, owner=found.app == token)


@method("imbot.v2.Command.register", scope="imbot", writes=True)
def register_command(call: Call) -> Any:
    bot, fields = _own(call), _fields(call)
    name = fields.get("command")
    if not name:
        raise _refused("COMMAND_REQUIRED", "Command is required")
    if not isinstance(name, str):
        raise _refused("COMMAND_NAME_INVALID", "Command name is invalid")
    hidden = truth(fields.get("hidden", False))
    if not hidden and not fields.get("title"):
        raise _refused("COMMAND_TITLE_REQUIRED", "Command title is required")
    known = next((one for one in bot.commands.values() if one["command"] == f"/{name}"), None)
    if known is None:
        known = {
            "id": call.state.next("command", start=42),
            "botId": bot.id,
            "command": f"/{name}",
            "common": truth(fields.get("common", False)),
            "hidden": hidden,
            "extranetSupport": truth(fields.get("extranetSupport", False)),
        }
        bot.commands[known["id"]] = known
    return {"command": dict(known)}


@method("imbot.v2.Command.list", scope="imbot")
def commands(call: Call) -> Any:
    bot = _own(call)
    more = {"title": "", "params": "", "category": str(bot.properties["name"]), "context": ""}
    return {"commands": [{**one, **more} for one in bot.commands.values()]}


@method("imbot.v2.Chat.get", scope="imbot")
def chat(call: Call) -> Any:
    bot = _own(call)
    dialog = str(call.params.get("dialogId") or "")
    found = chat_of(call.state, bot.id, int(dialog)) if dialog.isdigit() else None
    if found is None:
        raise _refused("ACCESS_DENIED", "Access denied", 403)
    last = max((message.id for message in in_chat(call.state, found)), default=None)
    shown = shown_chat(call.state, found, dialog, bot) | {"description": "", "role": "owner", "muteList": []}
    del shown["entityType"]
    made = wire(call.state.now(), call.state.zone)
    return {"chat": shown | {"dateCreate": made, "lastMessageId": last, "managerList": []}}


@method("imbot.v2.Chat.Message.send", scope="imbot", writes=True)
def send(call: Call) -> Any:
    bot, fields, dialog = _own(call), _fields(call), str(call.params.get("dialogId") or "")
    if not dialog.isdigit():
        raise _refused("ACCESS_DENIED", "Access denied", 403)
    if int(dialog) not in call.state.users:
        raise _refused("SENDING_FAILED", "Sending failed")
    if not (text := _text(fields)):
        raise _refused("EMPTY_MESSAGE", "Message is empty")
    buttons = _keyboard(fields.get("keyboard"), bot)
    there = opened_chat(call.state, bot.id, int(dialog))
    return {"id": posted(call.state, there, bot.id, text, buttons).id, "uuidMap": {}}


@method("imbot.v2.Chat.Message.update", scope="imbot", writes=True)
def change(call: Call) -> Any:
    bot, fields = _own(call), _fields(call)
    found = _message(call)
    if found is None or found.author != bot.id:
        raise _refused("ACCESS_DENIED", "Access denied", 403)
    if "message" in fields:
        found.text = _text(fields)
    if "keyboard" in fields:
        found.buttons = _keyboard(fields["keyboard"], bot)
    return {"result": True}


@method("imbot.v2.Chat.Message.getContext", scope="imbot")
def context(call: Call) -> Any:
    bot = _own(call)
    if bot.type not in READERS:
        raise _refused("BOT_TYPE_NOT_ALLOWED", "Bot type not allowed", 403)
    middle = _message(call)
    if middle is None:
        raise _refused("MESSAGE_NOT_FOUND", "Message not found")
    if middle.chat not in [chat for (id, _), chat in call.state.chats.items() if id == bot.id]:
        raise _refused("MESSAGE_ACCESS_DENIED", "Message access denied", 403)
    there = sorted(in_chat(call.state, middle.chat), key=lambda message: message.id)
    place, reach = there.index(middle), min(max(int(call.params.get("range") or 50), 1), 50)
    first = max(place - reach, 0)
    window = there[first : place + reach + 1]
    return {
        "messages": [shown_message(call.state, message) for message in window],
        "users": [_author(call, id) for id in sorted({message.author for message in window})],
        "hasPrevPage": first > 0,
        "hasNextPage": place + reach + 1 < len(there),
    }


@method("imbot.v2.Event.get", scope="imbot")
def events(call: Call) -> Any:
    """An `offset` confirms what was before it: that is forgotten."""
    bot = _own(call)
    if (offset := str(call.params.get("offset") or "")).isdigit():
        bot.queue = [event for event in bot.queue if event["eventId"] >= int(offset)]
    limit = min(max(int(call.params.get("limit") or 100), 1), 1000)
    page = bot.queue[:limit]
    following = page[-1]["eventId"] + 1 if page else int(offset or 0)
    return {"events": page, "nextOffset": following, "hasMore": len(bot.queue) > limit}


def _message(call: Call) -> Message | None:
    id = str(call.params.get("messageId") or "")
    return call.state.messages.get(int(id)) if id.isdigit() else None


def _author(call: Call, id: int) -> dict[str, Any]:
    if id in call.state.bots:
        return shown_bot_user(call.state.bots[id])
    shown = shown_user(call.state.users[id])
    return {name: shown[name] for name in ("id", "active", "name", "bot", "type")}


def _text(fields: dict[str, Any]) -> str:
    text = str(fields.get("message") or "")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} (...)"


def _keyboard(given: Any, bot: Bot) -> list[dict[str, Any]]:
    """`N` or nothing is none. A button that has no text, or does nothing, is no button; nor is one of unknown fields."""
    if given in (None, "", "N", []):
        return []
    rows = given.get("BUTTONS", []) if isinstance(given, dict) else given
    buttons = []
    for button in rows.values() if isinstance(rows, dict) else rows:
        if button.get("TYPE") == "NEWLINE":
            continue
        whole = button.get("TEXT") and sum(name in button for name in _DOES) == 1 and set(button) <= _BUTTON
        reachable = str(button.get("LINK", "/")).startswith(("http://", "https://", "/"))
        if not whole or not reachable or not _acts(button):
            raise _refused("SENDING_FAILED", "Sending failed")
        buttons.append(dict(button) | ({"BOT_ID": given.get("BOT_ID")} if isinstance(given, dict) else {}))
    return buttons


def _acts(button: dict[str, Any]) -> bool:
    return "ACTION" not in button or bool(button.get("ACTION_VALUE"))
