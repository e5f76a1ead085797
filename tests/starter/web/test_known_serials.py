"""Serial numbers that are there already, on a signed page: those of other deals are said once before they are sent, those of the deal refused."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest

from records.queries import RecordQueries
from tests.support.memory import OpenDeal, World
from tests.support.orders import a_good, an_order
from tests.support.recorded import Recorded
from tests.support.world_desk import WorldWeb

ACCEPT = "line-1:acceptance"


@pytest.fixture
def web(recorded: Recorded) -> WorldWeb:
    return WorldWeb(recorded.world, recorded.queries)


def at_acceptance(world: World, *more: dict[str, object]) -> OpenDeal:
    deal = world.open(an_order(*(a_good(quantity=2, payment="state_contract") for _ in (1, *more))))
    deal.to(*(f"line-{n}:acceptance" for n, _ in enumerate((1, *more), start=1)))
    return deal


def answer(serials: str, **more: str) -> dict[str, str]:
    return {"result": "accepted", "serial_numbers": serials, **more}


def confirmed(page: str) -> str:
    found = re.search(r'name="confirm" value="([^"]*)"', page)
    return found[1] if found else ""


async def test_a_number_of_another_deal_is_said_before_it_is_sent_and_taken_when_it_is_sent_again(
    recorded: Recorded, web: WorldWeb
) -> None:
    at_acceptance(recorded.world).complete(ACCEPT, serial_numbers="А-1, А-2")
    deal = at_acceptance(recorded.world)
    link = web.link(deal, ACCEPT, "orlov")
    said = await web.post(link, **answer("a1, B2"))
    assert said.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Серийный номер «a1» уже есть: сделка 1, позиция 1, на складе" in said.text
    assert "отправьте ещё раз" in said.text
    assert ACCEPT in deal.asked()
    other = await web.post(link, **answer("a2, B2", confirm=confirmed(said.text)))
    assert "Серийный номер «a2»" in other.text, "other numbers are told of by themselves"
    taken = await web.post(link, **answer("a1, B2", confirm=confirmed(said.text)))
    assert taken.status_code == HTTPStatus.SEE_OTHER
    assert ACCEPT not in deal.asked()


async def test_a_number_of_another_line_is_refused_however_often_it_is_sent(
    recorded: Recorded, web: WorldWeb
) -> None:
    deal = at_acceptance(recorded.world, {})
    deal.complete(ACCEPT, serial_numbers="A1, A2")
    link = web.link(deal, "line-2:acceptance", "orlov")
    for _ in range(2):
        page = await web.post(link, **answer("A3, а-2"))
        assert "«а-2» уже у позиции 1 этой сделки" in page.text
        assert not confirmed(page.text)
    assert "line-2:acceptance" in deal.asked()


async def test_while_the_records_are_down_numbers_are_taken_and_compared_later(
    world: World, tmp_path: Path
) -> None:
    web = WorldWeb(world, RecordQueries(f"sqlite:///{tmp_path / 'nowhere' / 'records.db'}"))
    deal = at_acceptance(world)
    assert (
        await web.post(web.link(deal, ACCEPT, "orlov"), **answer("A1, A2"))
    ).status_code == HTTPStatus.SEE_OTHER
