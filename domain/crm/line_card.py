"""A line as its card in the CRM shows it."""

from domain.deal.state import DealState
from domain.effects import PutLine
from domain.words import status_label


def put_line(key: str, deal: DealState, number: int, shown: dict[str, str]) -> PutLine:
    line = deal.lines[number]
    return PutLine(
        key=key,
        deal=deal.deal,
        line=number,
        sku=line.good.sku,
        name=line.good.name,
        quantity=line.good.quantity,
        unit=line.good.unit,
        unit_price=str(line.good.unit_price),
        amount=str(line.amount),
        currency=deal.currency,
        status=line.status,
        standing=status_label(line.status, line.good.source).to(deal.book.language),
        shown=shown,
    )
