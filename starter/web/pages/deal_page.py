"""The page of a deal, which its card in the CRM links to. Whoever has the address may look; it answers nothing."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from activities.mail.links import LinkBroken
from domain.facts import Fact
from domain.view.viewer import Viewer
from records.errors import RecordsUnavailable
from starter.errors import DealwrightError, NotFoundError
from starter.web.pages.deal_sheet import DealSheet
from starter.web.pages.file_download import FileLinks
from starter.web.pages.house import House
from starter.web.pages.reader import language_of
from starter.web.pages.sheets import Sheets
from starter.web.pages.signed import DeskFactory

SECONDS = 2.0


class Addresses(Protocol):
    def read(self, token: str) -> str: ...


class Trail(Protocol):
    def log(self, deal: str) -> list[Fact]: ...


class DealPage:
    """`trail` is none where the web has no records."""

    def __init__(
        self, desk: DeskFactory, addresses: Addresses, files: FileLinks, house: House, trail: Trail | None
    ) -> None:
        self._desk, self._addresses, self._files = desk, addresses, files
        self._house, self._trail = house, trail
        self._sheets = Sheets(house)

    async def show(self, request: Request, token: str) -> Response:
        try:
            number = self._addresses.read(token)
        except LinkBroken:
            return self._sheets.refused(request, "broken")
        try:
            snapshot = await (await self._desk()).state(number)
        except NotFoundError:
            return self._sheets.refused(request, "gone")
        except (DealwrightError, RecordsUnavailable):
            return self._sheets.later(request)
        language = language_of(request, self._house.language)
        drawn = DealSheet(Viewer(snapshot, datetime.now(UTC), language), self._files.address)
        words = drawn.words() | {"happened": drawn.happened(await self._log(number))}
        return self._sheets.deal(request, language, words)

    async def _log(self, number: str) -> list[Fact]:
        """Nothing where the records do not answer: how the deal stands is told all the same."""
        if self._trail is None:
            return []
        try:
            async with asyncio.timeout(SECONDS):
                return await asyncio.to_thread(self._trail.log, number)
        except (RecordsUnavailable, TimeoutError):
            return []
