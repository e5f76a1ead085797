"""The lead form's other entrance: JSON, for a form that the company's site has itself."""

from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.words import Language, Text
from records.errors import RecordsUnavailable
from starter.web.bodies import fit, parse_json
from starter.web.errors import Declined, not_now
from starter.web.pages.brake import Brake
from starter.web.pages.house import House
from starter.web.pages.lead import UTM, BadLead, event, read_lead, reference
from starter.web.pages.leads import Door, address_of, arrival
from starter.web.pages.reader import language_of

KEY = "Idempotency-Key"


class SiteLead(BaseModel):
    """`phone` or `email` is needed. What no field is for is refused, so that a misspelt one is seen."""

    model_config = ConfigDict(extra="forbid")

    contact: str = Field(max_length=255, examples=["Анна Смирнова"])
    company: str = Field(default="", max_length=255, examples=["ООО «Клиника Образец»"])
    inn: str = Field(default="", max_length=30, examples=["9900000017"])
    phone: str = Field(default="", max_length=50, examples=["+74951234567"])
    email: str = Field(default="", max_length=254, examples=["anna@clinic.example"])
    wish: str = Field(max_length=4000, examples=["УЗИ-сканер экспертного класса"])
    consent: bool = Field(description="to the processing of personal data; must be true", examples=[True])
    consent_version: str = Field(
        default="",
        max_length=40,
        description="of the words your form shows; those of /forms/consent if absent",
    )
    language: Language | None = Field(default=None, description="to answer in; Accept-Language if absent")
    utm_source: str = Field(default="", max_length=200)
    utm_medium: str = Field(default="", max_length=200)
    utm_campaign: str = Field(default="", max_length=200)
    utm_term: str = Field(default="", max_length=200)
    utm_content: str = Field(default="", max_length=200)


class LeadTaken(BaseModel):
    """The lead is stored for good."""

    reference: str = Field(description="the number people can quote", examples=["4F7K2-Q9M7T"])
    repeated: bool = Field(description="the same lead came before: it has no second effect")


class SiteForm:
    def __init__(self, door: Door, house: House, brake: Brake) -> None:
        self._door, self._house, self._brake = door, house, brake

    async def preflight(self, request: Request) -> Response:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=self._shared_with(request))

    async def submit(self, request: Request, text: str) -> Response:
        """Raises Declined, which the asking site's script may read, too."""
        shared = self._shared_with(request)
        try:
            if wait := self._brake.try_take(address_of(request)):
                raise Declined(429, "too-often", _OFTEN, headers={"Retry-After": str(ceil(wait))})
            taken = await self._take(request, fit(SiteLead, parse_json(text)))
        except RecordsUnavailable:
            declined = not_now()
            declined.headers |= shared
            raise declined from None
        except Declined as declined:
            declined.headers |= shared
            raise
        return JSONResponse(taken.model_dump(), HTTPStatus.ACCEPTED, headers=shared)

    async def _take(self, request: Request, said: SiteLead) -> LeadTaken:
        book, consent = self._house.book, self._house.site.consent
        language = said.language or language_of(request, self._house.language)
        today = book.calendar.today(datetime.now(UTC))
        typed = {name: str(value) for name, value in said.model_dump().items() if value}
        try:
            lead = read_lead(typed, language, book, today)
        except BadLead as bad:
            places = [
                Text(ru=f"{name}: {words.ru}", en=f"{name}: {words.en}") for name, words in bad.wrong.items()
            ]
            raise Declined(422, "does-not-fit", _WRONG, places=places) from None
        if said.consent_version:
            consent = consent.model_copy(update={"version": said.consent_version})
        number = reference(request.headers.get(KEY, f"site {today}"), lead)
        utm = {name: typed[name] for name in UTM if name in typed}
        accepted = await self._door.accept(
            arrival(number, event(lead, number, consent, language, "site", utm))
        )
        return LeadTaken(reference=number, repeated=accepted.repeated)

    def _shared_with(self, request: Request) -> dict[str, str]:
        """CORS for the sites of the settings, and nobody else. Raises Declined. Who has no origin is no browser."""
        origin = request.headers.get("origin")
        if origin is None or self._house.owns(origin, request.headers.get("host", "")):
            return {}
        if origin.lower() not in self._house.form_origins:
            raise Declined(403, "foreign-origin", _FOREIGN, headers={"Vary": "Origin"})
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": f"Content-Type, {KEY}",
            "Access-Control-Expose-Headers": "Retry-After",
            "Access-Control-Max-Age": "600",
            "Vary": "Origin",
        }


_OFTEN = Text(ru="Слишком много заявок подряд.", en="Too many requests in a row.")
_WRONG = Text(ru="Заявка не подходит.", en="The lead does not fit.")
_FOREIGN = Text(
    ru="С этого сайта заявки не принимаются: его нет в DEALWRIGHT_FORM_ORIGINS.",
    en="Leads are not taken from this site: it is not in DEALWRIGHT_FORM_ORIGINS.",
)
