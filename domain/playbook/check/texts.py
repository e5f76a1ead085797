"""The words of a playbook, and of the people's file: there, on one line, and short enough for a letter's subject, a card's field and a deal's memory."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from domain.order.problems import Problem
from domain.playbook.forms import UNPRINTABLE

MAX_WORDS = 200
MAX_HELP = 1000  # of a field's help and its example
_LONG = ("help", "example")
_NEEDED = ("title", "help", "name", "company")
_BREAK = re.compile(r"[\t\r\n\x85\u2028\u2029]")


def text_problems(model: BaseModel) -> Iterator[Problem]:
    for path, words in _strings(model.model_dump(mode="json"), ()):
        if problem := _problem(path, words):
            yield Problem(place=_place(path), words=problem)


def unprintable(model: BaseModel, place: str) -> Iterator[Problem]:
    """Texts of any length, where one holds what no database takes."""
    for path, words in _strings(model.model_dump(mode="json"), (place,)):
        if UNPRINTABLE.search(words):
            yield Problem(place=_place(path), words="control characters are not allowed")


def _problem(path: tuple[str, ...], words: str) -> str | None:
    long = any(name in path for name in _LONG)
    most = MAX_HELP if long else MAX_WORDS
    if len(words) > most:
        return f"longer than {most} characters"
    if UNPRINTABLE.search(words) or (not long and _BREAK.search(words)):
        return "control characters and line breaks are not allowed: write plain text on one line"
    if not words.strip() and any(name in path[-2:] for name in _NEEDED):
        return "is empty: people read it"
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
