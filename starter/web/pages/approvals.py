"""The page behind a signed link. Opening it changes nothing, however often and by whomever; its button answers, once."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Protocol

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from activities.mail.links import BadLink, Link, LinkExpired
from domain.authority import CLIENT
from domain.messages import Message, Receipt
from domain.words import Language, Text
from records.errors import RecordsUnavailable
from starter.answers import MessageRefused
from starter.desk import Snapshot
from starter.errors import DealwrightError, NotFoundError
from starter.web.bodies import FORM, read_body
from starter.web.pages.body import form_fields
from starter.web.pages.house import House
from starter.web.pages.moments import on_the_wall
from starter.web.pages.question import question
from starter.web.pages.reader import asked_language, from_own_page, language_of
from starter.web.pages.refusals import WHY
from starter.web.pages.rendering import Renderer
from starter.web.pages.standing import Standing, message, standing

_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}
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
        self._renderer = Renderer(house, kept=("lang",), headers=_HEADERS)

    async def show(self, request: Request, token: str) -> Response:
        try:
            link = self._links.read(token)
        except BadLink as error:
            return await self._bad_link(request, error)
        try:
            found = await self._find(link)
        except (DealwrightError, RecordsUnavailable):
            return self._later(request)
        return self._standing(request, link, found)

    async def answer(self, request: Request, token: str) -> Response:
        try:
            link = self._links.read(token)
        except BadLink as error:
            return await self._bad_link(request, error)
        if not from_own_page(request, self._house, origin_may_hide=True):
            return self._refused(request, "foreign")
        _, text = await read_body(request, FORM)
        form = form_fields(text)
        answer, comment = form.get("answer", ""), form.get("comment", "").strip()
        try:
            return await self._take(request, link, answer, comment)
        except (DealwrightError, RecordsUnavailable):
            return self._later(request, answer=answer, comment=comment)

    async def _take(self, request: Request, link: Link, answer: str, comment: str) -> Response:
        found = await self._find(link)
        if found is None or not found.open:
            return self._standing(request, link, found)
        if wrong := _wrong(link, answer, comment):
            return self._asked(request, link, found, comment=comment, wrong=wrong)
        try:
            decision = message(link, approve=answer == "approve", comment=comment)
            await (await self._desk()).send(link.deal, decision)
        except MessageRefused as refusal:  # something came in between: what stands now tells what
            found = await self._find(link)
            if found and found.open:
                return self._asked(request, link, found, comment=comment, wrong=refusal.text)
            return self._standing(request, link, found)
        return RedirectResponse(
            f"?{self._renderer.query(request)}", HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"}
        )

    async def _find(self, link: Link) -> Standing | None:
        try:
            return standing(await (await self._desk()).state(link.deal), link)
        except NotFoundError:
            return None

    # --- pages -------------------------------------------------------------------------------------------------------

    def _standing(self, request: Request, link: Link, found: Standing | None) -> Response:
        if found is None:
            return self._refused(request, "gone")
        if found.vote:
            return self._answered(request, link, found)
        if found.refused:
            return self._refused(request, found.refused, link, found)
        return self._asked(request, link, found)

    def _asked(
        self, request: Request, link: Link, found: Standing, *, comment: str = "", wrong: Text | None = None
    ) -> Response:
        language = self._language(request, link, found)
        return self._page(
            "approval",
            request,
            language,
            status=422 if wrong else 200,
            asked=question(found.snapshot, found.process, found.approval, link.person, language),
            comment=comment,
            wrong=wrong and wrong.to(language),
        )

    def _answered(self, request: Request, link: Link, found: Standing) -> Response:
        language = self._language(request, link, found)
        vote = found.vote
        return self._page(
            "answered",
            request,
            language,
            asked=question(found.snapshot, found.process, found.approval, link.person, language),
            vote=vote,
            outcome=found.approval.outcome,
            at=vote and on_the_wall(vote.at, found.snapshot.deal.book.calendar, language),
        )

    def _refused(
        self, request: Request, code: str, link: Link | None = None, found: Standing | None = None
    ) -> Response:
        """Only who holds a link to the deal is told its number and its manager's address."""
        why = WHY[code]
        language = self._language(request, link, found) if link and found else self._usual(request)
        email = found.snapshot.deal.book.people[found.snapshot.deal.manager].email if found else ""
        return self._page(
            "notice",
            request,
            language,
            status=why.status,
            title=why.title.to(language),
            words=why.words.to(language),
            about=link.deal if link and found else "",
            email=email or self._house.email,
        )

    async def _bad_link(self, request: Request, error: BadLink) -> Response:
        """Of a link that has expired, the deal's own manager can send another."""
        if not isinstance(error, LinkExpired):
            return self._refused(request, "broken")
        try:
            found = await self._find(error.link)
        except (DealwrightError, RecordsUnavailable):
            found = None
        return self._refused(request, "expired", error.link, found)

    def _later(self, request: Request, *, answer: str = "", comment: str = "") -> Response:
        """Nothing is lost: the same answer again has the effect of once."""
        return self._page("later", request, self._usual(request), status=503, answer=answer, comment=comment)

    def _page(
        self, template: str, request: Request, language: Language, *, status: int = 200, **words: Any
    ) -> Response:
        return self._renderer.page(template, request, language, status=status, **words)

    def _language(self, request: Request, link: Link, found: Standing) -> Language:
        deal = found.snapshot.deal
        if asked := asked_language(request):
            return asked
        if link.person == CLIENT:
            return deal.client.language
        person = deal.book.people.get(link.person)
        return person.language if person else self._usual(request)

    def _usual(self, request: Request) -> Language:
        return language_of(request, self._house.language)


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
