"""The relay put together from the settings."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from activities.crm.port import Crm
from activities.playbook import PlaybookShelf
from records.inbox_events import EventInbox
from records.seen import SeenDeals
from starter.crms import open_crm
from starter.intake.answers import Told
from starter.intake.crm import CrmReader, DeskFactory
from starter.intake.intake import Intake, is_hint
from starter.intake.relay import Relay
from starter.settings import Settings


@asynccontextmanager
async def build_relay(
    settings: Settings, inbox: EventInbox, desk: DeskFactory, source: Crm | None = None
) -> AsyncIterator[Relay]:
    """`source`: the settings' CRM, unless one is given."""
    async with AsyncExitStack() as opened:
        books = PlaybookShelf(settings.playbook, settings.pace, settings.people).load
        if source is None:
            crm = open_crm(settings, books)
            opened.push_async_callback(crm.close)
            source = crm
        seen = SeenDeals(settings.database_url)
        opened.callback(seen.close)
        reader = CrmReader(source, desk, seen, books, settings.crm, settings.lang)
        intake = Intake(reader, Told(desk, books, settings.payment_actor, settings.lang), settings.lang)
        yield Relay(inbox, intake.handle, is_hint, language=settings.lang)
