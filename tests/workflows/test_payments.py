"""Money: it counts once, goes where it is due, and none of it is lost."""

from domain.facts import MilestonePaid, PaymentReceived
from tests.support.orders import an_order
from tests.support.stand import REPLAYED, Stand


@REPLAYED
async def test_a_line_hears_of_money_that_came_before_it_was_started(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.pay("2000.00")
    await deal.agree()
    await deal.complete("line-1:payment-terms")
    await deal.until_asked("line-1:reservation")
    facts = await deal.story(PaymentReceived.kind, MilestonePaid.kind)
    assert facts == ["kuznetsova payment.received", "desk milestone.paid line-1:prepayment"]
