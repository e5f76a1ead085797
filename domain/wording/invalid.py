"""What a model does not take, in both languages: pydantic says it by type and context, this page says it in words.

Validators of our own raise `Invalid`, and patterns are written by `shape`: so each of them brings its words along.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from domain.wording.counts import counted
from domain.wording.error_types import EMPTY, UNFIT, WORDS
from domain.wording.values import number, word, worded
from domain.words import Language, Text, join, same

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


class Invalid(ValueError):
    """Raised by a validator: why it does not take this value. The `{blanks}` are filled as in `worded`."""

    def __init__(self, *, ru: str, en: str, **values: Any) -> None:
        text = worded(ru=ru, en=en, **values)
        self.text = Text(ru=_encodable(text.ru), en=_encodable(text.en))
        super().__init__(self.text.en)


def _encodable(words: str) -> str:
    """Pydantic fails on an error whose words are no Unicode text."""
    return words.encode(errors="replace").decode()


_SHAPES: dict[str, Text] = {}


def shape(pattern: str, *, ru: str, en: str) -> str:
    """The pattern, which is told to people in these words only."""
    _SHAPES[pattern] = Text(ru=ru, en=en)
    return pattern


EMAIL = shape(
    r"^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$", ru="нужен адрес почты", en="an e-mail address is needed"
)

CURRENCY = shape(
    "^[A-Z]{3}$", ru="нужен код валюты, например RUB", en="a currency's code is needed, like RUB"
)

_LENGTH = re.compile(r"(\d+) (day|hour)s?")


def why(found: "ErrorDetails") -> Text:
    """What is wrong with the value, without its place and without what stood there."""
    kind, said = found["type"], found.get("ctx", {})
    if isinstance(error := said.get("error"), Invalid):
        return error.text
    if kind == "string_pattern_mismatch" and (words := _SHAPES.get(said["pattern"])):
        return words
    words = WORDS.get(kind, UNFIT) if said.get("min_length") != 1 else EMPTY
    return Text(ru=_filled(words.ru, said, "ru"), en=_filled(words.en, said, "en"))


_TELL_CODES = ("enum", "literal_error", "bool_type", "bool_parsing")
NOTHING: Mapping[str, Text] = {}


def each(error: "ValidationError", most: int = 10, names: Mapping[str, Text] = NOTHING) -> Iterator[Text]:
    """All that is wrong, each with its place; with `names`, what readers call the fields, no code is told either."""
    for found in error.errors(include_url=False, include_input=False)[:most]:
        place = _named(found["loc"], names)
        words = UNFIT if names and found["type"] in _TELL_CODES else why(found)
        yield Text(ru=f"{place.ru}: {words.ru}", en=f"{place.en}: {words.en}") if place.en else words


def _named(loc: tuple[str | int, ...], names: Mapping[str, Text]) -> Text:
    """The whole field where it has a name, and else the place in it."""
    return (names.get(str(loc[0])) if loc else None) or same(place_of(loc))


def summary(error: "ValidationError", most: int = 10, names: Mapping[str, Text] = NOTHING) -> Text:
    """All that is wrong in one sentence, without its full stop."""
    return join(each(error, most, names), "; ")


def perhaps(name: str, known: Iterable[str]) -> Text:
    """What somebody may have meant by a name that is none of the `known`, or all that there is."""
    known = tuple(known)
    if near := get_close_matches(name[:100], known, n=1):
        return worded(ru="может быть, {near}?", en="did you mean {near}?", near=near[0])
    return worded(ru="есть {known}", en="there are {known}", known=known)


def place_of(loc: Iterable[str | int]) -> str:
    """Where pydantic found an error, as people write it: `lines[1].vat`."""
    place = ""
    for part in loc:
        if part != "[key]":
            place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return place


def _filled(words: str, said: dict[str, Any], language: Language) -> str:
    return words.format(**{name: _value(value, language) for name, value in said.items()})


def _value(value: Any, language: Language) -> str:
    if isinstance(value, float):
        return number(value, language)
    if isinstance(value, str):  # 'ru' or 'en', and 2 days and 6 hours
        value = _LENGTH.sub(lambda found: counted(int(found[1]), found[2], language), value)
        return re.sub(" or | and ", ", ", value).replace("'", "")
    return word(value, language)
