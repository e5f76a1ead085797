"""Money: it counts once, goes where it is due, and none of it is lost."""

from domain.facts import LineReopened, MilestonePaid, MilestoneUnpaid, PaymentReceived
from tests.support.orders import an_order
from tests.support.robot import View
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


async def test_a_line_goes_on_whose_money_goes_the_moment_it_is_settled(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.agree()
    await deal.pay("2000.00", id="pp-1")
    papers = {"contract", "reconciliation-act"}

    def settled(view: View) -> bool:
        return bool(view["lines"][0]["status"] == "SETTLED")

    await deal.robot(leave=lambda id: id in papers, until=settled)
    await deal.send("reverse", actor="kuznetsova", payment="pp-1", reason="the bank took it back")
    await deal.until(lambda view: any(b.kind == "payment" for b in view.blockers))
    await deal.pay("2000.00", id="pp-2")
    await deal.robot()
    assert (await deal.result()).stage == "PAID"
    story = await deal.story(LineReopened.kind, MilestoneUnpaid.kind, MilestonePaid.kind)
    assert story[1:] == [
        "desk line.reopened",
        "desk milestone.unpaid line-1:prepayment",
        "desk milestone.paid line-1:prepayment",
    ]
