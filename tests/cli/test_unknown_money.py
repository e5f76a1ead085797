"""Money nobody knows: it waits in the accountant's inbox, and one command gives it to a deal, once."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import pytest

from domain.bank.matching import Register
from domain.bank.payment import BankPayment
from domain.facts import PaymentReceived
from domain.words import same
from records.arrivals import InboxEvent
from records.bank_payments import BankPayments
from records.queries import RecordQueries
from starter.cashier import Cashier, Taken
from starter.doctor import money
from starter.intake.answers import Told
from starter.settings import Settings
from tests.cli.conftest import Run
from tests.starter.conftest import run_deal
from tests.support.foreign import FOREIGN_NUMBERS, PAYER
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import CLIENT, a_good, an_order


class Bank:
    """Tells of payments, as the webhook does."""

    def __init__(self, desk: MemoryDesk, url: str) -> None:
        self.kept, self.records = BankPayments(url), RecordQueries(url)

        async def at_desk() -> Any:
            return desk

        async def no_book() -> NoReturn:
            raise AssertionError("money asks for no playbook")

        self.cashier = Cashier(at_desk, self.kept, lambda: Register(self.records.debtors()), "accountant")
        self.hook = Told(at_desk, no_book, self.cashier, "en")

    def tell(self, key: str = "PP-900", **said: Any) -> Taken:
        known = {"amount": "1000.00", "currency": "RUB", "purpose": "оплата по счёту СЧ-99"}
        payment = BankPayment.model_validate({"key": key, **known, **said})
        return asyncio.run(self.cashier.take(payment))

    def close(self) -> None:
        self.kept.close()
        self.records.close()


@pytest.fixture
def bank(desk: MemoryDesk, recorded: None, tmp_path: Path) -> Iterator[Bank]:
    bank = Bank(desk, f"sqlite:///{tmp_path / 'records.db'}")
    yield bank
    bank.close()


def an_event(data: dict[str, Any]) -> InboxEvent:
    now, known = datetime.now(UTC), {"seq": 1, "source": "payments", "key": "e-1", "kind": "payment.received"}
    fresh = {"times": 1, "status": "new", "attempts": 0, "outcome": same(""), "deal": None}
    at = dict.fromkeys(("received_at", "next_try_at"), now) | dict.fromkeys(("finished_at", "claimed_until"))
    return InboxEvent(**known, subject="payments", body={"data": data}, **fresh, **at)  # type: ignore[arg-type]


def waiting() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run_deal("money", "unmatched", "-o", "json", "--lang", "en").data
    return found


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"deal": "777"}, "no deal 777"),
        ({}, "invoice СЧ-99, that no open deal has"),
        ({"purpose": "за товар"}, "no client of this account or INN"),
        ({"deal": "OURS", "currency": "EUR"}, "deal is in"),
        ({"deal": "OURS", "day": "2019-01-01"}, "before the year"),
        ({"kind": "reversed", "reverses": "PP-1", "amount": 0}, "has come to no deal"),
    ],
)
def test_it_waits_in_the_accountants_inbox_with_why_and_is_never_forgotten(
    bank: Bank, three_goods: OpenDeal, said: dict[str, Any], why: str
) -> None:
    three_goods.agree()
    said = {name: three_goods.number if value == "OURS" else value for name, value in said.items()}
    for _ in range(2):
        assert not bank.tell(**said).ok
    [one] = waiting()
    assert (one["key"], one["status"]) == ("PP-900", "waiting")
    assert why in one["why"]
    [item] = [i for i in run_deal("inbox", "--as", "accountant", "-o", "json").data if i["kind"] == "money"]
    assert (item["id"], item["deal"]) == ("PP-900", "")
    assert run_deal("inbox", "--as", "ivanova", "-o", "json").data != [item]
    assert "PP-900" in run_deal("inbox", "--as", "accountant").out
    assert "PP-900" in run_deal("money", "unmatched").out


def test_a_payment_that_names_no_deal_is_matched_by_what_the_records_know(
    bank: Bank, desk: MemoryDesk
) -> None:
    """The invoice of the payment terms; then the account that has paid by it."""
    deal = desk.world.open(an_order(a_good(), a_good()))
    deal.agree()
    deal.complete("line-1:payment-terms", invoice="СЧ-77")
    account = "40702810900000000118"
    assert bank.tell("A", purpose="оплата по счету CЧ-77 от 01.11", account=account).deal == deal.number
    assert bank.tell("B", purpose="за товар", account=account, amount="10.00").deal == deal.number
    first, second = deal.state.ledger.payments
    assert (first.line, first.account, second.line) == (1, account, None)
    assert waiting() == []


@pytest.mark.parametrize(
    ("client", "inn", "why"),
    [
        ({"payer": PAYER}, PAYER["inn"], "the order names this payer"),
        (
            {"inn": None, "country": "BY", "tax_number": FOREIGN_NUMBERS["BY"]},
            FOREIGN_NUMBERS["BY"],
            "the payer's INN is the client's",
        ),
    ],
)
def test_who_pays_by_the_order_is_known_before_they_have_paid(
    bank: Bank, desk: MemoryDesk, client: dict[str, Any], inn: str, why: str
) -> None:
    deal = desk.world.open(an_order(a_good(), client=CLIENT | client))
    deal.agree()
    [debtor] = bank.records.debtors()
    payment = BankPayment(key="A", amount=Decimal(1000), currency="RUB", purpose="за товар", payer_inn=inn)
    match = Register([debtor]).match(payment)
    assert (match.deal, why in match.why.en) == (deal.number, True)
    assert bank.tell("A", purpose="за товар", payer_inn=inn).deal == deal.number


def test_one_command_gives_it_to_a_deal_once(bank: Bank, three_goods: OpenDeal, done: Run) -> None:
    three_goods.agree()
    bank.tell(deal="777", payer_inn="9900000017", payer="ООО «Образец»")
    for _ in range(2):
        run_deal("money", "assign", "PP-900", three_goods.number, "--as", "kuznetsova")
    [payment] = three_goods.state.ledger.payments
    assert (payment.id, str(payment.amount), payment.actor.person) == ("PP-900", "1000.00", "kuznetsova")
    assert waiting() == []
    again = run_deal("money", "assign", "PP-900", three_goods.number, "--as", "kuznetsova", "--lang", "en")
    assert (again.code, "decided already" in again.err) == (4, True)
    assert bank.tell(deal="777").ok
    assert waiting() == []


def test_the_day_of_the_payers_bank_is_not_forgotten_while_it_waits(
    bank: Bank, desk: MemoryDesk, done: Run
) -> None:
    """From the webhook to the deal, whose contract counts by the rate of that day."""
    today = desk.world.now.date()
    debited = today - timedelta(days=1)
    desk.world.rates.rates = {today: "91.5043", debited: "90.00"}
    deal = desk.world.open(an_order(a_good(), currency="EUR", rate={"day": "debited"}))
    deal.agree()
    said = {"id": "PP-900", "deal": "777", "amount": "9000.00", "currency": "RUB", "debited": str(debited)}
    assert asyncio.run(bank.hook.payment(an_event(said))).status == "refused"
    done("money", "assign", "PP-900", deal.number, "--as", "kuznetsova")
    [payment] = deal.read(PaymentReceived)
    assert (payment.rate_on, str(payment.amount)) == (debited, "100.00")


def test_an_assignment_that_was_interrupted_is_carried_out_once(bank: Bank, three_goods: OpenDeal) -> None:
    three_goods.agree()
    bank.tell()
    [kept] = bank.kept.open()
    assert bank.kept.begin(kept.payment, three_goods.number, None, "kuznetsova", datetime.now(UTC))
    assert [one["status"] for one in waiting()] == ["posting"]
    other = run_deal("money", "assign", "PP-900", "778", "--as", "kuznetsova")
    assert other.code == 4
    for _ in range(2):
        asyncio.run(bank.cashier.resume())
    assert len(three_goods.state.ledger.payments) == 1
    assert waiting() == []


def test_what_its_deal_refuses_waits_again_with_the_new_reason(bank: Bank, three_goods: OpenDeal) -> None:
    bank.tell(currency="EUR")
    refused = run_deal("money", "assign", "PP-900", three_goods.number, "--as", "kuznetsova")
    assert refused.code == 4
    [one] = waiting()
    assert (one["status"], "the deal is in" in one["why"]) == ("waiting", True)


def test_it_is_set_aside_with_a_reason_by_the_accountant_alone(bank: Bank, done: Run) -> None:
    bank.tell()
    others = run_deal("money", "dismiss", "PP-900", "--reason", "чужое", "--as", "ivanova")
    assert (others.code, "бухгалтер" in others.err) == (4, True)
    done("money", "dismiss", "PP-900", "--reason", "ошибка банка", "--as", "accountant")
    kept = bank.kept.find("PP-900")
    assert kept
    assert (kept.status, kept.by, kept.reason) == ("dismissed", "kuznetsova", "ошибка банка")
    assert "ошибка банка" in bank.tell().words.ru
    assert waiting() == []


def test_several_are_set_aside_at_once_or_none(bank: Bank, done: Run) -> None:
    for key in ("PP-1", "PP-2", "PP-3"):
        bank.tell(key)
    why = ("--reason", "не по сделкам", "--as", "accountant")
    assert run_deal("money", "dismiss", "PP-1", "PP-9", *why).code != 0
    assert len(waiting()) == 3
    done("money", "dismiss", "PP-1", "PP-3", *why)
    assert [one["key"] for one in waiting()] == ["PP-2"]


def test_a_reversal_settles_what_waits_and_reaches_the_deal_that_has_it(
    bank: Bank, three_goods: OpenDeal
) -> None:
    three_goods.agree()
    gone = {"kind": "reversed", "amount": 0, "purpose": "ошибка банка"}
    bank.tell("PP-1", deal="777")
    assert bank.tell("ST-1", reverses="PP-1", **gone).ok
    assert waiting() == []
    bank.tell("PP-2", deal=three_goods.number)
    assert bank.tell("ST-2", reverses="PP-2", **gone).deal == three_goods.number
    assert str(three_goods.state.received) == "0.00"


def test_a_reversal_that_came_before_its_payment_finds_it(
    bank: Bank, three_goods: OpenDeal, done: Run
) -> None:
    three_goods.agree()
    gone = {"kind": "reversed", "amount": 0, "purpose": "ошибка банка"}
    for key, reverses in (("ST-1", "PP-1"), ("ST-2", "PP-2"), ("ST-3", "PP-3")):
        assert not bank.tell(key, reverses=reverses, **gone).ok
    assert "ошибка банка" in bank.tell("PP-1", deal=three_goods.number).words.ru
    assert [one["key"] for one in waiting()] == ["ST-2", "ST-3"]
    bank.tell("PP-2", deal="777")
    done("money", "assign", "PP-2", three_goods.number, "--as", "kuznetsova")
    assert str(three_goods.state.received) == "0.00"
    [one] = waiting()
    assert one["reverses"] == "PP-3"
    assert bank.tell("PP-4", deal=three_goods.number).ok
    assert str(three_goods.state.received) == "1000.00"


def test_a_reversal_of_what_was_set_aside_asks_nobody(bank: Bank, done: Run) -> None:
    bank.tell("PP-1", deal="777")
    done("money", "dismiss", "PP-1", "--reason", "взнос учредителя", "--as", "accountant")
    told = bank.tell("ST-1", kind="reversed", amount=0, reverses="PP-1", purpose="ошибка банка")
    assert (told.ok, "взнос учредителя" in told.words.ru, waiting()) == (True, True, [])


def test_the_list_says_what_is_taken_back_and_what_to_do(bank: Bank, three_goods: OpenDeal) -> None:
    bank.tell("ST-1", kind="reversed", amount=0, reverses="PP-1", purpose="ошибка банка")
    shown = run_deal("money", "unmatched", "--lang", "en", COLUMNS="250")
    assert "PP-1" in shown.out
    assert "deal money dismiss" in shown.err
    assert run_deal("money", "assign", "ST-1", three_goods.number, "--as", "kuznetsova").code == 4
    assert f"deal {three_goods.number} did not take it" in waiting()[0]["why"]


def test_a_long_list_is_told_by_number(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("starter.cli.bank_money.MOST", 2)
    for key in ("PP-1", "PP-2", "PP-3"):
        bank.tell(key)
    shown = run_deal("money", "unmatched")
    assert ("PP-2" in shown.out, "PP-3" in shown.out, "и ещё 1" in shown.err) == (True, False, True)
    assert len(waiting()) == 3


def test_the_doctor_says_what_waits_long(bank: Bank, tmp_path: Path) -> None:
    settings, now = Settings(home=tmp_path), datetime.now(UTC)
    assert money.finding(settings, now).ok
    bank.tell()
    assert money.finding(settings, now).ok
    late = money.finding(settings, now + timedelta(days=4))
    assert (late.ok, "assign" in (late.advice.en if late.advice else "")) == (False, True)
