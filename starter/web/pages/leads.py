"""The site's lead form: a page of its own, and the same page in another site's frame. A lead is in the inbox before the answer."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from http import HTTPStatus
from math import ceil
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.words import Language, Text
from records.arrivals import Accepted, Arrival
from records.errors import RecordsUnavailable
from starter.web.pages.brake import Brake
from starter.web.pages.form_token import BadToken, FormTokens
from starter.web.pages.house import House
from starter.web.pages.lead import TYPED, UTM, BadLead, event, read_lead, reference
from starter.web.pages.reader import from_own_page, language_of
from starter.web.pages.rendering import NOBODY, Renderer

TRAP = "homepage"  # hidden from people; programs fill in all they find
KIND = "lead.submitted"
_NUMBER = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")
_HEADERS = {
    "Referrer-Policy": "same-origin"
}  # with no-referrer, a browser without Sec-Fetch-Site hides its Origin

_SAID = {
    "trap": Text(
        ru="Форма похожа на заполненную программой. Если вы человек, просто отправьте её ещё раз.",
        en="The form looks as if a program had filled it in. If you are a person, just send it again.",
    ),
    "old": Text(
        ru="Форма была открыта слишком долго. Отправьте её ещё раз.",
        en="The form was open for too long. Send it again.",
    ),
    "foreign": Text(
        ru="Заявка пришла не с этой страницы. Отправьте её отсюда.",
        en="The request did not come from this page. Send it from here.",
    ),
    "often": Text(
        ru="Слишком много заявок подряд. Отправьте форму ещё раз через {seconds} с.",
        en="Too many requests in a row. Send the form again in {seconds} s.",
    ),
    "down": Text(
        ru="Сейчас мы не можем принять заявку. Отправьте форму ещё раз через минуту.",
        en="We can't take the request right now. Send the form again in a minute.",
    ),
}


class Door(Protocol):
    async def accept(self, arrival: Arrival) -> Accepted:
        """Returns when the event is stored for good. Raises RecordsUnavailable."""


class LeadPages:
    def __init__(self, door: Door, tokens: FormTokens, house: House, brake: Brake) -> None:
        self._door, self._tokens, self._house, self._brake = door, tokens, house, brake
        self._renderer = Renderer(house, kept=("lang", "embed", *UTM), headers=_HEADERS)

    async def home(self, request: Request) -> Response:
        """The front page, one level above the others: a door to the form."""
        return self._page("home", request, root="")

    async def show(self, request: Request) -> Response:
        return self._form(request)

    async def sent(self, request: Request) -> Response:
        number = request.query_params.get("number", "")
        if not _NUMBER.fullmatch(number):
            return RedirectResponse(f"lead?{self._renderer.query(request)}", HTTPStatus.SEE_OTHER)
        return self._page("sent", request, number=number)

    async def consent(self, request: Request) -> Response:
        document = self._house.words(self._house.site.consent.document, self._language(request))
        return self._page("consent", request, paragraphs=document.split("\n\n"))

    async def submit(self, request: Request, fields: Mapping[str, str]) -> Response:
        language = self._language(request)
        if not from_own_page(request, self._house):
            return self._form(request, fields, said="foreign", status=403)
        if wait := self._brake.try_take(address_of(request)):
            return self._form(request, fields, said="often", status=429, wait=wait)
        if fields.get(TRAP):
            return self._form(request, fields, said="trap", status=422)
        try:
            nonce = self._tokens.read(fields.get("token", ""))
            lead = read_lead(fields, language, self._house.book, self._today())
        except BadToken:
            return self._form(request, fields, said="old", status=422)
        except BadLead as bad:
            return self._form(request, fields, wrong=bad.wrong, status=422)
        number = reference(nonce, lead)
        via = "frame" if _embedded(request) else "page"
        body = event(lead, number, self._house.site.consent, language, via, request.query_params)
        try:
            await self._door.accept(arrival(number, body))
        except RecordsUnavailable:
            return self._form(request, fields, said="down", status=503)
        return RedirectResponse(
            f"sent?{self._renderer.query(request, lang=language, number=number)}", HTTPStatus.SEE_OTHER
        )

    def _form(
        self,
        request: Request,
        fields: Mapping[str, str] | None = None,
        *,
        wrong: Mapping[str, Text] | None = None,
        said: str = "",
        status: int = 200,
        wait: float = 0.0,
    ) -> Response:
        """The form with all that was typed, and what is wrong with it or with us."""
        fields, language, seconds = fields or {}, self._language(request), str(ceil(wait))
        return self._page(
            "lead",
            request,
            status=status,
            headers={"Retry-After": seconds} if wait else None,
            typed={name: fields.get(name, "") for name in (*TYPED, "consent")},
            wrong={name: words.to(language) for name, words in (wrong or {}).items()},
            said=_SAID[said].to(language).replace("{seconds}", seconds) if said else "",
            token=self._tokens.renew(fields.get("token", "")),
            trap=TRAP,
        )

    def _page(
        self,
        template: str,
        request: Request,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **words: Any,
    ) -> Response:
        embed, language = _embedded(request), self._language(request)
        framed_by = " ".join(("'self'", *self._house.form_origins)) if embed else NOBODY
        texts = {"words": lambda text: self._house.words(text, language), "embed": embed}
        return self._renderer.page(
            template,
            request,
            language,
            status=status,
            framed_by=framed_by,
            headers=headers,
            **texts,
            **words,
        )

    def _language(self, request: Request) -> Language:
        return language_of(request, self._house.language)

    def _today(self) -> date:
        return self._house.book.calendar.today(datetime.now(UTC))


def arrival(number: str, body: dict[str, Any]) -> Arrival:
    return Arrival("form", number, KIND, f"form:{number}", body, datetime.now(UTC))


def address_of(request: Request) -> str:
    """On the network, as the server knows it: `deal web` believes X-Forwarded-For of trusted proxies alone."""
    return request.client.host if request.client else ""


def _embedded(request: Request) -> bool:
    return request.query_params.get("embed") == "1"
