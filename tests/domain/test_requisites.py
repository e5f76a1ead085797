"""Where clients pay to, and what their payment order says."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain.order.payment_order import purpose, qr_text
from domain.playbook.requisites import Requisites
from domain.playbook.terms import VatRate
from domain.words import Text

GOOD = {
    "name": "ООО «Медтех Образец»",
    "inn": "9900000017",
    "kpp": "990001001",
    "bank": "АО «Банк Образец»",
    "bic": "044525999",
    "account": "40702810500000000017",
    "correspondent": "30101810600000000999",
}
TITLE = Text(ru="НДС", en="VAT")


def requisites(**changes: Any) -> Requisites:
    return Requisites.model_validate(GOOD | changes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": "40702810500000000018"},
        {"account": "4070281050000000001"},
        {"bic": "044525998"},
        {"correspondent": "30101810600000000998"},
        {"inn": "9900000018"},
        {"kpp": "99000100"},
        {"name": "ООО|Sum=1"},
        {"bank": "x" * 46},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_typing_error_is_found_before_a_client_pays_somebody_else(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        requisites(**wrong)


def test_the_code_is_what_gost_r_56042_says() -> None:
    text = qr_text(requisites(), Decimal("1250000.50"), "Оплата по заказу № 7")
    assert text == (
        "ST00012|Name=ООО «Медтех Образец»|PersonalAcc=40702810500000000017|BankName=АО «Банк Образец»|BIC=044525999|"
        "CorrespAcc=30101810600000000999|Sum=125000050|Purpose=Оплата по заказу № 7|PayeeINN=9900000017|KPP=990001001"
    )
    without = qr_text(requisites(kpp="", correspondent=""), Decimal("0.01"), "x")
    assert "|CorrespAcc=0|Sum=1|" in without
    assert "KPP" not in without


@pytest.mark.parametrize(
    ("rate", "vat"),
    [
        ("22", "В том числе НДС 22 % 22.00 руб."),
        ("0", "В том числе НДС 0 % 0.00 руб."),
        (None, "НДС не облагается"),
    ],
)
def test_the_purpose_names_the_order_and_the_vat(rate: str | None, vat: str) -> None:
    said = purpose(
        "7", "Аванс", "УЗИ-сканер", Decimal("122.00"), VatRate.model_validate({"title": TITLE, "rate": rate})
    )
    assert said == f"Оплата по заказу № 7, Аванс: УЗИ-сканер. {vat}"


def test_nothing_that_people_typed_adds_a_field_to_the_code() -> None:
    said = purpose(
        "7",
        "Аванс",
        "x|Sum=1|" + "y" * 500,
        Decimal("122.00"),
        VatRate.model_validate({"title": TITLE, "rate": 22}),
    )
    assert "|" not in said
    assert len(said) <= 210
    assert said.endswith("руб.")
