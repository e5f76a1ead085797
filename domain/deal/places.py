"""Where money stands, as people read it."""

from collections.abc import Iterable

from domain.deal.ledger import ACCOUNT, ADVANCE, OTHER_DEAL, REFUNDED, TO_REFUND, WRITTEN_OFF, Entry
from domain.deal.state import DealState
from domain.wording import worded
from domain.words import Text, join

PLACES = {
    ADVANCE: Text(ru="аванс", en="the advance"),
    REFUNDED: Text(ru="возврат клиенту", en="back to the client"),
    WRITTEN_OFF: Text(ru="списание", en="written off"),
    ACCOUNT: Text(ru="счёт клиента", en="the client's account"),
}


def lines_of(deal: DealState, *entries: Entry) -> set[int]:
    """The lines on whose milestones these entries put or took something."""
    places = {place for entry in entries for place in (*entry.put, *entry.taken)}
    return {line.number for line in deal.lines.values() if places & line.milestones.keys()}


def named(deal: DealState, places: Iterable[str]) -> Text:
    """Places as people read them: the advance, or milestones by their titles and lines."""
    return join((title_of(deal, place) for place in places), ", ")


def title_of(deal: DealState, place: str) -> Text:
    if place in PLACES:
        return PLACES[place]
    if place.startswith(TO_REFUND):
        n = place.removeprefix(TO_REFUND)
        return Text(ru=f"отложено на возврат № {n}", en=f"put aside for refund {n}")
    if place.startswith(OTHER_DEAL):
        n = place.removeprefix(OTHER_DEAL)
        return Text(ru=f"сделка {n}", en=f"deal {n}")
    found = next(line.milestones[place] for line in deal.lines.values() if place in line.milestones)
    return worded(
        ru="«{title}» (позиция {line})", en="“{title}” (line {line})", title=found.title, line=found.line
    )
