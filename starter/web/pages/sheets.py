"""The sheets that a signed link shows: the question, the receipt of its answer, and why there is neither."""

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from activities.mail.links import Link
from domain.deal.authority import CLIENT
from domain.words import Language, Text
from starter.web.pages.house import House
from starter.web.pages.moments import on_the_wall
from starter.web.pages.question import question
from starter.web.pages.reader import asked_language, language_of
from starter.web.pages.refusals import WHY
from starter.web.pages.rendering import Renderer
from starter.web.pages.status import Standing

_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}


class Sheets:
    def __init__(self, house: House) -> None:
        self._house = house
        self._renderer = Renderer(house, kept=("lang",), headers=_HEADERS)

    def taken(self, request: Request) -> Response:
        """Back to the link's own page, which shows the answer: loading it again sends nothing."""
        address = f"?{self._renderer.query(request)}"
        return RedirectResponse(address, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})

    def standing(self, request: Request, link: Link, found: Standing | None) -> Response:
        if found is None:
            return self.refused(request, "gone")
        if found.vote:
            return self.answered(request, link, found)
        if found.refused:
            return self.refused(request, found.refused, link, found)
        return self.asked(request, link, found)

    def asked(
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

    def answered(self, request: Request, link: Link, found: Standing) -> Response:
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

    def refused(
        self, request: Request, code: str, link: Link | None = None, found: Standing | None = None
    ) -> Response:
        """Only who holds a link to the deal is told its number and its manager's address."""
        why = WHY.get(code, WHY["gone"])
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

    def later(self, request: Request, *, answer: str = "", comment: str = "") -> Response:
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
