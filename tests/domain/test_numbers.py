"""Numbers of firms and contracts: which are taken, by their form, their control digits, and the INN inside."""

import pytest

from domain.order import numbers
from domain.order.numbers import inn_in_ikz, inn_in_registry_number, is_number_of

COMPANY, PERSON = "9900000017", "990000000041"
IKZ, REGISTRY = "262990000001799000100100010013250244", "2990000001726000118"

RIGHT = [
    ("RU", COMPANY), ("RU", PERSON),
    ("BY", "190000005"),
    ("KZ", "990140000007"),
    ("KZ", "990140000806"),  # the control digit of the second pass
    ("AM", "01234567"), ("CN", "91110000MA01ABCD2X"), ("TR", "123 456"),
]  # fmt: skip
WRONG = [
    ("RU", "9900000018"), ("RU", "990000000042"), ("RU", "990000001"), ("RU", "99000000171"),
    ("RU", "0000000000"), ("RU", "000000000000"), ("RU", ""), ("RU", "99000000 7"), ("RU", "abcdefghij"),
    ("BY", "190000004"), ("BY", "19000000"), ("BY", "1900000055"), ("BY", "000000000"), ("BY", ""),
    ("KZ", "990140000008"), ("KZ", "990140000801"), ("KZ", "99014000000"), ("KZ", "000000000000"), ("KZ", "9901400000О7"),
    ("AM", "123"), ("AM", "0000"), ("AM", "1" * 31), ("AM", "12\n34"), ("AM", "-1234"), ("AM", "  "),
]  # fmt: skip


@pytest.mark.parametrize(("country", "number"), RIGHT)
def test_a_number_that_a_firm_there_can_have(country: str, number: str) -> None:
    assert is_number_of(country, number)


@pytest.mark.parametrize(("country", "number"), WRONG)
def test_a_number_that_no_firm_there_has(country: str, number: str) -> None:
    assert not is_number_of(country, number)


@pytest.mark.parametrize("country", ["RU", "BY", "KZ"])
def test_every_digit_of_a_checked_number_counts(country: str) -> None:
    """One digit typed wrong is seen, whichever; but for the eleventh of Kazakhstan, whose weight is eleven."""
    right = next(number for known, number in RIGHT if known == country)
    for at, digit in enumerate(right):
        if (country, at) == ("KZ", 10):
            continue
        typed = f"{right[:at]}{(int(digit) + 1) % 10}{right[at + 1 :]}"
        assert not is_number_of(country, typed), typed


@pytest.mark.parametrize(
    ("kpp", "taken"),
    [
        ("990001001", True), ("9900AB001", True),
        ("99000100", False), ("9900010011", False), ("99O001001", False), ("000000000", False), ("9900аб001", False),
    ],
)  # fmt: skip
def test_a_kpp(kpp: str, taken: bool) -> None:
    assert numbers.is_kpp(kpp) is taken


def test_the_customers_inn_stands_inside_the_numbers_of_a_contract() -> None:
    assert (inn_in_ikz(IKZ), inn_in_registry_number(REGISTRY)) == (COMPANY, COMPANY)
    assert inn_in_ikz(IKZ[:-1]) is inn_in_registry_number(REGISTRY + "1") is None
