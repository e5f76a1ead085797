"""What a client owes over all deals: what is due, and what goods that left on credit have still to bring."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.deal.credit import CreditAsked, OwedIn
from domain.deal.state import LineState
from domain.order.parties import Party
from domain.words import LineStatus, Stage
from records.queries import RecordQueries
from records.store import RecordStore
from tests.factories import NOW, a_batch, a_client, a_deal, a_good, a_line, an_approval

ASKED = CreditAsked(deal="none", line=1, client="9900000017")
Tell = Callable[..., str]


@pytest.fixture
def tell(store: RecordStore) -> Tell:
    def told(*lines: LineState, **changes: object) -> str:
        deal = a_deal(lines=lines, **changes)  # type: ignore[arg-type]
        store.apply(a_batch(deal))
        return deal.deal

    return told


def a_debt(
    price: str, due_in: int | None = None, *, number: int = 1, paid: str = "0", approved: bool = False
) -> LineState:
    line = a_line(
        number,
        good=a_good(payment="deferred_30", quantity=1, unit_price=Decimal(price)),
        status=LineStatus.SHIPPED,
        approvals=[an_approval("credit", id="line-1:credit", outcome="approved", closed_at=NOW)]
        if approved
        else [],
    )
    [milestone] = line.milestones.values()
    milestone.allocated = Decimal(paid)
    milestone.due_at = None if due_in is None else NOW + timedelta(days=due_in)
    return line


def rub(owed: str, overdue: str = "0") -> OwedIn:
    return OwedIn(currency="RUB", owed=Decimal(owed), overdue=Decimal(overdue))


def test_all_that_is_due_over_all_deals_counts_and_what_is_late_apart(
    tell: Tell, queries: RecordQueries
) -> None:
    tell(a_debt("1000", 10), stage=Stage.SHIPPED)
    tell(a_debt("700", -3, paid="200"), stage=Stage.SHIPPED)
    tell(a_debt("50"), stage=Stage.ORDER_SENT)  # neither due nor let go
    tell(a_debt("70", approved=True), stage=Stage.ORDER_SENT)
    assert queries.owed_by(ASKED, NOW) == (3, (rub("1570", "500"),))


def test_the_line_that_asks_does_not_count_and_others_of_its_deal_do(
    tell: Tell, queries: RecordQueries
) -> None:
    number = tell(a_debt("1000", 10), a_debt("30", 5, number=2), stage=Stage.SHIPPED)
    assert queries.owed_by(ASKED.model_copy(update={"deal": number}), NOW) == (1, (rub("30"),))


def test_what_is_called_off_paid_or_somebody_elses_does_not_count(tell: Tell, queries: RecordQueries) -> None:
    tell(a_debt("1000", 10), stage=Stage.CANCELLED)
    tell(a_debt("1000", 10, paid="1000"), stage=Stage.SHIPPED)
    tell(a_debt("1000", 10), client=a_client(inn="9900000024"), stage=Stage.SHIPPED)
    cancelled = a_debt("1000", 10)
    cancelled.status = LineStatus.CANCELLED
    tell(cancelled, stage=Stage.SHIPPED)
    assert queries.owed_by(ASKED, NOW) == (0, ())


def test_each_currency_by_itself(tell: Tell, queries: RecordQueries) -> None:
    tell(a_debt("1000", 10), stage=Stage.SHIPPED)
    in_yuan = a_debt("8", -1)
    in_yuan.currency = "CNY"
    tell(in_yuan, stage=Stage.SHIPPED, currency="CNY")
    deals, owed = queries.owed_by(ASKED, NOW)
    assert (deals, [one.currency for one in owed]) == (2, ["CNY", "RUB"])
    assert owed[0].overdue == 8


def test_a_buyer_of_another_country_is_found_by_its_number_and_one_without_by_its_name(
    tell: Tell, queries: RecordQueries
) -> None:
    abroad = a_client(inn=None, country="BY", tax_number="190000005")
    tell(a_debt("5", 1), client=abroad, stage=Stage.SHIPPED)
    tell(a_debt("7", 1), client=a_client(inn=None, name="ООО «Без номера»"), stage=Stage.SHIPPED)
    by_number = ASKED.model_copy(update={"client": "BY:190000005"})
    by_name = ASKED.model_copy(update={"client": "ООО «Без номера»", "by_name": True})
    assert queries.owed_by(by_number, NOW) == (1, (rub("5"),))
    assert queries.owed_by(by_name, NOW) == (1, (rub("7"),))


def test_what_a_lessor_owes_counts_for_the_lessor_and_not_for_its_client(
    tell: Tell, queries: RecordQueries
) -> None:
    leased = a_client(payer=Party(name="АО «Лизинг»", inn="9900000024"))
    tell(a_debt("1000", 10), client=leased, stage=Stage.SHIPPED)
    tell(a_debt("30", 10), client=a_client(inn="9900000024"), stage=Stage.SHIPPED)
    by_lessor = ASKED.model_copy(update={"by_payer": ("deferred_30",)})
    assert queries.owed_by(by_lessor, NOW) == (0, ())
    assert queries.owed_by(by_lessor.model_copy(update={"client": "9900000024"}), NOW) == (2, (rub("1030"),))
    assert queries.owed_by(ASKED, NOW) == (1, (rub("1000"),)), "who only pays owes nothing"
