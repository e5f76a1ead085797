"""Bitrix24's webhook: both shapes, every event that concerns a deal, and nobody without the token."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from pydantic import SecretStr

from adapters.crm.bitrix24.building.by_hand import EVENTS as TO_TICK
from starter.web.bitrix24 import understood
from tests.support.hooks import (
    JSON,
    MEMBER,
    PORTAL,
    TOKEN,
    Web,
    bracketed,
    portal_event,
    short,
    web_on,
    web_settings,
)

UPDATED = portal_event("ONCRMDEALUPDATE", {"FIELDS": {"ID": "7405"}})


async def send(web: Web, event: dict[str, Any]) -> httpx.Response:
    form = {"content-type": "application/x-www-form-urlencoded"}
    return await web.client.post("/webhooks/bitrix24", content=urlencode(bracketed(event)), headers=form)


@pytest.mark.parametrize("event", [UPDATED, short(UPDATED)], ids=["full", "short"])
async def test_both_shapes_are_stored_without_what_signs_them(web: Web, event: dict[str, Any]) -> None:
    assert (await send(web, event)).status_code == 200
    (stored,) = web.inbox.events()
    assert (stored.source, stored.kind, stored.subject) == ("bitrix24", "ONCRMDEALUPDATE", "crm:7405")
    assert stored.body == {
        **{"event": "ONCRMDEALUPDATE", "thing": "deal", "id": "7405", "ts": "1766047124"},
        "data": {"FIELDS": {"ID": "7405"}},
        "portal": stored.body["portal"],
    }
    assert stored.body["portal"] | {"key": ""} == {"domain": PORTAL, "member_id": MEMBER, "key": ""}
    assert TOKEN not in json.dumps(stored.body)
    assert web.relay.nudges == 1


async def test_of_a_bots_event_that_is_sent_here_nothing_is_kept(web: Web) -> None:
    """The desk fetches those of its own; what is sent has the tokens of whoever the bot belongs to."""
    bot = {"id": "456", "code": "x", "auth": {"access_token": "0b02a069"}}
    assert (
        await send(web, portal_event("ONIMBOTV2COMMANDADD", {"bot": bot, "user": {"id": "5"}}))
    ).status_code == 200
    (stored,) = web.inbox.events()
    assert (stored.status, stored.body["data"]) == ("ignored", None)
    assert "0b02a069" not in json.dumps(stored.body)


async def test_the_same_tree_comes_as_json_too(web: Web) -> None:
    reply = await web.client.post("/webhooks/bitrix24", json=UPDATED)
    assert (reply.status_code, web.inbox.events()[0].subject) == (200, "crm:7405")


NOWHERE = {"IS_ACCESSIBLE_BEFORE": "undefined", "IS_ACCESSIBLE_AFTER": "undefined"}
EVENTS: dict[str, tuple[dict[str, Any], str]] = {
    "ONCRMDEALADD": ({"FIELDS": {"ID": "1"}}, "crm:1"),
    "ONCRMDEALDELETE": ({"FIELDS": {"ID": "1"}}, "crm:1"),
    "ONCRMDEALMOVETOCATEGORY": ({"FIELDS": {"ID": "1", "CATEGORY_ID": "2", "STAGE_ID": "C2:NEW"}}, "crm:1"),
    "ONCRMDYNAMICITEMUPDATE": ({"FIELDS": {"ID": "24", "ENTITY_TYPE_ID": "1220"}}, "crm-line:1220:24"),
    "ONCRMDYNAMICITEMADD_1220": ({"FIELDS": {"ID": "24"}}, "crm-line:1220:24"),
    "ONTASKADD": ({"FIELDS_BEFORE": "undefined", "FIELDS_AFTER": {"ID": "9"}, **NOWHERE}, "crm-task:9"),
    "ONTASKUPDATE": ({"FIELDS_BEFORE": {"ID": "9"}, "FIELDS_AFTER": {"ID": "9"}, **NOWHERE}, "crm-task:9"),
    "ONTASKDELETE": ({"FIELDS_BEFORE": {"ID": "9"}, "FIELDS_AFTER": "undefined", **NOWHERE}, "crm-task:9"),
    "ONCRMLEADUPDATE": ({"FIELDS": {"ID": "3"}}, "crm-lead:3"),
    "ONCRMCOMPANYUPDATE": ({"FIELDS": {"ID": "3"}}, "crm-company:3"),
    "ONCRMCONTACTUPDATE": ({"FIELDS": {"ID": "3"}}, "crm-contact:3"),
    "onCrmRequisiteAdd": ({"FIELDS": {"ID": "27"}}, "crm-requisite:27"),
    "OnCrmDealUpdate": ({"FIELDS": {"ID": "1"}}, "crm:1"),
}


@pytest.mark.parametrize(
    ("name", "data", "subject"), [(name, *rest) for name, rest in EVENTS.items()], ids=list(EVENTS)
)
async def test_every_event_of_a_deal_says_what_it_is_about(
    web: Web, name: str, data: dict[str, Any], subject: str
) -> None:
    await send(web, portal_event(name, data))
    (stored,) = web.inbox.events()
    assert (stored.status, stored.subject) == ("new", subject)
    assert stored.body["id"] == subject.rpartition(":")[2]
    if stored.body["thing"] == "line":
        assert stored.body["entity_type"] == "1220"


def test_all_that_happens_to_a_clients_cards_is_to_be_ticked_and_understood() -> None:
    whatever = {"FIELDS": {"ID": "7", "ENTITY_TYPE_ID": "1220"}, "FIELDS_BEFORE": {"ID": "7"}}
    assert [name for name in TO_TICK if understood(name, {"data": whatever}).ignored] == []
    cards = {
        f"ONCRM{card}{act}"
        for card in ("COMPANY", "CONTACT", "REQUISITE")
        for act in ("ADD", "UPDATE", "DELETE")
    }
    assert cards <= set(TO_TICK)


OTHERS: dict[str, Any] = {
    "ONCRMCONTACTUSERFIELDUPDATE": {"FIELDS": {"ID": "1", "FIELD_NAME": "UF_CRM_1"}},
    "ONCRMDEALUSERFIELDUPDATE": {
        "FIELDS": {"ID": "6947", "FIELD_NAME": "UF_CRM_1"}
    },  # the id of a field, no deal
    "ONCRMDEALRECURRINGADD": {"FIELDS": {"ID": "11", "RECURRING_DEAL_ID": "6797"}},
    "ONTASKCOMMENTADD": {"FIELDS_BEFORE": "undefined", "FIELDS_AFTER": {"ID": "1", "TASK_ID": "2"}},
    "ONOFFLINEEVENT": "[]",
    "ONCRMDEALUPDATE": {"FIELDS": {"ID": "1 OR 1=1"}},
    "ONCRMDEALDELETE": {"FIELDS": "undefined"},
}


@pytest.mark.parametrize(("name", "data"), OTHERS.items(), ids=OTHERS)
async def test_what_concerns_no_deal_leaves_a_trace_only(web: Web, name: str, data: Any) -> None:
    assert (await send(web, portal_event(name, data))).status_code == 200
    assert [(event.kind, event.status) for event in web.inbox.events()] == [(name, "ignored")]


async def test_two_equal_events_are_two_as_they_have_no_id(web: Web) -> None:
    await asyncio.gather(*(send(web, UPDATED) for _ in range(20)))
    assert web.inbox.waiting().events == 20


WRONG_AUTH: dict[str, dict[str, str]] = {
    "another token": {"application_token": "x" * 32},
    "none": {"application_token": ""},
    "letters of another alphabet": {"application_token": "токен"},
}


@pytest.mark.parametrize("auth", WRONG_AUTH.values(), ids=WRONG_AUTH)
async def test_without_the_token_nothing_is_stored_and_no_log_repeats_it(
    web: Web, auth: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        reply = await send(web, portal_event("ONCRMDEALUPDATE", {"FIELDS": {"ID": "1"}}, **auth))
    assert reply.status_code == 403
    assert web.inbox.events() == []
    assert "was turned away" in caplog.text
    assert TOKEN not in caplog.text + reply.text
    assert not auth.get("application_token") or auth["application_token"] not in caplog.text + reply.text


async def test_a_desk_without_a_token_trusts_no_portal(web_home: Path) -> None:
    settings = web_settings(web_home).model_copy(update={"bitrix24_token": SecretStr("")})
    async with web_on(settings) as web:
        event = portal_event("ONCRMDEALUPDATE", {"FIELDS": {"ID": "1"}}, application_token="")
        assert (await send(web, event)).status_code == 403


async def test_an_auth_that_is_no_tree_is_no_token(web: Web) -> None:
    for auth in ("words", ["a"], None, 7):
        reply = await web.client.post(
            "/webhooks/bitrix24", content=json.dumps(UPDATED | {"auth": auth}), headers=JSON
        )
        assert reply.status_code == 403


async def test_a_renamed_portal_is_the_same_by_its_token_and_member(web: Web, web_home: Path) -> None:
    event = portal_event("ONCRMDEALUPDATE", {"FIELDS": {"ID": "1"}})
    assert (await send(web, event)).status_code == 200
    event["auth"]["domain"] = "renamed.bitrix24.example"
    assert (await send(web, event)).status_code == 200
    event["auth"]["member_id"] = "f" * 32
    assert (await send(web, event)).status_code == 403
    async with web_on(web_settings(web_home)) as later:
        assert (await send(later, event)).status_code == 403, "it is known after a restart, too"
        event["auth"].pop("member_id")
        assert (await send(later, event)).status_code == 200, "the token alone is proof"
    assert web.inbox.waiting().events == 3


async def test_a_new_token_may_be_another_portals(web: Web, web_home: Path) -> None:
    event = portal_event("ONCRMDEALUPDATE", {"FIELDS": {"ID": "1"}})
    await send(web, event)
    settings = web_settings(web_home).model_copy(update={"bitrix24_token": SecretStr("another")})
    async with web_on(settings) as later:
        event["auth"] |= {"member_id": "f" * 32, "application_token": "another"}
        assert (await send(later, event)).status_code == 200


def by_robot(*document: str) -> str:
    """As the robot "Webhook" posts it: what it runs on, and no token."""
    who = {"auth[domain]": PORTAL, "auth[member_id]": MEMBER}
    return urlencode([*(("document_id[]", part) for part in document), *who.items()])


async def robot(web: Web, body: str, token: str = TOKEN) -> httpx.Response:
    form = {"content-type": "application/x-www-form-urlencoded"}
    return await web.client.post(f"/webhooks/bitrix24?token={token}", content=body, headers=form)


async def test_the_robot_webhook_is_a_hint_with_the_token_in_its_address(web: Web) -> None:
    assert (await robot(web, by_robot("crm", "CCrmDocumentDeal", "DEAL_7405"))).status_code == 200
    dynamic = by_robot("crm", "Bitrix\\Crm\\Integration\\BizProc\\Document\\Dynamic", "DYNAMIC_1220_24")
    await robot(web, dynamic)
    line, deal = web.inbox.events()
    assert (deal.kind, deal.status, deal.subject) == ("ROBOT", "new", "crm:7405")
    assert (line.status, line.subject) == ("new", "crm-line:1220:24")
    assert TOKEN not in json.dumps([deal.body, line.body])


@pytest.mark.parametrize(
    "body",
    [
        by_robot("crm", "CCrmDocumentLead", "LEAD_3"),
        by_robot("crm", "CCrmDocumentDeal", "DEAL_1 OR 1=1"),
        by_robot("lists", "BizprocDocument", "7"),
        "document_id=DEAL_7",
    ],
)
async def test_what_a_robot_runs_on_that_is_no_deal_leaves_a_trace_only(web: Web, body: str) -> None:
    assert (await robot(web, body)).status_code == 200
    assert [event.status for event in web.inbox.events()] == ["ignored"]


async def test_a_robot_without_the_token_is_turned_away(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    body = by_robot("crm", "CCrmDocumentDeal", "DEAL_7405")
    with caplog.at_level(logging.DEBUG):
        for token in ("", "x", "токен"):
            assert (await robot(web, body, token)).status_code == 403
        assert (await robot(web, body)).status_code == 200
    assert not any(TOKEN in record.getMessage() for record in caplog.records if record.name != "httpx")
    assert len(web.inbox.events()) == 1


async def test_the_token_in_an_address_is_none_of_an_events(web: Web) -> None:
    event = urlencode(
        bracketed(portal_event("ONCRMDEALUPDATE", {"FIELDS": {"ID": "1"}}, application_token=""))
    )
    assert (await robot(web, event)).status_code == 403
