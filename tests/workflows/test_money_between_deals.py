"""Two deals on the real server: money goes from one to the other, the giver closes, and the bank takes the money back."""

from decimal import Decimal

from activities.postings import Postings
from domain.bank.payment import BankPayment
from domain.deal.ledger import balances
from domain.facts import MoneyMovedToDeal, PaymentReceived, PaymentReversed
from records.bank_payments import BankPayments
from records.queries import RecordQueries
from starter.cashier import cashier_of
from tests.support.deal import OpenDeal
from tests.support.memory import day
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand


async def stands(deal: OpenDeal) -> dict[str, str]:
    return {place: str(amount) for place, amount in balances((await deal.state()).ledger.entries).items()}


async def test_money_goes_to_another_deal_and_back_to_the_bank(stand: Stand) -> None:
    kept, records = BankPayments(stand.settings.database_url), RecordQueries(stand.settings.database_url)
    cashier = cashier_of(stand.desk, kept, records, "accountant")
    round = Postings(cashier)
    ours, theirs = [await stand.open(an_order(a_good())) for _ in range(2)]
    for deal in (ours, theirs):
        await deal.agree()
    await ours.pay("2000.00", id="pp-0")
    await ours.pay("500.00", id="pp-1", date=day(-1), purpose="по счёту 7")
    await ours.until_asked("surplus")
    await ours.complete("surplus", outcome="another-deal", to_deal=theirs.number)
    await ours.caught_up()
    assert (await round.post()).taken == 1
    assert (await round.post()).taken == 0
    [came] = (await theirs.state()).ledger.payments
    assert (came.id, came.amount, came.note) == (
        f"deal:{ours.number}:surplus",
        Decimal("500.00"),
        "по счёту 7",
    )
    await ours.robot()
    assert (await ours.result()).stage == "PAID"
    assert await stands(ours) == {"line-1:prepayment": "2000.00", f"deal:{theirs.number}": "500.00"}
    await theirs.caught_up()
    told = {"kind": "reversed", "key": "st-1", "reverses": "pp-1", "purpose": "ошибка банка"}
    taken = await cashier.take(BankPayment.model_validate({**told, "amount": 0, "currency": "RUB"}))
    assert taken.ok, "the deal that had it has closed: all of it is taken back where it is"
    assert (await round.post()).taken == 1
    assert (await stands(theirs), kept.open()) == ({}, [])
    assert await theirs.story(PaymentReceived.kind, PaymentReversed.kind) == [
        "kuznetsova payment.received",
        "kuznetsova payment.reversed",
    ]
    assert await ours.story(MoneyMovedToDeal.kind) == ["kuznetsova money.moved_to_deal"]
    await theirs.robot()
    kept.close()
    records.close()
