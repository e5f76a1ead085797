"""What is outside: the mail server and the portal, by these settings; the worker's may be others."""

import asyncio
from contextlib import closing

from domain.wording import worded
from domain.words import Text
from records.inbox_events import EventInbox
from starter.doctor.finding import Finding, Looks
from starter.errors import UsageError
from starter.settings import Settings

MAIL_SECONDS = 30.0

_SET = Text(
    ru="Задайте это там, где работает обработчик, и запустите его заново.",
    en="Set it where the worker runs, and start the worker anew.",
)
_SILENT = Text(ru="нет ответа вовремя", en="no answer in time")
_MOVED = Text(
    ru="Впишите новый адрес в DEALWRIGHT_BITRIX24_URL.",
    en="Put the new address into DEALWRIGHT_BITRIX24_URL.",
)
_WAITS = Text(ru="Письма ждут, пока он не ответит.", en="Mail waits until it answers.")


async def mail_server(settings: Settings) -> Looks:
    from starter.mailing import mailer_of

    try:
        mailer = mailer_of(settings)
    except UsageError as error:
        yield Finding("mail server", False, error.text, _SET)
        return
    try:
        async with asyncio.timeout(MAIL_SECONDS):
            await mailer.ready()
    except Exception as error:
        words = Text(ru=f"«{error}»", en=str(error)) if str(error) else _SILENT
        yield Finding("mail server", False, words, _WAITS)
    else:
        words = worded(ru="принимает письма ({how})", en="takes mail ({how})", how=settings.mail)
        yield Finding("mail server", True, words)
    finally:
        await mailer.close()


async def portal(settings: Settings) -> Looks:
    from starter.portal import examine_portal

    if settings.crm == "bitrix24":
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
        events = inbox.events(source="bitrix24", limit=10)
    domains = ((event.body.get("portal") or {}).get("domain") for event in events)
    return next((str(domain) for domain in domains if domain), "")
