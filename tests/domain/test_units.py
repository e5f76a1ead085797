"""Units of measure and quantities: however they are written, they are read one way, exactly."""

import json
from decimal import Decimal
from typing import Any

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.deal.declarations import quantities_in
from domain.goods.quantity import Number, Quantity, decimals_of, exact, read_quantity, total
from domain.goods.units import UNITS, find_unit
from domain.order.changes import Draft, changes
from domain.order.offer import digest_of
from domain.order.order import OrderLine
from domain.order.redrafting import with_settings
from domain.wording import Measured
from domain.words import UNIT_LABELS, UnitOfMeasure
from tests.factories import a_client, a_good

KG, PIECE = UnitOfMeasure.KILOGRAM, UnitOfMeasure.PIECE


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        *(
            ("166", "166"),
            ("кг", "166"),
            ("КГ.", "166"),
            ("килограмм", "166"),
            ("kg", "166"),
            ("Kilogram", "166"),
        ),
        *(
            (6, "006"),
            ("6", "006"),
            ("006", "006"),
            ("м", "006"),
            ("м2", "055"),
            ("м²", "055"),
            ("кв. м", "055"),
        ),
        *(
            ("мл", "111"),
            ("см3", "111"),
            ("cm³", "111"),
            ("пог. м", "018"),
            ("усл. ед", "876"),
            ("флак", "872"),
        ),
        *((None, "796"), ("", "796"), ("шт", "796"), ("шт.", "796"), ("pcs", "796"), ("штука", "796")),
    ],
)
def test_a_unit_goes_by_its_code_its_abbreviation_or_its_name(said: Any, unit: str) -> None:
    assert find_unit(said) == unit


@pytest.mark.parametrize("said", ["дюйм", "999", True, 1.5, [], "кг кг"])
def test_what_is_no_unit_is_none(said: Any) -> None:
    assert find_unit(said) is None


def test_no_two_units_are_written_alike() -> None:
    for unit, known in UNITS.items():
        label = UNIT_LABELS[unit]
        ways = (unit.value, label.ru, label.en, known.name.ru, known.name.en, *known.also)
        assert {find_unit(way) for way in ways} == {unit}
    assert set(UNITS) == set(UnitOfMeasure) == set(UNIT_LABELS)
    assert all(len(unit) == 3 and unit.isdigit() for unit in UNITS)


@pytest.mark.parametrize("said", [2, "2", "2.0", 2.0, "2,000", Decimal("2.00"), " 2 ", Decimal("2E0")])
def test_what_is_whole_is_a_whole_number(said: Any) -> None:
    assert read_quantity(said) == 2
    assert type(read_quantity(said)) is int


@pytest.mark.parametrize("said", [2.5, "2.5", "2,5", "2.500", Decimal("2.50")])
def test_what_is_not_is_exact_and_written_one_way(said: Any) -> None:
    assert json.loads(TypeAdapter(Quantity).dump_json(read_quantity(said))) == "2.5"


@pytest.mark.parametrize(
    "said", ["", "x", "1e5", "1_0", "nan", "inf", True, None, "2,5,1", "1 2", float("nan"), 1e30]
)
def test_what_is_no_number_is_no_quantity(said: Any) -> None:
    with pytest.raises(ValueError, match="no quantity"):
        read_quantity(said)


numbers = st.decimals(0, 10**6, places=3).map(exact)


@given(numbers, numbers)
def test_quantities_add_up_exactly_and_survive_the_wire(one: Number, other: Number) -> None:
    assert exact(total([one, other]) - other) == one
    wire = TypeAdapter(Quantity)
    again = wire.validate_json(wire.dump_json(one))
    assert (type(again), again) == (type(one), one)
    assert decimals_of(one) <= 3


@pytest.mark.parametrize(
    ("said", "unit", "read"),
    [
        ("1, 3", PIECE, [1, 3]),
        ("1,3", PIECE, [1, 3]),
        ("1.5, 1", PIECE, [0, 1]),
        ("1.5, 1", KG, [Decimal("1.5"), 1]),
        ("1,5; 1", KG, [Decimal("1.5"), 1]),
        ("0.0001, 2", KG, [0, 2]),
    ],
)
def test_a_list_of_quantities(said: str, unit: UnitOfMeasure, read: list[Number]) -> None:
    assert quantities_in(said, unit) == read


