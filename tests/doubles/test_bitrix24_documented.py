"""The double against the documentation's own examples, method by method of those the adapter calls.

`documented.json` has of each its page, the keys and kinds of its example's answer, and, where it writes, the fields that the page
lists: facts of the official documentation (bitrix24/b24restdocs, MIT, of 2026-08-21), without its text or values. `any` is what an
example leaves empty, `as` another method whose object it is; custom fields and relations are left out.
"""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from adapters.crm.bitrix24.building.setup import Setup
from adapters.crm.bitrix24.calls import CALLS
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.port import Bitrix24Crm
from domain.effects import AttachFile
from tests.activities.bitrix24.building import NoLimit, with_people
from tests.activities.bitrix24.test_port import CLIENT, carry_out, fields, line, story
from tests.doubles.bitrix24 import COMPANY, DEAL, Double
from tests.doubles.conftest import Caller
from tests.doubles.overheard import Overheard
from tests.factories import a_playbook

DOCUMENTED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "documented.json").read_text())
WRITES = [method for method, known in DOCUMENTED.items() if "writes" in known]
OWN = re.compile(r"(?i)uf_?crm|parentid\d|utm")
TASK = ["ID", "TITLE", "DESCRIPTION", "CREATED_BY", "RESPONSIBLE_ID", "DEADLINE", "STATUS", "CREATED_DATE"]

BOT = {"botId": 3, "botToken": "t"}
BUTTONS = [{"TEXT": "Yes", "COMMAND": "x", "COMMAND_PARAMS": "1"}]

