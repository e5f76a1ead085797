"""The Bitrix24 portal that the settings name; the worker's may be another."""

import asyncio
from contextlib import closing

from domain.wording import worded
from domain.words import Text
from records.inbox_events import EventInbox
from starter.crms import BITRIX24
from starter.doctor.finding import Finding, Looks
from starter.errors import UsageError
from starter.settings import Settings

_MOVED = Text(
    ru="Впишите новый адрес в DEALWRIGHT_BITRIX24_URL.",
    en="Put the new address into DEALWRIGHT_BITRIX24_URL.",
)


async def portal(settings: Settings) -> Looks:
    from starter.portal import examine_portal

    async for finding in examine_portal(settings):
        yield finding
    async for finding in _address(settings):
        yield finding


async def _address(settings: Settings) -> Looks:
    """A portal that was renamed still answers at its old address, by a redirect; its events come from the new one."""
    from activities.errors import WorldError
    from adapters.crm.bitrix24.address import is_cloud
    from starter.portal import portal_of

    try:
        portal, budget = portal_of(settings)
    except UsageError:
        return  # told by the look before
    try:
        await portal.call("scope")
    except WorldError:
        return
    finally:
        await portal.close()
        budget.dispose()
    told = await asyncio.to_thread(_domain, settings)
    now = portal.moved_to or (told if is_cloud(portal.host) and told != portal.host else "")
    if now:
        words = worded(
            ru="портал теперь по адресу {now}, в настройках {set}",
            en="the portal is at {now} now, the setting says {set}",
            now=now,
            set=portal.host,
        )
        yield Finding("Bitrix24: address", False, words, _MOVED)


def _domain(settings: Settings) -> str:
    """Where the last event of the portal came from."""
    with closing(EventInbox(settings.database_url)) as inbox:
        events = inbox.events(source=BITRIX24.source, limit=10)
    domains = ((event.body.get("portal") or {}).get("domain") for event in events)
    return next((str(domain) for domain in domains if domain), "")
