"""The bot's messages: a question with its buttons, and what its end is. The last line says which question it is."""

import re
from collections.abc import Sequence
from typing import Any

from activities.crm.chat import ChatButton
from adapters.crm.bitrix24.chat.bot import COMMAND
from adapters.crm.bitrix24.text import plain
from domain.crm.chat import APPROVE, OPEN, REJECT, ChatAnswer
from domain.effects import CloseTask, InChat, OpenTask

NO_BUTTONS = "N"
NO_PREVIEW = "N"
"""The portal would open a link that only its reader may."""
LONGEST = 4000
_MARK = re.compile(r"\n· (\S+ \S+)\s*$")


def mark_of(write: OpenTask | CloseTask) -> str:
    return f"{write.deal} {write.task}"


def mark_in(text: str) -> str | None:
    found = _MARK.search(text)
    return found[1] if found else None


def question(bot: int, write: OpenTask, said: InChat) -> dict[str, Any]:
    text = f"{plain(said.text)[:LONGEST]}\n· {mark_of(write)}"
    return {"message": text, "keyboard": _keyboard(bot, write.deal, said), "urlPreview": NO_PREVIEW}


def ended(text: str, words: str) -> dict[str, Any] | None:
    """None if its text says so already."""
    words = plain(words)[:LONGEST]
    if words in text:
        return None
    mark = _MARK.search(text)
    body = text[: mark.start()] if mark else text
    said = f"{body}\n\n{words}{f'{chr(10)}· {mark[1]}' if mark else ''}"
    return {"message": said, "keyboard": NO_BUTTONS, "urlPreview": NO_PREVIEW}


def reply(bot: int, words: str, buttons: Sequence[ChatButton]) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": plain(words)[:LONGEST], "urlPreview": NO_PREVIEW}
    if buttons:
        shown["keyboard"] = {"BOT_ID": bot, "BUTTONS": [_button(button) for button in buttons]}
    return shown


def _button(button: ChatButton) -> dict[str, str]:
    """What a person completes stands in the input field, as a command."""
    does = (
        {"LINK": button.page}
        if button.page
        else {"ACTION": "PUT", "ACTION_VALUE": f"/{COMMAND} {button.begins} "}
    )
    return {"TEXT": button.label, "DISPLAY": "LINE", **does}


def _keyboard(bot: int, deal: str, said: InChat) -> dict[str, Any]:
    """With the bot's id, without which a command may go to another one."""
    language = said.language
    buttons = [
        {
            "TEXT": label.to(language),
            "COMMAND": COMMAND,
            "COMMAND_PARAMS": ChatAnswer(deal, said.asks.question, said.asks.version, approve).sent,
            "BG_COLOR_TOKEN": colour,
            "DISPLAY": "LINE",
        }
        for label, approve, colour in ((APPROVE, True, "primary"), (REJECT, False, "alert"))
    ]
    if said.page:
        buttons += [{"TYPE": "NEWLINE"}, {"TEXT": OPEN.to(language), "LINK": said.page, "DISPLAY": "LINE"}]
    return {"BOT_ID": bot, "BUTTONS": buttons}
