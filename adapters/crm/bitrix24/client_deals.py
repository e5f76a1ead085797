"""The deals of a client's card: what people enter there, or in its requisites, may be what the order of a deal lacks."""

from collections.abc import Iterator, Sequence
from typing import Any

from activities.crm.port import ClientCard
from activities.errors import WorldError
from adapters.crm.bitrix24.answers import Outcomes, rows
from adapters.crm.bitrix24.client import Command, Portal, yielding
from adapters.crm.bitrix24.codes import COMPANY, CONTACT, DEAL
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.portal_map import MapKeeper
from adapters.crm.bitrix24.query import ref

MOST_CARDS = 16
"""In one request: three commands for the requisites of each."""
Card = tuple[ClientCard, str]
_OWNERS = {COMPANY: "companyId", CONTACT: "contactId"}


class ClientDeals:
    def __init__(self, portal: Portal, maps: MapKeeper) -> None:
        self._portal, self._maps = portal, maps

    async def ask(self, cards: Sequence[Card]) -> dict[Card, list[str] | WorldError]:
        """The desk's deals with each; none where the card is gone, or may not be seen."""
        with yielding():
            category = (await self._maps.get()).category
            asked = dict(entry for card in cards for entry in _questions(category, card))
            found = await self._portal.batch(asked)
        return {card: _deals(card, found) for card in cards}


def _questions(category: int, card: Card) -> Iterator[tuple[str, Command]]:
    kind, id = card
    if kind != "requisite":
        yield f"{kind}{id}", _deals_with(category, f"{kind}Id", id)
        return
    requisite = f"requisite{id}"
    select = ["ID", "ENTITY_TYPE_ID", "ENTITY_ID"]
    yield requisite, ("crm.requisite.list", {"filter": {"ID": id}, "select": select, "order": {"ID": "ASC"}})
    for field in _OWNERS.values():
        yield f"{requisite}{field}", _deals_with(category, field, ref(requisite, "0", "ENTITY_ID"))


def _deals_with(category: int, field: str, id: str) -> Command:
    """The newest, as many as a page holds."""
    filter = {"categoryId": category, field: id}
    return (
        "crm.item.list",
        {"entityTypeId": DEAL, "filter": filter, "select": ["id", field], "order": {"id": "DESC"}},
    )


def _deals(card: Card, found: Outcomes) -> list[str] | WorldError:
    kind, id = card
    try:
        if kind != "requisite":
            return _ids(found.result(f"{kind}{id}"), f"{kind}Id", id)
        owners = rows(found.result(f"requisite{id}"))
        field = _OWNERS.get(int(owners[0]["ENTITY_TYPE_ID"])) if owners else None
        if field is None:  # it is gone, or of neither
            return []
        return _ids(found.result(f"requisite{id}{field}"), field, str(owners[0]["ENTITY_ID"]))
    except PortalRefused:
        return []
    except WorldError as error:
        return error


def _ids(result: Any, field: str, id: str) -> list[str]:
    return [str(item["id"]) for item in rows(result, "items") if str(item.get(field)) == id]
