"""The desk's ear: the real web, inbox and relay; what the relay reads of people's doings is noted here, in order."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr

from activities.crm.port import CrmSource
from domain.words import same
from records.arrivals import InboxEvent
from records.inbox_events import EventInbox
from starter.intake.intake import is_hint
from starter.intake.outcome import Outcome
from starter.intake.poll import Poll
from starter.intake.relay import Relay
from tests.doubles.bitrix24.server import Server
from tests.support.hooks import Web, web_on, web_settings
from tests.support.waiting import eventually


@dataclass
class Ear:
    """`heard` are the stages that people moved deals to, each change once; `url` takes webhooks over real HTTP."""

    web: Web
    source: CrmSource
    url: str = ""
    heard: list[tuple[str, str, str | None]] = field(default_factory=list)
    _last: dict[str, Any] = field(default_factory=dict)

    @property
    def client(self) -> httpx.AsyncClient:
        return self.web.client

    @property
    def inbox(self) -> EventInbox:
        return self.web.inbox

    async def listen(self) -> None:
        """Until everything in the inbox has been looked at."""
        stop = asyncio.Event()
        relay = Relay(self.inbox, self._handle, is_hint)
        running = asyncio.create_task(relay.run(stop))
        waiting = lambda: asyncio.to_thread(self.inbox.waiting)  # noqa: E731
        await eventually(waiting, lambda left: left.events == 0)
        stop.set()
        relay.wake()
        await running

    async def look(self, since: datetime) -> int:
        """As the schedule does: what the webhook has missed. Gives how many hints were new."""
        changed = await self.source.changed(since)
        return await asyncio.to_thread(Poll(self.inbox).put, changed, datetime.now(UTC))

    async def _handle(self, event: InboxEvent) -> Outcome:
        kind, _, rest = event.subject.partition(":")
        thing, _, id = rest.partition(":")
        ref = rest if kind == "crm" else await self.source.deal_of(thing, id)  # type: ignore[arg-type]
        seen = await self.source.read(ref) if ref else None
        if ref is None or seen is None or not seen.ours:
            return Outcome("ignored", same("not a deal of ours"))
        now = (seen.stage, seen.moved_by)
        if seen.moved_by is None or self._last.get(ref) == now:
            return Outcome("ignored", same("nothing new"))
        self._last[ref] = now
        self.heard.append((ref, str(seen.stage), seen.moved_by))
        return Outcome("done", same("heard"), seen.number)


@asynccontextmanager
async def an_ear(home: Path, empty: Path, source: CrmSource, portal: str) -> AsyncIterator[Ear]:
    """`portal`: the address of the portal whose events are taken; `empty` is a records database to copy."""
    shutil.copy(empty, home / "records.db")
    settings = web_settings(home).model_copy(update={"bitrix24_url": SecretStr(portal)})
    async with web_on(settings) as web:
        server = Server(uvicorn.Config(web.app, port=0, log_level="critical", lifespan="off"))
        serving = asyncio.create_task(server.serve())
        await server.ready.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Ear(web, source, f"http://127.0.0.1:{port}/webhooks/bitrix24")
        server.stopping.set()
        await serving
