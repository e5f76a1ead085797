"""Webhooks accepted per second, against a bare route that writes one row; and from a CRM's event to the running workflow."""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import uuid4

import psutil
from standardwebhooks import Webhook
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.crm.embedded.ringer import Ringer
from bench.bare import DESK_QUEUE, BareDesk
from bench.deals import three_lines
from bench.figures import Row
from bench.ground import Ground, pin
from bench.latency import tail
from bench.senders import request, send_all
from records.inbox_events import EventInbox
from starter.rooms import ROOT
from starter.secrets import load_secrets
from starter.stack.ports import HOST, lease_ports
from workflows.names import deal_id

EVENTS = 400  # a window
DEALS_CHANGED = 40  # deals that a window's events are about, as when a portal's list is edited
DEALS_A_ROUND = 5
LOOK_SECONDS = 0.02
QUIET_SECONDS = 0.3
PATIENCE_SECONDS = 60.0


async def measure(at: Ground, rounds: int) -> list[Row]:
    assert at.stack.web
    ours, bare, started, floor = [], [], [], []
    secret = load_secrets(at.settings).crm_hook[0]
    crm = EmbeddedCrm(at.settings.crm_db)
    ringer = Ringer(crm, at.stack.web_url, secret)
    with closing(EventInbox(at.settings.database_url)) as inbox:
        async with _bare_web(at) as bare_web:
            pin({0: [psutil.Process(at.stack.web.pid), psutil.Process(bare_web.pid)]})
            for n in range(rounds + 1):  # the first one warms up
                rates = [await _rate(url, secret) for url in (at.stack.web_url, bare_web.url)]
                await _handed_on(inbox)
                sample = [await _started(at, crm, ringer) for _ in range(DEALS_A_ROUND)]
                bare_sample = [await _bare_start(at) for _ in range(DEALS_A_ROUND)]
                if n:
                    for values, value in ((ours, rates[0]), (bare, rates[1])):
                        values.append(value)
                    started.append(sample)
                    floor.append(bare_sample)
    await ringer.close()
    await crm.close()
    return [
        Row(metric="intake", title="webhooks accepted", unit="1/s", ours=ours, bare=bare),
        Row(
            metric="intake",
            title="a CRM's event → the running workflow",
            unit="ms",
            ours=[median(window) for window in started],
            bare=[median(window) for window in floor],
            note=tail([s for w in started for s in w], [s for w in floor for s in w], "a bare start"),
        ),
    ]


async def _rate(web: str, secret: str) -> float:
    """Events per second: signed beforehand, as that is the sender's work."""
    url, hook, now = f"{web}/webhooks/crm", Webhook(secret), datetime.now(UTC)
    requests = [_event(url, hook, now, f"gone-{n % DEALS_CHANGED}") for n in range(EVENTS)]
    start = time.perf_counter()
    await send_all(url, requests)
    return EVENTS / (time.perf_counter() - start)


def _event(url: str, hook: Webhook, now: datetime, deal: str) -> bytes:
    id = f"evt_{uuid4().hex}"
    body = json.dumps({"type": "deal.changed", "timestamp": now.isoformat(), "data": {"id": deal}})
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": hook.sign(id, now, body),
    }
    return request(url, body.encode(), headers)


async def _handed_on(inbox: EventInbox) -> None:
    """Returns when the relay has nothing left to do: the next window must not wait for this one."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while inbox.waiting().events:  # noqa: ASYNC110 (another process empties it)
            await asyncio.sleep(LOOK_SECONDS)


async def _started(at: Ground, crm: EmbeddedCrm, ringer: Ringer) -> float:
    """Milliseconds from the CRM's event to the start of its deal's workflow, by the server's clock: it is this machine's."""
    order = {name: part for name, part in three_lines("1").items() if name not in ("number", "manager")}
    number = await crm.person("ivanova").add_deal(order)
    before = datetime.now(UTC)
    await ringer.ring()
    took = await _ms_to_start(at.client.get_workflow_handle(deal_id(number)), before)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (await at.desk.state(number)).deal.outbox.empty:  # noqa: ASYNC110 (another process empties it)
            await asyncio.sleep(LOOK_SECONDS)
    await asyncio.sleep(QUIET_SECONDS)
    return took


async def _bare_start(at: Ground) -> float:
    before = datetime.now(UTC)
    handle = await at.client.start_workflow(BareDesk.run, id=f"bare-{uuid4().hex}", task_queue=DESK_QUEUE)
    took = await _ms_to_start(handle, before)
    await handle.terminate()
    await asyncio.sleep(QUIET_SECONDS)
    return took


async def _ms_to_start(handle: WorkflowHandle[Any, Any], before: datetime) -> float:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with contextlib.suppress(RPCError):  # it has not started yet
                return ((await handle.describe()).start_time - before).total_seconds() * 1000
            await asyncio.sleep(LOOK_SECONDS)


@dataclass(frozen=True)
class BareWeb:
    pid: int
    url: str


@asynccontextmanager
async def _bare_web(at: Ground) -> AsyncIterator[BareWeb]:
    with lease_ports(0) as [port]:
        argv = [sys.executable, "-m", "bench.bare_web", str(at.settings.home / "bare.db"), str(port)]
        process = await asyncio.create_subprocess_exec(*argv, cwd=ROOT)
        try:
            await _listens(port)
            yield BareWeb(process.pid, f"http://{HOST}:{port}")
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _listens(port: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, port)
                writer.close()
                return
            await asyncio.sleep(LOOK_SECONDS)
