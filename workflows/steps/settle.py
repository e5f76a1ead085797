"""After the shipment: delivery confirmed, every document signed, every milestone paid; reminded until all three are so.
Then a security of the contract is asked back."""

from domain.playbook.book import Trigger
from domain.playbook.questions import Delivery
from workflows.line_case import LineCase


async def settle(line: LineCase) -> None:
    delivery = await line.answered("delivery")
    line.happened(Trigger.ACCEPTED, on=Delivery.read(delivery.answers).delivered_on)
    await line.until(line.all_signed_and_paid, "signatures and payments")
    if due_at := line.security_due():
        await line.answered("security-return", due_at=due_at)
    line.state.settled_at = line.now
