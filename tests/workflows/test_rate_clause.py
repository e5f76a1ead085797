"""Roubles at the Bank of Russia's rate, on a real server: a payment waits for its rate, and goes on."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.facts import PaymentAwaitsRate, PaymentReceived
from tests.support.orders import an_order
from tests.support.stand import Stand, default_playbook
from tests.support.waiting import eventually


async def test_a_payment_waits_for_its_rate_and_goes_on(stand: Stand) -> None:
    today = default_playbook().calendar.today(datetime.now(UTC))
    yesterday = today - timedelta(days=1)
    stand.rates.rates, stand.rates.down = {today: "90.00"}, True
    stand.rates.asked.clear()
    deal = await stand.open(an_order(currency="EUR", rate={"percent": "2"}))
    await deal.agree()
    receipt = await deal.pay("9180.00", id="pp-1")
    assert "is counted at the rate of" in receipt.words_en
    await eventually(lambda: _asked_again(stand))
    assert (await deal.state()).received == 0

    stand.rates.down = False
    await deal.until(lambda view: view.totals.paid == Decimal("100.00"))

    await deal.pay("10200.00", id="pp-2", date=yesterday.isoformat())
    await deal.until_asked("rate")
    await deal.complete("rate", rate="100")
    view = await deal.until(lambda view: view.totals.paid == Decimal("200.00"))
    assert [payment.rate for payment in view.payments] == [Decimal("91.80"), Decimal("102")]
    assert not view.waiting
    kinds = (PaymentAwaitsRate.kind, PaymentReceived.kind)
    assert await deal.story(*kinds) == [f"kuznetsova {kind}" for _ in "12" for kind in kinds]


async def _asked_again(stand: Stand) -> bool:
    """The server has asked the bank again."""
    return len(stand.rates.asked) > 1
