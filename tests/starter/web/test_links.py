"""Signed links: what opens, what is refused and how, and that looking changes nothing."""

from collections.abc import AsyncIterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from httpx import ASGITransport, AsyncClient, Response

from activities.mail.links import Link, LinkBroken, LinkExpired, LinkSigner
from domain.deal.messages import Receipt
from domain.deal.state import DealState
from domain.deal.tasks import Vote, cast_vote
from domain.facts import Actor
from domain.playbook.people import Substitute
from domain.words import Role, Text
from starter.answers import MessageRefused
from tests.support.pages import CONTRACT, KEY, Web, a_question, an_order_deal

LINK = Link("1042", "line-1:credit", 2, "petrov")
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def deal(web: Web) -> DealState:
    return web.desk.put(an_order_deal())


@pytest.fixture
async def browser(web: Web) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(web.enveloped), base_url="http://desk.example") as client:
        yield client


async def answer(browser: AsyncClient, link: str, answer: str = "approve", comment: str = "") -> Response:
    return await browser.post(link, data={"answer": answer, "comment": comment}, headers=OURS)


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


# --- the signature ---------------------------------------------------------------------------------------------------


def test_a_link_is_read_as_it_was_signed_and_holds_nothing_but_ids() -> None:
    signer = LinkSigner([KEY], "https://desk.example/", 14)
    address = signer.sign(LINK)
    assert address.startswith("https://desk.example/a/")
    assert signer.read(token_of(address)) == LINK
    assert LINK.message_id == "link:approval:line-1:credit@2:petrov"


def test_the_newest_key_signs_and_links_of_older_ones_are_read_until_it_is_taken_out() -> None:
    old, new = "o" * 32, "n" * 32
    before, during, after = (LinkSigner(keys, "", 14) for keys in ([old], [new, old], [new]))
    assert during.read(token_of(before.sign(LINK))) == LINK
    assert after.read(token_of(during.sign(LINK))) == LINK
    with pytest.raises(LinkBroken):
        after.read(token_of(before.sign(LINK)))


def test_an_expired_link_still_says_what_it_was_for() -> None:
    late = LinkSigner([KEY], "", 14, now=lambda: datetime.now(UTC) + timedelta(days=14, minutes=1))
    with pytest.raises(LinkExpired) as expired:
        late.read(token_of(late.sign(LINK)))
    assert expired.value.link == LINK


def test_whatever_is_not_ours_whole_is_broken_and_no_error_tells_the_token() -> None:
    signer = LinkSigner([KEY], "", 14)
    token = token_of(signer.sign(LINK))
    forged = token_of(LinkSigner(["x" * 32], "", 14).sign(LINK))
    for wrong in ("", ".", "é", token[:-1], token[1:], token + "A", token.swapcase(), forged, "A" * 100_000):
        with pytest.raises(LinkBroken) as broken:
            signer.read(wrong)
        assert wrong == "" or wrong not in f"{broken.value!r} {broken.value.__context__}" or wrong == "."


# --- looking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_a_link_changes_nothing_however_often(
    browser: AsyncClient, web: Web, deal: DealState, method: str
) -> None:
    before = deepcopy(deal)
    for headers in ({}, {"Sec-Purpose": "prefetch"}, {"User-Agent": "MailScanner"}):
        answer = await browser.request(method, web.link(deal), headers=headers)
        assert answer.status_code == HTTPStatus.OK
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "set-cookie" not in answer.headers
    assert web.desk.taken == []
    assert deal == before


async def test_the_client_does_not_see_what_is_said_inside_the_company(
    browser: AsyncClient, web: Web, deal: DealState
) -> None:
    await answer(browser, web.link(deal), "approve")
    await answer(browser, web.link(deal, "petrov"), "reject", "Клиент не платит вовремя")
    to_client, to_director = [(await browser.get(web.link(deal, who))).text for who in ("client", "petrov")]
    assert "Клиент не платит" not in to_client
    assert "Андрей Петров" not in to_client
    assert "Клиент не платит" in to_director


