"""Whether an amendment asks for another decision on a line's credit: what was decided was one debtor, one payment type and one sum."""

from domain.deal.amending.standing import Standing, standing
from domain.deal.credit import known_as
from domain.deal.state import LineState
from domain.deal.tasks import Approval
from domain.order.order import OrderLine
from domain.order.parties import Client
from domain.playbook.book import Playbook


def outgrown(line: LineState, good: OrderLine, client: Client, book: Playbook) -> bool:
    """Whether the director, who was asked about the line by the same payment type, must be asked anew: it is about more, or about
    another who owes."""
    asked = credit_of(line)
    if good.payment != line.good.payment or standing(line) is Standing.SHIPPED:
        return False
    if asked is None or asked.rejected:  # what is entered instead is decided on as it is then
        return False
    term = book.payments[good.payment]
    decided = line.credit.amount if line.credit and line.credit.amount is not None else line.amount
    return good.amount > decided or known_as(client, term) != known_as(line.client, term)


def credit_of(line: LineState) -> Approval | None:
    return line.approvals.get(line.subject.id("credit"))
