"""Whatever is sent, the web answers in words, stores nothing odd, and never with a 500."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from starter.web.limits import MAX_BYTES
from tests.support.hooks import CHANGED, JSON, TOKEN, Web, signature

FORM = {"content-type": "application/x-www-form-urlencoded"}
SIGNED = ("/webhooks/crm", "/webhooks/payments", "/webhooks/mail")


def of_deal(data: str) -> bytes:
    return f'{{"type":"deal.changed","data":{data}}}'.encode("utf-8", "surrogatepass")


TAMELESS: dict[str, bytes] = {
    "nothing": b"",
    "no json": b"deal",
    "an array": b"[1]",
    "null": b"null",
    "a number": b"7",
    "cut": b'{"type":"deal.changed"',
    "two": b'{"a":1}{"b":2}',
    "100 000 deep": b'{"type":"deal.changed","data":' + b"[" * 100_000,
    "900 deep": of_deal("[" * 900 + "]" * 900),
    "21 deep": of_deal('{"a":' * 21 + "1" + "}" * 21),
    "not a number": of_deal('{"id":"7","x":NaN}'),
    "infinite": of_deal('{"id":"7","x":-Infinity}'),
    "a huge power": of_deal('{"id":"7","x":1e999999999}'),
    "a power beyond Decimal": of_deal('{"id":"7","x":1e99999999999999999999}'),
    "5000 digits": of_deal('{"id":"7","x":' + "9" * 5000 + "}"),
    "a key twice": of_deal('{"id":"7","id":"8"}'),
    "NUL": of_deal('{"id":"7","x":"\\u0000"}'),
    "NUL in a key": of_deal('{"id":"7","\\u0000":1}'),
    "half a surrogate pair": of_deal('{"id":"7","x":"\\ud800"}'),
    "latin-1": '{"type":"é"}'.encode("latin-1"),
    "utf-16": '{"type":"deal"}'.encode("utf-16"),
    "raw surrogates": of_deal('{"id":"\ud800"}'),
}


@pytest.mark.parametrize("path", SIGNED)
@pytest.mark.parametrize("body", TAMELESS.values(), ids=TAMELESS)
async def test_a_signed_body_that_is_not_tame_json_is_a_400(web: Web, path: str, body: bytes) -> None:
    reply = await web.signed(path, body)
    assert reply.status_code == 400, reply.text
    assert set(reply.json()) == {"error", "words", "places"}
    assert set(reply.json()["words"]) == {"ru", "en"}
    assert web.inbox.events() == []


WRONG: dict[str, Any] = {
    "no type": {"data": {"id": "7"}},
    "a type that is no word": {"type": 7, "data": {"id": "7"}},
    "a type that is a tree": {"type": {"a": 1}, "data": {}},
    "a type of a million letters": {"type": "a" * 200_000, "data": {}},
    "a type of another alphabet": {"type": "сделка", "data": {}},
    "data that is no object": {"type": "deal.changed", "data": "7"},
    "no data": {"type": "deal.changed"},
    "an id that is a number": {"type": "deal.changed", "data": {"id": 7}},
    "an id that is a path": {"type": "deal.changed", "data": {"id": "../../etc"}},
    "an id of a kilometre": {"type": "deal.changed", "data": {"id": "7" * 1000}},
    "an id with a newline": {"type": "deal.changed", "data": {"id": "7\n"}},
    "a deal that is no number": {
        "type": "deal.sign",
        "data": {"deal": "'; drop table inbox", "actor": "a", "document": "d"},
    },
    "a message without its fields": {"type": "deal.sign", "data": {"deal": "1"}},
    "a time without a zone": CHANGED | {"timestamp": "2026-03-02T12:00:00"},
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
async def test_a_body_of_the_wrong_shape_is_a_422(web: Web, body: dict[str, Any]) -> None:
    reply = await web.signed("/webhooks/crm", body)
    assert (reply.status_code, reply.json()["error"]) == (422, "does-not-fit")
    assert web.inbox.events() == []


async def test_a_million_characters_in_a_name_are_too_many(web: Web) -> None:
    order = {"client": {"name": "Ж" * 1_000_000}}
    reply = await web.signed("/webhooks/crm", {"type": "deal.created", "data": {"id": "1", "order": order}})
    assert (reply.status_code, reply.json()["error"]) == (413, "too-big")
    assert web.inbox.events() == []


@pytest.mark.parametrize("path", [*SIGNED, "/webhooks/bitrix24"])
async def test_a_body_without_a_length_is_cut_off_at_the_limit(web: Web, path: str) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 64 * 1024
            yield b"x" * 64 * 1024

    reply = await web.client.post(path, content=endless(), headers=JSON | signature(b""))
    assert reply.status_code == 413
    assert sent < 4 * MAX_BYTES


async def test_a_length_that_is_a_lie_is_believed_when_it_is_too_big(web: Web) -> None:
    for path in ("/webhooks/crm", "/nowhere", "/healthz"):
        headers = JSON | {"content-length": "999999999"}
        assert (await web.client.post(path, content=b"", headers=headers)).status_code == 413


WRONG_TYPES = {
    "none": {},
    "text": {"content-type": "text/plain"},
    "a form": FORM,
    "json in another charset": {"content-type": "application/json; charset=windows-1251"},
    "gzip": JSON | {"content-encoding": "gzip"},
    "brotli": JSON | {"content-encoding": "br"},
}


@pytest.mark.parametrize("headers", WRONG_TYPES.values(), ids=WRONG_TYPES)
async def test_another_content_type_is_a_415(web: Web, headers: dict[str, str]) -> None:
    body = json.dumps(CHANGED).encode()
    reply = await web.client.post("/webhooks/crm", content=body, headers=headers | signature(body))
    assert (reply.status_code, reply.json()["error"]) == (415, "wrong-type")


BAD_FORMS = {
    "not UTF-8": b"event=%FF%FE",
    "raw bytes": b"event=\xff",
    "too many fields": b"&".join(b"a[%d]=1" % n for n in range(400)),
    "too deep": b"a" + b"[b]" * 40 + b"=1",
    "NUL": b"event=%00",
    "half a surrogate pair": b"event=%ED%A0%80",
}


@pytest.mark.parametrize("body", BAD_FORMS.values(), ids=BAD_FORMS)
async def test_a_form_that_is_not_tame_is_a_400(web: Web, body: bytes) -> None:
    reply = await web.client.post("/webhooks/bitrix24", content=body, headers=FORM)
    assert reply.status_code == 400, reply.text


ODD_FORMS = {
    "nothing": b"",
    "no brackets": b"auth=1&event=2",
    "broken brackets": b"auth[application_token=x&auth]x[=1",
    "a value and a tree in one place": f"auth=1&auth[application_token]={TOKEN}x".encode(),
}


@pytest.mark.parametrize("body", ODD_FORMS.values(), ids=ODD_FORMS)
async def test_an_odd_form_has_no_token(web: Web, body: bytes) -> None:
    assert (await web.client.post("/webhooks/bitrix24", content=body, headers=FORM)).status_code == 403


async def test_a_form_made_to_be_slow_is_not(web: Web) -> None:
    body = b"&".join(b"a[]=1" for _ in range(300)) + b"x" * 200_000
    began = time.perf_counter()
    assert (await web.client.post("/webhooks/bitrix24", content=body, headers=FORM)).status_code in (400, 403)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
async def test_a_hook_has_one_method(web: Web, method: str) -> None:
    reply = await web.client.request(method, "/webhooks/crm")
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
    assert reply.json()["error"] == "method-not-allowed"
