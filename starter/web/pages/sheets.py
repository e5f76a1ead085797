"""The sheets that a signed link shows: the question, the receipt of its answer, and why there is neither; in the reader's language."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from activities.mail.links import Link
from domain.deal.authority import CLIENT
from domain.words import Language
from starter.web.pages.house import House
from starter.web.pages.questions.kind import FoundQuestion, Page
from starter.web.pages.reader import asked_language, language_of
from starter.web.pages.refusals import WHY
from starter.web.pages.rendering import Renderer

_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}


class Sheets:
    def __init__(self, house: House) -> None:
        self._house = house
        self._renderer = Renderer(house, kept=("lang",), headers=_HEADERS)

    def taken(self, request: Request) -> Response:
        """Back to the link's own page, which shows the answer: loading it again sends nothing."""
        address = f"?{self._renderer.query(request)}"
        return RedirectResponse(address, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})

    def page(self, request: Request, language: Language, page: Page, *, status: int = 200) -> Response:
        return self._page(page.template, request, language, status=status, **page.words)

    def deal(self, request: Request, language: Language, words: Mapping[str, Any]) -> Response:
        return self._page("deal", request, language, **words)

    def refused(
        self, request: Request, code: str, link: Link | None = None, found: FoundQuestion | None = None
    ) -> Response:
        """Only who holds a link to the deal is told its number and its manager's address."""
        why = WHY.get(code, WHY["gone"])
        language = self.language(request, link, found) if link and found else self._usual(request)
        email = found.deal.book.people[found.deal.manager].email if found else ""
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

    def later(self, request: Request, typed: Mapping[str, str] | None = None) -> Response:
        """Nothing is lost: the same answer again has the effect of once."""
        return self._page("later", request, self._usual(request), status=503, typed=typed or {})

    def _page(
        self, template: str, request: Request, language: Language, *, status: int = 200, **words: Any
    ) -> Response:
        return self._renderer.page(template, request, language, status=status, **words)

    def language(self, request: Request, link: Link, found: FoundQuestion) -> Language:
        deal = found.deal
        if asked := asked_language(request):
            return asked
        if link.person == CLIENT:
            return deal.client.language
        person = deal.book.people.get(link.person)
        return person.language if person else self._usual(request)

    def _usual(self, request: Request) -> Language:
        return language_of(request, self._house.language)
