"""Outgoing webhooks: form-encoded, in the order things happened, each sent once and never again."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.doubles.bitrix24 import body
from tests.doubles.bitrix24.faults import Faults
from tests.doubles.bitrix24.state import COMPANY, CONTACT, DEAL, LEAD

_KINDS = {LEAD: "ONCRMLEAD", DEAL: "ONCRMDEAL", CONTACT: "ONCRMCONTACT", COMPANY: "ONCRMCOMPANY"}
LATE_BY = 2
"""So many other events overtake one that comes late."""


@dataclass
class Hook:
    """An outgoing webhook. `events` empty takes them all; `short` sends the body without the handler's id and endpoints."""

    url: str
    token: str
    short: bool = False
    events: frozenset[str] = frozenset()
    id: int = 1


@dataclass
class Event:
    name: str
    data: dict[str, Any]
    ts: int
    overtaken: int = field(default=0, compare=False)


class Events:
    def __init__(self, faults: Faults, domain: str, member: str) -> None:
        self.hooks: list[Hook] = []
        self.told: list[Event] = []
        self.sent: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        self.muted = False
        self._faults = faults
        self.domain = domain
        self._member = member
        self._queue: asyncio.Queue[Event] = asyncio.Queue()
        self._held: list[Event] = []
        self._clerk: asyncio.Task[None] | None = None
        self._client: httpx.AsyncClient | None = None

    def hook(self, url: str, token: str, *, short: bool = False, events: Iterable[str] = ()) -> Hook:
        made = Hook(url, token, short, frozenset(events), id=900 + len(self.hooks))
        self.hooks.append(made)
        return made

    def item(self, what: str, entity_type: int, id: int) -> None:
        if entity_type in _KINDS:
            self.tell(f"{_KINDS[entity_type]}{what}", {"FIELDS": {"ID": str(id)}})
        else:
            data = {"FIELDS": {"ID": str(id), "ENTITY_TYPE_ID": str(entity_type)}}
            self.tell(f"ONCRMDYNAMICITEM{what}", data)
            self.tell(f"ONCRMDYNAMICITEM{what}_{entity_type}", data, only_if_asked=True)

    def task(self, what: str, id: int) -> None:
        before = "undefined" if what == "ADD" else {"ID": id}
        after = "undefined" if what == "DELETE" else {"ID": id}
        seen_before = "N" if what == "ADD" else "undefined"
        seen_after = "N" if what == "DELETE" else "undefined"
        seen = {"IS_ACCESSIBLE_BEFORE": seen_before, "IS_ACCESSIBLE_AFTER": seen_after}
        self.tell(f"ONTASK{what}", {"FIELDS_BEFORE": before, "FIELDS_AFTER": after} | seen)

    def tell(self, name: str, data: dict[str, Any], only_if_asked: bool = False) -> None:
        wanted = any(name in h.events or (not h.events and not only_if_asked) for h in self.hooks)
        if self.muted or (only_if_asked and not wanted):
            return
        event = Event(name, data, int(time.time()))
        self.told.append(event)
        if wanted:
            self._queue.put_nowait(event)
            self._wake()

    async def settle(self) -> None:
        """Until everything told so far was sent, or lost on purpose."""
        while self._clerk and not self._clerk.done():
            await asyncio.wait([self._clerk])

    async def stop(self) -> None:
        if self._clerk:
            self._clerk.cancel()
            await asyncio.gather(self._clerk, return_exceptions=True)
        if self._client:
            await self._client.aclose()

    def _wake(self) -> None:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=5, trust_env=False, verify=False)
        if self._clerk is None or self._clerk.done():
            self._clerk = asyncio.get_running_loop().create_task(self._work(self._client))

    async def _work(self, client: httpx.AsyncClient) -> None:
        while not self._queue.empty() or self._held:
            if self._queue.empty():
                await self._send(client, self._held.pop(0))
                continue
            event = self._queue.get_nowait()
            if self._faults.hits("event_lost", event.name):
                continue
            if self._faults.hits("event_late", event.name):
                self._held.append(event)
                continue
            await self._send(client, event)
            if self._faults.hits("event_twice", event.name):
                await self._send(client, event)
            await self._overtake(client)

    async def _overtake(self, client: httpx.AsyncClient) -> None:
        for late in list(self._held):
            late.overtaken += 1
            if late.overtaken >= LATE_BY:
                self._held.remove(late)
                await self._send(client, late)

    async def _send(self, client: httpx.AsyncClient, event: Event) -> None:
        for hook in self.hooks:
            if hook.events and event.name not in hook.events:
                continue
            form = body.form(self.payload(event, hook))
            headers = {"content-type": "application/x-www-form-urlencoded"}
            try:
                answer = await client.post(hook.url, content=form, headers=headers)
            except httpx.HTTPError:
                self.sent["failed"] += 1
            else:
                self.sent[event.name] += 1
                self.answers[answer.status_code] += 1

    def payload(self, event: Event, hook: Hook) -> dict[str, Any]:
        who = {"domain": self.domain, "member_id": self._member, "application_token": hook.token}
        shape: dict[str, Any] = {"event": event.name}
        if not hook.short:
            if not event.name.startswith("ONTASK"):
                shape["event_handler_id"] = hook.id
            client = {"client_endpoint": f"https://{self.domain}/rest/"}
            who = {**client, "server_endpoint": "https://oauth.bitrix.info/rest/", **who}
        return {**shape, "data": event.data, "ts": event.ts, "auth": who}
