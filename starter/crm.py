"""The CRM that the settings name: the one place, beside the worker's own, that knows the adapters."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from activities.crm.port import Crm
from domain.playbook.book import StaffedPlaybook
from starter.settings import Settings


class OpenCrm(Crm, Protocol):
    async def close(self) -> None: ...


def open_crm(settings: Settings, books: Callable[[], Awaitable[StaffedPlaybook]]) -> OpenCrm:
    """`books` gives today's playbook: whose people are whose users in a portal."""
    if settings.crm == "bitrix24":
        return _bitrix24(settings, books)
    from adapters.crm.embedded.crm import EmbeddedCrm

    return EmbeddedCrm(settings.crm_db)


def _bitrix24(settings: Settings, books: Callable[[], Awaitable[StaffedPlaybook]]) -> OpenCrm:
    """Raises UsageError for a portal's address that is missing or wrong."""
    from adapters.crm.bitrix24.port import Bitrix24Crm
    from starter.kept_files import files_of
    from starter.portal import portal_of

    portal, _ = portal_of(settings)
    return Bitrix24Crm(portal, books, files_of(settings))
