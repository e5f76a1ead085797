"""The signed webhooks: who may send, what is stored, and that nothing is stored twice."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import records
from tests.support.hooks import CHANGED, JSON, NEW, OLD, Web, signature, web_on, web_settings

PAID = {
    "type": "payment.received",
    "data": {"id": "PP-1", "deal": "1042", "amount": 1250000.10, "currency": "RUB", "date": "2026-03-02"},
}


async def test_a_signed_event_is_stored_before_the_answer_and_the_relay_hears_of_it(web: Web) -> None:
    reply = await web.signed("/webhooks/crm", CHANGED)
    assert (reply.status_code, reply.json()) == (200, {"seq": 1, "repeated": False})
    (event,) = web.inbox.events()
    assert (event.source, event.key, event.kind, event.subject) == (
        "crm",
        "msg_1",
        "deal.changed",
        "crm:7405",
    )
    assert event.body["data"] == {"id": "7405"}
    assert web.relay.nudges == 1


async def test_a_replayed_id_is_answered_and_has_no_second_effect(web: Web) -> None:
    await web.signed("/webhooks/crm", CHANGED)
    reply = await web.signed("/webhooks/crm", CHANGED)
    assert (reply.status_code, reply.json()) == (200, {"seq": 1, "repeated": True})
    assert [event.times for event in web.inbox.events()] == [2]


async def test_an_id_that_comes_with_another_body_is_a_conflict_and_the_first_stands(web: Web) -> None:
    await web.signed("/webhooks/payments", PAID)
    other = PAID | {"data": PAID["data"] | {"amount": 1}}  # type: ignore[operator]
    reply = await web.signed("/webhooks/payments", other)
    assert (reply.status_code, reply.json()["error"]) == (409, "other-body")
    assert [event.body["data"]["amount"] for event in web.inbox.events()] == ["1250000.1"]


async def test_money_is_kept_to_the_kopeck_however_it_was_written(web: Web) -> None:
    raw = (
        b'{"type":"payment.received","data":{"id":"1","deal":"1","amount":9007199254740.93,"currency":"RUB"}}'
    )
    await web.signed("/webhooks/payments", raw)
    assert [event.body["data"]["amount"] for event in web.inbox.events()] == ["9007199254740.93"]


async def test_a_payment_without_the_banks_id_needs_its_whole_payment_order(web: Web) -> None:
    order = {"account": "40702810900000000118", "document": "118", "document_date": "2026-02-27"}
    unnamed = {name: value for name, value in PAID["data"].items() if name != "id"}  # type: ignore[attr-defined]
    reply = await web.signed("/webhooks/payments", PAID | {"data": unnamed | {"document": "118"}})
    assert reply.status_code == 422
    assert "account, document" in reply.text
    assert (await web.signed("/webhooks/payments", PAID | {"data": unnamed | order})).status_code == 200


@pytest.mark.parametrize("secret", [NEW, OLD])
async def test_both_secrets_are_good_while_they_rotate(web: Web, secret: str) -> None:
    assert (await web.signed("/webhooks/crm", CHANGED, secret=secret)).status_code == 200


async def test_the_headers_may_have_their_older_names(web: Web) -> None:
    assert (await web.signed("/webhooks/crm", CHANGED, prefix="svix-")).status_code == 200


@pytest.mark.parametrize("seconds", [-290, 290])
async def test_clocks_may_differ_by_less_than_five_minutes(web: Web, seconds: int) -> None:
    assert (await web.signed("/webhooks/crm", CHANGED, at=time.time() + seconds)).status_code == 200


BODY = b'{"type":"deal.changed","data":{"id":"7405"}}'
Headers = dict[str, str]
SPOILT: dict[str, Callable[[Headers], Headers]] = {
    "none": lambda good: {},
    "another secret": lambda good: signature(BODY, secret="whsec_" + "AAAA" * 10),
    "too old": lambda good: signature(BODY, at=time.time() - 301),
    "too new": lambda good: signature(BODY, at=time.time() + 310),
    "another id": lambda good: good | {"webhook-id": "msg_2"},
    "another time": lambda good: good | {"webhook-timestamp": str(int(good["webhook-timestamp"]) + 1)},
    "no time": lambda good: good | {"webhook-timestamp": "soon"},
    "not a number": lambda good: good | {"webhook-timestamp": "nan"},
    "a time of 309 digits": lambda good: good | {"webhook-timestamp": "9" * 309},
    "not ASCII": lambda good: good | {"webhook-signature": "v1,é".encode()},  # type: ignore[dict-item]
    "cut": lambda good: good | {"webhook-signature": good["webhook-signature"][:-4]},
    "no comma": lambda good: good | {"webhook-signature": "v1"},
    "two commas": lambda good: good | {"webhook-signature": "v1,a,b"},
    "not base64": lambda good: good | {"webhook-signature": "v1,%%%"},
    "another version": lambda good: (
        good | {"webhook-signature": good["webhook-signature"].replace("v1", "v2")}
    ),
    "empty": lambda good: good | {"webhook-signature": ""},
    "a hundred": lambda good: good | {"webhook-signature": " ".join(["v1,AAAA"] * 100)},
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
async def test_a_bad_signature_stores_nothing_and_is_told_nothing(
    web: Web, spoil: Callable[[Headers], Headers]
) -> None:
    reply = await web.client.post("/webhooks/crm", content=BODY, headers=JSON | spoil(signature(BODY)))
    assert (reply.status_code, reply.json()["error"]) == (401, "wrong-signature")
    assert web.inbox.events() == []


async def test_the_body_is_signed_to_the_byte(web: Web) -> None:
    reply = await web.client.post("/webhooks/crm", content=BODY + b" ", headers=JSON | signature(BODY))
    assert reply.status_code == 401


async def test_each_hook_has_a_secret_of_its_own(web: Web) -> None:
    assert (await web.signed("/webhooks/payments", PAID, secret=OLD)).status_code == 401


async def test_a_good_signature_among_others_is_found(web: Web) -> None:
    good = signature(BODY)
    both = good | {"webhook-signature": f"v1,AAAA v1a,xyz {good['webhook-signature']}"}
    assert (await web.client.post("/webhooks/crm", content=BODY, headers=JSON | both)).status_code == 200


async def test_an_id_that_no_index_should_hold_is_refused(web: Web) -> None:
    assert (await web.signed("/webhooks/crm", CHANGED, id="x" * 201)).json()["error"] == "bad-id"


TOLD: dict[str, tuple[str, dict[str, Any], str, str | None]] = {
    "decide": (
        "/webhooks/crm",
        {
            "type": "deal.decide",
            "data": {"deal": "1042", "actor": "client", "approval": "contract", "approve": True},
        },
        *("deal:1042", "1042"),
    ),
    "created": (
        "/webhooks/crm",
        {"type": "deal.created", "data": {"id": "A-17", "order": {"client": {"name": "ООО"}}}},
        *("crm:A-17", None),
    ),
    "paid": ("/webhooks/payments", PAID, "deal:1042", "1042"),
    "bounced": (
        "/webhooks/mail",
        {"type": "email.bounced", "data": {"to": ["a@clinic.example"], "tags": {"deal": "1042"}}},
        *("deal:1042", "1042"),
    ),
    "complained": (
        "/webhooks/mail",
        {
            "type": "email.complained",
            "data": {"to": ["a@clinic.example"], "tags": [{"name": "deal", "value": "7"}]},
        },
        *("deal:7", "7"),
    ),
    "of no known deal": (
        "/webhooks/mail",
        {"type": "email.bounced", "data": {"to": ["a@clinic.example"]}},
        *("mail:msg_1", None),
    ),
    "unknown": (
        "/webhooks/payments",
        {"type": "payment.refunded", "data": {"id": "1"}},
        *("payments:msg_1", None),
    ),
}


@pytest.mark.parametrize(("path", "body", "subject", "deal"), TOLD.values(), ids=TOLD)
async def test_every_kind_waits_in_the_order_of_its_deal(
    web: Web, path: str, body: dict[str, Any], subject: str, deal: str | None
) -> None:
    reply = await web.signed(path, body)
    assert reply.status_code == 200, reply.text
    (event,) = web.inbox.events(status="new")
    assert (event.kind, event.subject, event.deal, event.body) == (body["type"], subject, deal, event.body)


async def test_what_mail_tells_beside_failures_leaves_a_trace_only(web: Web) -> None:
    await web.signed("/webhooks/mail", {"type": "email.delivered", "data": {"to": ["a@b.example"]}})
    assert [event.status for event in web.inbox.events()] == ["ignored"]


async def test_what_does_not_fit_is_told_by_place_and_never_repeated(web: Web) -> None:
    body = {"type": "payment.received", "data": {"id": "1", "deal": "1042", "amount": "secret words"}}
    reply = await web.signed("/webhooks/payments", body)
    assert reply.status_code == 422
    assert {words["ru"] for words in reply.json()["places"]} == {
        "data.amount: сумма пишется как 1250000.00",
        "data.currency: не заполнено",
    }
    assert "secret words" not in reply.text
    assert web.inbox.events() == []


async def test_while_the_records_are_locked_the_answer_is_to_come_again(
    web_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.sqlite.BUSY_MS", 50)
    async with web_on(web_settings(web_home)) as web:
        holder = sqlite3.connect(web_home / "records.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        refused = await web.signed("/webhooks/crm", CHANGED)
        holder.close()
        assert (refused.status_code, refused.json()["error"]) == (503, "not-now")
        assert int(refused.headers["retry-after"]) > 0
        assert (await web.signed("/webhooks/crm", CHANGED)).json()["repeated"] is False


async def test_without_tables_nothing_is_accepted(tmp_path: Path) -> None:
    async with web_on(web_settings(tmp_path)) as web:
        assert (await web.signed("/webhooks/crm", CHANGED)).status_code == 503
        assert (await web.client.get("/healthz")).status_code == 503


async def test_a_burst_of_500_events_is_stored_whole_in_few_transactions(web: Web) -> None:
    def event(n: int) -> Any:
        body = CHANGED | {"data": {"id": str(n % 20)}}
        return web.signed("/webhooks/crm", body, id=f"m{n}")

    replies = await asyncio.gather(*map(event, range(500)))
    assert {reply.status_code for reply in replies} == {200}
    assert sorted(reply.json()["seq"] for reply in replies) == list(range(1, 501))
    assert web.inbox.waiting().events == 500
    assert web.relay.nudges < 100


async def test_fifty_copies_at_once_are_one_event(web: Web) -> None:
    replies = await asyncio.gather(*(web.signed("/webhooks/crm", CHANGED) for _ in range(50)))
    assert sorted(reply.json()["repeated"] for reply in replies) == [False] + [True] * 49
    assert [event.times for event in web.inbox.events()] == [50]


async def test_a_payment_is_not_accepted_into_records_that_were_deleted(web: Web, web_home: Path) -> None:
    await web.signed("/webhooks/payments", PAID)
    delete_records(web_home)
    refused = await web.signed("/webhooks/payments", PAID, id="pp-2")
    assert (refused.status_code, refused.json()["error"]) == (503, "not-now")
    records.migrate(web_settings(web_home).database_url)
    assert (await web.signed("/webhooks/payments", PAID, id="pp-2")).status_code == 200
    assert [event.key for event in web.inbox.events()] == ["pp-2"], "in the file that is there now"


def delete_records(home: Path) -> None:
    for part in home.glob("records.db*"):
        part.unlink()
