"""What a portal calls our things: its numbers for our codes. Read once, and again when something is not found."""

import asyncio
import math
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from activities.errors import CrmRefused, CrmUnavailable, WorldError
from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.answers import Outcomes, rows
from adapters.crm.bitrix24.chat import bot
from adapters.crm.bitrix24.client import Command, Portal
from adapters.crm.bitrix24.faults import NotGranted, PortalRefused
from adapters.crm.bitrix24.funnel import deal_funnels, with_our_stages
from adapters.crm.bitrix24.rights import missing
from domain.words import Text

FRESH = 600.0
"""Seconds after which the map is read anew: fields that were added, options that were renamed."""
DOUBTFUL = 60.0


class PortalField(NamedTuple):
    """`kind` is its userTypeId. `options` of an enumeration: XML_ID to number; `titles`: what people read to number."""

    code: str
    kind: str
    options: Mapping[str, str] = {}
    titles: Mapping[str, str] = {}


Fields = Mapping[str, PortalField]


class Lines(NamedTuple):
    """The lines' smart process. `type_id` is in the codes of its fields, `entity_type` in calls and stages."""

    type_id: int
    entity_type: int
    category: int
    fields: Fields

    @property
    def short(self) -> str:
        """Its sign where a task is bound to CRM items."""
        return f"T{self.entity_type:x}"


class PortalMap(NamedTuple):
    """`me`: the user by whose webhook we write. `lines` is None in portals without smart processes, `bot` where the desk has none.

    `hidden`: the right for want of which nobody can tell whether there are `lines`.
    """

    me: int
    category: int
    fields: Fields
    lines: Lines | None
    bot: int | None = None
    hidden: Text | None = None

    def deal_field(self, name: str) -> PortalField | None:
        return self.fields.get(codes.deal_field(name))

    def line_field(self, name: str) -> PortalField | None:
        return self.lines.fields.get(codes.line_field(self.lines.type_id, name)) if self.lines else None


class MapKeeper:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._known: PortalMap | None = None
        self._read_at = -math.inf
        self._failed_at = -math.inf
        self._reading = asyncio.Lock()

    async def get(self) -> PortalMap:
        async with self._reading:
            if self._known is None or time.monotonic() - self._read_at > FRESH or await self._shown():
                self._known = await _read(self._portal, self._known)
                self._read_at = time.monotonic()
            return self._known

    async def whole(self) -> PortalMap:
        """Raises NotGranted while the lines are hidden: without them a deal would be read amiss."""
        known = await self.get()
        if known.hidden:
            raise NotGranted(f"{self._portal.host} does not show its smart processes", known.hidden)
        return known

    async def _shown(self) -> bool:
        """Whether what was hidden is so no more: then all is read anew."""
        if not (self._known and self._known.hidden):
            return False
        types, hidden = _types(await self._portal.batch({"types": _TYPES}))
        self._known = self._known._replace(hidden=hidden)
        return types is not None

    async def last(self) -> PortalMap | None:
        """As it was read last, however old. Where it could not be read yet, that is tried once in a while: None until then."""
        if self._known is None and time.monotonic() - self._failed_at > DOUBTFUL:
            try:
                await self.get()
            except WorldError:
                self._failed_at = time.monotonic()
        return self._known

    def doubt(self) -> None:
        """Something was refused: maybe what we know is old."""
        if time.monotonic() - self._read_at > DOUBTFUL:
            self.forget()

    def forget(self) -> None:
        """It is read anew at once. What that does not show is still known from before."""
        self._read_at = -math.inf


_TYPES: Command = ("crm.type.list", {"order": {"id": "ASC"}})
_Type = tuple[int, int]
"""A smart process: its id, and its number in calls."""


