"""After the shipment: delivery confirmed, every document signed, every milestone paid; reminded until all three are so, and
what the customs want is done.
Then a security of the contract is asked back."""

from domain.deal.delivery_way import delivery_time
from domain.playbook.questions import Delivery
from domain.words import Trigger
from workflows.line_case import LineCase
from workflows.obligations import obligations_met


async def settle(line: LineCase) -> None:
    shipped_at = line.state.moments[Trigger.SHIPPED]
    due_at = line.state.book.calendar.after(shipped_at, delivery_time(line.state, line.state.book))
    delivery = await line.answered("delivery", due_at=due_at)
    line.happened(Trigger.ACCEPTED, on=Delivery.read(delivery.answers).delivered_on)
    await line.until(
        lambda: line.all_signed_and_paid() and obligations_met(line), "signatures, payments, obligations"
    )
    if return_by := line.security_due():
        await line.answered("security-return", due_at=return_by)
    line.state.settled_at = line.now
