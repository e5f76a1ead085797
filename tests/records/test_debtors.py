"""What money is known by of a deal that is paid by rate: its clause, its contract's day, and the rates that any deal has asked for."""

from datetime import UTC, date, datetime
from decimal import Decimal

from domain.deal.rates import Rate
from domain.order.rate_clause import RateClause
from domain.words import Trigger
from records.queries import RecordQueries
from records.store import RecordStore
from tests.factories import a_batch, a_deal, a_line

DAY = date(2026, 12, 1)


def test_rates_that_one_deal_has_asked_for_are_known_for_all_of_its_currency(
    store: RecordStore, queries: RecordQueries
) -> None:
    agreed = datetime(2026, 11, 30, 22, tzinfo=UTC)  # it is the next day in Moscow
    rate = Rate(value=Decimal("91.5043"), set_on=DAY)
    asked = a_deal(lines=[a_line()], currency="EUR", rate=RateClause(), rates={DAY: rate})
    other = a_deal(
        lines=[a_line()],
        currency="EUR",
        rate=RateClause(within=Decimal(5)),
        moments={Trigger.CONTRACT.value: agreed},
    )
    in_yuan = a_deal(lines=[a_line()], currency="CNY", rate=RateClause())
    plain = a_deal(lines=[a_line()])
    for deal in (asked, other, in_yuan, plain):
        store.apply(a_batch(deal))
    found = {debtor.deal: debtor.by_rate for debtor in queries.debtors()}
    by_rate = found[other.deal]
    assert by_rate
    assert (by_rate.agreed_on, by_rate.clause.within) == (DAY, 5)
    assert by_rate.applied(DAY, None) == Decimal("91.5043")
    assert found[in_yuan.deal] is not None
    assert found[in_yuan.deal].known == {}  # type: ignore[union-attr]
    assert found[plain.deal] is None
