"""The register of goods, where one field of an offer or an amendment is set: an SKU brings all that is known of its good."""

import pytest

from tests.cli.conftest import Run
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import a_good, an_order

BED = a_good(
    sku="BED-3",
    name="Кровать для палаты",
    registration_certificate="РЗН 2022/17733",
    certified_on="2022-07-04",
    okpd2="32.50.50.190",
    warranty_months=12,
)


@pytest.fixture
def deal(desk: MemoryDesk) -> OpenDeal:
    deal = desk.world.open(an_order(BED, a_good()))
    deal.qualify()
    return deal


def test_another_sku_brings_its_name_vat_and_certificate(deal: OpenDeal, done: Run) -> None:
    done("offer", deal.number, "--set", "line-1.sku=us-900", "--as", "ivanova")
    good = deal.state.lines[1].good
    assert (good.name, good.vat, good.registration_certificate) == (
        "УЗИ-сканер",
        "exempt",
        "РЗН 2023/12345",
    )
    assert (str(good.certified_on), good.okpd2, good.tracking) == ("2023-06-15", "26.60.12.132", "serial")
    assert deal.state.lines[2].good.name == a_good()["name"], "the other line stays"


def test_what_is_set_beside_it_holds(deal: OpenDeal, done: Run) -> None:
    both = ("--set", "line-1.sku=US-900", "--set", "lines[0].name=Сканер по спецификации")
    done("offer", deal.number, *both, "--as", "ivanova")
    good = deal.state.lines[1].good
    assert (good.name, good.vat) == ("Сканер по спецификации", "exempt")


def test_a_good_that_the_register_does_not_know_takes_nothing_of_the_one_before(
    deal: OpenDeal, done: Run
) -> None:
    unknown = run_deal("offer", deal.number, "--set", "line-1.sku=COT-1", "--as", "ivanova")
    assert unknown.code == 2
    assert "lines[0].vat" in unknown.err, "the register gave it, and knows nothing of the new one"
    said = ("--set", "line-1.sku=COT-1", "--set", "line-1.vat=22", "--set", "line-1.name=Койка")
    done("offer", deal.number, *said, "--as", "ivanova")
    good = deal.state.lines[1].good
    assert (good.registration_certificate, good.certified_on, good.okpd2) == (None, None, None)
    assert good.payment == "prepaid_100"


def test_a_field_that_is_emptied_holds_what_the_register_has_and_no_other_moves(
    deal: OpenDeal, done: Run
) -> None:
    done("offer", deal.number, "--set", "line-1.name=", "--as", "ivanova")
    good = deal.state.lines[1].good
    assert good.name == "Кровать функциональная"
    assert good.tracking is None, "what was agreed does not follow a later register"
    done("offer", deal.number, "--set", "line-1.quantity=3", "--as", "ivanova")
    assert deal.state.lines[1].good.tracking is None


@pytest.mark.parametrize(
    ("said", "place"),
    [
        (("line-1.vat=20",), "line-1.vat"),
        (("line-1.registration_certificate=РЗН 2020/1",), "line-1.registration_certificate"),
        (("line-2.sku=US-900", "line-2.vat=22"), "line-2.vat"),
    ],
)
def test_what_the_register_has_otherwise_is_refused(
    deal: OpenDeal, said: tuple[str, ...], place: str
) -> None:
    settings = [word for setting in said for word in ("--set", setting)]
    refused = run_deal("offer", deal.number, *settings, "--as", "ivanova")
    assert refused.code == 2
    assert place in refused.err
    assert "справочник" in refused.err
    assert deal.view().contract_version == 1


def test_an_amendment_replaces_a_good_by_its_sku(deal: OpenDeal, done: Run) -> None:
    for person in ("client", "petrov"):
        deal.approve("contract", person)
    change = ("--set", "line-1.sku=US-900", "--reason", "замена")
    told = " ".join(done("amend", deal.number, *change, "--preview", "--as", "ivanova").out.split())
    assert "УЗИ-сканер" in told
    assert "РЗН 2023/12345" in told
    done("amend", deal.number, *change, "--as", "ivanova")
    done("decide", deal.number, "amendment", "approve", "--version", 2, "--as", "client")
    good = deal.state.lines[1].good
    assert (good.sku, good.vat, good.medical_device) == ("US-900", "exempt", True)
