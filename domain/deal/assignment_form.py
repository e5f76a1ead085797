"""Which form an assignment has."""

from domain.deal.state import DealState
from domain.playbook.forms import Form


def form_of(deal: DealState, line: int, kind: str) -> Form:
    """A line's payment terms ask what its payment type does; the order is composed with a file."""
    if kind in ("", "order"):
        return ()
    if kind == "payment-terms" and line in deal.lines:
        return deal.book.payments[deal.lines[line].good.payment].form
    return deal.book.assignment(kind).form
