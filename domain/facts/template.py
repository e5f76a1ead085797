"""A sentence with blanks: `{name}` is a word of the data, and what stands in `[ ]` is left out when one of its words is missing."""

import re
from collections.abc import Callable
from typing import NamedTuple

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_NAME = re.compile(r"{(\w+)}")


class Part(NamedTuple):
    text: str
    optional: bool

    @property
    def names(self) -> list[str]:
        return _NAME.findall(self.text)


def parts(template: str) -> list[Part]:
    return [Part(text, optional=n % 2 == 1) for n, text in enumerate(_OPTIONAL.split(template)) if text]


def fill(template: str, word: Callable[[str], str]) -> str:
    """`word` reads one name of the data; empty if it is missing."""
    return "".join(_put(part, {name: word(name) for name in part.names}) for part in parts(template))


def _put(part: Part, words: dict[str, str]) -> str:
    if part.optional and not all(words.values()):
        return ""
    return _NAME.sub(lambda found: words[found[1]], part.text)


def stray(template: str) -> str:
    """Brackets and braces that open or close nothing."""
    return "".join(c for part in parts(template) for c in _NAME.sub("", part.text) if c in "{}[]")
