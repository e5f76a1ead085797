"""The lead form: what it takes, what it says when it does not, and what it keeps."""

import json
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response

from starter.web.pages.brake import Brake
from starter.web.pages.house import origins
from starter.web.pages.lead import BadLead, read_lead
from tests.support.html import check_html
from tests.support.pages import SITE, Web, the_playbook

FORM = "/forms/lead"
OURS = {"sec-fetch-site": "same-origin"}
TYPED = {"wish": "Томограф", "contact": "Анна Смирнова", "phone": "+7 495 123-45-67", "consent": "yes"}
TOLD = {"wish": "Томограф", "contact": "Анна Смирнова", "phone": "+7 495 123-45-67", "consent": True}


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
async def browser(web: Web) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(web.enveloped), base_url="http://desk.example") as client:
        yield client


async def send(browser: AsyncClient, web: Web, token: str | None = None, /, **typed: str) -> Response:
    fields = {"token": web.tokens.issue() if token is None else token, **TYPED, **typed}
    return await browser.post(FORM, data=fields, headers=OURS)


def refused(typed: dict[str, str]) -> list[str]:
    with pytest.raises(BadLead) as bad:
        read_lead(typed, "ru", the_playbook(), date(2026, 11, 24))
    return list(bad.value.wrong)


# --- what was typed --------------------------------------------------------------------------------------------------


def test_a_lead_is_an_order_without_lines_and_normalised() -> None:
    typed = TYPED | {"inn": " 9900 000 017 ", "company": " ООО «Клиника» ", "email": "Anna@Clinic.Example"}
    assert read_lead(typed, "en", the_playbook(), date(2026, 11, 24)) == {
        "client": {
            "name": "ООО «Клиника»",
            "country": "RU",
            "inn": "9900000017",
            "contact": "Анна Смирнова",
            "email": "Anna@clinic.example",
            "phone": "+74951234567",
            "language": "en",
        },
        "wish": "Томограф",
    }


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"wish": " ", "contact": "", "phone": "", "consent": ""}, ["wish", "contact", "phone", "consent"]),
        ({"phone": "", "email": "anna@clinic"}, ["email"]),
        ({"phone": "12"}, ["phone"]),
        ({"inn": "9900000014"}, ["inn"]),
        ({"contact": "a\nb"}, ["contact"]),
        ({"contact": "a" * 256, "company": "b" * 256}, ["contact", "company"]),
        ({"wish": "x" * 4001}, ["wish"]),
        ({"wish": "a\x00b"}, ["wish"]),
        ({"wish": "\ud800"}, ["wish"]),
        ({"contact": "\ud800"}, ["contact"]),
    ],
)
def test_all_that_is_wrong_is_said_at_once_in_the_forms_order(
    changes: dict[str, str], wrong: list[str]
) -> None:
    assert refused(TYPED | changes) == wrong


# --- the page --------------------------------------------------------------------------------------------------------


async def test_a_lead_is_in_the_inbox_before_the_answer_and_knows_no_address(
    browser: AsyncClient, web: Web
) -> None:
    answer = await send(browser, web)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    [arrival] = web.door.rows.values()
    assert (arrival.source, arrival.kind) == ("form", "lead.submitted")
    assert arrival.subject == f"form:{arrival.key}"
    assert arrival.body["reference"] == arrival.key
    assert arrival.key in answer.headers["location"]
    assert set(arrival.body) == {"reference", "order", "consent", "via", "utm"}
    assert "127.0.0.1" not in json.dumps(arrival.body)
    assert "set-cookie" not in answer.headers


