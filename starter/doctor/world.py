"""What is outside: the mail server and the portal, by these settings; the worker's may be others."""

import asyncio

from starter.doctor.finding import Finding, Looks
from starter.errors import UsageError
from starter.settings import Settings

MAIL_SECONDS = 30.0


async def mail_server(settings: Settings) -> Looks:
    from starter.mailing import mailer_of

    try:
        mailer = mailer_of(settings)
    except UsageError as error:
        advice = "Set it where the worker runs, and start the worker anew."
        yield Finding("mail server", False, error.words, advice)
        return
    try:
        async with asyncio.timeout(MAIL_SECONDS):
            await mailer.ready()
    except Exception as error:
        words = str(error) or "no answer in time"
        yield Finding("mail server", False, words, "Mail waits until it answers.")
    else:
        yield Finding("mail server", True, f"takes mail ({settings.mail})")
    finally:
        await mailer.close()


async def portal(settings: Settings) -> Looks:
    from starter.portal import examine_portal

    if settings.crm == "bitrix24":
        async for finding in examine_portal(settings):
            yield finding
