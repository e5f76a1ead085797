"""What a client is to pay for a milestone, as a payment order says it."""

from domain.deal.state import DealState, LineState
from domain.enclosures import ToPay
from domain.order.payment_order import CURRENCY, purpose


def what_to_pay(deal: DealState, line: LineState, milestone: str) -> ToPay | None:
    """None where there is nothing to pay, or where no bank in Russia takes it."""
    asked, book = line.milestones[milestone], deal.book
    if deal.currency != CURRENCY or asked.paid:
        return None
    vat, good = book.vat[line.good.vat], line.good.name
    why = purpose(deal.deal, asked.title.ru, good, asked.outstanding, vat)
    return ToPay(amount=asked.outstanding, purpose=why)