async def test_the_same_form_sent_twice_is_one_lead_and_a_changed_one_is_another(
    browser: AsyncClient, web: Web
) -> None:
    token = web.tokens.issue()
    first, again = [await send(browser, web, token) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    assert len(web.door.leads) == 1
    await send(browser, web, token, wish="Томограф и два датчика")
    await send(browser, web)
    assert len(web.door.leads) == 3


async def test_a_form_that_was_open_too_long_is_sent_again_with_a_click(
    browser: AsyncClient, web: Web
) -> None:
    token = web.tokens.issue()
    web.later = timedelta(hours=13)
    for old in (token, "", "forged"):
        page = await send(browser, web, old)
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "слишком долго" in page.text
        assert "Томограф" in page.text
    web.later = timedelta()
    [fresh] = re.findall(r'name="token" value="([^"]+)"', page.text)
    assert fresh != "forged"
    assert (await send(browser, web, fresh)).status_code == HTTPStatus.SEE_OTHER


async def test_what_only_a_program_fills_in_is_refused_and_a_person_can_still_send(
    browser: AsyncClient, web: Web
) -> None:
    page = await send(browser, web, homepage="http://spam.example")
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "spam.example" not in page.text
    assert web.door.leads == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://desk.example"}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
    ],
)
async def test_only_our_own_page_sends_the_form(
    browser: AsyncClient, web: Web, headers: dict[str, str], status: int
) -> None:
    answer = await browser.post(FORM, data=TYPED | {"token": web.tokens.issue()}, headers=headers)
    assert answer.status_code == status
    assert len(web.door.leads) == (status == HTTPStatus.SEE_OTHER)


async def test_who_may_frame_the_form_is_said_by_the_settings(browser: AsyncClient) -> None:
    policies = [
        (await browser.get(FORM, params=params))
        .headers["content-security-policy"]
        .partition("frame-ancestors ")[2]
        for params in ({}, {"embed": "1"})
    ]
    assert policies == ["'none'", f"'self' {SITE}"]
    assert origins(["https://Clinic.example/", " ", ""]) == ("https://clinic.example",)


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", "", "ru"),
        ("", "en-US,en;q=0.9,ru;q=0.8", "en"),
        ("", "de, ru;q=0.5, en;q=0.7", "en"),
        ("", "en;q=0, fr", "ru"),
        ("", "en;q=x", "ru"),
        ("ru", "en", "ru"),
        ("de", "en", "en"),
    ],
)
async def test_the_form_speaks_the_readers_language(
    browser: AsyncClient, asked: str, accepted: str, language: str
) -> None:
    page = await browser.get(FORM, params={"lang": asked}, headers={"accept-language": accepted})
    assert f'<html lang="{language}">' in page.text


async def test_no_page_echoes_markup(browser: AsyncClient, web: Web) -> None:
    hostile = '"><script>alert(1)</script>'
    pages = [
        await send(browser, web, **dict.fromkeys(("wish", "contact", "phone", "company", "inn"), hostile)),
        await browser.get(FORM, params={"lang": hostile, "utm_source": hostile, hostile: "1"}),
        await browser.get("/forms/sent", params={"number": hostile}, follow_redirects=True),
    ]
    for page in pages:
        assert "<script" not in page.text


async def test_bursts_from_one_address_are_slowed_and_others_are_not() -> None:
    web = Web(burst=2, clock=lambda: 0.0)
    for address, statuses in (("203.0.113.7", [303, 303, 429, 429]), ("203.0.113.8", [303])):
        transport = ASGITransport(web.enveloped, client=(address, 1))
        async with AsyncClient(transport=transport, base_url="http://desk.example") as browser:
            answers = [await send(browser, web) for _ in statuses]
        assert [answer.status_code for answer in answers] == statuses
    assert answers[0].headers.get("retry-after") is None


def test_a_brake_lets_one_more_pass_as_time_goes_by_and_counts_a_network_as_one() -> None:
    now = 0.0
    brake = Brake(burst=2, seconds_each=10, clock=lambda: now)
    waits = [brake.try_take(f"2001:db8:0:1::{n}") for n in range(3)]
    assert waits == [0, 0, 10]
    assert brake.try_take("2001:db8:0:2::1") == 0
    now = 10.0
    assert [brake.try_take("2001:db8:0:1::9"), brake.try_take("2001:db8:0:1::9")] == [0, 10]
    now = 1000.0
    assert [brake.try_take("2001:db8:0:1::9") for _ in range(3)] == [0, 0, 10]


# --- the site's own form -----------------------------------------------------------------------------------------------


