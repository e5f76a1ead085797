"""Money: it counts once, goes where it is due, and none of it is lost."""

from datetime import timedelta
from decimal import Decimal

from domain.facts import MilestonePaid, MilestoneUnpaid, PaymentReceived
from tests.support.memory import World, refused
from tests.support.orders import a_good, a_lead, an_order


def test_money_that_comes_before_the_order_has_lines_is_an_advance_and_then_pays_them(world: World) -> None:
    deal = world.open(a_lead())
    deal.pay("1500.00", purpose="аванс")
    totals = deal.view().totals
    assert (str(totals.advance), str(totals.paid)) == ("1500.00", "0.00")
    deal.qualify()
    deal.say("order", actor="ivanova", order={"lines": [a_good()]})
    totals = deal.view().totals
    assert (str(totals.advance), str(totals.paid), str(totals.outstanding)) == ("0.00", "1500.00", "500.00")
    deal.robot()
    assert deal.result().paid == Decimal("2000.00")


def test_money_for_a_line_goes_to_that_line_and_the_rest_by_due_date(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(payment="prepaid_50")))
    deal.agree()
    deal.pay("300.00", line=2)
    assert [line.paid for line in deal.view().lines] == [0, Decimal("300.00")]
    deal.pay("2500.00")
    allocated = {
        m.id: str(m.allocated) for line in deal.state.lines.values() for m in line.milestones.values()
    }
    assert allocated == {
        "line-1:prepayment": "2000.00",
        "line-2:prepayment": "800.00",
        "line-2:balance": "0.00",
    }
    assert [str(p.amount) for p in deal.state.ledger.payments] == ["300.00", "2500.00"]
    assert {m: str(p) for m, p in deal.state.ledger.payments[1].put.items()} == {
        "line-1:prepayment": "2000.00",
        "line-2:prepayment": "500.00",
    }


def test_more_than_a_line_costs_stays_with_the_deal(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(sku="MON-2")))
    deal.agree()
    deal.pay("2100.00", line=1)
    view = deal.view()
    shown = (view.lines[0].paid, view.lines[1].paid, view.totals.advance)
    assert [str(amount) for amount in shown] == ["2000.00", "0.00", "100.00"]
    deal.robot()


def test_a_line_hears_of_money_that_came_before_it_was_started(world: World) -> None:
    deal = world.open(an_order())
    deal.pay("2000.00")
    deal.agree()
    deal.complete("line-1:payment-terms")
    assert deal.asked() == {"line-1:reservation"}
    assert deal.story(PaymentReceived, MilestonePaid) == [
        "kuznetsova payment.received",
        "desk milestone.paid line-1:prepayment",
    ]


def test_a_payment_counts_on_the_day_it_says_and_never_on_one_to_come(world: World) -> None:
    deal = world.open(an_order())
    deal.pay("10.00", date="2026-11-20")
    deal.pay("11.00")
    assert [str(received.day) for received in deal.read(PaymentReceived)] == ["2026-11-20", "2026-11-23"]
    with refused("future"):
        deal.pay("12.00", date="2026-11-30")


def test_what_was_paid_becomes_unpaid_when_its_money_is_taken_away(world: World) -> None:
    """As the deal tells it to the line: what stands on its milestones now, zero included."""
    deal = world.open(an_order(a_good(payment="prepaid_50")))
    deal.agree()
    deal.complete("line-1:payment-terms")
    deal.pay("1000.00", line=1)
    revision = deal.line().funds_revision
    deal.signal("from_deal", _funds(revision + 1, "0.00"), line=1)
    milestone = deal.line().milestones["line-1:prepayment"]
    assert (milestone.paid_at, milestone.outstanding) == (None, Decimal("1000.00"))
    [unpaid] = deal.read(MilestoneUnpaid)
    assert (unpaid.id, unpaid.outstanding) == ("line-1:prepayment", Decimal("1000.00"))
    assert milestone.alarm is not None
    deal.skip(milestone.alarm.due_at - world.now + timedelta(hours=1))
    assert "desk milestone.reminded line-1:prepayment" in deal.story(), "it is asked for again"


def test_funds_that_are_older_than_what_the_line_has_heard_change_nothing(world: World) -> None:
    deal = world.open(an_order(a_good(payment="prepaid_50")))
    deal.agree()
    deal.pay("700.00", line=1)
    revision = deal.line().funds_revision
    for stale in (revision, revision - 1):
        deal.signal("from_deal", _funds(stale, "0.00"), line=1)
    assert deal.line().milestones["line-1:prepayment"].allocated == Decimal("700.00")


def test_a_payment_that_comes_while_its_line_is_being_started_reaches_it(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(payment="prepaid_50")))
    deal.qualify()
    deal.approve("contract", "client")
    last_vote = {"id": "d-1", "actor": "petrov", "approval": "contract", "approve": True}
    payment = {"id": "p-1", "actor": "kuznetsova", "amount": "2500.00", "currency": "RUB"}
    deal.signals(("decide", last_vote), ("pay", payment))
    assert [str(deal.line(n).paid) for n in (1, 2)] == ["2000.00", "500.00"]
    deal.robot()
    assert deal.result().paid == Decimal("4000.00")


def _funds(revision: int, allocated: str) -> dict[str, object]:
    funds = {"revision": revision, "allocated": {"line-1:prepayment": allocated}}
    return {"line": 1, "name": "funds", "funds": funds}
