"""The pages' routes. Of the OpenAPI only what is JSON is a part."""

from typing import Any, Protocol

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from activities.mail.links import LinkKind
from starter.web.bodies import FORM, JSON, read_body
from starter.web.errors import Problem
from starter.web.pages import assets
from starter.web.pages.body import form_fields
from starter.web.pages.brake import Brake
from starter.web.pages.deal_page import Addresses, DealPage, Trail
from starter.web.pages.file_download import FileDownload, FileLinks, Files
from starter.web.pages.form_token import FormTokens
from starter.web.pages.house import House
from starter.web.pages.leads import Door, LeadPages
from starter.web.pages.questions.approvals import Approvals
from starter.web.pages.questions.assignments import Assignments
from starter.web.pages.questions.client_hint import Records
from starter.web.pages.questions.documents import Documents
from starter.web.pages.questions.escalations import Escalations
from starter.web.pages.questions.kind import Kind
from starter.web.pages.questions.known_serials import KnownSerials
from starter.web.pages.questions.orders import Orders
from starter.web.pages.questions.payments import Payments
from starter.web.pages.signed import DeskFactory, Links, SignedPages
from starter.web.pages.site_form import KEY, LeadTaken, SiteForm, SiteLead

_LOOKS = ["GET", "HEAD"]
_REFUSED = {
    400: "The body is not UTF-8, not JSON, or not tame",
    403: "From a site that is not in DEALWRIGHT_FORM_ORIGINS",
    408: "The body did not come in time",
    413: "The body is too big",
    415: "Neither JSON nor a form",
    422: "The fields do not fit: `places` says which, and what would be right",
    429: "Too many from this address: Retry-After says when",
    503: "The records are down: nothing was stored, send it again",
}
_DESCRIBED: dict[str, Any] = {
    "summary": "A lead from the site's own form",
    "tags": ["site"],
    "status_code": 202,
    "response_model": LeadTaken,
    "responses": {status: {"model": Problem, "description": words} for status, words in _REFUSED.items()},
    "openapi_extra": {
        "requestBody": {"required": True, "content": {JSON: {"schema": SiteLead.model_json_schema()}}},
        "parameters": [
            {
                "name": KEY,
                "in": "header",
                "schema": {"type": "string"},
                "description": "one for each sending: the same again has no second effect. Without it, the same lead of a day has none",
            }
        ],
    },
}


class PageRecords(Records, Trail, KnownSerials, Protocol):
    """The desk's records, as far as pages need them."""


def pages(
    desk: DeskFactory,
    links: Links,
    addresses: Addresses,
    file_links: FileLinks,
    door: Door,
    tokens: FormTokens,
    house: House,
    brake: Brake | None = None,
    records: PageRecords | None = None,
    files: Files | None = None,
) -> APIRouter:
    brake = brake or Brake()
    leads, site = LeadPages(door, tokens, house, brake), SiteForm(door, house, brake)
    kinds: dict[LinkKind, Kind] = {
        "approval": Approvals(records),
        "assignment": Assignments(records),
        "document": Documents(),
        "payment": Payments(house.site.requisites),
        "escalation": Escalations(),
        "order": Orders(house.goods),
    }
    signed = SignedPages(desk, links, house, kinds)

    async def submit_lead(request: Request) -> Response:
        kind, text = await read_body(request, FORM, JSON)
        if kind == JSON:
            return await site.submit(request, text)
        return await leads.submit(request, form_fields(text))

    router, hidden = APIRouter(), APIRouter(include_in_schema=False)
    router.add_api_route("/forms/lead", submit_lead, methods=["POST"], **_DESCRIBED)
    hidden.add_api_route("/", leads.home, methods=_LOOKS)
    hidden.add_api_route("/forms/lead", site.preflight, methods=["OPTIONS"])
    hidden.add_api_route("/forms/lead", leads.show, methods=_LOOKS)
    hidden.add_api_route("/forms/sent", leads.sent, methods=_LOOKS)
    hidden.add_api_route("/forms/consent", leads.consent, methods=_LOOKS)
    hidden.add_api_route("/a/{token}", signed.show, methods=_LOOKS)
    hidden.add_api_route("/a/{token}", signed.answer, methods=["POST"])
    deal_page = DealPage(desk, addresses, file_links, house, records)
    hidden.add_api_route("/d/{token}", deal_page.show, methods=_LOOKS)
    hidden.add_api_route("/f/{token}", FileDownload(files, file_links, house).send, methods=_LOOKS)
    hidden.include_router(assets.router)
    router.include_router(hidden)
    return router
