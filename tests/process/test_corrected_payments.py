"""A payment that was entered wrong: it is taken back and entered anew, by entries of the ledger; nothing is edited."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.deal.ledger import EntryKind
from domain.facts import MilestonePaid, MilestoneUnpaid, PaymentCorrected, PaymentReversed
from domain.view.sentences import sentence
from tests.support.memory import How, OpenDeal, World, day, refused
from tests.support.orders import a_good, an_order
from tests.support.promises import Promises


def paid(world: World, amount: str = "2000.00", **more: object) -> OpenDeal:
    deal = world.open(an_order(a_good(), a_good(sku="MON-2")))
    deal.agree()
    deal.pay(amount, id="pp-1", line=1, **more)
    return deal


def fix(deal: OpenDeal, actor: str = "kuznetsova", id: str | None = None, **fields: str) -> None:
    said = {"entry": "pp-1", "fields": fields, "reason": "опечатка"}
    deal.say("correct", actor=actor, id=id, **said)


def stands(deal: OpenDeal) -> dict[str, Decimal]:
    return {m.id: m.allocated for m in deal.state.milestones if m.allocated}


def test_another_amount_pays_less_and_is_on_record(world: World) -> None:
    deal = paid(world)
    fix(deal, amount="1500.00")
    assert stands(deal) == {"line-1:prepayment": Decimal(1500)}
    assert deal.line().milestones["line-1:prepayment"].paid_on is None
    assert deal.facts(PaymentReversed) == []
    assert [fact.outstanding for fact in deal.read(MilestoneUnpaid)] == [Decimal(500)]
    kinds = [(entry.kind, entry.id.partition(":")[0]) for entry in deal.state.ledger.entries]
    assert [kind for kind, _ in kinds] == [EntryKind.RECEIVED, EntryKind.CORRECTED, EntryKind.RECEIVED]
    [view] = deal.view().payments
    assert (view.id, view.amount, view.reversed_on) == ("pp-1/2", Decimal(1500), None)
    [fact] = deal.facts(PaymentCorrected)
    words = sentence(fact, "en", book=deal.state.book)
    assert "ayment pp-1 is corrected: ₽1,500.00 of 23 Nov 2026, line 1 instead of ₽2,000.00" in words
    assert [n.person for n in world.mail.of(deal.number) if n.kind == "payment_corrected"] == ["ivanova"]


def test_another_line_gets_the_money(world: World) -> None:
    deal = paid(world)
    fix(deal, line="2")
    assert stands(deal) == {"line-2:prepayment": Decimal(2000)}
    fix(deal, line="")
    assert sum(stands(deal).values()) == Decimal(2000)


def test_another_day_is_the_day_on_which_it_was_paid(world: World) -> None:
    deal = paid(world)
    milestone = deal.line().milestones["line-1:prepayment"]
    assert milestone.paid_on == date.fromisoformat(day(0))
    fix(deal, date=day(-3))
    assert deal.line().milestones["line-1:prepayment"].paid_on == date.fromisoformat(day(-3))
    assert [paid.on.isoformat() for paid in deal.read(MilestonePaid)] == [day(0), day(-3)]
    assert deal.facts(MilestoneUnpaid) == [], "it was paid all the time"


def test_other_words_leave_the_money_where_it_is(world: World) -> None:
    deal = paid(world)
    fix(deal, purpose="счёт 12")
    assert deal.state.ledger.standing[0].note == "счёт 12"
    assert stands(deal) == {"line-1:prepayment": Decimal(2000)}
    assert len(deal.facts(MilestonePaid)) == 1


def test_the_banks_number_goes_on_to_name_it(world: World) -> None:
    deal = paid(world)
    fix(deal, amount="1500.00")
    fix(deal, amount="1700.00")
    assert [payment.id for payment in deal.state.ledger.standing] == ["pp-1/3"]
    deal.move("pp-1", line=2)
    assert stands(deal) == {"line-2:prepayment": Decimal(1700)}
    deal.reverse("pp-1")
    assert stands(deal) == {}
    with refused("already"):
        fix(deal, amount="5.00")


def test_money_that_came_twice_by_one_number_counts_once_after_a_correction(world: World) -> None:
    deal = paid(world)
    fix(deal, amount="1500.00", id="co-1")
    assert deal.pay("2000.00", id="pp-1", line=1).repeated
    fix(deal, amount="1500.00", id="co-1")
    assert deal.state.received == Decimal(1500)


@pytest.mark.parametrize("how", ["update", "signal"])
def test_who_may_correct_a_payment(world: World, how: How) -> None:
    deal = paid(world)
    said = {"entry": "pp-1", "fields": {"amount": "1.00"}, "reason": "x"}
    for actor in ("ivanova", "orlov", "client"):
        assert deal.tell(how, "correct", {"actor": actor, **said}) == "not_allowed"
    assert deal.tell(how, "correct", {"actor": "petrov", **said}) == ""


REFUSED = {
    "nothing else": ({"amount": "2000.00"}, "already"),
    "no money": ({"amount": "0"}, "not_positive"),
    "a part of a kopeck": ({"amount": "1.001"}, "bad_amount"),
    "no amount": ({"amount": "много"}, "bad_form"),
    "a line that is not there": ({"line": "9"}, "no_line"),
    "a day to come": ({"date": day(1)}, "future"),
    "another currency": ({"currency": "USD"}, "bad_form"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_payment_could_be_is_no_correction_either(world: World, case: str) -> None:
    deal = paid(world)
    fields, code = REFUSED[case]
    with refused(code):
        fix(deal, **fields)
    assert deal.facts(PaymentCorrected) == []


def test_money_that_went_back_is_not_corrected(world: World) -> None:
    deal = paid(world, "2500.00")
    deal.refund("pp-1", "500.00")
    deal.complete("refund")
    with refused("not_in_hand"):
        fix(deal, amount="2000.00")


def test_the_promises_hold_and_a_settled_line_opens_again(world: World) -> None:
    deal = paid(world)
    promises = Promises(deal)
    deal.pay("2000.00", id="pp-2", line=2)
    deal.robot(
        leave=lambda id: id == "reconciliation-act",
        until=lambda view: view["lines"][0]["status"] == "SETTLED",
    )
    fix(deal, amount="1999.99")
    deal.skip(timedelta(minutes=1))
    assert deal.line().status != "SETTLED"
    promises.hold()
    deal.robot()
    promises.hold()
    assert deal.result().paid == Decimal(4000)
