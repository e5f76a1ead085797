"""A lead becomes an order: the manager composes it. A deal that came with its lines passes at once."""

from workflows.deal_case import DealCase


async def compose(deal: DealCase) -> None:
    if not deal.state.lines:
        deal.open("order")
        await deal.until(lambda: bool(deal.state.lines), "the order's lines")
