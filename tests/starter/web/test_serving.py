"""The web as a process: what it has answered outlives it, and it needs nobody to take something in."""

import asyncio
import os
import re
import resource
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from records.inbox_events import EventInbox
from starter.errors import DealwrightError, Exit
from starter.rooms import ROOT
from starter.web.heads import HEAD_SECONDS
from starter.web.serving import serve
from tests.support.hooks import CHANGED, JSON, TOKEN, signature, web_settings

DEAL = Path(sys.executable).with_name("deal")


@asynccontextmanager
async def running(home: Path) -> AsyncIterator[tuple[Process, httpx.AsyncClient]]:
    """From when it says that it is ready."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    env = kept | web_settings(home).environment()
    process = await asyncio.create_subprocess_exec(
        *(str(DEAL), "web", "--port", "0"), cwd=ROOT, env=env, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            address = re.fullmatch(rb"listening on (http://\S+)\n", await process.stdout.readline())
            assert address is not None
            assert await process.stdout.readline() == b"ready\n"
        async with httpx.AsyncClient(base_url=address[1].decode(), timeout=30) as client:
            yield process, client
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def send(client: httpx.AsyncClient, id: str) -> str | None:
    """The id, if it was accepted."""
    body = str(CHANGED | {"data": {"id": id}}).replace("'", '"').encode()
    try:
        reply = await client.post("/webhooks/crm", content=body, headers=JSON | signature(body, id=id))
    except httpx.TransportError:
        return None
    return id if reply.status_code == 200 else None


async def test_it_takes_in_while_temporal_is_down_tells_nobody_what_it_runs_on_and_stops_well(
    web_home: Path,
) -> None:
    async with running(web_home) as (process, client):
        form = {"event": "ONCRMDEALADD", "data[FIELDS][ID]": "5", "auth[application_token]": TOKEN}
        reply = await client.post("/webhooks/bitrix24", data=form)
        assert (reply.status_code, "server" in reply.headers) == (200, False)
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/forms/lead")).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == Exit.OK


async def test_what_was_accepted_outlives_a_kill_in_the_middle_of_a_burst(web_home: Path) -> None:
    async with running(web_home) as (process, client):
        sending = [asyncio.create_task(send(client, f"m{n}")) for n in range(300)]
        await asyncio.wait(sending[:40], return_when=asyncio.ALL_COMPLETED)
        process.kill()
        accepted = {id for id in await asyncio.gather(*sending) if id}
    inbox = EventInbox(web_settings(web_home).database_url)
    stored = {event.key for event in inbox.events(limit=500)}
    inbox.close()
    assert 40 <= len(accepted) <= 300
    assert accepted <= stored


async def test_a_client_that_dawdles_with_its_body_holds_up_nobody(web_home: Path) -> None:
    async with running(web_home) as (_, client):
        port = client.base_url.port
        head = b"POST /webhooks/crm HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(100)]
        for _, writer in slow:
            writer.write(head)
        async with asyncio.timeout(5):
            assert await send(client, "quick") == "quick"
        async with asyncio.timeout(20):
            answers = [await reader.readline() for reader, _ in slow]
        assert set(answers) == {b"HTTP/1.1 408 Request Timeout\r\n"}
        for _, writer in slow:
            writer.close()


@pytest.mark.parametrize("parts", [1, 20])
async def test_headers_beyond_reason_are_refused_however_they_come(web_home: Path, parts: int) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 64 * 1024 + b"\r\n\r\n"
    async with running(web_home) as (_, client), asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        with suppress(ConnectionError):
            for n in range(parts):
                writer.write(head[n * len(head) // parts : (n + 1) * len(head) // parts])
                await writer.drain()
                await asyncio.sleep(0.01)
        assert await reader.readline() == b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
        writer.close()
        usual = await client.get("/healthz", headers={"X": "a" * 8000})
        assert usual.status_code == 200


async def test_a_client_that_dawdles_with_its_headers_is_hung_up_on(web_home: Path) -> None:
    """On a fresh connection, before it has said anything, and after an answer."""
    async with running(web_home) as (_, client):
        half = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: "
        slow = [await asyncio.open_connection("127.0.0.1", client.base_url.port) for _ in range(60)]
        for n, (_, writer) in enumerate(slow):
            writer.write((b"", half, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" + half)[n % 3])

        async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> float:
            begun = time.monotonic()
            with suppress(ConnectionError):
                while not reader.at_eof():
                    if writer is not slow[0][1]:
                        writer.write(b"a")
                    with suppress(TimeoutError):
                        await asyncio.wait_for(reader.read(1000), 1)
            writer.close()
            return time.monotonic() - begun

        assert await send(client, "quick") == "quick"
        async with asyncio.timeout(30):
            lasted = await asyncio.gather(*(drips(*one) for one in slow))
        assert max(lasted) < HEAD_SECONDS + 5
        assert await send(client, "later") == "later"


async def test_a_disk_that_takes_no_more_is_told_by_healthz_until_there_is_room(web_home: Path) -> None:
    """Its kernel lets the process write nothing more to any file, as a full disk would."""
    async with running(web_home) as (process, client):
        assert (await client.get("/healthz")).json()["status"] in ("ok", "low-disk")
        _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, most))
        health = await client.get("/healthz")
        assert (health.status_code, health.json()["error"]) == (503, "disk-full")
        assert str(web_home) not in health.text
        assert await send(client, "refused") is None
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))
        assert (await client.get("/healthz")).status_code == 200
        assert await send(client, "taken") == "taken"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"web_host": "0.0.0.0"}, "DEALWRIGHT_LINK_KEYS"),
        ({"web_host": "203.0.113.1", "link_keys": "k" * 40}, "can't listen on 203.0.113.1"),
        ({"link_keys": "short"}, "at least 32 characters"),
    ],
    ids=["no secrets for the world", "an address of somebody else", "a weak secret"],
)
async def test_it_says_why_it_does_not_start(web_home: Path, given: dict[str, str], says: str) -> None:
    with pytest.raises(DealwrightError, match=says):
        await serve(web_settings(web_home, web_port=0, **given))
