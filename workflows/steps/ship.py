"""Shipment control: nobody is even asked to ship before the payment gates are open, that of ordering, too: money may have gone."""

from domain.playbook.questions import Shipment
from domain.playbook.terms import Gate
from domain.words import Trigger
from workflows.line_case import LineCase
from workflows.steps.release import settle_terms
from workflows.vat import take_vat_of


async def ship(line: LineCase) -> None:
    await settle_terms(line)
    shipment = await line.answered_behind(Gate.ORDERING, Gate.SHIPPING, kind="shipment")
    shipped_on = Shipment.read(shipment.answers).shipped_on
    line.happened(Trigger.SHIPPED, on=shipped_on)
    take_vat_of(line, shipped_on)
