"""The OpenAPI document, and requests made from it: right ones, wrong ones, and those in between."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

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
    fits = _body_of(operations[label], api.raw_schema["components"])

    @given(operations[label].as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def whatever_is_sent(case: Any) -> None:
        wrong = {part for part, made in case.meta.components.items() if made.mode is GenerationMode.NEGATIVE}
        assume(ParameterLocation.BODY not in wrong or not (isinstance(case.body, dict) and fits(case.body)))
        case.call_and_validate()

    whatever_is_sent()


def _body_of(operation: Any, components: dict[str, Any]) -> Callable[[Any], bool]:
    """Whether a body is right: what the generator makes wrong for one kind of event is sometimes right for another."""
    content = operation.definition.raw.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return jsonschema_rs.validator_for(schema | {"components": components}).is_valid


async def test_every_kind_of_event_has_a_schema_and_an_example_that_is_accepted(web: Web) -> None:
    document = (await web.client.get("/openapi.json")).json()
    for path, events in SIGNED.items():
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert list(content["examples"]) == list(events)
        for kind, example in content["examples"].items():
            reply = await web.signed(path, example["value"], id=kind)
            assert (kind, reply.status_code) == (kind, 200), reply.text


async def test_a_whole_number_may_be_written_with_a_point_and_nothing_else_may_pass_for_it(web: Web) -> None:
    payment = {"id": "b-1", "deal": "1042", "amount": 100, "currency": "RUB"}
    for line, status in ((5, 200), (5.0, 200), (None, 200), (5.5, 422), ("5", 422), (True, 422)):
        event = {"type": "payment.received", "data": payment | {"line": line}}
        reply = await web.signed("/webhooks/payments", event, id=f"of-{line!r}")
        assert (line, reply.status_code) == (line, status), reply.text


async def test_an_answer_is_text_or_a_number_and_no_list_passes_for_one(web: Web) -> None:
    tried = (("won", 200), (5, 200), (None, 200), (["won"], 422), ({"ru": "won"}, 422))
    for number, (answer, status) in enumerate(tried):
        told = {
            "deal": "1042",
            "actor": "ivanova",
            "assignment": "qualification",
            "fields": {"outcome": answer},
        }
        reply = await web.signed("/webhooks/crm", {"type": "deal.complete", "data": told}, id=str(number))
        assert (answer, reply.status_code) == (answer, status), reply.text


async def test_what_is_wrong_of_one_kind_is_not_right_as_another(web: Web) -> None:
    document = (await web.client.get("/openapi.json")).json()
    content = document["paths"]["/webhooks/crm"]["post"]["requestBody"]["content"]["application/json"]
    right = jsonschema_rs.validator_for(content["schema"] | {"components": document["components"]}).is_valid
    assert right({"type": "deal.changed", "data": {"id": "7405"}})
    assert right({"type": "deal.invented", "data": {"id": "$"}})
    assert not right({"type": "deal.changed", "data": {"id": "$"}})


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
