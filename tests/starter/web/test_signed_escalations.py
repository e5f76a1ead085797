"""The signed page on which a director says that they have seen what is overdue in a deal."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest

from domain.deal.open_items import items_in
from domain.deal.snapshot import Snapshot
from domain.facts import EscalationAcknowledged
from domain.words import Language
from tests.support.foreign import strange
from tests.support.memory import OpenDeal, World, default_playbook, sample_order
from tests.support.world_desk import WorldWeb

SEEN, TAKEN, WRONG, GONE = (
    HTTPStatus.OK,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.GONE,
)


@pytest.fixture
def web(world: World) -> WorldWeb:
    return WorldWeb(world)


@pytest.fixture
def deal(world: World, web: WorldWeb) -> OpenDeal:
    """Two lines wait for their suppliers' orders, and nobody has placed them."""
    opened = world.open(sample_order())
    opened.to("line-1:supplier-order", "line-2:credit")
    opened.skip(timedelta(days=12))
    return opened


def unseen(deal: OpenDeal) -> list[str]:
    return [item.id or "" for item in items_in(Snapshot(deal.state, deal.own_lines())) if item.unseen]


def last_link(web: WorldWeb, world: World, deal: OpenDeal, person: str = "petrov") -> str:
    """As the last letter has it."""
    asks = [n.acknowledges for n in world.mail.of(deal.number) if n.person == person and n.acknowledges][-1]
    return web.link(deal, asks.question, person, asks.kind, asks.version)


def in_days(deal: OpenDeal, days: int) -> str:
    """From the day that the page has: the wall's, unless the deal was already told of a later one."""
    now = Snapshot(deal.state, deal.own_lines()).as_of(datetime.now(UTC))
    return (default_playbook().calendar.today(now) + timedelta(days=days)).isoformat()


def ticked(*items: str) -> dict[str, str]:
    return {f"seen:{item}": "1" for item in items}


async def test_a_director_says_of_all_that_is_overdue_that_they_know_once(
    world: World, web: WorldWeb, deal: OpenDeal
) -> None:
    items, link = unseen(deal), last_link(web, world, deal)
    assert len(items) > 1
    page = await web.get(link)
    assert page.status_code == SEEN
    assert page.text.count('type="checkbox"') == page.text.count(" checked") == len(items)
    assert "Позиция 1" in page.text
    assert deal.state.book.people["ivanova"].name in page.text
    assert deal.facts(EscalationAcknowledged) == [], "opening it changes nothing"
    answer = {"until": in_days(deal, 20), "comment": "завод в отпуске"} | ticked(*items)
    for _ in range(2):
        answered = await web.post(link, **answer)
    assert answered.status_code == SEEN
    assert "Принято к сведению" in (await web.get(link)).text
    told = deal.facts(EscalationAcknowledged)
    assert sorted(fact.data["id"] for fact in told) == sorted(items)
    assert {(fact.actor.person, fact.data["comment"]) for fact in told} == {("petrov", "завод в отпуске")}
    assert unseen(deal) == []


async def test_what_is_not_ticked_stays_and_is_shown_next(
    world: World, web: WorldWeb, deal: OpenDeal
) -> None:
    first, *others = unseen(deal)
    link = last_link(web, world, deal)
    assert (await web.post(link, until=in_days(deal, 5), **ticked(first))).status_code == TAKEN
    page = await web.get(link)
    assert page.text.count('type="checkbox"') == len(others)
    assert unseen(deal) == others


@pytest.mark.parametrize(
    ("until", "comment", "tick", "field", "words"),
    [
        ("", "", True, "until", "Укажите день"),
        ("вчера", "", True, "until", "Укажите день"),
        (0, "", True, "until", "не позже"),
        (93, "", True, "until", "не позже"),
        (5, "x" * 4001, True, "comment", "4000"),
        (5, "", False, "", "Отметьте"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: World,
    web: WorldWeb,
    deal: OpenDeal,
    until: str | int,
    comment: str,
    tick: bool,
    field: str,
    words: str,
) -> None:
    day = until if isinstance(until, str) else in_days(deal, until)
    items = unseen(deal)
    page = await web.post(
        last_link(web, world, deal), until=day, comment=comment, **ticked(*items[: int(tick)])
    )
    assert page.status_code == WRONG
    assert words in page.text
    assert not field or f'id="{field}-error"' in page.text
    assert page.text.count(" checked") == int(tick)
    assert comment in page.text
    assert deal.facts(EscalationAcknowledged) == []


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_the_page_and_its_receipt_speak_the_readers_language(
    world: World, web: WorldWeb, deal: OpenDeal, language: Language
) -> None:
    link = f"{last_link(web, world, deal)}?lang={language}"
    pages = [await web.get(link), await web.post(link), await web.post(link, until=in_days(deal, 99))]
    await web.post(link, until=in_days(deal, 9), **ticked(*unseen(deal)))
    for page in (*pages, await web.get(link)):
        shown = re.sub(
            r"<nav.*?</nav>|<[^>]+>", " ", page.text.partition("<main>")[2].partition("</main>")[0]
        )
        names = [line.good.name for line in deal.state.active_lines]
        names += [person.name for person in deal.state.book.people.values()]
        for typed in (*names, deal.state.client.name or ""):
            shown = shown.replace(typed, "")
        assert not strange(shown, language), shown


async def test_a_link_is_the_directors_and_of_the_latest_letter(
    world: World, web: WorldWeb, deal: OpenDeal
) -> None:
    old = last_link(web, world, deal)
    for person in ("ivanova", "client", "nobody"):
        foreign = web.link(deal, unseen(deal)[0], person, "escalation", 9)
        assert (await web.get(foreign)).status_code == HTTPStatus.FORBIDDEN
        page = await web.post(foreign, until=in_days(deal, 5), **ticked(*unseen(deal)))
        assert page.status_code == HTTPStatus.FORBIDDEN
    deal.skip(timedelta(days=20))
    for page in (await web.get(old), await web.post(old, until=in_days(deal, 5), **ticked(*unseen(deal)))):
        assert page.status_code == GONE
        assert "последнего письма" in page.text
    assert deal.facts(EscalationAcknowledged) == []
    new = last_link(web, world, deal)
    assert (await web.get(new)).status_code == SEEN
    deal.cancel("petrov")
    assert (await web.get(new)).status_code == GONE


async def test_the_next_version_of_a_contract_is_a_new_question(world: World, web: WorldWeb) -> None:
    deal = world.open(sample_order())
    deal.to("contract")
    for revision in ("contract-revision", "contract-revision#2"):
        while not unseen(deal):
            deal.skip(timedelta(hours=12))
        answer = {"until": in_days(deal, 60)} | ticked("contract")
        assert (await web.post(last_link(web, world, deal), **answer)).status_code == TAKEN
        assert unseen(deal) == []
        deal.reject("contract", "petrov", "дорого")
        deal.complete(revision)
    assert len(deal.facts(EscalationAcknowledged)) == 2


async def test_told_again_after_the_day_it_is_a_new_question(
    world: World, web: WorldWeb, deal: OpenDeal
) -> None:
    link, items = last_link(web, world, deal), unseen(deal)
    await web.post(link, until=in_days(deal, 3), **ticked(*items))
    assert unseen(deal) == []
    deal.skip(timedelta(days=9))
    again = last_link(web, world, deal)
    assert again != link
    assert (await web.post(again, until=in_days(deal, 20), **ticked(*unseen(deal)))).status_code == TAKEN
    assert len(deal.facts(EscalationAcknowledged)) > len(items)
