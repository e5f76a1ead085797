"""What a payment goes by: the same, however banks spell its payment order."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from domain.bank.keys import payment_key
from domain.deal.messages import Pay

ACCOUNT = "40702810900000000118"
DAY = date(2026, 11, 27)
KEY = f"{ACCOUNT}/2026-11-27/118/1250000.00"


@pytest.mark.parametrize("number", ["118", " 118", "000118", "1 18"])
def test_a_number_is_the_same_with_its_spaces_and_zeros(number: str) -> None:
    assert payment_key("4070 2810 9000 0000 0118", DAY, number, Decimal("1250000")) == KEY


@pytest.mark.parametrize(
    "other",
    [
        {"account": "40702810900000000119"},
        {"document": "119"},
        {"document_date": "2025-11-27"},
        {"amount": "1250000.01"},
    ],
)
def test_another_account_day_number_or_sum_is_another_payment(other: dict[str, str]) -> None:
    said = {"account": ACCOUNT, "document": "118", "document_date": "27.11.2026", "amount": "1250000.0"}
    pay = {"actor": "a", "currency": "RUB"}
    assert Pay.model_validate(pay | said).id == KEY
    assert Pay.model_validate(pay | said | other).id != KEY
    assert Pay.model_validate(pay | said | {"id": "pp-1"}).key == KEY


@pytest.mark.parametrize(
    "wrong", [{"payer_inn": "9900000018"}, {"account": "счёт"}, {"document_date": "31.02.2026"}]
)
def test_what_is_wrong_with_a_payment_order_is_refused(wrong: dict[str, str]) -> None:
    said = {"account": ACCOUNT, "document": "118", "document_date": "27.11.2026"}
    with pytest.raises(ValidationError):
        Pay.model_validate({"id": "1", "actor": "a", "currency": "RUB", "amount": "1"} | said | wrong)
