"""How far a line has come, as far as it decides what may still change about it."""

from enum import IntEnum

from domain.deal.state import LineState
from domain.order.order import OrderLine
from domain.words import LineStatus, Source, Text


class Standing(IntEnum):
    FREE = 0
    """Nothing is ordered: all may change."""
    ORDERED = 1
    """Ordered from the supplier, or reserved: they must be told."""
    MOVING = 2
    """Handed to the carrier, or in the warehouse: there can't be more of it."""
    SHIPPED = 3
    """With the client, or on the way there."""


class Party:
    """Who is told of a changed order, as it reads after «сообщить» and “tell”."""

    SUPPLIER = Text(ru="поставщику", en="the supplier")
    CARRIER = Text(ru="перевозчику", en="the carrier")
    CUSTOMS = Text(ru="таможенному представителю", en="the customs broker")
    WAREHOUSE = Text(ru="складу", en="the warehouse")


def standing(line: LineState) -> Standing:
    if line.status in (LineStatus.SHIPPED, LineStatus.SETTLED) or _done(line, "shipment", "service-rendered"):
        return Standing.SHIPPED
    if _done(line, "dispatch", "acceptance"):
        return Standing.MOVING
    return Standing.ORDERED if _done(line, "supplier-order", "reservation") else Standing.FREE


ANOTHER_GOOD = ("sku", "source", "availability", "unit")
"""With other values of these it is not the good that was ordered."""


def obstacle(line: LineState, new: OrderLine | None) -> Text | None:
    """Why the line can't become this any more, or, with none, can't end; as it reads after the line's name."""
    stands, old = standing(line), line.good
    if new == old:
        return None
    if stands is Standing.SHIPPED and old.source is Source.SERVICE:
        return Text(ru="уже оказана: это не изменить", en="is rendered already: that can't be amended")
    if stands is Standing.SHIPPED:
        return Text(
            ru="уже отгружена: что отгружено, возвращают, а не меняют",
            en="has been shipped: what is shipped is returned, not amended",
        )
    if new and stands >= Standing.ORDERED and any(getattr(old, f) != getattr(new, f) for f in ANOTHER_GOOD):
        return Text(
            ru="уже заказана: уберите её и добавьте другой товар новой позицией",
            en="is ordered already: take it out, and add the other good as a line of its own",
        )
    if new and stands >= Standing.MOVING and new.quantity > old.quantity:
        return Text(
            ru="уже в пути или на складе: чего не хватает — новой позицией",
            en="is on its way or in the warehouse: add more of it as a line of its own",
        )
    return None


def parties(line: LineState) -> tuple[Text, ...]:
    """Who works on it by what was agreed before."""
    on_its_way = line.status in (LineStatus.PROCESSING, LineStatus.SENT, LineStatus.AT_CUSTOMS)
    involved = (
        (Party.SUPPLIER, _done(line, "supplier-order")),
        (Party.CARRIER, on_its_way and _done(line, "dispatch")),
        (Party.CUSTOMS, on_its_way and _done(line, "customs-declaration")),
        (Party.WAREHOUSE, _done(line, "reservation", "acceptance")),
    )
    return tuple(party for party, is_involved in involved if is_involved)


def _done(line: LineState, *kinds: str) -> bool:
    return any(a.kind in kinds and a.closed and not a.withdrawn for a in line.assignments.values())
