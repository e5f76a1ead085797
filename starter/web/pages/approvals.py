"""The page behind a signed link. Opening it changes nothing, however often and by whomever; its button answers, once."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from activities.mail.links import BadLink, Link, LinkExpired
from domain.deal.messages import Message, Receipt
from domain.deal.snapshot import Snapshot
from domain.words import Text
from records.errors import RecordsUnavailable
from starter.answers import MessageRefused
from starter.errors import DealwrightError, NotFoundError
from starter.web.bodies import FORM, read_body
from starter.web.pages.body import form_fields
from starter.web.pages.house import House
from starter.web.pages.reader import from_own_page
from starter.web.pages.sheets import Sheets
from starter.web.pages.status import Standing, message, standing

_NO_COMMENT = Text(ru="Напишите, что нужно изменить: без этого отклонить нельзя.", en="Say what must change: a rejection needs it.")  # fmt: skip
_BAD_COMMENT = Text(ru="Не больше 4000 знаков обычного текста.", en="At most 4000 characters of plain text.")
_NO_ANSWER = Text(ru="Выберите ответ: согласовать или отклонить.", en="Choose an answer: approve or reject.")


class Desk(Protocol):
    """The one client of the desk, as far as these pages need it."""

    async def state(self, number: str) -> Snapshot: ...
    async def send(self, number: str, message: Message) -> Receipt: ...


DeskFactory = Callable[[], Awaitable[Desk]]
"""Raises UnreachableError while it can't connect."""


class Links(Protocol):
    def read(self, token: str) -> Link: ...


class ApprovalPages:
    def __init__(self, desk: DeskFactory, links: Links, house: House) -> None:
        self._desk, self._links, self._house = desk, links, house
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
        return self._sheets.standing(request, link, found)

    async def answer(self, request: Request, token: str) -> Response:
        try:
            link = self._links.read(token)
        except BadLink as error:
            return await self._bad_link(request, error)
        if not from_own_page(request, self._house, origin_may_hide=True):
            return self._sheets.refused(request, "foreign")
        _, text = await read_body(request, FORM)
        form = form_fields(text)
        answer, comment = form.get("answer", ""), form.get("comment", "").strip()
        try:
            return await self._take(request, link, answer, comment)
        except (DealwrightError, RecordsUnavailable):
            return self._sheets.later(request, answer=answer, comment=comment)

    async def _take(self, request: Request, link: Link, answer: str, comment: str) -> Response:
        found = await self._find(link)
        if found is None or not found.open:
            return self._sheets.standing(request, link, found)
        if wrong := _wrong(link, answer, comment):
            return self._sheets.asked(request, link, found, comment=comment, wrong=wrong)
        try:
            decision = message(link, approve=answer == "approve", comment=comment)
            await (await self._desk()).send(link.deal, decision)
        except MessageRefused as refusal:  # something came in between: what stands now tells what
            found = await self._find(link)
            if found and found.open:
                return self._sheets.asked(request, link, found, comment=comment, wrong=refusal.text)
            return self._sheets.standing(request, link, found)
        return self._sheets.taken(request)

    async def _find(self, link: Link) -> Standing | None:
        try:
            return standing(await (await self._desk()).state(link.deal), link)
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


def _wrong(link: Link, answer: str, comment: str) -> Text | None:
    if answer not in ("approve", "reject"):
        return _NO_ANSWER
    if answer == "reject" and not comment:
        return _NO_COMMENT
    try:
        message(link, approve=True, comment=comment)
    except ValidationError:
        return _BAD_COMMENT
    return None
