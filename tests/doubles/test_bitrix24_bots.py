"""The double's chat bots: what imbot.v2 refuses, tells and forgets, as its pages say."""

from typing import Any

import pytest

from tests.doubles.bitrix24 import Double
from tests.doubles.conftest import Caller

TOKEN = {"botToken": "t0ken"}
FIELDS = {"code": "x", "type": "personal", "properties": {"name": "X"}}
YES = {"TEXT": "Yes", "COMMAND": "answer", "COMMAND_PARAMS": "7 yes"}


@pytest.fixture
async def bot(call: Caller) -> dict[str, Any]:
    """With its command: what each call as this bot needs."""
    made = await call("imbot.v2.Bot.register", fields=FIELDS | TOKEN)
    own = TOKEN | {"botId": made["bot"]["id"]}
    await call("imbot.v2.Command.register", **own, fields={"command": "answer", "hidden": True})
    return own


async def said(call: Caller, bot: dict[str, Any], *buttons: dict[str, Any], to: int = 2) -> int:
    keyboard = {"BOT_ID": bot["botId"], "BUTTONS": list(buttons)}
    fields = {"message": "Well?", "keyboard": keyboard}
    return int((await call("imbot.v2.Chat.Message.send", **bot, dialogId=str(to), fields=fields))["id"])


async def test_a_code_has_one_bot_whoever_knows_its_token(call: Caller, bot: dict[str, Any]) -> None:
    again = await call("imbot.v2.Bot.register", fields=FIELDS | TOKEN | {"eventMode": "fetch", "type": "bot"})
    assert (again["bot"]["id"], again["bot"]["type"]) == (bot["botId"], "personal")
    taken = await call.fails("imbot.v2.Bot.register", fields=FIELDS | {"botToken": "other"})
    assert taken[:2] == (400, "BOT_CODE_ALREADY_TAKEN")
    shown = await call("imbot.v2.Bot.get", code="x", botToken="other")
    assert "eventMode" not in shown["bot"]


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("Bot.register", {"fields": FIELDS}, "BOT_TOKEN_NOT_SPECIFIED"),
        ("Bot.register", TOKEN | {"fields": {"properties": {"name": "X"}}}, "BOT_CODE_REQUIRED"),
        ("Bot.register", TOKEN | {"fields": {"code": "y"}}, "BOT_PROPERTIES_REQUIRED"),
        ("Bot.register", TOKEN | {"fields": FIELDS | {"type": "clerk"}}, "BOT_INVALID_TYPE"),
        ("Bot.register", TOKEN | {"fields": FIELDS | {"eventMode": "push"}}, "BOT_INVALID_EVENT_MODE"),
        ("Bot.register", TOKEN | {"fields": FIELDS | {"eventMode": "webhook"}}, "BOT_WEBHOOK_URL_REQUIRED"),
        ("Bot.get", TOKEN, "PARAMS_REQUIRED"),
        ("Bot.get", TOKEN | {"code": "none"}, "BOT_NOT_FOUND"),
        ("Command.list", TOKEN, "BOT_ID_REQUIRED"),
        ("Event.get", {"botId": 3, "botToken": "other"}, "BOT_OWNERSHIP_ERROR"),
        ("Event.get", {"botId": 3}, "BOT_TOKEN_NOT_SPECIFIED"),
        ("Chat.get", TOKEN | {"botId": 3, "dialogId": "2"}, "ACCESS_DENIED"),
        ("Chat.Message.send", TOKEN | {"botId": 3, "dialogId": "2", "fields": {}}, "EMPTY_MESSAGE"),
        ("Chat.Message.update", TOKEN | {"botId": 3, "messageId": 1, "fields": {}}, "ACCESS_DENIED"),
        ("Chat.Message.getContext", TOKEN | {"botId": 3, "messageId": 1}, "MESSAGE_NOT_FOUND"),
        ("Command.register", TOKEN | {"botId": 3, "fields": {"command": "y"}}, "COMMAND_TITLE_REQUIRED"),
    ],
)
async def test_what_a_bot_may_not_is_refused(
    call: Caller, bot: dict[str, Any], method: str, params: dict[str, Any], code: str
) -> None:
    assert bot["botId"] == 3
    assert (await call.fails(f"imbot.v2.{method}", **params))[1] == code


