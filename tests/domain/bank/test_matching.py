"""Whose money it is: what is certain, and what waits for a person."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.bank.by_rate import PaidByRate
from domain.bank.matching import Register
from domain.bank.payment import BankPayment, Debtor, Due, Entered
from domain.bank.purpose import compact, numbers_in
from domain.deal.rates import Rate
from domain.order.rate_clause import RateClause

DAY = date(2026, 11, 27)
ACCOUNT = "40702810900000000118"
INN, LESSOR, OTHER = "9900000017", "9900000024", "9900000031"


def a_debtor(deal: str, *sums: str, due: bool = True, **more: Any) -> Debtor:
    dues = tuple(
        Due(line=n, outstanding=one, due_on=DAY if due else None)  # type: ignore[arg-type]
        for n, one in enumerate(sums or ("1000.00",), 1)
    )
    return Debtor.model_validate({"deal": deal, "inn": INN, "dues": dues} | more)


def paid(purpose: str = "", **more: Any) -> BankPayment:
    known = {"key": "k", "amount": "1000.00", "currency": "RUB", "day": DAY, "purpose": purpose}
    return BankPayment.model_validate(known | more)


BY_NUMBER = Register(
    [
        a_debtor("1042", "1000.00", "500.00", references={"СЧ-9": (1,), "118": (2,), "ЦБ-000077": (1, 2)}),
        a_debtor("1043", references={"СЧ-10": (1,), "119": (1,), "СЧ-12/1": (1,)}, inn=OTHER),
        a_debtor("7", references={}, inn="9900000048"),
    ]
)


@pytest.mark.parametrize(
    ("purpose", "deal", "line"),
    [
        ("Оплата по счету СЧ-9 от 27.11.2026 за сканер, в т.ч. НДС 22% 180.33", "1042", 1),
        ("оплата сч. № 9 от 27.11.26", "1042", 1),
        ("Опл. по сч9", "1042", 1),
        ("ОПЛАТА ПО CЧ-009", "1042", 1),  # a Latin C
        ("Оплата счета №118 от 5 ноября 2026 г. НДС нет", "1042", 2),
        ("Оплата по счетам 118 и СЧ-9", "1042", None),
        ("Счет на оплату ЦБ-77. Без НДС", "1042", None),
        ("за товар по СЧ-12/1", "1043", 1),
        ("Оплата по заказу 1042, аванс 50%", "1042", None),
        ("Оплата по сделке № 1042", "1042", None),
    ],
)
def test_a_number_in_the_purpose_names_the_deal_whoever_pays(
    purpose: str, deal: str, line: int | None
) -> None:
    found = BY_NUMBER.match(paid(purpose, payer_inn=LESSOR))
    assert (found.deal, found.line) == (deal, line), found.why.en


@pytest.mark.parametrize(
    ("purpose", "why"),
    [
        ("Оплата по счетам СЧ-9 и СЧ-10", "several deals"),
        ("Оплата по счету 777", "invoice 777, that no open deal has"),
        ("Оплата по счетам 118, 777", "invoice 777"),
        ("Оплата по счет-фактуре 118", "no number"),
        ("УПД 118 от 27.11.2026", "no number"),
        ("Оплата за СЧ-91", "no number"),
        ("Оплата за СЧ-9/1", "no number"),
        ("За сканер, 118 шт", "no number"),
        ("Оплата по договору № 7 от 01.02.2024", "alone speaks for deal 7"),
    ],
)
def test_what_is_not_certain_waits(purpose: str, why: str) -> None:
    found = BY_NUMBER.match(paid(purpose, payer_inn=LESSOR, amount="33.00"))
    assert found.deal is None
    assert why in found.why.en


def test_a_number_of_one_client_and_the_inn_of_another_contradict() -> None:
    found = BY_NUMBER.match(paid("счет СЧ-9", payer_inn=OTHER))
    assert (found.deal, [c.deal for c in found.candidates]) == (None, ["1042", "1043"])


def test_money_in_another_currency_waits_with_the_deal_as_candidate() -> None:
    found = BY_NUMBER.match(paid("счет СЧ-9", currency="EUR"))
    assert (found.deal, [c.deal for c in found.candidates]) == (None, ["1042"])


def test_roubles_go_to_the_deal_in_euros_that_they_name_for_it_may_be_paid_by_rate() -> None:
    register = Register([a_debtor("1042", references={"СЧ-9": (1,)}, currency="EUR")])
    assert register.match(paid("счет СЧ-9", amount="9150.43")).deal == "1042"
    assert register.match(paid("за товар", payer_inn=INN)).deal is None


def test_without_a_number_the_payer_names_its_only_deal() -> None:
    register = Register([a_debtor("1", accounts={ACCOUNT}), a_debtor("2", inn=OTHER)])
    assert register.match(paid("за товар", payer_inn=INN)).deal == "1"
    assert register.match(paid("за товар", account=ACCOUNT)).deal == "1"
    assert register.match(paid("за товар", payer_inn=INN, amount="1000.01")).deal is None
    assert register.match(paid("за товар", payer_inn=LESSOR)).deal is None


def test_of_a_payers_deals_the_sum_and_then_the_due_date_say_which() -> None:
    one, two = a_debtor("1", "1000.00", "700.00"), a_debtor("2", "900.00")
    assert Register([one, two]).match(paid(payer_inn=INN, amount="900.00")).deal == "2"
    found = Register([one, two]).match(paid(payer_inn=INN, amount="700.00"))
    assert (found.deal, found.line) == ("1", 2)
    same = [a_debtor("1"), a_debtor("2", due=False)]
    assert Register(same).match(paid(payer_inn=INN)).deal == "1"
    both = Register([a_debtor("1"), a_debtor("2")]).match(paid(payer_inn=INN))
    assert (both.deal, {c.deal for c in both.candidates}) == (None, {"1", "2"})
    assert Register([one, two]).match(paid(payer_inn=INN, amount="5.00")).deal is None


def test_a_sum_alone_is_a_hint_and_no_more() -> None:
    found = Register([a_debtor("1"), a_debtor("2", "5.00")]).match(paid("за товар"))
    assert (found.deal, [c.deal for c in found.candidates]) == (None, ["1"])


def test_what_a_person_entered_without_its_payment_order_is_not_counted_twice() -> None:
    entered = (Entered(id="ПП-5", amount="1000.00", day=date(2026, 11, 26)),)  # type: ignore[arg-type]
    debtor = a_debtor("1", references={"СЧ-9": (1,)}, entered=entered)
    found = Register([debtor]).match(paid("счет СЧ-9"))
    assert (found.deal, "ПП-5" in found.why.ru) == (None, True)
    assert Register([debtor]).match(paid("счет СЧ-9", amount="999.00")).deal == "1"
    assert Register([debtor]).match(paid("счет СЧ-9", day=date(2026, 11, 30))).deal == "1"


@pytest.mark.parametrize(("one", "other"), [("12/1", "121"), ("СЧ-1/2", "СЧ-12"), ("А1", "А10")])
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert compact(one) != compact(other)


def test_dates_and_sums_are_no_numbers() -> None:
    found = numbers_in("Счет от 27.11.2026 на сумму 118.00, НДС 22% 21.28, срок 2026-12-01")
    assert [named.written for named in found] == []


# --- roubles for other prices ------------------------------------------------------------------------------------------

EARLIER = date(2026, 11, 20)
RATES = {DAY: Rate(value=Decimal("91.5043"), set_on=DAY), EARLIER: Rate(value=Decimal(90), set_on=EARLIER)}


def in_euros(deal: str, *sums: str, known: dict[date, Rate] | None = None, **clause: Any) -> Debtor:
    by_rate = PaidByRate(
        clause=RateClause(**clause), agreed_on=EARLIER, known=RATES if known is None else known
    )
    return a_debtor(deal, *sums, currency="EUR", by_rate=by_rate)


@pytest.mark.parametrize(
    ("clause", "amount"),
    [
        ({}, "91504.30"),
        ({"percent": "2"}, "93334.39"),
        ({"day": "contract"}, "90000.00"),
        ({"within": "1"}, "90900.00"),
        ({"day": "debited"}, "90000.00"),
    ],
)
def test_roubles_are_known_by_what_a_part_of_the_price_costs_at_the_rate(
    clause: dict[str, str], amount: str
) -> None:
    register = Register([in_euros("1042", "700.00", "1000.00", **clause), a_debtor("1043", "55.00")])
    payment = paid(amount=amount, payer_inn=INN, debited=EARLIER if clause.get("day") == "debited" else None)
    found = register.match(payment)
    assert (found.deal, found.line) == ("1042", 2), found.why.en


def test_what_roubles_have_paid_is_awaited_no_more() -> None:
    register = Register([in_euros("1042", "1000.00"), in_euros("1043", "1000.00", "1.00")])
    payment = paid("по сделке 1042", amount="91504.30", payer_inn=INN)
    register.spend(payment, register.match(payment))
    again = register.match(paid(amount="91504.30", payer_inn=INN))
    assert (again.deal, again.line) == ("1043", 1), again.why.en


def test_without_the_days_rate_roubles_wait_and_it_is_said_why() -> None:
    found = Register([in_euros("1042", "1000.00", known={})]).match(paid(amount="91504.30", payer_inn=INN))
    assert found.deal is None
    assert found.why.en == "deal 1042 is paid by rate, and this day's rate is not known yet"