async def test_only_the_lines_that_count_are_shown(browser: AsyncClient, web: Web, deal: DealState) -> None:
    deal.lines[1].status = type(deal.lines[1].status).CANCELLED
    page = (await browser.get(web.link(deal))).text
    assert "УЗИ-сканер" not in page
    assert "406\u00a0402,00\u00a0₽" in page


# --- what is refused ---------------------------------------------------------------------------------------------------


async def shown(browser: AsyncClient, link: str) -> tuple[int, str]:
    """The same whether one looks or presses the button: the status, and the page."""
    looked, pressed = await browser.get(link), await answer(browser, link)
    assert looked.status_code == pressed.status_code
    assert looked.text == pressed.text
    assert "mailto:" in looked.text
    return looked.status_code, looked.text


async def test_a_link_that_is_not_whole_is_not_found(browser: AsyncClient, web: Web, deal: DealState) -> None:
    status, page = await shown(browser, web.link(deal)[:-3])
    assert status == HTTPStatus.NOT_FOUND
    assert "скопирована не полностью" in page
    assert deal.deal not in page


async def test_an_expired_link_is_gone_and_names_the_deals_manager(
    browser: AsyncClient, web: Web, deal: DealState
) -> None:
    deal.manager, web.later = "sidorov", timedelta(days=15)
    status, page = await shown(browser, web.link(deal))
    assert status == HTTPStatus.GONE
    assert "sidorov@dealwright.example" in page
    web.desk.down = True
    assert (await browser.get(web.link(deal))).status_code == HTTPStatus.GONE


async def test_a_deal_or_a_question_that_is_not_there_is_gone(
    browser: AsyncClient, web: Web, deal: DealState
) -> None:
    for link in (web.link(an_order_deal()), web.link(deal, approval="line-7:credit")):
        assert (await shown(browser, link))[0] == HTTPStatus.GONE


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("approved", "всеми"), ("rejected", "отклонена"), ("withdrawn", "вопрос снят")],
)
async def test_a_closed_question_says_how_it_ended(
    browser: AsyncClient, web: Web, deal: DealState, outcome: str, words: str
) -> None:
    question = deal.approvals["contract"]
    question.closed_at, question.outcome = datetime.now(UTC), outcome  # type: ignore[assignment]
    status, page = await shown(browser, web.link(deal))
    assert status == HTTPStatus.GONE
    assert words in page


async def test_a_link_to_an_earlier_version_answers_nothing(
    browser: AsyncClient, web: Web, deal: DealState
) -> None:
    deal.approvals["contract"] = a_question(deal, "contract", CONTRACT, version=2)
    assert (await shown(browser, web.link(deal, version=1)))[0] == HTTPStatus.GONE
    assert web.desk.taken == []
    await answer(browser, web.link(deal, version=2))
    assert (await shown(browser, web.link(deal, version=1)))[0] == HTTPStatus.GONE


async def test_who_is_no_longer_asked_is_refused(browser: AsyncClient, web: Web, deal: DealState) -> None:
    for person in ("sidorov", "nobody"):
        status, page = await shown(browser, web.link(deal, person))
        assert status == HTTPStatus.FORBIDDEN
        assert "другой" in page
    assert web.desk.taken == []


async def test_a_substitute_answers_while_it_lasts_and_then_the_absent_one_need_not(
    browser: AsyncClient, web: Web, deal: DealState
) -> None:
    today = datetime.now(UTC).date()
    day = timedelta(days=1)
    acting = Substitute(absent="petrov", acts="sidorov", since=today - day, until=today + day)
    deal.people = deal.book.staff().model_copy(update={"substitutes": (acting,)})
    assert (await answer(browser, web.link(deal, "sidorov"))).status_code == HTTPStatus.SEE_OTHER
    status, page = await shown(browser, web.link(deal, "petrov"))
    assert status == HTTPStatus.GONE
    assert "заместитель" in page


# --- answering ---------------------------------------------------------------------------------------------------------


