"""Where a line may be broken: at spaces, and at none inside an amount, a moment or a person's name."""

import re
from collections.abc import Iterable, Iterator

from rich.cells import cell_len

_NBSP = "\N{NO-BREAK SPACE}"
_MOMENT = r"\d{1,2}[. ](?:\d\d|[A-Z][a-z]{2})[. ]\d{4}(?: \d\d:\d\d(?::\d\d)?)?"
_WORD = re.compile("[^ ]+")  # `\S` would take a no-break space for one at which a line may end


def words(text: str, whole: Iterable[str] = ()) -> Iterator[re.Match[str]]:
    """What no line is broken in. `whole`: phrases that count as one word."""
    phrases = sorted(filter(None, whole), key=len, reverse=True)
    held = "|".join([*map(re.escape, phrases), _MOMENT])
    return _WORD.finditer(re.sub(held, lambda found: found[0].replace(" ", _NBSP), text))


def breaks(text: str, width: int, whole: Iterable[str] = (), indent: int = 0) -> list[int]:
    """Offsets at which all lines but the first begin; those have an `indent`. Only a word longer than a line is broken itself."""
    found: list[int] = []
    start, room = 0, width
    for word in words(text, whole):
        if text[start : word.start()].strip() and cell_len(text[start : word.end()]) > room:
            found.append(start := word.start())
            room = max(1, width - indent)
        while cell_len(text[start : word.end()]) > room:
            found.append(start := start + room)
            room = max(1, width - indent)
    return found


_PART = r"(?=\S*[-\d=:<|_A-Z])[!-~]*[^\s,;:.!?»”)]"
_COMMAND = re.compile(
    rf"`[^`\n]+`|\bdeal (?:(?:crm|order|people|playbook) )?[a-z-]+(?: --[a-z-]+ [^\s,;]*[^\s,;:.!?»”)]| {_PART}| [a-z]+(?= -))*"
)
"""A word of a sentence behind it, as in `deal show 7 tells`, is none of its parts: those have a digit, a sign or a capital in them."""


def said_whole(text: str, width: int) -> str:
    """Wrapped, but for the commands in it; a paragraph with a command that no line has room for is left as it is."""
    return "\n".join(_said_whole(paragraph, width) for paragraph in text.split("\n"))


def _said_whole(paragraph: str, width: int) -> str:
    commands = [found[0].rstrip() for found in _COMMAND.finditer(paragraph)]
    if any(cell_len(command) > width for command in commands):
        return paragraph
    return _wrapped(paragraph, width, commands, 0)


def wrapped(text: str, width: int, *, whole: Iterable[str] = (), indent: int = 0) -> str:
    return "\n".join(_wrapped(paragraph, width, whole, indent) for paragraph in text.split("\n"))


def _wrapped(paragraph: str, width: int, whole: Iterable[str], indent: int) -> str:
    starts = [0, *breaks(paragraph, width, whole, indent)]
    lines = (paragraph[start:end].rstrip(" ") for start, end in zip(starts, [*starts[1:], None], strict=True))
    return f"\n{' ' * indent}".join(lines)
