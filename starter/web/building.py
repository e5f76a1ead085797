"""The web built from the settings. It comes up, and accepts, while Temporal and the CRM are down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import FastAPI

from domain.wording import worded
from records.files import KeptFiles
from records.inbox_events import EventInbox
from records.queries import RecordQueries
from starter.connection import connect
from starter.desk import DealDesk
from starter.errors import UsageError
from starter.intake.building import build_relay
from starter.secrets import load_secrets
from starter.settings import PREFIX, Settings
from starter.web.app import create_app
from starter.web.door import Door
from starter.web.pages import routers
from starter.web.services import Services

SHARED_SECRETS = ("link_keys", "crm_hook_secrets", "payment_hook_secrets", "mail_hook_secrets")


@asynccontextmanager
async def built(settings: Settings) -> AsyncIterator[FastAPI]:
    """Raises UsageError for secrets that will not do."""
    refuse_own_secrets(settings)
    secrets = load_secrets(settings)
    async with AsyncExitStack() as opened:
        inbox, records = EventInbox(settings.database_url), RecordQueries(settings.database_url)
        opened.callback(records.close)
        files = KeptFiles(settings.database_url)
        opened.callback(files.close)
        opened.callback(inbox.close)
        desk = LazyDesk(settings, records)
        relay = await opened.enter_async_context(build_relay(settings, inbox, desk))
        door = Door(inbox, relay.wake)
        opened.callback(door.close)
        services = Services(settings, secrets, inbox, door, desk, relay, records, files)
        yield create_app(services, routers(services))


class LazyDesk:
    """Connects when it is first needed, and is asked again while it could not. Raises UnreachableError."""

    def __init__(self, settings: Settings, records: RecordQueries) -> None:
        self._settings, self._records = settings, records
        self._desk: DealDesk | None = None
        self._connecting = asyncio.Lock()

    async def __call__(self) -> DealDesk:
        async with self._connecting:
            if self._desk is None:
                client = await connect(self._settings)
                self._desk = DealDesk(client, archive=self._records, language=self._settings.lang)
            return self._desk


def refuse_own_secrets(settings: Settings) -> None:
    """Those made in the home are for a desk on one machine: others that reach it must share the same ones."""
    public = urlsplit(settings.public_url).hostname
    if loopback(settings.web_host) and (public is None or loopback(public)):
        return
    missing = [name for name in SHARED_SECRETS if not getattr(settings, name).get_secret_value()]
    if missing:
        names = ", ".join(f"{PREFIX}{name.upper()}" for name in missing)
        raise UsageError(
            worded(
                ru="Этот веб доступен другим, поэтому его секреты задают, а не создают на месте: {names}. "
                'Ключи ссылок: openssl rand -base64 33. Остальные: echo "whsec_$(openssl rand -base64 24)".',
                en="Others reach this web, so its secrets are set and not made here: {names}. "
                'Link keys: openssl rand -base64 33. The others: echo "whsec_$(openssl rand -base64 24)".',
                names=names,
            )
        )


def loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
