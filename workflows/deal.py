"""A deal, from its first minute to paid: the main process of DESIGN §1."""

from domain.deal.surplus import has_owners
from domain.facts import DESK, DealCancelled, DealLost, DealPaid
from domain.playbook.kinds import REFUND, REFUNDING, SURPLUS
from domain.words import Stage, Text
from workflows.case import Renewal, though_cancelled
from workflows.deal_case import DealCase, Ended
from workflows.steps.agree import agree
from workflows.steps.compose import compose
from workflows.steps.qualify import qualify

NOTHING_LEFT = Text(ru="отменены все позиции заказа", en="every line of the order was cancelled")
PAID = Text(ru="сделка оплачена", en="the deal is paid")


async def pursue(deal: DealCase) -> None:  # the main process, as the company would tell it
    await qualify(deal)
    await compose(deal)  # passes at once when the deal came with its lines
    await agree(deal)
    await run_lines(deal)  # in parallel; the stage follows the slowest one
    await close(deal)


async def run_lines(deal: DealCase) -> None:
    deal.follow_lines()
    await deal.lines.start()
    await deal.until(deal.state.all_lines_closed, "the lines")
    if not deal.state.active_lines:
        deal.end_early(Stage.CANCELLED, NOTHING_LEFT)


async def close(deal: DealCase) -> None:
    state = deal.state
    await deal.until(
        lambda: state.all_signed() and state.all_lines_closed() and has_owners(state),
        "the deal's own documents, the rate of every payment, and what becomes of money left over",
    )
    deal.withdraw_all(PAID)
    deal.end(
        Stage.PAID,
        DealPaid(
            amount=state.amount,
            paid=state.received,
            forgiven=state.ledger.forgiven or None,
            currency=state.currency,
        ),
    )


async def wind_down(deal: DealCase) -> None:
    """Ends the deal before it is paid: its lines first, then what is still asked of people, and the client's money."""
    closing = deal.wind_down()
    deal.lines.wind_down(closing.reason)
    state = deal.state
    await deal.until(
        lambda: state.all_lines_closed() and not state.ledger.waiting,
        "the lines' end, and the rate of every payment",
    )
    deal.withdraw_all(closing.reason, but=(SURPLUS, REFUND, REFUNDING))
    await deal.until(lambda: has_owners(deal.state), "what becomes of the client's money")
    deal.withdraw_all(closing.reason)
    ended = DealLost if closing.stage is Stage.LOST else DealCancelled
    deal.end(closing.stage, ended(reason=closing.reason), by=closing.actor or DESK)


async def live(deal: DealCase) -> bool:
    """To the deal's end; False if it must go on in a next run. Raises `BadOrder` if it can't even begin."""
    try:
        await deal.begin()
        await though_cancelled(deal, pursue_or_wind_down)
    except Renewal:
        await though_cancelled(deal, DealCase.drain)
        return False
    return True


async def pursue_or_wind_down(deal: DealCase) -> None:
    try:
        if not deal.state.stage.final:
            await pursue(deal)
    except Ended:
        await wind_down(deal)
    await deal.until(
        lambda: deal.deliveries.done and deal.inbox.idle, "the CRM, mail and the records catch up"
    )
