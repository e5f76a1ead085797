"""The words of a playbook, and of the people's file: there, on one line, and short enough for a letter's subject, a card's field and a deal's memory."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from domain.order.problems import Problem
from domain.playbook.form_answers import UNPRINTABLE
from domain.wording import worded
from domain.words import Text

MAX_WORDS = 200
MAX_HELP = 1000  # of a field's help and its example
_LONG = ("help", "example")
_NEEDED = ("title", "help", "name", "company")
_BREAK = re.compile(r"[\t\r\n\x85\u2028\u2029]")

_UNPRINTABLE = Text(ru="управляющие знаки недопустимы", en="control characters are not allowed")
_NOT_ONE_LINE = Text(
    ru="управляющие знаки и переводы строк недопустимы: нужен простой текст в одну строку",
    en="control characters and line breaks are not allowed: write plain text on one line",
)
_EMPTY = Text(ru="пусто, а это читают люди", en="is empty: people read it")


def text_problems(model: BaseModel) -> Iterator[Problem]:
    for path, words in _strings(model.model_dump(mode="json"), ()):
        if wrong := _problem(path, words):
            yield Problem(place=_place(path), text=wrong)


def unprintable(model: BaseModel, place: str) -> Iterator[Problem]:
    """Texts of any length, where one holds what no database takes."""
    for path, words in _strings(model.model_dump(mode="json"), (place,)):
        if UNPRINTABLE.search(words):
            yield Problem(place=_place(path), text=_UNPRINTABLE)


def _problem(path: tuple[str, ...], words: str) -> Text | None:
    long = any(name in path for name in _LONG)
    most = MAX_HELP if long else MAX_WORDS
    if len(words) > most:
        return worded(ru="длиннее {most} знаков", en="longer than {most} characters", most=most)
    if UNPRINTABLE.search(words) or (not long and _BREAK.search(words)):
        return _NOT_ONE_LINE
    if not words.strip() and any(name in path[-2:] for name in _NEEDED):
        return _EMPTY
    return None


def _strings(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text in it, names of books included."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key), key
            yield from _strings(item, (*path, key))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _strings(item, (*path, f"[{n}]"))


def _place(path: tuple[str, ...]) -> str:
    return "".join(part if part.startswith("[") else f".{part}" for part in path).removeprefix(".")