SETUP: dict[str, dict[str, Any]] = {
    "crm.type.add": {"fields": {"title": "SPA", "code": "SPA", "isStagesEnabled": "Y"}},
    "crm.category.add": {"entityTypeId": DEAL, "fields": {"name": "Sales", "sort": 50}},
    "crm.status.add": {
        "fields": {"ENTITY_ID": "DEAL_STAGE_2", "STATUS_ID": "DECISION", "NAME": "x", "SORT": 15}
    },
    "userfieldconfig.add": {
        "moduleId": "crm",
        "field": {
            "entityId": "CRM_1",
            "fieldName": "UF_CRM_1_LIST",
            "userTypeId": "enumeration",
            "editFormLabel": {"en": "List"},
            "enum": [{"value": "One", "def": "N", "sort": 100}],
        },
    },
    "lists.add": {"IBLOCK_TYPE_ID": "lists", "IBLOCK_CODE": "books", "FIELDS": {"NAME": "Books"}},
    "lists.element.add": {
        "IBLOCK_TYPE_ID": "lists",
        "IBLOCK_ID": 101,
        "ELEMENT_CODE": "one",
        "FIELDS": {"NAME": "One"},
    },
    "crm.item.add": {
        "entityTypeId": DEAL,
        "fields": {"title": "One", "companyId": 1, "contactIds": [1], "probability": 5, "observers": [1]},
    },
    "crm.item.productrow.add": {
        "fields": {
            "ownerId": 1,
            "ownerType": "D",
            "productId": 5,
            "productName": "x",
            "price": 9,
            "taxRate": 22,
        }
    },
    "crm.requisite.add": {"fields": {"ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": 1, "PRESET_ID": 1, "NAME": "x"}},
    "crm.requisite.link.register": {
        "fields": {
            "ENTITY_TYPE_ID": DEAL,
            "ENTITY_ID": 1,
            "REQUISITE_ID": 1,
            "BANK_DETAIL_ID": 0,
            "MC_REQUISITE_ID": 0,
            "MC_BANK_DETAIL_ID": 0,
        }
    },
    "crm.timeline.comment.add": {
        "fields": {"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "x", "FILES": [["1.pdf", "JVBERi0="]]}
    },
    "tasks.task.add": {
        "fields": {
            "TITLE": "x",
            "RESPONSIBLE_ID": 2,
            "DEADLINE": "2026-12-01T10:00:00+03:00",
            "DESCRIPTION": "y",
            "UF_CRM_TASK": ["D_1"],
        }
    },
    "im.notify.personal.add": {"USER_ID": 2, "MESSAGE": "x"},
    "imbot.v2.Bot.register": {
        "fields": {"code": "x", "botToken": "t", "type": "personal", "properties": {"name": "x"}}
    },
    "imbot.v2.Command.register": BOT | {"fields": {"command": "x", "hidden": "Y"}},
    "imbot.v2.Chat.Message.send": BOT
    | {"dialogId": "2", "fields": {"message": "x", "keyboard": {"BOT_ID": 3, "BUTTONS": BUTTONS}}},
}
"""One of each thing, in the order in which they can be made."""

USE: dict[str, dict[str, Any]] = {
    "crm.category.update": {"entityTypeId": DEAL, "id": 2, "fields": {"name": "Two"}},
    "crm.category.delete": {"entityTypeId": DEAL, "id": 2},
    "crm.type.delete": {"id": 1},
    "crm.item.delete": {"entityTypeId": DEAL, "id": 1},
    "crm.item.productrow.delete": {"id": 1},
    "crm.requisite.delete": {"id": 1},
    "crm.requisite.link.unregister": {"entityTypeId": DEAL, "entityId": 1},
    "crm.timeline.comment.delete": {"id": 1, "ownerTypeId": DEAL, "ownerId": 1},
    "userfieldconfig.delete": {"moduleId": "crm", "id": 6001},
    "lists.delete": {"IBLOCK_TYPE_ID": "lists", "IBLOCK_ID": 101},
    "lists.element.delete": {"IBLOCK_TYPE_ID": "lists", "IBLOCK_ID": 101, "ELEMENT_ID": 6999},
    "im.notify.get": {"LIMIT": 20},
    "im.notify.delete": {"ID": 12345, "CLIENT_ID": "dealwright"},
    "user.current": {},
    "user.get": {},
    "scope": {},
    "profile": {},
    "batch": {"cmd": {"a": "user.get", "b": "crm.deal.get?id=99"}},
    "crm.item.get": {"entityTypeId": DEAL, "id": 1},
    "crm.item.list": {"entityTypeId": DEAL, "select": ["id", "title", "stageId", "opportunity"]},
    "crm.item.update": {"entityTypeId": DEAL, "id": 1, "fields": {"title": "Two"}},
    "crm.deal.update": {"id": 1, "fields": {"TITLE": "Two"}},
    "crm.item.productrow.list": {"filter": {"=ownerType": "D", "=ownerId": 1}},
    "crm.item.productrow.update": {"id": 1, "fields": {"price": 10}},
    "crm.duplicate.findbycomm": {"type": "EMAIL", "values": ["a@b.example"], "entity_type": "CONTACT"},
    "crm.requisite.list": {"select": ["ENTITY_TYPE_ID", "ENTITY_ID", "ID", "NAME"]},
    "crm.requisite.link.get": {"entityTypeId": DEAL, "entityId": 1},
    "crm.requisite.preset.list": {"filter": {"COUNTRY_ID": "1"}, "select": ["ID", "NAME"]},
    "crm.timeline.comment.get": {"id": 1},
    "crm.timeline.comment.list": {"filter": {"ENTITY_ID": 1, "ENTITY_TYPE": "deal"}},
    "crm.category.list": {"entityTypeId": DEAL},
    "crm.status.list": {"filter": {"ENTITY_ID": "DEAL_STAGE_2"}, "order": {"SORT": "ASC"}},
    "crm.status.update": {"id": 101, "fields": {"NAME": "New name"}},
    "crm.type.list": {},
    "crm.type.update": {"id": 1, "fields": {"isAutomationEnabled": "N"}},
    "userfieldconfig.list": {"moduleId": "crm", "select": {"0": "*"}},
    "userfieldconfig.get": {"moduleId": "crm", "id": 6001},
    "userfieldconfig.update": {"moduleId": "crm", "id": 6001, "field": {"mandatory": "Y"}},
    "lists.get": {"IBLOCK_TYPE_ID": "lists"},
    "lists.element.get": {"IBLOCK_TYPE_ID": "lists", "IBLOCK_ID": 101},
    "lists.element.update": {
        "IBLOCK_TYPE_ID": "lists",
        "IBLOCK_ID": 101,
        "ELEMENT_ID": 6999,
        "FIELDS": {"NAME": "Two"},
    },
    "tasks.task.list": {"select": TASK},
    "tasks.task.get": {"taskId": 1, "select": [*TASK[:-2], "UF_CRM_TASK"]},
    "tasks.task.update": {"taskId": 1, "fields": {"TITLE": "z"}},
    "tasks.task.complete": {"taskId": 1},
    "tasks.task.renew": {"taskId": 1},
    "tasks.task.delete": {"taskId": 1},
    "crm.status.delete": {"id": "of DECISION"},
    "imbot.v2.Bot.update": BOT | {"fields": {"eventMode": "fetch"}},
    "imbot.v2.Bot.get": {"botToken": "t", "code": "x"},
    "imbot.v2.Command.list": BOT,
    "imbot.v2.Chat.get": BOT | {"dialogId": "2"},
    "imbot.v2.Chat.Message.update": BOT | {"messageId": 789, "fields": {"message": "y", "keyboard": "N"}},
    "imbot.v2.Chat.Message.getContext": BOT | {"messageId": 789},
    "imbot.v2.Event.get": BOT,
}


@pytest.fixture
async def furnished(portal: Double, call: Caller) -> dict[str, Any]:
    """Answers of all that makes something, by method."""
    hand = portal.as_user(1)
    hand.add_deal(
        "x",
        company={"title": "y"},
        contact={"name": "z", "fm": [{"typeId": "EMAIL", "value": "a@b.example"}]},
    )
    portal.state.deals().clear()
    portal.state._serial["item 2"] = 0
    made = {method: await call(method, **params) for method, params in SETUP.items()}
    portal.as_user(2).press(made["imbot.v2.Chat.Message.send"]["id"], "Yes")
    return made


def example(method: str) -> Any:
    """The object that a method shows, out of what it wraps it in."""
    found = DOCUMENTED[method]["answer"]
    while (isinstance(found, list) and found) or (isinstance(found, dict) and len(found) == 1):
        found = found[0] if isinstance(found, list) else next(iter(found.values()))
    return example(found.removeprefix("as ")) if isinstance(found, str) and found.startswith("as ") else found


def undocumented(shown: Any, documented: Any, path: str = "") -> Iterator[str]:
    """Where an answer has a key that the example has not, or another kind of value."""
    if isinstance(documented, str) and documented.startswith("as "):
        documented = example(documented.removeprefix("as "))
    if documented == "any" or shown is None:
        return
    if documented == "map":
        if not isinstance(shown, dict | list):
            yield f"{path} is no map"
    elif isinstance(documented, dict):
        if not isinstance(shown, dict):
            if shown:  # what is empty comes as a list
                yield f"{path} is no object"
            return
        for key, value in shown.items():
            if key in documented:
                yield from undocumented(value, documented[key], f"{path}.{key}")
            elif not OWN.match(key) and not path.endswith((".settings", "Label")):
                yield f"{path}.{key} is not documented"
    elif isinstance(documented, list):
        if not isinstance(shown, list):
            yield f"{path} is no list"
            return
        for one in shown:
            if documented:
                yield from undocumented(one, documented[0], f"{path}[]")
    elif _kind(shown) != documented:
        yield f"{path} is {_kind(shown)}, not {documented}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else type(value).__name__


def test_every_call_of_the_adapter_is_documented_and_tried() -> None:
    """A new call needs its page and its example's keys in documented.json, a method of the double, and its line above."""
    assert set(DOCUMENTED) == set(CALLS) == {*SETUP, *USE}


@pytest.mark.parametrize("method", DOCUMENTED)
async def test_an_answer_has_the_documented_keys_and_kinds(
    portal: Double, call: Caller, furnished: dict[str, Any], method: str
) -> None:
    if method == "tasks.task.renew":
        await call("tasks.task.complete", taskId=1)
    if method in SETUP:
        answer = furnished[method]
    elif method == "crm.status.delete":
        answer = await call(method, id=furnished["crm.status.add"])
    else:
        answer = await call(method, **USE[method])
    documented = DOCUMENTED[method]["answer"]
    if method == "crm.item.get":  # the example is a lead's; of deals `add` shows all there is
        documented = DOCUMENTED["crm.item.add"]["answer"]
    assert list(undocumented(answer, documented)) == []


# --- what a method writes ---------------------------------------------------------------------------------------------------


def _object(params: dict[str, Any]) -> str:
    return next(name for name in ("fields", "field", "FIELDS") if name in params)


def _unlisted(method: str) -> dict[str, str]:
    """What the method shows and the page does not list for writing, and what no page knows."""
    shown = example(method)
    names = {*(shown if isinstance(shown, dict) else ()), "noSuchField", "NO_SUCH_FIELD", "xmlId", "XML_ID"}
    return {name: "9" for name in sorted(names) if not _listed(method, name)}


def _listed(method: str, name: str) -> bool:
    return any(fnmatchcase(name, known) for known in DOCUMENTED[method]["writes"]) or bool(OWN.match(name))


@pytest.mark.parametrize("method", [method for method in WRITES if method in USE])
async def test_a_field_that_is_not_listed_for_a_change_changes_nothing(
    portal: Double, call: Caller, furnished: dict[str, Any], method: str
) -> None:
    params = USE[method]
    await call(method, **params)
    before = _held(portal)
    answer = await call.raw(method, **params | {_object(params): _unlisted(method) | params[_object(params)]})
    refused = method == "crm.item.productrow.update"  # says so, where others are silent
    assert (answer.json().get("error") == "INVALID_ARG_VALUE") is refused
    assert _held(portal) == before


@pytest.mark.parametrize("method", [method for method in WRITES if method in SETUP])
async def test_a_field_that_is_not_listed_for_a_new_thing_makes_no_other(
    portal: Double, call: Caller, furnished: dict[str, Any], method: str
) -> None:
    """Two made alike, but for what the page does not list: they differ in their numbers only."""
    params = SETUP[method]
    there = _object(params)
    plain, laden = [
        await call(method, **_another(params, n) | {there: extra | _another(params, n)[there]})
        for n, extra in enumerate(({}, _unlisted(method)))
    ]
    assert _but_numbers(plain) == _but_numbers(laden)
    assert not re.search(r"noSuchField|NO_SUCH_FIELD", _held(portal))


def _another(params: dict[str, Any], n: int) -> dict[str, Any]:
    """Under codes of its own, where the portal wants that."""
    said = (
        json.dumps(params).replace("DECISION", f"D{n}").replace("_LIST", f"_L{n}").replace("books", f"b{n}")
    )
    return dict(json.loads(said.replace('"ELEMENT_CODE": "one"', f'"ELEMENT_CODE": "e{n}"')))


def _but_numbers(answer: Any) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|\d+", "0", json.dumps(answer, sort_keys=True))


def _held(portal: Double) -> str:
    """All but when."""
    held = {
        name: value for name, value in vars(portal.state).items() if name not in ("clock", "zone", "_serial")
    }
    return re.sub(r"datetime\.datetime\([^)]*\)+", "then", repr(held))


# --- what the adapter writes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("smart", [True, False])
async def test_the_adapter_writes_only_what_is_listed(portal: Double, smart: bool) -> None:
    """But for a task's XML_ID, which it does not rely on."""
    portal.smart = smart
    book, overheard = a_playbook(), Overheard()
    with_people(portal, book)
    client = Portal(portal.url, NoLimit(), transport=overheard)

    async def books() -> Any:
        return book

    async def files(digest: str) -> bytes:
        return b"%PDF-1.7"

    crm = Bitrix24Crm(client, books, files)
    assert (await Setup(client, book).build()).ok
    file = AttachFile(key="deal-1042:23:file", deal="1042", text="x", name="x.pdf", size=8, digest="0" * 64)
    numbers = {"kpp": "770501001", "ogrn": "1027700132195"}
    written = [w for w in story() if getattr(w, "person", "petrov") in book.people]
    await carry_out(crm, [*written, fields(20, **CLIENT, **numbers), line(21), line(22, quantity=3), file])
    [deal] = portal.state.find(DEAL, originId="1042")
    await crm.read(str(deal["id"]))
    await crm.close()
    unlisted = {
        (method, name)
        for method, params in overheard.calls
        if method in WRITES
        for name in params[_object(params)]
        if not _listed(method, name)
    }
    assert unlisted == {("tasks.task.add", "XML_ID")}
    assert {method for method, _ in overheard.calls} <= set(DOCUMENTED)
