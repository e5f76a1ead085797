"""The deals of a client's card: what people enter there, or in its requisites, may be what the order of a deal lacks. Most cards are those
of other people's clients, so a page of them is asked about together."""

from collections.abc import Iterable, Sequence
from typing import Any

from activities.crm.port import ClientCard
from activities.errors import WorldError
from adapters.crm.bitrix24.answers import Outcomes, rows
from adapters.crm.bitrix24.client import PAGE, Command, Portal, yielding
from adapters.crm.bitrix24.codes import COMPANY, CONTACT, DEAL
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.portal_map import MapKeeper
from adapters.crm.bitrix24.query import ref

MOST_CARDS = PAGE
"""In one request."""
Card = tuple[ClientCard, str]
_CLIENTS: dict[int, ClientCard] = {COMPANY: "company", CONTACT: "contact"}
_OWNERS = "owners"


class ClientDeals:
    def __init__(self, portal: Portal, maps: MapKeeper) -> None:
        self._portal, self._maps = portal, maps

    async def ask(self, cards: Sequence[Card]) -> dict[Card, list[str] | WorldError]:
        """The desk's deals with each; none where the card is gone, or may not be seen."""
        with yielding():
            category = (await self._maps.get()).category
            found = await self._portal.batch(_questions(category, cards))
            owners = _owners(cards, found)
            alone = await self._portal.many(
                {
                    _name(owner): _deals_with(category, owner[0], [owner[1]])
                    for owner in owners.values()
                    if isinstance(owner, tuple) and found.is_long(owner[0])
                }
            )
        return {card: _deals_of(owner, found, alone) for card, owner in owners.items()}


def _questions(category: int, cards: Sequence[Card]) -> dict[str, Command]:
    """A requisite's owner is known within the batch only, and may be either, so it is looked for among both."""
    asked: dict[str, Command] = {}
    requisites = [id for kind, id in cards if kind == "requisite"]
    if requisites:
        asked[_OWNERS] = _owners_of(requisites)
    owners: list[str] = [ref(_OWNERS, str(n), "ENTITY_ID") for n in range(len(requisites))]
    for kind in _CLIENTS.values():
        if ids := [id for of, id in cards if of == kind] + owners:
            asked[kind] = _deals_with(category, kind, ids)
    return asked


def _owners_of(requisites: Iterable[str]) -> Command:
    select = ["ID", "ENTITY_TYPE_ID", "ENTITY_ID"]
    return (
        "crm.requisite.list",
        {"filter": {"@ID": list(requisites)}, "select": select, "order": {"ID": "ASC"}},
    )


def _client(requisite: dict[str, Any] | None) -> Card | None:
    kind = _CLIENTS.get(int(requisite["ENTITY_TYPE_ID"])) if requisite else None
    return (kind, str(requisite["ENTITY_ID"])) if kind and requisite else None


def _owners(cards: Sequence[Card], found: Outcomes) -> dict[Card, Card | WorldError | None]:
    """The company or the contact; None of a requisite that is gone, or of neither."""
    listed = _rows(found, _OWNERS) if any(kind == "requisite" for kind, _ in cards) else []
    if isinstance(listed, WorldError):
        return {card: listed if card[0] == "requisite" else card for card in cards}
    of = {str(row["ID"]): row for row in listed}
    return {card: _client(of.get(card[1])) if card[0] == "requisite" else card for card in cards}


def _deals_with(category: int, kind: ClientCard, ids: list[str]) -> Command:
    """The newest, as many as a page holds."""
    field = f"{kind}Id"
    filter = {"categoryId": category, f"@{field}": ids}
    return (
        "crm.item.list",
        {"entityTypeId": DEAL, "filter": filter, "select": ["id", field], "order": {"id": "DESC"}},
    )


def _rows(found: Outcomes, name: str, part: str = "") -> list[dict[str, Any]] | WorldError:
    """None of what may not be seen."""
    error = found.errors.get(name)
    if error:
        return [] if isinstance(error, PortalRefused) else error
    return rows(found.result(name), part)


def _deals_of(owner: Card | WorldError | None, found: Outcomes, alone: Outcomes) -> list[str] | WorldError:
    """From a list that is longer than a page nothing is taken: a busy client hides the others there."""
    if owner is None or isinstance(owner, WorldError):
        return owner or []
    kind, id = owner
    deals = _rows(alone, _name(owner), "items") if found.is_long(kind) else _rows(found, kind, "items")
    if isinstance(deals, WorldError):
        return deals
    return [str(deal["id"]) for deal in deals if str(deal.get(f"{kind}Id")) == id]


def _name(owner: Card) -> str:
    return "".join(owner)