async def test_only_a_bot_that_may_read_is_shown_what_was_written(call: Caller, bot: dict[str, Any]) -> None:
    ids = [await said(call, bot) for _ in range(60)]
    last = (await call("imbot.v2.Chat.get", **bot, dialogId="2"))["chat"]["lastMessageId"]
    page = await call("imbot.v2.Chat.Message.getContext", **bot, messageId=last, range=50)
    assert [message["id"] for message in page["messages"]] == ids[-51:]
    assert (page["hasPrevPage"], page["hasNextPage"]) == (True, False)
    plain = await call("imbot.v2.Bot.register", fields=FIELDS | TOKEN | {"code": "y", "type": "bot"})
    other = TOKEN | {"botId": plain["bot"]["id"]}
    mute = await call.fails("imbot.v2.Chat.Message.getContext", **other, messageId=await said(call, other))
    assert mute[1] == "BOT_TYPE_NOT_ALLOWED"


@pytest.mark.parametrize(
    "button",
    [
        {"TEXT": "Yes"},
        {"COMMAND": "answer"},
        {"TEXT": "Yes", "COMMAND": "answer", "LINK": "https://a.example"},
        {"TEXT": "Yes", "LINK": "javascript:alert(1)"},
        {"text": "Yes", "command": "answer"},
        {"TEXT": "Yes", "ACTION": "PUT"},
    ],
)
async def test_a_button_has_words_and_does_one_thing(
    call: Caller, bot: dict[str, Any], button: dict[str, str]
) -> None:
    fields = {"message": "Well?", "keyboard": [button]}
    refused = await call.fails("imbot.v2.Chat.Message.send", **bot, dialogId="2", fields=fields)
    assert refused[1] == "SENDING_FAILED"


async def test_a_press_waits_until_the_bot_confirms_it(
    portal: Double, call: Caller, bot: dict[str, Any]
) -> None:
    message = await said(call, bot, YES, {"TEXT": "No", "COMMAND": "unknown"})
    hand = portal.as_user(2)
    hand.press(message, "No")
    hand.press(message, "Yes")
    hand.write_to_bot(bot["botId"], "/answer 7 no")
    hand.write_to_bot(bot["botId"], "hello")
    for _ in range(2):
        page = await call("imbot.v2.Event.get", **bot)
        kinds = [event["type"].removeprefix("ONIMBOTV2") for event in page["events"]]
        assert kinds == ["COMMANDADD", "COMMANDADD", "MESSAGEADD"]
    pressed, typed, _ = page["events"]
    assert [event["data"]["command"]["params"] for event in (pressed, typed)] == ["7 yes", "7 no"]
    assert [event["data"]["command"]["context"] for event in (pressed, typed)] == ["keyboard", "textarea"]
    assert pressed["data"]["user"]["id"] == 2
    assert pressed["data"]["message"]["id"] == message
    later = await call("imbot.v2.Event.get", **bot, offset=pressed["eventId"] + 1, limit=1)
    assert ([event["eventId"] for event in later["events"]], later["hasMore"]) == ([typed["eventId"]], True)
    assert (await call("imbot.v2.Event.get", **bot, offset=page["nextOffset"]))["events"] == []


async def test_a_keyboard_is_taken_away_by_n(portal: Double, call: Caller, bot: dict[str, Any]) -> None:
    message = await said(call, bot, YES)
    assert portal.state.messages[message].buttons
    await call("imbot.v2.Chat.Message.update", **bot, messageId=message, fields={"keyboard": "N"})
    assert (portal.state.messages[message].buttons, portal.state.messages[message].text) == ([], "Well?")


async def test_an_older_portal_knows_no_such_bots(portal: Double, call: Caller) -> None:
    portal.chat_bots = False
    refused = await call.fails("imbot.v2.Bot.register", fields=FIELDS | TOKEN)
    assert refused[:2] == (404, "ERROR_METHOD_NOT_FOUND")
