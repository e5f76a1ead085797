"""Lines that left together share their papers per shipment: the first of them keeps these for all."""

from collections.abc import Mapping

from domain.base import LineNumber
from domain.deal.line_orders import Awaited, Papers
from domain.deal.state import DealState, LineState
from domain.words import LineStatus, Trigger

_NUMBER, _DAY = "shipping_document", "shipped_on"


def join_shipments(deal: DealState) -> None:
    """Finds for each line that has shipped the line whose papers it shares: its own, unless one left before it with the same
    shipping document on the same day."""
    for number, first in list(deal.shipments.items()):
        if _shipment(deal.lines[number]) != _shipment(deal.lines[first]):
            del deal.shipments[number]  # its shipment was corrected
    for line in deal.active_lines:
        if Trigger.SHIPPED in line.moments and line.number not in deal.shipments:
            firsts = dict.fromkeys(deal.shipments.values())
            together = (n for n in firsts if _shipment(deal.lines[n]) == _shipment(line) is not None)
            deal.shipments[line.number] = next(together, line.number)


def papers_for(
    deal: DealState, number: int, follows: Awaited | None, serials: Mapping[str, LineNumber]
) -> Papers:
    """What the line must know of what is not its own; `serials`: as `serials_beside` has them."""
    signed = {d.kind: d.signed_on for d in deal.documents.values() if d.signed and d.signed_on}
    returned = [d.kind for d in deal.documents.values() if d.returned]
    first = deal.shipments.get(number)
    shared: dict[str, str] = {}
    if first and first != number and deal.playbook:
        for document in deal.lines[first].documents.values():
            if not deal.playbook.documents[document.kind].per_shipment:
                continue
            shared[document.kind] = document.id
            if document.signed and document.signed_on:
                signed[document.kind] = document.signed_on
            elif document.returned:
                returned.append(document.kind)
    return Papers(
        signed=signed,
        returned=tuple(returned),
        waived=tuple(deal.waived),
        shipped=first is not None,
        shared=shared,
        follows=follows,
        serials=dict(serials),
    )


def awaited_lines(service: LineState, lines: Mapping[int, LineState]) -> list[LineState]:
    """The line after which this service is rendered, and what was split off from it, as far as they have yet to be delivered. One that is
    gone holds up nothing."""
    if not service.good.after:
        return []
    awaited = {service.good.after}
    for number in sorted(lines):
        if lines[number].split_from in awaited:
            awaited.add(number)
    return [
        line
        for number, line in sorted(lines.items())
        if number in awaited - {service.number}
        and line.status is not LineStatus.CANCELLED
        and Trigger.ACCEPTED not in line.moments
    ]


def sharing(deal: DealState, number: int) -> tuple[int, ...]:
    """The lines whose papers per shipment this one keeps, itself among them."""
    return tuple(n for n, first in sorted(deal.shipments.items()) if first == number) or (number,)


def _shipment(line: LineState) -> tuple[str, str] | None:
    """Its shipping document and day; none where the form of the shipment does not ask for the document."""
    asked = [a for a in line.assignments.values() if a.kind == "shipment" and a.closed and not a.withdrawn]
    number = asked[-1].answers.get(_NUMBER, "") if asked else ""
    return (number.strip().casefold(), asked[-1].answers.get(_DAY, "")) if number else None
