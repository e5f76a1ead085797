"""A deal and all that belongs to it, as the portal answered."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Item = Mapping[str, Any]


class Raw(NamedTuple):
    """`requisite` is that of the client's firm; empty if there is none."""

    item: Item
    lines: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    contact: Item | None
    company: Item | None
    requisite: Item
    stages: list[dict[str, Any]]


def users_in(raw: Raw) -> list[int]:
    named = [raw.item.get("movedBy"), raw.item.get("updatedBy"), raw.item.get("assignedById")]
    named += [line.get(of) for line in raw.lines for of in ("movedBy", "updatedBy")]
    named += [task.get(of) for task in raw.tasks for of in ("closedBy", "statusChangedBy")]
    return [int(user) for user in named if user and int(user)]
