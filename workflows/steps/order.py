"""The order at the supplier: its number and ready date, then the goods handed to a carrier."""

from datetime import date, datetime

from domain.playbook.book import Gate
from domain.playbook.questions import Dispatch, SupplierOrder
from workflows.line_case import LineCase


async def order(line: LineCase) -> None:
    ordered = await line.answered_behind(Gate.ORDERING, kind="supplier-order")
    planned = dispatch_by(line, SupplierOrder.read(ordered.answers).ready_on)
    dispatched = await line.answered("dispatch", due_at=planned)
    line.state.eta = line.end_of(Dispatch.read(dispatched.answers).eta)


def dispatch_by(line: LineCase, ready_on: date) -> datetime:
    """So long after the goods are ready."""
    lead_time = line.state.book.assignment("dispatch").due_for(line.availability)
    return line.state.book.calendar.after(line.end_of(ready_on), lead_time)
