"""Rates of the days on which roubles came are asked once each, and nobody waits for a bank that does not answer."""

from datetime import date
from decimal import Decimal

from domain.bank.by_rate import PaidByRate
from domain.bank.payment import BankPayment, Debtor
from domain.order.rate_clause import RateClause
from starter.day_rates import with_rates
from tests.support.rates import KnownRates

DAY, AGREED = date(2026, 11, 27), date(2026, 11, 20)
CAME = BankPayment(key="k", amount=Decimal(1000), currency="RUB", day=DAY)


def a_debtor(deal: str, currency: str = "EUR") -> Debtor:
    by_rate = PaidByRate(clause=RateClause(within=Decimal(5)), agreed_on=AGREED)
    return Debtor(deal=deal, currency=currency, by_rate=by_rate)


async def test_each_day_of_each_currency_is_asked_once() -> None:
    source = KnownRates({AGREED: "90", DAY: "91.5"})
    plain = Debtor(deal="3")
    found = await with_rates([a_debtor("1"), a_debtor("2"), plain], [CAME, CAME], source)
    assert sorted(source.asked) == [AGREED, DAY]
    assert [debtor.by_rate and debtor.by_rate.applied(DAY, None) for debtor in found] == [
        Decimal("91.5"),
        Decimal("91.5"),
        None,
    ]


async def test_nothing_is_asked_where_no_deal_is_paid_by_rate_or_no_roubles_came() -> None:
    source = KnownRates({DAY: "91.5"})
    await with_rates([Debtor(deal="3")], [CAME], source)
    await with_rates([a_debtor("1")], [CAME.model_copy(update={"currency": "EUR"})], source)
    assert source.asked == []


async def test_a_bank_that_does_not_answer_leaves_them_unknown() -> None:
    source = KnownRates()
    source.down = True
    [debtor] = await with_rates([a_debtor("1")], [CAME], source)
    assert debtor.by_rate
    assert debtor.by_rate.applied(DAY, None) is None
