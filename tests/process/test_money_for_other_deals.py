"""Free money of a deal goes to another one: what its own ledger and trail say, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from domain.bank.keys import came_from, id_elsewhere
from domain.deal.ledger import balances
from domain.facts import MoneyMovedToDeal, MoneyRecalled, PaymentReversed
from tests.support.memory import TODAY, How, OpenDeal, World, day, refused
from tests.support.orders import a_good, an_order
from tests.support.promises import Promises

BOTH = pytest.mark.parametrize("how", ["update", "signal"])


def overpaid(world: World) -> OpenDeal:
    """A line of 2,000.00, and 500.00 more."""
    deal = world.open(an_order(a_good()))
    deal.agree()
    payer = {"payer": "ООО «Клиника»", "payer_inn": "9900000017", "account": "40702810900000000001"}
    deal.pay("2500.00", id="pp-1", date=day(-1), purpose="по счёту 7", **payer)
    return deal


def stands(deal: OpenDeal) -> dict[str, str]:
    return {place: str(amount) for place, amount in balances(deal.state.ledger.entries).items()}


def test_free_money_goes_to_another_deal_and_the_deal_may_close(world: World) -> None:
    deal = overpaid(world)
    promises = Promises(deal)
    receipt = deal.move("pp-1", amount="200.00", to_deal="D-7", id="mv-1", reason="письмо клиента")
    assert receipt.words_en.startswith("₽200.00 goes to deal D-7.")
    assert stands(deal) == {"line-1:prepayment": "2000.00", "advance": "300.00", "deal:D-7": "200.00"}
    deal.move("pp-1", to_deal="D-8", line=2, id="mv-2")
    first, second = deal.read(MoneyMovedToDeal)
    assert first == MoneyMovedToDeal(
        payment="pp-1",
        amount=Decimal("200.00"),
        currency="RUB",
        taken={"advance": Decimal("200.00")},
        put={"deal:D-7": Decimal("200.00")},
        to="D-7",
        entered=f"deal:{deal.number}:mv-1",
        day=deal.state.ledger.payments[0].day,
        purpose="по счёту 7",
        payer="ООО «Клиника»",
        payer_inn="9900000017",
        account="40702810900000000001",
        reason="письмо клиента",
    )
    assert (second.to, second.line, second.amount) == ("D-8", 2, Decimal("300.00"))
    assert not {id for id in deal.asked() if id.startswith("surplus")}
    promises.hold()
    deal.robot()
    promises.hold()
    assert (deal.result().stage, deal.result().advance) == ("PAID", Decimal(0))


def test_money_left_over_can_go_to_another_deal(world: World) -> None:
    """Of several payments each goes by itself: each keeps its day, payer and purpose there."""
    deal = overpaid(world)
    deal.pay("70.00", id="pp-2", purpose="доплата")
    with refused("same_deal", deal.number):
        deal.complete("surplus#2", outcome="another-deal", to_deal=deal.number)
    with refused("bad_form"):
        nowhere = {"outcome": "another-deal"}
        deal.say("complete", actor="kuznetsova", assignment="surplus#2", fields=nowhere)
    with refused("bad_form"):
        deal.complete("surplus#2", outcome="another-deal", to_deal="сделка 7")
    deal.complete("surplus#2", outcome="another-deal", to_deal="D-7", reason="просьба клиента")
    assert stands(deal) == {"line-1:prepayment": "2000.00", "deal:D-7": "570.00"}
    gone = [(m.payment, str(m.amount), m.entered, m.purpose) for m in deal.read(MoneyMovedToDeal)]
    assert gone == [
        ("pp-1", "500.00", f"deal:{deal.number}:surplus#2", "по счёту 7"),
        ("pp-2", "70.00", f"deal:{deal.number}:surplus#2/2", "доплата"),
    ]
    deal.robot()
    assert deal.result().stage == "PAID"


def test_what_the_bank_takes_back_is_taken_back_in_the_other_deal_too(world: World) -> None:
    deal = overpaid(world)
    promises = Promises(deal)
    deal.move("pp-1", amount="200.00", to_deal="D-7", id="mv-1")
    deal.move("pp-1", amount="100.00", to_deal="D-7", id="mv-2")
    deal.reverse("pp-1")
    [reversed] = deal.read(PaymentReversed)
    assert reversed.taken == {
        "line-1:prepayment": Decimal("2000.00"),
        "advance": Decimal("200.00"),
        "deal:D-7": Decimal("300.00"),
    }
    recalled = [(r.to, r.entered, str(r.amount), r.reason) for r in deal.read(MoneyRecalled)]
    assert recalled == [
        ("D-7", f"deal:{deal.number}:mv-1", "200.00", "отозван банком"),
        ("D-7", f"deal:{deal.number}:mv-2", "100.00", "отозван банком"),
    ]
    assert stands(deal) == {}
    promises.hold()
    deal.robot()
    promises.hold()


def test_what_is_with_another_deal_is_not_corrected_here(world: World) -> None:
    deal = overpaid(world)
    deal.complete("surplus", outcome="another-deal", to_deal="D-7")
    with refused("not_in_hand", "to another deal"):
        deal.correct("pp-1", "kuznetsova", amount="2400.00")
    with refused("way_chosen"):
        deal.correct("surplus", "kuznetsova", to_deal="D-8")


def test_the_sum_and_the_day_of_money_from_another_deal_are_that_deals(world: World) -> None:
    deal = overpaid(world)
    deal.pay("10.00", id="deal:D-7:mv-1", purpose="по счёту 3")
    for wrong in ({"amount": "20.00"}, {"date": day(-3)}):
        with refused("elsewhere", "D-7"):
            deal.correct("deal:D-7:mv-1", "kuznetsova", **wrong)
    deal.correct("deal:D-7:mv-1", "kuznetsova", purpose="по счёту 4")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "to itself": ({"to_deal": "SELF"}, "same_deal"),
    "to what is no deal": ({"to_deal": "D 7"}, "bad_deal"),
    "to a line's process": ({"to_deal": "1043-line-1"}, "bad_deal"),
    "more than is free": ({"amount": "500.01"}, "not_in_hand"),
    "what there is not": ({"payment": "pp-9"}, "not_found"),
    "by the manager": ({"actor": "ivanova"}, "not_allowed"),
    "nothing": ({"amount": "0"}, "not_positive"),
    "parts of a kopeck": ({"amount": "1.005"}, "bad_amount"),
    "in many words": ({"to_deal": "7" * 51}, "malformed"),
}


@BOTH
def test_what_can_not_go_to_another_deal_is_refused_in_words(world: World, how: How) -> None:
    deal = overpaid(world)
    before = stands(deal)
    for what, (changes, code) in REFUSED.items():
        content = {"actor": "kuznetsova", "payment": "pp-1", "to_deal": "D-7"} | changes
        if content["to_deal"] == "SELF":
            content["to_deal"] = deal.number
        assert deal.tell(how, "move", content) == code, what
    assert stands(deal) == before


def test_the_number_of_money_in_another_deal_is_short_and_tells_where_it_came_from() -> None:
    long = id_elsewhere("B24-7", "x" * 100)
    assert (len(long) <= 95, came_from(long), long) == (True, "B24-7", id_elsewhere("B24-7", "x" * 100))
    assert long != id_elsewhere("B24-7", "x" * 99 + "y")
    assert [came_from(id) for id in ("pp-118", "deal:7", "deal:7:", "deal:7:a:b")] == ["", "", "", "7"]


def test_roubles_that_pay_by_rate_go_as_roubles_at_their_own_rate(world: World) -> None:
    world.rates.rates = {TODAY: "91.5043"}
    deal = world.open(an_order(a_good(), currency="EUR", rate={"percent": "0"}))
    deal.agree()
    deal.pay("191504.30", id="pp-1")  # 2,092.84 euros
    deal.move("pp-1", amount="50.00", to_deal="D-7")
    deal.move("pp-1", to_deal="D-8")
    first, second = deal.read(MoneyMovedToDeal)
    assert (first.amount, first.currency, first.paid, first.rate) == (
        Decimal("50.00"),
        "EUR",
        Decimal("4575.23"),
        Decimal("91.5043"),
    )
    kept = deal.line().paid * Decimal("91.5043")
    assert abs(Decimal("191504.30") - (first.paid or 0) - (second.paid or 0) - kept) < Decimal("0.92"), (
        "a cent"
    )
    deal.reverse("pp-1")
    assert stands(deal) == {}
