"""The OpenAPI document, and requests made from it: right ones, wrong ones, and those in between."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from records.inbox_events import EventInbox
from starter.secrets import load_secrets
from starter.web.app import create_app
from starter.web.door import Door
from starter.web.events import CRM_EVENTS, MAIL_EVENTS, PAYMENT_EVENTS
from starter.web.services import Services
from tests.support.hooks import CHANGED, ListeningRelay, Web, no_desk, signature, web_settings

EXAMPLES = 40
SIGNED = {"/webhooks/crm": CRM_EVENTS, "/webhooks/payments": PAYMENT_EVENTS, "/webhooks/mail": MAIL_EVENTS}


class Signing:
    """Signs what passes for the address it goes to, unless a header of the three is missing."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers", []))
        if scope["type"] != "http" or not headers.keys() >= {
            b"webhook-id",
            b"webhook-timestamp",
            b"webhook-signature",
        }:
            return await self.app(scope, receive, send)
        messages = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        id, body = headers[b"webhook-id"].decode("latin-1"), b"".join(m.get("body", b"") for m in messages)
        made = signature(body, id=id) | {"webhook-id": id}
        headers |= {name.encode(): value.encode("latin-1") for name, value in made.items()}
        left = iter(messages)

        async def again() -> Any:
            return next(left, None) or await receive()

        await self.app(scope | {"headers": list(headers.items())}, again, send)


@pytest.fixture
def api(web_home: Path) -> Iterator[Any]:
    given, relay = web_settings(web_home), ListeningRelay()
    inbox = EventInbox(given.database_url)
    door = Door(inbox, relay.wake)
    app = create_app(Services(given, load_secrets(given), inbox, door, no_desk, relay))
    schema = schemathesis.openapi.from_asgi("/openapi.json", Signing(app))
    schema.config.generation.update(allow_x00=False)  # no schema can say that NUL is refused
    yield schema
    door.close()
    inbox.close()


@pytest.mark.parametrize(
    ("label", "mode"),
    [("GET /healthz", GenerationMode.POSITIVE)]
    + [(f"POST {path}", mode) for path in ("/webhooks/bitrix24", *SIGNED) for mode in GenerationMode],
)
def test_the_api_does_what_it_says(api: Any, label: str, mode: GenerationMode) -> None:
    operations = {found.ok().label: found.ok() for found in api.get_all_operations()}
    assert len(operations) == 5

    @given(operations[label].as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def whatever_is_sent(case: Any) -> None:
        case.call_and_validate()

    whatever_is_sent()


async def test_every_kind_of_event_has_a_schema_and_an_example_that_is_accepted(web: Web) -> None:
    document = (await web.client.get("/openapi.json")).json()
    for path, events in SIGNED.items():
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert list(content["examples"]) == list(events)
        for kind, example in content["examples"].items():
            reply = await web.signed(path, example["value"], id=kind)
            assert (kind, reply.status_code) == (kind, 200), reply.text


async def test_every_reference_in_the_document_leads_somewhere(web: Web) -> None:
    reply = await web.client.get("/openapi.json")
    named = set(re.findall(r"#/components/schemas/(\w+)", reply.text))
    assert named <= reply.json()["components"]["schemas"].keys()
    assert "Problem" in named


async def test_every_refusal_has_the_same_body(web: Web) -> None:
    document = (await web.client.get("/openapi.json")).json()
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status != "200":
                    (content,) = response["content"].values()
                    assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert (await web.signed("/webhooks/crm", CHANGED)).json().keys() == {"seq", "repeated"}
