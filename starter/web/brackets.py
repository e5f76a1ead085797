"""Forms as PHP writes them: `data[FIELDS][ID]=7` is a tree."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from domain.words import Text

MAX_FIELDS = 300
MAX_DEPTH = 10

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


class BadForm(ValueError):
    """Its `words` say what is wrong, and never quote the form."""

    def __init__(self, *, ru: str, en: str) -> None:
        super().__init__(en)
        self.words = Text(ru=ru, en=en)


def parse_form(text: str) -> dict[str, Any]:
    """A tree of dicts, lists (of keys 0, 1, 2 … or none) and strings. Raises BadForm."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError:
        raise BadForm(ru="это не UTF-8", en="it is not UTF-8") from None
    except ValueError:
        raise BadForm(
            ru=f"в ней больше {MAX_FIELDS} полей", en=f"it has more than {MAX_FIELDS} fields"
        ) from None
    return grow(pairs)


def grow(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """As PHP does: of two values in one place the last one stands, and a name with broken brackets is just a name."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        branch, path = root, _path(name)
        for key in path[:-1]:
            inner = branch.get(key) if key else None
            if not isinstance(inner, dict):
                inner = branch[key or _next(branch)] = {}
            branch = inner
        branch[path[-1] or _next(branch)] = value
    return {key: _listed(value) for key, value in root.items()}


def _path(name: str) -> list[str]:
    match = _NAME.fullmatch(name)
    if not match or not match[2]:
        return [name]
    path = [match[1], *match[2][1:-1].split("][")]
    if len(path) > MAX_DEPTH:
        raise BadForm(ru=f"вложенность больше {MAX_DEPTH}", en=f"it is nested deeper than {MAX_DEPTH}")
    return path


def _next(branch: dict[str, Any]) -> str:
    """The key of an empty pair of brackets."""
    return str(1 + max((int(key) for key in branch if re.fullmatch("[0-9]{1,9}", key)), default=-1))


def _listed(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    inner = [_listed(value) for value in tree.values()]
    if list(tree) == [str(n) for n in range(len(tree))]:
        return inner
    return dict(zip(tree, inner, strict=True))
