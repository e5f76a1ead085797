"""The page of a deal, which its card links to: all that the deal waits for and all that happened, for whoever has the address."""

import re
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from activities.mail.links import LinkBroken, PageAddresses
from domain.words import Language
from records.queries import RecordQueries
from tests.support.foreign import CLIENT, TYPED, book_of, goods, strange, timeless
from tests.support.memory import OpenDeal, World, asked_in
from tests.support.orders import a_good, a_lead, an_order
from tests.support.recorded import Recorded
from tests.support.world_desk import WorldWeb


@pytest.fixture
def web(recorded: Recorded) -> WorldWeb:
    return WorldWeb(recorded.world, recorded.queries)


async def page_of(web: WorldWeb, deal: OpenDeal, language: Language = "ru") -> str:
    page = await web.get(f"{web.web.addresses.address(deal.number)}?lang={language}")
    assert page.status_code == HTTPStatus.OK
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text.partition("<main>")[2].partition("</main>")[0])
    )


async def test_it_says_what_the_deal_waits_for_and_what_happened(recorded: Recorded, web: WorldWeb) -> None:
    deal = recorded.world.open(an_order(a_good(payment="prepaid_50", quantity=2)))
    deal.qualify()
    page = await page_of(web, deal)
    for said in (
        "Согласование договора",
        deal.state.book.name("petrov"),
        "Иначе:",
        "№ " + deal.number,
        "× 2",
        "Что было",
    ):
        assert said in page
    assert "просрочено" not in page
    recorded.world.skip(timedelta(days=14))
    page = await page_of(web, deal)
    assert "просрочено" in page
    assert re.search(r"\(\d+ напоминани", page), "what repeats is told once"
    assert "overdue" in await page_of(web, deal, "en")


async def test_a_lead_shows_its_wish_and_no_sums(recorded: Recorded, web: WorldWeb) -> None:
    deal = recorded.world.open(a_lead())
    page = await page_of(web, deal)
    assert deal.state.wish in page
    assert "0,00 ₽" not in page


async def test_a_closed_deal_waits_for_nothing(recorded: Recorded, web: WorldWeb) -> None:
    deal = recorded.world.open(an_order())
    deal.qualify()
    deal.cancel("petrov", "клиника закрылась")
    page = await page_of(web, deal)
    assert "Ничего: сделка закрыта." in page
    assert "клиника закрылась" in page


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_no_code_and_no_foreign_word_is_on_it(
    recorded: Recorded, web: WorldWeb, language: Language
) -> None:
    world = recorded.world
    world.book = world.default = book_of(language)
    deal = world.open(an_order(*goods(), client=CLIENT | {"language": language}))
    for until in ("contract", "customs", "acceptance"):
        deal.robot(until=lambda view, until=until: any(until in id for id in asked_in(view)))
        page = await page_of(web, deal, language)
        for payment in deal.state.ledger.payments:
            page = page.replace(payment.id, TYPED)
        assert not strange(page, language), page
        assert not timeless(page), page


async def test_no_command_of_a_shell_is_on_it(recorded: Recorded, web: WorldWeb) -> None:
    deal = recorded.world.open(an_order())
    assert "deal complete" not in await page_of(web, deal)


async def test_while_the_records_are_down_it_says_how_the_deal_stands(tmp_path: Path) -> None:
    web = WorldWeb(world := World(), RecordQueries(f"sqlite:///{tmp_path / 'nowhere' / 'records.db'}"))
    deal = world.open(an_order())
    page = await page_of(web, deal)
    assert "Чего ждёт сделка" in page
    assert "Что было" not in page


async def test_an_address_opens_its_own_deal_only_and_others_open_nothing(
    web: WorldWeb, recorded: Recorded
) -> None:
    deal = recorded.world.open(an_order())
    address = web.web.addresses.address(deal.number)
    assert address == web.web.addresses.address(deal.number), "the card is not written anew for it"
    for wrong in (
        address[:-1],
        address + "x",
        web.link(deal, "contract", "petrov", "approval").replace("/a/", "/d/"),
    ):
        assert (await web.get(wrong)).status_code == HTTPStatus.NOT_FOUND
    gone = await web.get(web.web.addresses.address("no-such-deal"))
    assert gone.status_code == HTTPStatus.GONE
    web.desk.down = True
    assert (await web.get(address)).status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_keys_are_rotated_by_adding_one() -> None:
    old = PageAddresses(["a" * 40], "https://desk.example").address("1042")
    token = old.rpartition("/")[2]
    assert PageAddresses(["b" * 40, "a" * 40], "").read(token) == "1042"
    with pytest.raises(LinkBroken):
        PageAddresses(["b" * 40], "").read(token)


async def test_payments_by_rate_show_it_and_those_that_wait_say_so(recorded: Recorded, web: WorldWeb) -> None:
    deal = recorded.world.open(an_order(currency="EUR", rate={"percent": "2"}))
    deal.agree()
    deal.pay("9180.00", id="pp-1")
    on = deal.state.book.calendar.today(recorded.world.now).strftime("%d.%m.%Y")
    page = (await page_of(web, deal)).replace("\xa0", " ")
    assert "в рублях по курсу Банка России на день поступления денег, +2 %" in page
    assert f"Платёж pp-1 9 180,00 ₽ ждут курса на {on}" in page
    deal.complete("rate", rate="90")
    page = (await page_of(web, deal)).replace("\xa0", " ")
    by_rate = f"9 180,00 ₽ по курсу 91,8 ₽ за евро (внёс бухгалтер на {on}, +2 %)"
    assert f"Платёж pp-1 100,00 €, {by_rate}" in page
