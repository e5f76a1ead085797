"""The order at the supplier: its number and ready date, then the goods handed to a carrier."""

from datetime import datetime

from domain.playbook.questions import Dispatch, SupplierOrder
from domain.playbook.terms import Gate
from workflows.line_case import LineCase


def dispatch_due(line: LineCase) -> datetime:
    """The goods are handed to the carrier so long after they are ready."""
    book = line.state.book
    lead_time = book.assignment("dispatch").due_for(line.availability)
    return book.calendar.after(line.state.ready_at or line.now, lead_time)


async def order(line: LineCase) -> None:
    ordered = await line.answered_behind(Gate.ORDERING, kind="supplier-order")
    if line.once(f"ordered:{ordered.id}"):
        line.state.ready_at = line.end_of(SupplierOrder.read(ordered.answers).ready_on)
    dispatched = await line.answered("dispatch", due_at=dispatch_due(line))
    line.state.eta = line.end_of(Dispatch.read(dispatched.answers).eta)
