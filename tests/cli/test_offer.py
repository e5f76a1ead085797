"""`deal offer`: from a file and from settings, as they are typed."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import a_good, an_order

BED = a_good(sku="BED-3", name="Кровать", quantity=1, unit_price="300.00")


@pytest.fixture
def deal(desk: MemoryDesk) -> OpenDeal:
    deal = desk.world.open(an_order(a_good(), BED))
    deal.qualify()
    return deal


def offered(deal: OpenDeal) -> dict[int, tuple[str, int, str]]:
    lines = deal.state.lines.items()
    return {n: (line.good.sku, line.good.quantity, str(line.good.unit_price)) for n, line in lines}


def test_several_settings_at_once_as_people_write_them(deal: OpenDeal, done: Run) -> None:
    prices = ("--set", "line-1.unit_price=475 000,50 ₽", "--set", "lines[1].quantity=3")
    reached = ("--set", "client.phone=8 (495) 000-00-01")
    answer = done("offer", deal.number, *prices, *reached, "--comment", "скидка", "--as", "ivanova")
    assert "всего 950 901,00 ₽, было 2 300,00 ₽" in answer.out.replace("\xa0", " ")
    assert offered(deal) == {1: ("MON-1", 2, "475000.50"), 2: ("BED-3", 3, "300.00")}
    assert deal.state.client.phone == "+74950000001"
    shown = done("why", deal.number, "--lang", "ru").out
    assert "Изменилось в версии 2: скидка; контакт" not in shown
    assert "Изменилось в версии 2: скидка; телефон +74950000001 вместо +74951234567" in shown.replace(
        "\n", " "
    )
    assert "Изменилось в версии 2" in done("show", deal.number).out


def test_the_whole_offer_from_a_file(deal: OpenDeal, done: Run, tmp_path: Path) -> None:
    file = tmp_path / "offer.json"
    file.write_text(json.dumps({"lines": [BED | {"quantity": 2}, a_good(sku="L", name="Лампа")]}))
    done("offer", deal.number, file, "--as", "ivanova")
    assert offered(deal) == {2: ("BED-3", 2, "300.00"), 3: ("L", 2, "1000.00")}
    assert deal.view().approvals[0].version == 2


def test_the_same_command_with_its_id_has_the_effect_of_once(deal: OpenDeal, done: Run) -> None:
    for _ in range(2):
        outcome = done("offer", deal.number, "--set", "line-2.quantity=5", "--id", "of-7", "--as", "ivanova")
    assert "уже было принято" in outcome.err
    assert deal.view().contract_version == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "Нужно одно из двух"),
        (("--set", "line-1.quantity"), 2, "МЕСТО=ЗНАЧЕНИЕ"),
        (("--set", "line-1.quantity=<сколько>"), 2, "лишь показывает место"),
        (("--set", "line-9.quantity=1"), 2, "line-9.quantity"),
        (("--set", "line-1.quantity=много", "--set", "line-2.vat=7"), 2, "lines[1].vat"),
        (("--set", "client.phone=1"), 2, "это не телефон"),
        (("--set", "line-1.quantity=2"), 4, "предложение уже такое"),
        (("--set", "line-1.quantity=3", "--version", "4"), 4, "версия 4 уже не последняя"),
    ],
)
def test_what_will_not_do_is_told_before_anything_changes(
    deal: OpenDeal, words: tuple[str, ...], code: int, said: str
) -> None:
    outcome = run_deal("offer", deal.number, *words, "--as", "ivanova")
    assert (outcome.code, said in outcome.err) == (code, True), outcome.err
    assert deal.view().contract_version == 1


def test_another_payment_type_after_a_refused_credit_as_people_write_it(desk: MemoryDesk, done: Run) -> None:
    deal = desk.world.open(an_order(a_good(payment="deferred_30")))
    deal.agree()
    deal.complete("line-1:payment-terms")
    deal.reject("line-1:credit", "petrov", "только предоплата")
    shown = done("show", deal.number).out
    assert "payment=" in shown
    terms = ("payment-terms#2", "-f", "Тип оплаты=Предоплата 100 %")
    done("complete", deal.number, *terms, "--as", "ivanova")
    assert deal.view().lines[0].payment == "prepaid_100"
    assert "Предоплата 100 %" in done("why", deal.number).out


def test_more_of_the_same_after_a_refused_credit_need_not_name_the_type(desk: MemoryDesk, done: Run) -> None:
    deal = desk.world.open(an_order(a_good(payment="deferred_30")))
    deal.agree()
    deal.complete("line-1:payment-terms")
    deal.reject("line-1:credit", "petrov", "мало")
    done("complete", deal.number, "payment-terms#2", "-f", "credit_limit=9000", "--as", "ivanova")
    assert deal.asked() == {"line-1:credit"}
