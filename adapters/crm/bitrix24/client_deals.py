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

MOST_CARDS = PAGE
"""In one request; in two, if there are requisites among them, whose owners must be known first."""
Card = tuple[ClientCard, str]
_CLIENTS: dict[int, ClientCard] = {COMPANY: "company", CONTACT: "contact"}


class ClientDeals:
    def __init__(self, portal: Portal, maps: MapKeeper) -> None:
        self._portal, self._maps = portal, maps

    async def ask(self, cards: Sequence[Card]) -> dict[Card, list[str] | WorldError]:
        """The desk's deals with each; none where the card is gone, or may not be seen."""
        with yielding():
            owners = await self._owners(cards)
            known = {owner for owner in owners.values() if isinstance(owner, tuple)}
            deals: dict[Card | WorldError | None, list[str] | WorldError] = {None: []}
            deals |= await self._deals(sorted(known))
        return {
            card: owner if isinstance(owner, WorldError) else deals[owner] for card, owner in owners.items()
        }

    async def _owners(self, cards: Sequence[Card]) -> dict[Card, Card | WorldError | None]:
        """The company or the contact; None of a requisite that is gone, or of neither."""
        owners: dict[Card, Card | WorldError | None] = {card: card for card in cards}
        requisites = [card for card in cards if card[0] == "requisite"]
        if not requisites:
            return owners
        found = await self._portal.batch({"owners": _owners_of(id for _, id in requisites)})
        listed = _rows(found, "owners")
        if isinstance(listed, WorldError):
            return owners | dict.fromkeys(requisites, listed)
        of = {str(row["ID"]): row for row in listed}
        return owners | {card: _client(of.get(card[1])) for card in requisites}

    async def _deals(self, clients: Sequence[Card]) -> dict[Card, list[str] | WorldError]:
        """Of a list that is longer than a page each client is asked about alone: a busy one would hide the others."""
        category = (await self._maps.get()).category
        ids = {kind: [id for of, id in clients if of == kind] for kind in _CLIENTS.values()}
        found = await self._portal.batch(
            {kind: _deals_with(category, kind, some) for kind, some in ids.items() if some}
        )
        long = {kind for kind, answer in found.answers.items() if answer.next is not None}
        alone = await self._portal.many(
            {f"{kind}{id}": _deals_with(category, kind, [id]) for kind, id in clients if kind in long}
        )
        return {
            (kind, id): _ids(_rows(alone, f"{kind}{id}", "items"), kind, id)
            if kind in long
            else _ids(_rows(found, kind, "items"), kind, id)
            for kind, id in clients
        }


def _owners_of(requisites: Iterable[str]) -> Command:
    select = ["ID", "ENTITY_TYPE_ID", "ENTITY_ID"]
    return (
        "crm.requisite.list",
        {"filter": {"@ID": list(requisites)}, "select": select, "order": {"ID": "ASC"}},
    )


def _client(requisite: dict[str, Any] | None) -> Card | None:
    kind = _CLIENTS.get(int(requisite["ENTITY_TYPE_ID"])) if requisite else None
    return (kind, str(requisite["ENTITY_ID"])) if kind and requisite else None


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


def _ids(deals: list[dict[str, Any]] | WorldError, kind: ClientCard, id: str) -> list[str] | WorldError:
    if isinstance(deals, WorldError):
        return deals
    return [str(deal["id"]) for deal in deals if str(deal.get(f"{kind}Id")) == id]
