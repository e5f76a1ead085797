"""A file of a document, for whoever has its address from the deal's page. Always saved, never shown: somebody else wrote it."""

import asyncio
from typing import Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from activities.mail.links import LinkBroken
from domain.deal.attachments import kind_of
from records.errors import RecordsUnavailable
from starter.web.pages.house import House
from starter.web.pages.sheets import Sheets

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


class Files(Protocol):
    def read(self, digest: str) -> bytes | None: ...


class FileLinks(Protocol):
    def address(self, digest: str, name: str) -> str: ...
    def read(self, token: str) -> tuple[str, str]: ...


class FileDownload:
    """`files` is none where the web has no records."""

    def __init__(self, files: Files | None, addresses: FileLinks, house: House) -> None:
        self._files, self._addresses, self._sheets = files, addresses, Sheets(house)

    async def send(self, request: Request, token: str) -> Response:
        try:
            digest, name = self._addresses.read(token)
        except LinkBroken:
            return self._sheets.refused(request, "broken")
        if self._files is None:
            return self._sheets.later(request)
        try:
            content = await asyncio.to_thread(self._files.read, digest)
        except RecordsUnavailable:
            return self._sheets.later(request)
        if content is None:
            return self._sheets.refused(request, "gone")
        kind = kind_of(name)
        saved = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        return Response(
            content,
            media_type=kind.media_type if kind else "application/octet-stream",
            headers=_HEADERS | saved,
        )