async def test_json_makes_the_same_lead_once(browser: AsyncClient, web: Web) -> None:
    first = await browser.post(FORM, json=TOLD | {"utm_source": "yandex", "consent_version": "site-3"})
    assert first.status_code == HTTPStatus.ACCEPTED
    again = await browser.post(FORM, json=TOLD)
    assert [first.json()["repeated"], again.json()["repeated"]] == [False, True]
    assert first.json()["reference"] == again.json()["reference"]
    [lead] = web.door.leads
    assert (lead["via"], lead["utm"], lead["consent"]["version"]) == (
        "site",
        {"utm_source": "yandex"},
        "site-3",
    )
    other = await browser.post(FORM, json=TOLD, headers={"Idempotency-Key": "another"})
    assert other.json()["repeated"] is False


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"consent": False}, "consent"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"wish": ""}, "wish"),
        ({"contakt": "Анна"}, "contakt"),
        ({"contact": 5}, "contact"),
    ],
)
async def test_json_that_will_not_do_is_told_by_place(
    browser: AsyncClient, web: Web, changes: dict[str, Any], place: str
) -> None:
    answer = await browser.post(FORM, json=TOLD | changes)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert [words["ru"].partition(":")[0] for words in answer.json()["places"]] == [place]
    assert web.door.leads == []


async def test_only_the_sites_of_the_settings_share_the_door(browser: AsyncClient, web: Web) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    allowed = await browser.options(FORM, headers=asked | {"origin": SITE})
    assert allowed.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in allowed.headers
    for origin in ("https://evil.example", f"{SITE}.evil.example", "null"):
        preflight = await browser.options(FORM, headers=asked | {"origin": origin})
        posted = await browser.post(FORM, json=TOLD, headers={"origin": origin})
        assert [preflight.status_code, posted.status_code] == [403, 403]
        assert "access-control-allow-origin" not in {**preflight.headers, **posted.headers}
    assert web.door.leads == []


async def test_the_asking_site_can_read_why_its_lead_was_not_taken() -> None:
    web = Web(burst=2)
    transport = ASGITransport(web.enveloped)
    async with AsyncClient(
        transport=transport, base_url="http://desk.example", headers={"origin": SITE}
    ) as site:
        answers = [await site.post(FORM, json=TOLD | {"wish": ""})]
        web.door.down = True
        answers += [await site.post(FORM, json=TOLD) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 503, 429]
    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {SITE}
    assert all(answer.headers["retry-after"] for answer in answers[1:])


async def test_other_kinds_of_bodies_are_declined(browser: AsyncClient, web: Web) -> None:
    for kind, status in (
        ("text/plain", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/json", 400),
    ):
        answer = await browser.post(FORM, content=b"{", headers={"content-type": kind, **OURS})
        assert answer.status_code == status
    assert web.door.leads == []


# --- the assets --------------------------------------------------------------------------------------------------------


async def test_pages_load_only_our_own_files_which_are_kept_while_they_stay_the_same(
    browser: AsyncClient,
) -> None:
    page = (await browser.get(FORM)).text
    addresses = re.findall(r'(?:href|src)="\.\.(/assets/[^"]+)"', page)
    assert len(addresses) == 2
    for address in addresses:
        answer = await browser.get(address)
        assert answer.status_code == HTTPStatus.OK
        assert "immutable" in answer.headers["cache-control"]
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", answer.text)
    assert (await browser.get("/assets/../leads.py")).status_code == HTTPStatus.NOT_FOUND
    assert (await browser.get("/assets/other.css")).status_code == HTTPStatus.NOT_FOUND


# --- the front page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "door"), [("ru", "Оставить заявку"), ("en", "Send a request")])
async def test_the_front_page_is_a_door_to_the_form(language: str, door: str) -> None:
    async with AsyncClient(
        transport=ASGITransport(Web().enveloped), base_url="http://desk.example"
    ) as client:
        page = await client.get("/", headers={"Accept-Language": language})
        check_html(page.text)
        assert door in page.text
        found = re.search(r'href="(forms/lead[^"]*)"', page.text)
        assert found
        assert (await client.get("/" + found[1].replace("&amp;", "&"))).status_code == 200
        [style] = re.findall(r'href="(assets/pages.css[^"]*)"', page.text)
        sheet = await client.get("/" + style)
        assert sheet.headers["content-type"].startswith("text/css")
        assert "--brand:" in sheet.text
