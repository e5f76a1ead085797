"""Whose a deal, a line or a task is: most that a portal tells of belongs to other people, so many are asked for in one request."""

from collections.abc import Sequence
from typing import Any

from activities.crm.port import Thing
from activities.errors import WorldError
from adapters.crm.bitrix24.answers import Outcomes, rows
from adapters.crm.bitrix24.client import Command, Portal, yielding
from adapters.crm.bitrix24.codes import DEAL, ORIGINATOR
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.portal_map import MapKeeper, PortalMap

MOST_THINGS = 48
"""In one request: a command for each task, and one each for all deals and all lines."""

Named = tuple[Thing, str]


class Owners:
    def __init__(self, portal: Portal, maps: MapKeeper) -> None:
        self._portal, self._maps = portal, maps

    async def ask(self, things: Sequence[Named]) -> dict[Named, str | WorldError | None]:
        """The deal of each; None where it is gone, may not be seen, or belongs to no deal of the funnel. What was the desk's and has
        left the funnel is the desk's still."""
        with yielding():
            known = await self._maps.get()
            found = await self._portal.batch(_questions(known, things))
        return {one: _owner(known, one, found) for one in things}


def _questions(known: PortalMap, things: Sequence[Named]) -> dict[str, Command]:
    asked: dict[str, Command] = {}
    if deals := [id for thing, id in things if thing == "deal"]:
        asked["deals"] = items_of(DEAL, deals, *told_by(known))
    lines = [id for thing, id in things if thing == "line"]
    if known.lines and lines:
        asked["lines"] = items_of(known.lines.entity_type, lines, f"parentId{DEAL}")
    for thing, id in things:
        if thing == "task":
            asked[f"task{id}"] = ("tasks.task.get", {"taskId": id, "select": ["ID", "UF_CRM_TASK"]})
    return asked


def _of_desk(known: PortalMap) -> list[str]:
    """The field that tells whether a deal that began in the portal was ever the desk's: it writes the client on each."""
    return [field.code] if (field := known.deal_field("client")) else []


def told_by(known: PortalMap) -> list[str]:
    """The fields of a deal that `is_of_desk` needs."""
    return ["categoryId", "originatorId", *_of_desk(known)]


def is_of_desk(known: PortalMap, deal: dict[str, Any]) -> bool:
    """Of its funnel, or it was once: what has left the funnel is the desk's still."""
    ours = int(deal.get("categoryId") or 0) == known.category
    return ours or deal.get("originatorId") == ORIGINATOR or any(deal.get(code) for code in _of_desk(known))


def items_of(entity_type: int, ids: list[str], *fields: str) -> Command:
    """At most a page of them."""
    return (
        "crm.item.list",
        {
            "entityTypeId": entity_type,
            "filter": {"@id": ids},
            "select": ["id", *fields],
            "order": {"id": "ASC"},
            "useOriginalUfNames": "Y",
        },
    )


def _owner(known: PortalMap, one: Named, found: Outcomes) -> str | WorldError | None:
    thing, id = one
    name = {"deal": "deals", "line": "lines"}.get(thing, f"task{id}")
    if error := found.errors.get(name):
        return None if isinstance(error, PortalRefused) and thing == "task" else error
    if name not in found.answers:
        return None
    result = found.answers[name].result
    if thing == "task":
        return bound_deal(result.get("task") if isinstance(result, dict) else None)
    item: dict[str, Any] = next((i for i in rows(result, "items") if str(i["id"]) == id), {})
    if thing == "line":
        return str(parent) if (parent := item.get(f"parentId{DEAL}")) else None
    return id if item and is_of_desk(known, item) else None


def bound_deal(task: Any) -> str | None:
    """The first deal that a task is bound to. A task that is gone is answered with an empty list."""
    bound = task.get("ufCrmTask") or [] if isinstance(task, dict) else []
    return next((str(b)[2:] for b in bound if str(b).startswith("D_")), None)
