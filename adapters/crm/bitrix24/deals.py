"""Which item of the portal a deal is: found by its number, made if it is not there, remembered."""

from collections import OrderedDict

from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.codes import DEAL, ORIGINATOR, stage_id
from adapters.crm.bitrix24.naming import id_of
from adapters.crm.bitrix24.plan import add
from adapters.crm.bitrix24.portal_map import PortalMap
from domain.words import Stage

MOST = 10_000


class Deals:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._ids: OrderedDict[str, int] = OrderedDict()

    async def find(self, number: str) -> int | None:
        if (born := id_of(number)) is not None:
            return born
        if number in self._ids:
            self._ids.move_to_end(number)
            return self._ids[number]
        asked = {
            "entityTypeId": DEAL,
            "filter": {"originatorId": ORIGINATOR, "originId": number},
            "select": ["id"],
            "order": {"id": "ASC"},
        }
        items = rows((await self._portal.call("crm.item.list", asked)).result, "items")
        return self._remember(number, int(items[0]["id"])) if items else None

    async def find_or_make(self, known: PortalMap, number: str) -> int:
        """Raises CrmAmbiguous if it may have been made: then it must be looked for first."""
        if (id := await self.find(number)) is not None:
            return id
        fields = {
            "title": number,
            "categoryId": known.category,
            "stageId": stage_id(known.category, Stage.NEW),
            "originatorId": ORIGINATOR,
            "originId": number,
        }
        method, params = add(DEAL, fields)
        made = await self._portal.call(method, params)
        return self._remember(number, int(made.result["item"]["id"]))

    async def is_gone(self, number: str, id: int) -> bool:
        """If it is, it is forgotten: the next write makes it anew."""
        asked = {"entityTypeId": DEAL, "filter": {"id": id}, "select": ["id"]}
        if rows((await self._portal.call("crm.item.list", asked)).result, "items"):
            return False
        self._ids.pop(number, None)
        return True

    def _remember(self, number: str, id: int) -> int:
        self._ids[number] = id
        if len(self._ids) > MOST:
            self._ids.popitem(last=False)
        return id
