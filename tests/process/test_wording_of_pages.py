"""The signed pages, by the rules of every other channel: each kind of question, asked, answered wrongly, answered and withdrawn."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from http import HTTPStatus
from typing import NamedTuple

import pytest
from httpx import Response

from activities.mail.links import LinkKind
from domain.words import Language
from tests.process.test_wording import opened, steps
from tests.support.foreign import TYPED, strange, timeless
from tests.support.memory import OpenDeal, World
from tests.support.world_desk import WorldWeb

BOTH = pytest.mark.parametrize("language", ["ru", "en"])
WRONG = {
    "answer": "reject",
    "amount": "-",
    "day": "?",
    "signed_on": "2030-01-01",
    "outcome": "?",
    "email": "?",
    "lines[0].quantity": "?",
    "lines[0].unit_price": "?",
    "client.inn": "1",
    "client.email": "?",
}
"""Answers that no form takes; each takes those of its own fields."""


NUMBER = "4F7K2-Q9M7T"
VAT = re.compile(r"В том числе НДС \S+ % [\d.]+ руб\.")
"""As payment orders say it, for the bank."""


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.check()


class Asked(NamedTuple):
    """A question of a deal to one person. `stage` is what its page looks like by."""

    kind: LinkKind
    id: str
    person: str
    version: int
    stage: tuple[object, ...]


class Reader(HTMLParser):
    """What is read on a page, by eye or by ear; the other language's name in its switch is no part of it."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self.said: list[str] = []
        self._language, self._skipped = language, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (
            self._skipped
            or tag in ("style", "svg", "footer")
            or given.get("lang", self._language) != self._language
        ):
            if tag not in ("meta", "link", "input", "br", "img", "hr"):
                self._skipped.append(tag)
            return
        self.said += filter(None, (given.get(name) for name in ("aria-label", "placeholder", "alt", "title")))

    def handle_endtag(self, tag: str) -> None:
        if self._skipped and self._skipped[-1] == tag:
            self._skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self._skipped and data.strip():
            self.said.append(VAT.sub("", data.strip()))


def test_a_page_is_read_without_its_other_language() -> None:
    page = '<html lang="ru"><p class="x_y">Да<a lang="en" title="no">English</a></p><i aria-label="Язык"></i><footer>x</footer>'
    assert read(page, "ru", "Z") == ["Да", "Язык"]


def read(page: str, language: Language, *typed: str) -> list[str]:
    reader = Reader(language)
    reader.feed(page)
    said = reader.said
    for words in typed:
        said = [line.replace(words, TYPED) for line in said]
    return said


def questions(deal: OpenDeal) -> Iterator[Asked]:
    for n, process in enumerate((deal.state, *deal.own_lines())):
        for task in process.assignments.values():
            kind: LinkKind = "order" if task.kind == "order" else "assignment"
            yield Asked(kind, task.id, task.assignee, 1, (task.kind, task.closed, task.withdrawn))
        for approval in process.approvals.values():
            for seat in approval.asked:
                yield Asked(
                    "approval",
                    approval.id,
                    seat.person,
                    approval.version,
                    (approval.kind, approval.outcome, seat.role),
                )
        for document in process.documents.values():
            person = "client" if "client" in document.signers else deal.state.manager
            yield Asked(
                "document", document.id, person, 1, (document.kind, document.ready, bool(document.signed_at))
            )
        for milestone in getattr(process, "milestones", {}).values() if n else ():
            for person in ("client", "kuznetsova"):
                yield Asked("payment", milestone.id, person, 1, (milestone.trigger, milestone.paid, person))


async def pages(deal: OpenDeal, web: WorldWeb, asked: Asked, language: Language) -> AsyncIterator[Response]:
    link = web.link(deal, asked.id, asked.person, asked.kind, asked.version) + f"?lang={language}"
    yield await web.get(link)
    yield await web.post(link, comment="")
    yield await web.post(link, **WRONG)
    yield await web.get(web.link(deal, asked.id, "sidorov", asked.kind, asked.version) + f"?lang={language}")


@BOTH
async def test_every_page_of_a_deal_from_the_lead_to_paid(world: World, language: Language) -> None:
    web = WorldWeb(world)
    deal = opened(world, language)
    seen = set[tuple[object, ...]]()
    for _ in range(300):
        await assert_readable(deal, web, language, seen)
        if deal.view().closed:
            break
        deal.robot(until=steps(2))
        world.skip(timedelta(hours=8))
    assert deal.view().closed
    assert {kind for kind, *_ in seen} == {"assignment", "approval", "document", "payment", "order"}
    assert len(seen) > 40


@BOTH
async def test_every_page_of_a_deal_that_is_called_off(world: World, language: Language) -> None:
    web = WorldWeb(world)
    deal = opened(world, language)
    deal.to("line-1:payment-terms")
    deal.cancel("petrov", f"{TYPED} λόγος")
    await assert_readable(deal, web, language, set())


async def assert_readable(
    deal: OpenDeal, web: WorldWeb, language: Language, seen: set[tuple[object, ...]]
) -> None:
    typed = [payment.id for payment in deal.state.ledger.payments]
    for asked in questions(deal):
        if (asked.kind, *asked.stage) in seen:
            continue
        seen.add((asked.kind, *asked.stage))
        async for page in pages(deal, web, asked, language):
            assert page.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
            for words in read(page.text, language, *house(web), *typed):
                assert not strange(words, language), (asked, words, page.status_code)
                assert not timeless(words), (asked, words)


def house(web: WorldWeb) -> list[str]:
    """What the company has written of itself: its name, and where to pay."""
    requisites = web.web.house.site.requisites
    assert requisites
    return [web.web.house.company, *filter(None, requisites.model_dump().values())]


@BOTH
async def test_every_page_that_asks_nothing_of_a_deal(world: World, language: Language) -> None:
    web = WorldWeb(world)
    deal = opened(world, language)
    for path in (
        "/",
        "/forms/lead",
        "/forms/consent",
        f"/forms/sent?number={NUMBER}",
        web.link(deal, "nothing", "ivanova"),
    ):
        page = await web.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        words = read(page.text, language, NUMBER, *house(web))
        assert words, path
        for said in words:
            assert not strange(said, language), (path, said)
