"""What is outside: the mail server and the CRM, by these settings; the worker's may be others."""

import asyncio
from collections.abc import Collection

from domain.capabilities import CAPABILITY_LABELS, Capability
from domain.wording import worded
from domain.words import Text, join
from starter.crms import crm_of, open_crm
from starter.doctor.finding import Finding, Looks
from starter.errors import UsageError
from starter.settings import Settings

MAIL_SECONDS = 30.0
CRM_SECONDS = 30.0

_SET = Text(
    ru="Задайте это там, где работает обработчик, и запустите его заново.",
    en="Set it where the worker runs, and start the worker anew.",
)
_SILENT = Text(ru="нет ответа вовремя", en="no answer in time")
_CRM_WAITS = Text(
    ru="Сделки идут; что ждёт, будет передано, когда она ответит.",
    en="Deals go on; what waits is delivered once it answers.",
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


async def crm(settings: Settings) -> Looks:
    """Does it answer, what can it show, and what else there is to say of its kind."""
    kind = crm_of(settings)
    yield await _answers(settings)
    if kind.examine:
        async for finding in kind.examine(settings):
            yield finding


async def _answers(settings: Settings) -> Finding:
    from activities.playbook_shelf import PlaybookShelf

    name = f"CRM {settings.crm}"
    try:
        opened = open_crm(settings, PlaybookShelf(settings.playbook, settings.pace, settings.people).load)
    except UsageError as error:
        return Finding(name, False, error.text, _SET)
    try:
        async with asyncio.timeout(CRM_SECONDS):
            await opened.ready()
            can = await opened.capabilities()
    except Exception as error:
        words = Text(ru=f"«{error}»", en=str(error)) if str(error) else _SILENT
        return Finding(name, False, words, _CRM_WAITS)
    finally:
        await opened.close()
    return Finding(
        name, True, worded(ru="отвечает; есть: {can}", en="answers; it has {can}", can=_named(can))
    )


def _named(can: Collection[Capability]) -> Text:
    return join((label for capability, label in CAPABILITY_LABELS.items() if capability in can), ", ")