def a_draft(**of_line: Any) -> Draft:
    good = a_good(unit_price=Decimal("33.33"), **of_line)
    return Draft(client=a_client(), currency="RUB", lines={1: OrderLine.model_validate(good.model_dump())})


def test_an_offer_is_the_same_however_its_quantity_is_written() -> None:
    digests = {
        digest_of(a_draft(quantity=said, unit=unit)) for said in (2, "2.0", "2,000") for unit in ("шт", "796")
    }
    assert len(digests) == 1
    assert digest_of(a_draft(quantity=2, unit="кг")) not in digests, "two kilograms are not two pieces"


def test_an_amount_is_rounded_half_up_in_kopecks() -> None:
    amounts = [a_draft(quantity=said, unit="кг").total for said in ("0.5", "1.5", "2.5", "0.001")]
    assert amounts == [Decimal("16.67"), Decimal("50.00"), Decimal("83.33"), Decimal("0.03")]


def test_pieces_are_not_said_on_the_wire_and_other_units_are() -> None:
    assert "unit" not in a_good().model_dump(mode="json")
    assert a_draft(quantity=2, unit="кг").lines[1].model_dump(mode="json")["unit"] == "166"


def test_what_is_put_to_approval_says_both_units() -> None:
    [change] = changes(a_draft(quantity=2), a_draft(quantity=2, unit="кг"))
    assert [(edit.field, edit.before, edit.after) for edit in change.edits] == [("unit", "796", "166")]


def test_a_unit_is_set_and_emptied_as_every_field() -> None:
    draft = a_draft(quantity=2, unit="кг")
    assert with_settings(draft, {"line-1.unit": "л"})["lines"][0]["unit"] == "л"
    assert "unit" not in with_settings(draft, {"lines[0].unit": ""})["lines"][0]


def test_a_quantity_reads_as_people_write_it() -> None:
    measured = Measured(Decimal("2.5"), KG)
    assert (measured.to("ru"), measured.to("en")) == ("2,5 кг", "2.5 kg")
    assert (measured.after("Гель", "ru"), Measured(1, PIECE).after("Гель", "ru")) == ("Гель × 2,5 кг", "Гель")
    assert (Measured(3, PIECE).times("ru"), Measured(3, PIECE).to("ru")) == ("3", "3 шт.")


@pytest.mark.parametrize(
    ("quantity", "unit", "ru", "en"),
    [
        (1, UnitOfMeasure.PACK, "1 упаковка", "1 pack"),
        (2, UnitOfMeasure.PACK, "2 упаковки", "2 packs"),
        (5, UnitOfMeasure.PACK, "5 упаковок", "5 packs"),
        (21, UnitOfMeasure.VIAL, "21 флакон", "21 vials"),
        (Decimal("2.5"), UnitOfMeasure.MONTH, "2,5 месяца", "2.5 months"),
        (Decimal("0.5"), UnitOfMeasure.CONVENTIONAL_UNIT, "0,5 усл. ед.", "0.5 conventional units"),
        (1, PIECE, "1 шт.", "1 pc."),
        (1, KG, "1 кг", "1 kg"),
    ],
)
def test_a_unit_takes_the_form_its_number_asks_for(
    quantity: Number, unit: UnitOfMeasure, ru: str, en: str
) -> None:
    measured = Measured(quantity, unit)
    assert (measured.to("ru"), measured.to("en")) == (ru, en)
    assert all(find_unit(said.partition(" ")[2]) == unit for said in (ru, en)), "and is read as it is written"


def test_every_unit_is_read_however_it_is_written_after_a_number() -> None:
    written = [(unit, Measured(n, unit)) for unit in UNITS for n in (1, 2, 5, Decimal("2.5"))]
    for unit, measured in written:
        assert {find_unit(measured.units("ru")), find_unit(measured.units("en"))} == {unit}


def test_the_forms_are_those_of_the_plural_rules_of_cldr() -> None:
    forms = {"one": "упаковка", "few": "упаковки", "many": "упаковок", "other": "упаковки"}
    for n in (*range(131), 1011, Decimal("0.5"), Decimal("1.5"), Decimal("21.5"), Decimal("5.001")):
        measured = Measured(n, UnitOfMeasure.PACK)
        assert measured.units("ru") == forms[Locale("ru").plural_form(n)]
        assert measured.units("en") == ("pack" if Locale("en").plural_form(n) == "one" else "packs")
