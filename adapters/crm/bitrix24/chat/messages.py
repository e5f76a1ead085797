"""The bot's messages: a question with its buttons, and what its end is. The last line says which question it is, and the place in the
deal's trail of what it was written for."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from activities.crm.chat import ChatButton
from adapters.crm.bitrix24.chat.bot import COMMAND
from adapters.crm.bitrix24.text import plain
from domain.crm.chat import APPROVE, OPEN, REJECT, ChatAnswer
from domain.effects import CloseTask, InChat, OpenTask

NO_BUTTONS = "N"
NO_PREVIEW = "N"
"""The portal would open a link that only its reader may."""
LONGEST = 4000
_MARK = re.compile(r"\n· (\S+ \S+) ([0-9]+)\s*$")


class Mark(NamedTuple):
    question: str
    place: int


def mark_of(write: OpenTask | CloseTask) -> Mark:
    places = (int(part) for part in write.key.split(":")[1:] if part.isdigit())
    return Mark(f"{write.deal} {write.task}", next(places, 0))


def mark_in(text: str) -> Mark | None:
    found = _MARK.search(text)
    return Mark(found[1], int(found[2])) if found else None


def question(bot: int, write: OpenTask, said: InChat) -> dict[str, Any]:
    text = _marked(plain(said.text)[:LONGEST], mark_of(write))
    return {"message": text, "keyboard": _keyboard(bot, write.deal, said), "urlPreview": NO_PREVIEW}


def ended(text: str, words: str, by: Mark | None = None) -> dict[str, Any] | None:
    """None if its text says so already. Without a mark of its own the end leaves the place to what comes after."""
    words, mark = plain(words)[:LONGEST], by or mark_in(text)
    if words in text:
        return None
    said = f"{_MARK.sub('', text)}\n\n{words}"
    shown = _marked(said, mark) if mark else said
    return {"message": shown, "keyboard": NO_BUTTONS, "urlPreview": NO_PREVIEW}


def _marked(text: str, mark: Mark) -> str:
    return f"{text}\n· {mark.question} {mark.place}"


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
