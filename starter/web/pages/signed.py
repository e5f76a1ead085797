"""The page behind a signed link. Opening it changes nothing, however often and by whomever; its button answers, once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from activities.mail.links import BadLink, Link, LinkExpired, LinkKind
from domain.deal.messages import Message, Receipt
from domain.deal.snapshot import Snapshot
from domain.words import Text
from records.errors import RecordsUnavailable
from starter.answers import MessageRefused
from starter.errors import DealwrightError, NotFoundError
from starter.web.bodies import FORM, read_body
from starter.web.pages.body import form_fields
from starter.web.pages.house import House
from starter.web.pages.questions.kind import WHOLE, FoundQuestion, Kind, Typed, Wrong
from starter.web.pages.reader import from_own_page
from starter.web.pages.sheets import Sheets


class Desk(Protocol):
    """The one client of the desk, as far as these pages need it."""

    async def state(self, number: str) -> Snapshot: ...
    async def send(self, number: str, message: Message) -> Receipt: ...


DeskFactory = Callable[[], Awaitable[Desk]]
"""Raises UnreachableError while it can't connect."""


class Links(Protocol):
    def read(self, token: str) -> Link: ...


class SignedPages:
    def __init__(self, desk: DeskFactory, links: Links, house: House, kinds: Mapping[LinkKind, Kind]) -> None:
        self._desk, self._links, self._house, self._kinds = desk, links, house, kinds
        self._sheets = Sheets(house)

    async def show(self, request: Request, token: str) -> Response:
        try:
            link = self._links.read(token)
        except BadLink as error:
            return await self._bad_link(request, error)
        try:
            found = await self._find(link)
        except (DealwrightError, RecordsUnavailable):
            return self._sheets.later(request)
        return await self._page_of(request, link, found)

    async def answer(self, request: Request, token: str) -> Response:
        try:
            link = self._links.read(token)
        except BadLink as error:
            return await self._bad_link(request, error)
        if not from_own_page(request, self._house, origin_may_hide=True):
            return self._sheets.refused(request, "foreign")
        _, text = await read_body(request, FORM)
        form = form_fields(text)
        try:
            return await self._take(request, link, form)
        except (DealwrightError, RecordsUnavailable):
            return self._sheets.later(request, form)

    async def _take(self, request: Request, link: Link, form: Mapping[str, str]) -> Response:
        found = await self._find(link)
        if found is None or not found.open:
            return await self._page_of(request, link, found)
        try:
            for message in await self._kinds[link.kind].messages(link, found, form):
                await (await self._desk()).send(link.deal, message)
        except Wrong as wrong:
            return await self._ask(request, link, found, form, wrong.fields)
        except MessageRefused as refusal:  # something came in between: what stands now tells what
            found = await self._find(link)
            if found and found.open:
                return await self._ask(request, link, found, form, {WHOLE: refusal.text})
            return await self._page_of(request, link, found)
        return self._sheets.taken(request)

    async def _page_of(self, request: Request, link: Link, found: FoundQuestion | None) -> Response:
        if found is None:
            return self._sheets.refused(request, "gone")
        if found.answered:
            language = self._sheets.language(request, link, found)
            return self._sheets.page(
                request, language, self._kinds[link.kind].answered(link, found, language)
            )
        if found.refused:
            return self._sheets.refused(request, found.refused, link, found)
        return await self._ask(request, link, found, {}, {})

    async def _ask(
        self,
        request: Request,
        link: Link,
        found: FoundQuestion,
        form: Mapping[str, str],
        wrong: Mapping[str, Text],
    ) -> Response:
        language = self._sheets.language(request, link, found)
        said = {name: text.to(language) for name, text in wrong.items()}
        page = await self._kinds[link.kind].asked(link, found, language, Typed(form, said))
        return self._sheets.page(request, language, page, status=422 if wrong else 200)

    async def _find(self, link: Link) -> FoundQuestion | None:
        try:
            return self._kinds[link.kind].find(await (await self._desk()).state(link.deal), link)
        except NotFoundError:
            return None

    async def _bad_link(self, request: Request, error: BadLink) -> Response:
        """Of a link that has expired, the deal's own manager can send another."""
        if not isinstance(error, LinkExpired):
            return self._sheets.refused(request, "broken")
        try:
            found = await self._find(error.link)
        except (DealwrightError, RecordsUnavailable):
            found = None
        return self._sheets.refused(request, "expired", error.link, found)
