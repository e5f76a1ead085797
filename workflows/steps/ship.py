"""Shipment control: nobody is even asked to ship before the payment gate is open."""

from domain.playbook import Gate, Trigger
from domain.questions import Shipment
from workflows.line_case import LineCase


async def ship(line: LineCase) -> None:
    await line.until(lambda: line.paid(Gate.SHIPPING), "the payment due before shipping")
    shipment = await line.answered("shipment")
    line.happened(Trigger.SHIPPED, on=Shipment.read(shipment.answers).shipped_on)
