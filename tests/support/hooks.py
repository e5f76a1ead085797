"""A web of its own for a test: a real inbox, and a relay that only listens."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from standardwebhooks import Webhook

from domain.words import same
from records.inbox_events import EventInbox
from starter.desk import DealDesk
from starter.errors import UnreachableError
from starter.secrets import load_secrets
from starter.settings import Settings
from starter.web.app import create_app
from starter.web.door import Door
from starter.web.services import Services

NEW = "whsec_" + "bmV3" * 10
OLD = "whsec_" + "b2xk" * 10
TOKEN = "jvh9y1ulvt2m6k5or90v9mg8nn32ozas"
PORTAL = "portal.example"
MEMBER = "d897063e1ce7c5eb9f04b9751eef5915"
JSON = {"content-type": "application/json"}
CHANGED = {"type": "deal.changed", "timestamp": "2026-03-02T12:00:00+03:00", "data": {"id": "7405"}}


@dataclass
class ListeningRelay:
    nudges: int = 0
    running: bool = False

    async def run(self, stop: asyncio.Event) -> None:
        self.running = True
        await stop.wait()
        self.running = False

    def wake(self) -> None:
        self.nudges += 1


async def no_desk() -> DealDesk:
    raise UnreachableError(same("Temporal is down in this test"))


@dataclass
class Web:
    app: FastAPI
    client: httpx.AsyncClient
    services: Services
    relay: ListeningRelay

    @property
    def inbox(self) -> EventInbox:
        return self.services.inbox

    async def signed(self, path: str, body: Any, **how: Any) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.client.post(path, content=raw, headers=JSON | signature(raw, **how))


def web_settings(home: Path, **changes: Any) -> Settings:
    return Settings(
        home=home,
        crm_hook_secrets=f"{NEW},{OLD}",
        payment_hook_secrets=NEW,
        mail_hook_secrets=NEW,
        bitrix24_token=TOKEN,
        bitrix24_url=f"https://{PORTAL}/rest/1/secret/",
        **changes,
    )


@asynccontextmanager
async def web_on(settings: Settings) -> AsyncIterator[Web]:
    inbox, relay = EventInbox(settings.database_url), ListeningRelay()
    door = Door(inbox, relay.wake)
    services = Services(settings, load_secrets(settings), inbox, door, no_desk, relay)
    app = create_app(services)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.example") as client:
        yield Web(app, client, services, relay)
    door.close()
    inbox.close()


def signature(
    body: bytes, *, id: str = "msg_1", secret: str = NEW, at: float | None = None, prefix: str = "webhook-"
) -> dict[str, str]:
    sent = datetime.fromtimestamp(at, UTC) if at else datetime.now(UTC)
    made = Webhook(secret).sign(id, sent, body.decode("utf-8", "replace"))
    return {
        f"{prefix}id": id,
        f"{prefix}timestamp": str(int(sent.timestamp())),
        f"{prefix}signature": made,
    }


def portal_event(name: str, data: dict[str, Any], **auth: str) -> dict[str, Any]:
    """As Bitrix24 sends it, in the full shape."""
    return {
        "event": name,
        "event_handler_id": "975",
        "data": data,
        "ts": "1766047124",
        "auth": {
            "domain": PORTAL,
            "client_endpoint": f"https://{PORTAL}/rest/",
            "server_endpoint": "https://oauth.bitrix.example/rest/",
            "member_id": MEMBER,
            "application_token": TOKEN,
        }
        | auth,
    }


def short(event: dict[str, Any]) -> dict[str, Any]:
    """The other shape of the same event."""
    kept = {name: event["auth"][name] for name in ("domain", "member_id", "application_token")}
    return {name: value for name, value in event.items() if name != "event_handler_id"} | {"auth": kept}


def bracketed(tree: Any, name: str = "") -> list[tuple[str, str]]:
    """A tree as PHP's http_build_query writes it: what is empty vanishes."""
    if not isinstance(tree, dict | list):
        return [(name, str(tree))]
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return [pair for key, value in items for pair in bracketed(value, f"{name}[{key}]" if name else str(key))]
