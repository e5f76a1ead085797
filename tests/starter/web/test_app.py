"""What is around every answer, and the relay that lives with the web."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import APIRouter, Response

from domain.words import same
from starter.errors import NotFoundError, UsageError
from starter.settings import Settings
from starter.web import building
from starter.web.app import create_app
from tests.support.hooks import CHANGED, NEW, Web, web_on, web_settings

WRITTEN = "Иванова, +7 900 000-00-00"
SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
}


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/webhooks/crm", "/openapi.json"])
async def test_every_answer_keeps_browsers_safe(web: Web, path: str) -> None:
    headers = (await web.client.get(path)).headers
    assert {name: headers.get(name) for name in SAFE} == SAFE
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_only_the_sites_that_are_named_may_frame_the_form(web_home: Path) -> None:
    settings = web_settings(
        web_home, form_origins="https://site.example, https://b.example", public_url="https://d.example"
    )
    async with web_on(settings) as web:
        form, other = [await web.client.get(path) for path in ("/forms/lead", "/a/token")]
    assert form.headers["content-security-policy"].endswith(
        "frame-ancestors 'self' https://site.example https://b.example"
    )
    assert "x-frame-options" not in form.headers
    assert other.headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert "max-age" in other.headers["strict-transport-security"]


async def test_there_is_no_page_of_the_documentation(web: Web) -> None:
    assert [(await web.client.get(path)).status_code for path in ("/docs", "/redoc")] == [404, 404]


async def test_a_browser_is_answered_with_a_page(web: Web) -> None:
    reply = await web.client.get("/nowhere", headers={"accept": "text/html,*/*"})
    assert (reply.status_code, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Здесь ничего нет" in reply.text


async def test_what_stands_before_the_app_knows_how_it_is(web: Web) -> None:
    assert (await web.client.get("/healthz")).json() == {"status": "ok", "waiting": 0, "oldest_seconds": 0}
    old = datetime.now(UTC) - timedelta(minutes=5)
    web.inbox.accept("poll", "k", "deal.changed", "crm:1", {}, old)
    health = (await web.client.get("/healthz")).json()
    assert (health["status"], health["waiting"]) == ("behind", 1)
    assert 300 <= health["oldest_seconds"] < 310


async def test_a_fault_of_ours_tells_nobody_what_a_client_wrote(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    broken = APIRouter()

    @broken.get("/fault")
    async def fault() -> Response:
        raise ZeroDivisionError(WRITTEN)

    @broken.get("/known")
    async def known() -> Response:
        raise NotFoundError(same("There is no deal 7"))

    web.app.include_router(broken)
    reply = await web.client.get("/fault")
    assert (reply.status_code, reply.json()["error"]) == (500, "unexpected")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "ZeroDivisionError" in caplog.text
    assert "in fault" in caplog.text
    assert WRITTEN not in caplog.text + reply.text
    assert (await web.client.get("/known")).status_code == 404


async def test_the_relay_lives_as_long_as_the_app(web: Web) -> None:
    async with web.app.router.lifespan_context(web.app):
        await asyncio.sleep(0)
        assert web.relay.running
    assert not web.relay.running


async def test_a_relay_that_fails_is_started_again(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    class Stumbling:
        runs = 0
        again = asyncio.Event()

        async def run(self, stop: asyncio.Event) -> None:
            self.runs += 1
            if self.runs == 1:
                raise RuntimeError(WRITTEN)
            self.again.set()
            await stop.wait()

        def wake(self) -> None: ...

    app = create_app(replace(web.services, relay=Stumbling()))
    async with app.router.lifespan_context(app), asyncio.timeout(5):
        await Stumbling.again.wait()
    assert "unexpected RuntimeError" in caplog.text
    assert WRITTEN not in caplog.text


async def test_what_is_accepted_is_logged_without_its_content(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        order = {"client": {"contact": "Иванова Анна"}}
        await web.signed("/webhooks/crm", {"type": "deal.created", "data": {"id": "1", "order": order}})
    assert "deal.created accepted as 1" in caplog.text
    assert "Иванова" not in caplog.text
    assert NEW not in caplog.text


REACHED = [
    {"web_host": "0.0.0.0"},
    {"public_url": "https://desk.example"},
    {"public_url": "http://desk.example"},
]


@pytest.mark.parametrize("how", REACHED, ids=str)
def test_a_web_that_others_reach_does_not_make_its_own_secrets(tmp_path: Path, how: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="LINK_KEYS, DEALWRIGHT_MAIL_HOOK_SECRETS") as refused:
        building.refuse_own_secrets(web_settings(tmp_path, **how).model_copy(update=_without_two(tmp_path)))
    assert "openssl" in str(refused.value)
    building.refuse_own_secrets(web_settings(tmp_path, link_keys="k" * 32, **how))


def _without_two(home: Path) -> dict[str, object]:
    return {"link_keys": Settings(home=home).link_keys, "mail_hook_secrets": Settings(home=home).link_keys}


@pytest.mark.parametrize("url", ["", "http://localhost:8080", "http://127.0.0.1:8080"])
def test_a_web_of_one_machine_makes_its_own_secrets(tmp_path: Path, url: str) -> None:
    building.refuse_own_secrets(Settings(home=tmp_path, public_url=url))


async def test_who_leaves_before_the_answer_harms_nobody_in_the_same_transaction(web: Web) -> None:
    leaving = asyncio.create_task(web.signed("/webhooks/crm", CHANGED, id="left"))
    staying = asyncio.create_task(web.signed("/webhooks/crm", CHANGED, id="stayed"))
    await asyncio.sleep(0.01)
    leaving.cancel()
    assert (await staying).status_code == 200
