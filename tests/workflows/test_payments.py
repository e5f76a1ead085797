"""Money: it counts once, goes where it is due, and none of it is lost."""

from decimal import Decimal

from domain.facts import MilestonePaid, PaymentAdvance, PaymentReceived
from tests.support.orders import a_good, a_lead, an_order
from tests.support.stand import REPLAYED, Stand


async def test_money_that_comes_before_the_order_has_lines_is_an_advance_and_then_pays_them(
    stand: Stand,
) -> None:
    deal = await stand.open(a_lead())
    await deal.pay("1500.00", purpose="аванс")
    view = await deal.view()
    assert (str(view.totals.advance), str(view.totals.paid)) == ("1500.00", "0.00")
    await deal.qualify()
    await deal.until_asked("order")
    await deal.send("order", actor="ivanova", order={"lines": [a_good()]})
    view = await deal.view()
    assert (str(view.totals.advance), str(view.totals.paid), str(view.totals.outstanding)) == (
        "0.00",
        "1500.00",
        "500.00",
    )
    await deal.robot()
    assert (await deal.result()).paid == Decimal("2000.00")


async def test_a_surplus_is_kept_as_an_advance_and_shown(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.agree()
    await deal.pay("2500.50")
    await deal.robot()
    result = await deal.result()
    assert (result.paid, result.advance) == (Decimal("2500.50"), Decimal("500.50"))
    (advance,) = await deal.facts(PaymentAdvance.kind)
    assert (advance.actor.person, advance.data["amount"]) == ("kuznetsova", "500.50")


async def test_money_for_a_line_goes_to_that_line_and_the_rest_by_due_date(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(), a_good(payment="prepaid_50")))
    await deal.agree()
    await deal.pay("300.00", line=2)
    assert [line.paid for line in (await deal.view()).lines] == [0, Decimal("300.00")]
    await deal.pay("2500.00")
    view = await deal.quiet()
    allocated = {m.id: str(m.allocated) for line in view.lines.values() for m in line.milestones.values()}
    assert allocated == {
        "line-1:prepayment": "2000.00",
        "line-2:prepayment": "800.00",
        "line-2:balance": "0.00",
    }
    assert [str(p.amount) for p in view.payments] == ["300.00", "2500.00"]
    assert {m: str(p) for m, p in view.payments[1].allocations.items()} == {
        "line-1:prepayment": "2000.00",
        "line-2:prepayment": "500.00",
    }


async def test_more_than_a_line_costs_stays_with_the_deal(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(), a_good(sku="MON-2")))
    await deal.agree()
    await deal.pay("2100.00", line=1)
    view = await deal.view()
    shown = (view.lines[0].paid, view.lines[1].paid, view.totals.advance)
    assert [str(amount) for amount in shown] == ["2000.00", "0.00", "100.00"]
    await deal.robot()


@REPLAYED
async def test_a_line_hears_of_money_that_came_before_it_was_started(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.pay("2000.00")
    await deal.agree()
    await deal.complete("line-1:payment-terms")
    await deal.until_asked("line-1:reservation")
    facts = await deal.story(PaymentReceived.kind, MilestonePaid.kind)
    assert facts == ["kuznetsova payment.received", "desk milestone.paid line-1:prepayment"]
