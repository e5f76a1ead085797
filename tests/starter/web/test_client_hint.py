"""What a director is shown of the client: from the records, a hint that blocks nothing."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from records.queries import RecordQueries
from tests.support.memory import OpenDeal, World
from tests.support.orders import a_good, an_order
from tests.support.recorded import Recorded
from tests.support.world_desk import WorldWeb


@pytest.fixture
def web(recorded: Recorded) -> WorldWeb:
    return WorldWeb(recorded.world, recorded.queries)


def asked(world: World) -> OpenDeal:
    deal = world.open(an_order())
    deal.qualify()
    return deal


async def page_of(web: WorldWeb, deal: OpenDeal, person: str = "petrov", language: str = "ru") -> str:
    page = await web.get(f"{web.link(deal, 'contract', person, 'approval')}?lang={language}")
    assert page.status_code == HTTPStatus.OK
    return page.text.replace("\u00a0", " ")


async def test_the_director_sees_what_the_client_owes_elsewhere_and_how_he_pays(
    recorded: Recorded, web: WorldWeb
) -> None:
    world = recorded.world
    other = world.open(an_order(a_good(payment="prepaid_50")))
    other.agree()
    deal = asked(world)
    page = await page_of(web, deal)
    assert "1 000,00 ₽" in page
    assert "просрочено" not in page
    assert "оплат ещё не было" in page
    world.skip(timedelta(days=30))
    assert "из них просрочено 1 000,00 ₽" in await page_of(web, deal)
    assert "of which overdue" in await page_of(web, deal, language="en")
    other.pay("1000.00")
    page = await page_of(web, deal)
    assert "ничего" in page
    assert "с опозданием 1 из 1 оплат" in page


async def test_lost_deals_other_clients_and_this_deal_itself_do_not_count(
    recorded: Recorded, web: WorldWeb
) -> None:
    world = recorded.world
    lost = world.open(an_order(a_good(payment="prepaid_50")))
    lost.agree()
    lost.cancel("petrov")
    stranger = an_order(a_good(payment="prepaid_50"))
    world.open(stranger | {"client": stranger["client"] | {"inn": "9900000024"}}).agree()
    page = await page_of(web, asked(world))
    assert "<dt>Другие сделки</dt><dd>0</dd>" in page
    assert "Должен по ним" not in page


async def test_only_who_directs_sees_it(recorded: Recorded, web: WorldWeb) -> None:
    deal = asked(recorded.world)
    assert "Что известно о клиенте" in await page_of(web, deal)
    assert "Что известно о клиенте" not in await page_of(web, deal, "client")


@pytest.mark.parametrize(("language", "words"), [("ru", "не мешает"), ("en", "all the same")])
async def test_while_the_records_are_down_the_page_says_so_and_works(
    tmp_path: Path, language: str, words: str
) -> None:
    world = World()
    web = WorldWeb(world, RecordQueries(f"sqlite:///{tmp_path / 'nowhere' / 'records.db'}"))
    deal = asked(world)
    assert words in await page_of(web, deal, language=language)
    link = web.link(deal, "contract", "petrov", "approval")
    assert (await web.post(link, answer="approve")).status_code == HTTPStatus.SEE_OTHER
    assert deal.state.approvals["contract"].votes