async def _read(portal: Portal, before: PortalMap | None = None) -> PortalMap:
    """Raises CrmUnavailable if there is no funnel of ours, which `deal crm setup` makes, or if it can't tell what there is."""
    asked: dict[str, Command] = {"me": ("user.current", {}), "types": _TYPES}
    if portal.bot_token:
        asked["bot"] = bot.find(portal.bot_token)
    found = await portal.batch(asked)
    funnel = with_our_stages(await deal_funnels(portal))
    if funnel is None:
        raise CrmUnavailable(f"{portal.host} has no funnel of ours yet: run `deal crm setup`")
    types, hidden = _types(found)
    if types is None and before and before.lines:
        types, hidden = [(before.lines.type_id, before.lines.entity_type)], None
    return PortalMap(
        me=int(found.result("me")["ID"]),
        category=funnel.id,
        fields=await fields_of(portal, "CRM_DEAL"),
        lines=await _lines(portal, types or []),
        bot=_bot(found),
        hidden=hidden,
    )


def _types(found: Outcomes) -> tuple[list[_Type] | None, Text | None]:
    """None for want of a right, which is the second. A portal that knows no smart processes has none."""
    error = found.errors.get("types")
    if error and (right := missing(error)):
        return None, right
    if _is_unknown(error):
        return [], None
    listed = _result(found, "types")
    return [(int(type["id"]), int(type["entityTypeId"])) for type in rows(listed, "types")], None


def _bot(found: Outcomes) -> int | None:
    """The desk does without one where it may not have one; an answer that is late or lost says nothing of that."""
    error = found.errors.get("bot")
    if "bot" not in found.answers and error is None:
        return None
    refused = isinstance(error, PortalRefused) or (error is not None and missing(error) is not None)
    return None if refused else bot.own_id(_result(found, "bot"))


def _is_unknown(error: WorldError | None) -> bool:
    return isinstance(error, PortalRefused) and error.code == "ERROR_METHOD_NOT_FOUND"


def _result(found: Outcomes, name: str) -> Any:
    """Raises what may be otherwise the next time."""
    try:
        return found.result(name)
    except PortalRefused as refused:
        raise CrmUnavailable(str(refused)) from None


async def _lines(portal: Portal, types: list[tuple[int, int]]) -> Lines | None:
    """The first smart process that has our mark."""
    asked = {
        f"t{type_id}": (
            "userfieldconfig.list",
            _of_entity(f"CRM_{type_id}", fieldName=codes.line_field(type_id, codes.LINES_MARK)),
        )
        for type_id, _ in types
    }
    found = await portal.many(asked)
    for type_id, entity_type in types:
        mark = codes.line_field(type_id, codes.LINES_MARK)
        if any(f["fieldName"] == mark for f in rows(found.result(f"t{type_id}"), "fields")):
            categories = await portal.call("crm.category.list", {"entityTypeId": entity_type})
            known = rows(categories.result, "categories")
            if not known:
                raise CrmRefused(f"smart process {entity_type} has no funnel")
            category = next((c for c in known if c.get("isDefault") == "Y"), known[0])
            fields = await fields_of(portal, f"CRM_{type_id}")
            return Lines(type_id, entity_type, int(category["id"]), fields)
    return None


async def fields_of(portal: Portal, entity: str) -> Fields:
    """Those of the desk, with their options."""
    listed = await portal.pages("userfieldconfig.list", _of_entity(entity), "fields")
    ours = [field for field in listed if "_DW_" in field["fieldName"]]
    choosable = {
        f"f{field['id']}": ("userfieldconfig.get", {"moduleId": "crm", "id": field["id"]})
        for field in ours
        if field["userTypeId"] == "enumeration"
    }
    found = await portal.many(choosable)
    return {
        field["fieldName"]: _field(
            field, found.result(name) if (name := f"f{field['id']}") in choosable else {}
        )
        for field in ours
    }


def _field(listed: dict[str, Any], got: dict[str, Any]) -> PortalField:
    options = rows(got.get("field", {}).get("enum"))
    return PortalField(
        listed["fieldName"],
        listed["userTypeId"],
        {option["xmlId"]: str(option["id"]) for option in options},
        {option["value"]: str(option["id"]) for option in options},
    )


def _of_entity(entity: str, **filter: str) -> dict[str, Any]:
    return {
        "moduleId": "crm",
        "select": {"0": "*"},
        "filter": {"entityId": entity, **filter},
        "order": {"id": "ASC"},
    }
