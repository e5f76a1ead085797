"""What is other than before in an order, as data. Light: whoever only tells of it need not know how orders are read."""

from collections.abc import Iterable, Iterator
from typing import Literal

from domain.base import LineNumber, Value


class Edit(Value):
    """A field that has another value, as an order file writes it; empty where there is none. `amount` is a line's sum."""

    field: str
    before: str = ""
    after: str = ""


class Change(Value):
    """Of a line: it was added, removed, or some of its fields changed. Without a `line`, of the order as a whole."""

    what: Literal["added", "removed", "changed"]
    line: LineNumber | None = None
    name: str = ""
    edits: tuple[Edit, ...] = ()


def removed(found: Iterable[Change]) -> Iterator[tuple[LineNumber, Change]]:
    return ((change.line, change) for change in found if change.line and change.what == "removed")
