"""The order at the supplier: its number and ready date, then the goods handed to a carrier."""

from domain.playbook.book import Gate
from domain.playbook.questions import Dispatch, SupplierOrder
from workflows.line_case import LineCase


async def order(line: LineCase) -> None:
    ordered = await line.answered_behind(Gate.ORDERING, kind="supplier-order")
    ready_at = line.end_of(SupplierOrder.read(ordered.answers).ready_on)
    lead_time = line.state.book.assignment("dispatch").due_for(line.availability)
    planned = line.state.book.calendar.after(ready_at, lead_time)
    dispatched = await line.answered("dispatch", due_at=planned)
    line.state.eta = line.end_of(Dispatch.read(dispatched.answers).eta)
