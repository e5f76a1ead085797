"""What is outside: the mail server and the portal, by these settings; the worker's may be others."""

import asyncio

from domain.wording import worded
from domain.words import Text
from starter.doctor.finding import Finding, Looks
from starter.errors import UsageError
from starter.settings import Settings

MAIL_SECONDS = 30.0

_SET = Text(
    ru="Задайте это там, где работает обработчик, и запустите его заново.",
    en="Set it where the worker runs, and start the worker anew.",
)
_SILENT = Text(ru="нет ответа вовремя", en="no answer in time")
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
