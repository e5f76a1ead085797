"""Before serial numbers are sent it is said which other lines have, and where."""

from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import a_good, an_order


def at_acceptance(desk: MemoryDesk) -> OpenDeal:
    deal = desk.world.open(an_order(a_good(quantity=2, payment="state_contract")))
    deal.to("line-1:acceptance")
    return deal


def accept(done: Run, deal: OpenDeal, serials: str, *more: Any) -> str:
    fields = ("-f", "result=accepted", "-f", f"Серийные номера={serials}")
    return done("complete", deal.number, "acceptance", *fields, "--as", "orlov", *more).err


@pytest.mark.usefixtures("recorded")
def test_a_number_that_is_there_already_is_said_and_sent(desk: MemoryDesk, done: Run) -> None:
    assert accept(done, at_acceptance(desk), "А-1, А-2") == ""
    deal = at_acceptance(desk)
    said = accept(done, deal, "a1, B2")
    assert "Серийный номер «a1» уже есть: сделка 1, позиция 1, на складе" in said
    assert "line-1:shipment" in deal.asked()


def test_without_the_records_it_is_said_that_they_are_compared_later(desk: MemoryDesk, done: Run) -> None:
    deal = at_acceptance(desk)
    said = accept(done, deal, "A1, A2", "--lang", "en")
    assert "the serial numbers are compared once they are back" in said
    assert "line-1:shipment" in deal.asked()


@pytest.mark.usefixtures("recorded")
def test_what_another_line_of_the_deal_has_is_refused_without_a_hint(desk: MemoryDesk) -> None:
    goods = [a_good(quantity=2, payment="state_contract") for _ in range(2)]
    deal = desk.world.open(an_order(*goods))
    deal.to("line-1:acceptance", "line-2:acceptance")
    deal.complete("line-1:acceptance", serial_numbers="A1, A2")
    fields = ("-f", "result=accepted", "-f", "serial_numbers=A3, а-2")
    said = run_deal("complete", deal.number, "line-2:acceptance", *fields, "--as", "orlov")
    assert said.code == 4
    assert "«а-2» уже у позиции 1 этой сделки" in said.err
    assert "спросят" not in said.err
