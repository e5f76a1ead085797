"""Text on its way into a portal: nothing that people write may work there as markup; and the key at the end of a comment."""

import re

_FOREIGN = str.maketrans("[]<>", "［］＜＞")
_OWN = str.maketrans("［］＜＞", "[]<>")
_MARK = re.compile(r"^· (\S+:\d+:\S+)(?: (\S+))?$", re.MULTILINE)
LONGEST_TITLE = 250


def plain(text: str) -> str:
    """BB codes and tags become look-alikes: comments, tasks and notices would carry them out."""
    return text.translate(_FOREIGN)


def as_written(text: str) -> str:
    return text.translate(_OWN)


def one_line(text: str) -> str:
    """For titles."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def marked(text: str, key: str, of: str = "") -> str:
    """A comment has no field for a key, so its last line is one. `of` is what a task is known by, whichever write was its last."""
    return f"{plain(text)}\n· {key} {of}".rstrip()


def mark_in(text: str) -> str | None:
    """The key; None in what the desk did not write."""
    found = _marks(text)
    return found[-1][0] if found else None


def marked_of(text: str) -> str | None:
    """What a task's description says that it is."""
    found = _marks(text)
    return found[-1][1] or None if found else None


def _marks(text: str) -> list[tuple[str, str]]:
    return _MARK.findall(text.replace("\r", ""))


def without_mark(text: str) -> str:
    return as_written(text.replace("\r", "").rpartition("\n· ")[0]) if mark_in(text) else as_written(text)