async def test_the_button_answers_once_and_then_shows_what_was_answered(
    browser: AsyncClient, web: Web, deal: DealState
) -> None:
    first = await answer(browser, web.link(deal), "reject", "Дорого")
    assert first.status_code == HTTPStatus.SEE_OTHER
    for choice in ("reject", "approve"):
        again = await answer(browser, web.link(deal), choice, "Ещё раз")
        assert again.status_code == HTTPStatus.OK
        assert "Дорого" in again.text
        assert "Ещё раз" not in again.text
    assert [decision.comment for decision in web.desk.taken] == ["Дорого"]


async def test_an_answer_given_elsewhere_in_between_is_shown(
    browser: AsyncClient, web: Web, deal: DealState
) -> None:
    client = Actor(person="client", name="Анна", role=Role.CLIENT)
    now, state = datetime.now(UTC), web.desk.state

    async def by_phone_meanwhile(number: str) -> object:
        seen = deepcopy(await state(number))
        if not deal.approvals["contract"].votes:
            cast_vote(deal.approvals["contract"], Vote(role=Role.CLIENT, actor=client, approve=True, at=now))
        return seen

    web.desk.state = by_phone_meanwhile  # type: ignore[method-assign, assignment]
    page = await answer(browser, web.link(deal), "reject", "Нет")
    assert page.status_code == HTTPStatus.OK
    assert "Согласовано" in page.text
    assert web.desk.taken == []


async def test_a_refusal_that_no_page_foresees_is_told_and_the_comment_stays(
    browser: AsyncClient, web: Web, deal: DealState
) -> None:
    async def refuse(number: str, message: object) -> Receipt:
        raise MessageRefused(Text(ru="Сделка занята", en="The deal is busy"), "ru", "failed")

    web.desk.send = refuse  # type: ignore[method-assign]
    page = await answer(browser, web.link(deal), "reject", "Дорого")
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Сделка занята" in page.text
    assert "Дорого" in page.text


@pytest.mark.parametrize(
    ("choice", "comment"),
    [
        ("reject", ""),
        ("reject", " \r\n "),
        ("approve", "x" * 4001),
        ("reject", "a\x00b"),
        ("", ""),
        ("maybe", "x"),
    ],
)
async def test_an_answer_that_will_not_do_is_asked_for_again(
    browser: AsyncClient, web: Web, deal: DealState, choice: str, comment: str
) -> None:
    page = await answer(browser, web.link(deal), choice, comment)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'role="alert"' in page.text
    assert web.desk.taken == []


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, False),
        ({"sec-fetch-site": "same-site", "origin": "https://evil.desk.example"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "http://desk.example"}, True),
        ({"origin": "null"}, True),  # a browser without Sec-Fetch-Site, on a page with no-referrer
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({}, True),
    ],
)
async def test_only_our_own_page_may_press_the_button(
    browser: AsyncClient, web: Web, deal: DealState, headers: dict[str, str], taken: bool
) -> None:
    page = await browser.post(web.link(deal), data={"answer": "approve"}, headers=headers)
    assert page.status_code == (HTTPStatus.SEE_OTHER if taken else HTTPStatus.FORBIDDEN)
    assert len(web.desk.taken) == taken


async def test_while_temporal_is_down_people_are_asked_to_come_again(
    browser: AsyncClient, web: Web, deal: DealState
) -> None:
    web.desk.down = True
    looked = await browser.get(web.link(deal))
    pressed = await answer(browser, web.link(deal), "reject", "<b>Дорого</b>")
    for page in (looked, pressed):
        assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert page.headers["retry-after"]
    assert "&lt;b&gt;Дорого&lt;/b&gt;" in pressed.text


async def test_what_no_browser_sends_is_declined(browser: AsyncClient, web: Web, deal: DealState) -> None:
    link = web.link(deal)
    urlencoded = {"content-type": "application/x-www-form-urlencoded"}
    for body, headers, status in (
        (b"{}", {"content-type": "application/json"}, 415),
        (b"answer=%ff", urlencoded, 400),
        (b"\xff", urlencoded, 400),
        (b"a=1&" * 1000, urlencoded, 400),
    ):
        assert (await browser.post(link, content=body, headers=OURS | headers)).status_code == status
    assert web.desk.taken == []
