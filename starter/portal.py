"""The Bitrix24 portal that the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from activities.errors import WorldError
from adapters.crm.bitrix24.address import BadAddress
from adapters.crm.bitrix24.client import Portal
from domain.wording import worded
from domain.words import Text
from records.budget import SharedBudget
from starter.errors import DealwrightError, UsageError
from starter.secrets import load_bot_token
from starter.settings import PREFIX, Settings

if TYPE_CHECKING:
    from starter.doctor.finding import Finding

HOW_TO_HOOK = worded(
    ru="Создайте исходящий вебхук и задайте {prefix}BITRIX24_TOKEN: deal crm setup скажет как.",
    en="Make the outbound webhook and set {prefix}BITRIX24_TOKEN: deal crm setup says how.",
    prefix=PREFIX,
)
_CORRECT = Text(ru="Исправьте и выполните deal crm check.", en="Correct it, then run deal crm check.")
_NO_TOKEN = Text(
    ru="ключ не задан, поэтому события не принимаются", en="no token is set, so no event is accepted"
)

BURST = 20.0
"""Seconds of a portal's rate that may come at once: 40 calls of the 50 that an ordinary plan lets through, 100 of 250."""


def portal_of(settings: Settings, kind: type[Portal] = Portal) -> tuple[Portal, SharedBudget]:
    """With the budget that all of the desk's processes share. Raises UsageError for a missing or wrong address, a secret that it
    does not repeat."""
    url = settings.bitrix24_url.get_secret_value()
    if not url:
        raise UsageError(
            worded(
                ru="Задайте {prefix}BITRIX24_URL: входящий вебхук портала, см. docs/reference/bitrix24.md.",
                en="Set {prefix}BITRIX24_URL: the portal's incoming webhook, see docs/reference/bitrix24.md.",
                prefix=PREFIX,
            )
        )
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    bot_token = load_bot_token(settings)
    rate = settings.bitrix24_rate
    budget = SharedBudget(settings.database_url, rate, burst=BURST * rate)
    try:
        return kind(url, budget, ca=settings.bitrix24_ca, bot_token=bot_token), budget
    except BadAddress as error:
        budget.dispose()
        words = error.text
        raise UsageError(
            worded(
                ru="{prefix}BITRIX24_URL: {why}.", en="{prefix}BITRIX24_URL: {why}.", prefix=PREFIX, why=words
            )
        ) from None
    except OSError as error:
        budget.dispose()
        raise UsageError(
            worded(
                ru="{prefix}BITRIX24_CA: в файле нет сертификатов ({error}).",
                en="{prefix}BITRIX24_CA: no certificates in this file ({error}).",
                prefix=PREFIX,
                error=str(error),
            )
        ) from None


@asynccontextmanager
async def open_portal(settings: Settings, kind: type[Portal] = Portal) -> AsyncIterator[Portal]:
    """Raises UsageError as `portal_of` does, and DealwrightError for what the portal itself has to say."""
    portal, budget = portal_of(settings, kind)
    try:
        yield portal
    except WorldError as error:
        raise DealwrightError(
            worded(
                ru="Портал отвечает: {why}. Что это значит: docs/reference/bitrix24.md, Troubleshooting.",
                en="{why}. What it means: docs/reference/bitrix24.md, Troubleshooting.",
                why=Text(ru=f"«{error}»", en=str(error)),
            )
        ) from None
    finally:
        await portal.close()
        budget.dispose()


async def examine_portal(settings: Settings) -> AsyncIterator["Finding"]:
    """What could be wrong with the portal, as `deal doctor` tells it."""
    from activities.playbook import BadPlaybook, load_playbook
    from adapters.crm.bitrix24.building.check import check
    from starter.doctor.finding import Finding

    try:
        today = datetime.now(UTC).date()
        playbook = load_playbook(settings.playbook, today=today, pace=settings.pace, people=settings.people)
        async with open_portal(settings) as portal:
            found = await check(portal, playbook)
    except (DealwrightError, BadPlaybook) as error:
        yield Finding("Bitrix24", False, Text(ru=error.to("ru"), en=error.to("en")), _CORRECT)
        return
    for part, ok, words, advice in found:
        yield Finding(f"Bitrix24: {part}", ok, words, advice)
    if not settings.bitrix24_token.get_secret_value():
        yield Finding("Bitrix24: webhook", False, _NO_TOKEN, HOW_TO_HOOK)
