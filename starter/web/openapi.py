"""What the API says of itself at /openapi.json."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from domain.deal.messages import BY_WEBHOOK, MESSAGES
from starter.web.errors import Problem
from starter.web.events import CRM_EVENTS, MAIL_EVENTS, PAYMENT_EVENTS, Event, Other

_REF = "#/components/schemas/{model}"
_REFUSALS = {
    400: "The body is not UTF-8, not JSON, or not tame",
    401: "The signature is wrong, or too old",
    403: "The application token, or the portal, is another one",
    408: "The body did not come in time",
    409: "This webhook-id came before with another body",
    413: "The body is bigger than 256 KB",
    415: "Not application/json",
    422: "The fields do not fit",
    503: "The records are down or locked, or their disk is full: nothing was stored, send it again",
}
_EXAMPLES: dict[str, dict[str, Any]] = {
    "deal.changed": {"id": "7405"},
    "deal.created": {
        "id": "A-17",
        "order": {
            "client": {"name": "ООО «Клиника Образец»", "contact": "Анна", "email": "anna@clinic.example"}
        },
    },
    **{f"deal.{name}": {"deal": "1042"} | MESSAGES[name].example for name in BY_WEBHOOK},
    "payment.received": {
        "id": "PP-118",
        "deal": "1042",
        "amount": "1250000.00",
        "currency": "RUB",
        "date": "2026-03-02",
    },
    "payment.reversed": {
        "id": "ST-7",
        "deal": "1042",
        "payment": "PP-118",
        "reason": "Taken back by the payer's bank",
        "date": "2026-03-04",
    },
    "email.bounced": {
        "to": ["anna@clinic.example"],
        "bounce": {"message": "No such mailbox"},
        "tags": {"deal": "1042"},
    },
    "email.complained": {"to": ["anna@clinic.example"], "tags": {"deal": "1042"}},
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem, "description": _REFUSALS[status]} for status in statuses}


def signed(events: Mapping[str, type[Event]]) -> dict[str, Any]:
    """Of a signed webhook: its headers, its bodies with an example of each, and how it refuses."""
    known = [{"$ref": _REF.format(model=model.__name__)} for model in dict.fromkeys(events.values())]
    other = {
        "allOf": [{"$ref": _REF.format(model=Other.__name__)}],
        "properties": {"type": {"not": {"enum": [*events]}}},
    }
    content = {
        "schema": {"anyOf": [*known, other]},
        "examples": {kind: {"value": {"type": kind, "data": _EXAMPLES[kind]}} for kind in events},
    }
    headers = [
        {"name": name, "in": "header", "required": True, "schema": schema, "description": words}
        for name, schema, words in (
            (
                *("webhook-id", {"type": "string", "pattern": "^[!-~]{1,200}$"}),
                "the event's own id: the same one again has no second effect",
            ),
            (
                *("webhook-timestamp", {"type": "string"}),
                "when it was sent, in seconds of Unix time: at most five minutes off",
            ),
            (
                *("webhook-signature", {"type": "string"}),
                "v1,… as Standard Webhooks has it; several by spaces",
            ),
        )
    ]
    body = {"required": True, "content": {"application/json": content}}
    return {
        "responses": refusals(*(_REFUSALS.keys() - {403})),
        "openapi_extra": {"parameters": headers, "requestBody": body},
    }


def bitrix24() -> dict[str, Any]:
    """Of the portal's webhook: PHP's brackets in a form, or the same tree as JSON."""
    form = {"event": "ONCRMDEALUPDATE", "data[FIELDS][ID]": "7405", "auth[application_token]": "…"}
    tree = {
        "event": "ONCRMDEALUPDATE",
        "data": {"FIELDS": {"ID": "7405"}},
        "auth": {"application_token": "…"},
    }
    text, anything = {"type": "string"}, {"type": "object"}
    content = {
        "application/x-www-form-urlencoded": {
            "schema": {"type": "object", "properties": dict.fromkeys(form, text), "required": [*form]},
            "example": form,
        },
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"event": text, "data": anything, "auth": anything},
                "required": ["event", "auth"],
            },
            "example": tree,
        },
    }
    token = {
        **{"name": "token", "in": "query", "required": False, "schema": text},
        "description": "the application token, for the robot “Webhook”: it posts `document_id` and no token of its own",
    }
    return {
        "responses": refusals(400, 403, 408, 413, 415, 503),
        "openapi_extra": {"parameters": [token], "requestBody": {"required": True, "content": content}},
    }


def described(app: FastAPI) -> dict[str, Any]:
    """With the schemas of the bodies that the routes read by themselves."""
    document = get_openapi(
        title="Dealwright",
        version="1",
        description="What comes in: every accepted event is stored before the answer.",
        routes=app.routes,
    )
    models: list[type[Event]] = [*CRM_EVENTS.values(), *PAYMENT_EVENTS.values(), *MAIL_EVENTS.values(), Other]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    document["components"]["schemas"] |= schemas["$defs"]
    return document
