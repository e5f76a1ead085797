"""The portal's double against the documentation's facts: shapes, rules, limits, events, faults."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
import uvicorn

from tests.doubles.bitrix24 import COMPANY, DEAL, Double, Limits, double
from tests.doubles.bitrix24.body import parse_query
from tests.doubles.bitrix24.names import camel_uf
from tests.doubles.bitrix24.server import Server
from tests.doubles.conftest import Caller

WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00")


class Receiver:
    """Takes the portal's events as an outside server would."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.bodies.append((await receive())["body"].decode())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    @property
    def names(self) -> list[str]:
        return [dict(parse_qsl(body))["event"] for body in self.bodies]

    @property
    def ids(self) -> list[str]:
        return [dict(parse_qsl(body))["data[FIELDS][ID]"] for body in self.bodies]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    taken = Receiver()
    server = Server(uvicorn.Config(taken, port=0, log_level="critical", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await server.ready.wait()
    taken.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/hook"
    yield taken
    server.stopping.set()
    await serving


# --- addresses, envelopes, errors ---------------------------------------------------------------------------------------


async def test_the_envelope_tells_the_time_and_what_the_work_cost(call: Caller) -> None:
    body = (await call.raw("crm.category.list", entityTypeId=DEAL)).json()
    assert body["total"] == 1
    assert body["result"]["categories"][0] == {
        "id": 0,
        "name": "Общая",
        "sort": 200,
        "entityTypeId": 2,
        "isDefault": "Y",
    }
    assert WHEN.fullmatch(body["time"]["date_start"])
    assert {"start", "finish", "duration", "processing", "operating", "operating_reset_at"} <= body[
        "time"
    ].keys()


async def test_the_door_knows_strangers_methods_and_scopes(portal: Double, call: Caller) -> None:
    stranger = await call.client.post(portal.url.replace("s3cr3tw0rd", "guess") + "profile", json={})
    assert (stranger.status_code, stranger.json()["error"]) == (401, "NO_AUTH_FOUND")
    assert (await call.fails("crm.nothing"))[:2] == (404, "ERROR_METHOD_NOT_FOUND")
    portal.webhooks[0].scopes = frozenset({"crm"})
    assert (await call.fails("user.get"))[:2] == (403, "insufficient_scope")


async def test_an_applications_token_expires(portal: Double, call: Caller) -> None:
    good, old = portal.token(2), portal.token(2, seconds=-1)
    address = f"{portal.address}/rest/user.current"
    assert (await call.client.post(address, json={"auth": good})).json()["result"][
        "EMAIL"
    ] == "ivanova@dealwright.example"
    refused = await call.client.post(address, json={"auth": old})
    assert (refused.status_code, refused.json()["error"]) == (401, "expired_token")


async def test_json_forms_and_addresses_say_the_same(portal: Double, call: Caller) -> None:
    id = await call("crm.deal.add", fields={"TITLE": "One"})
    form = {"id": id, "fields[TITLE]": "Two", "fields[CONTACT_IDS][]": ["7", "8"]}
    assert (await call.client.post(portal.url + "crm.deal.update.json", data=form)).json()["result"] is True
    got = await call.client.get(f"{portal.url}crm.item.get?entityTypeId=2&id={id}")
    assert (got.json()["result"]["item"]["title"], got.json()["result"]["item"]["contactIds"]) == (
        "Two",
        [7, 8],
    )


async def test_codes_are_words_empty_or_numbers(call: Caller) -> None:
    assert await call.fails("crm.item.get", entityTypeId=DEAL, id=7) == (
        400,
        "NOT_FOUND",
        "Element not found",
    )
    assert (await call.fails("crm.item.get", entityTypeId=190, id=7))[2] == "Smart process not found"
    assert await call.fails("crm.deal.get", id=7) == (400, "", "Not found")
    assert (await call.fails("crm.type.get", id=7))[1] == 0
    assert (await call.fails("tasks.task.complete", taskId=7))[1] == "0"
    assert (await call.fails("tasks.task.add", fields={"DESCRIPTION": "x"}))[2].endswith("<br>")


# --- items --------------------------------------------------------------------------------------------------------------


async def test_both_families_show_one_deal_each_in_its_own_spelling(call: Caller) -> None:
    fields = {
        "title": "УЗИ",
        "opportunity": 1000000,
        "originatorId": "dealwright",
        "originId": "7",
        "colour": "red",
    }
    item = (await call("crm.item.add", entityTypeId=DEAL, fields=fields))["item"]
    assert (item["opportunity"], item["opened"], item["stageId"], item["stageSemanticId"]) == (
        1000000,
        "Y",
        "NEW",
        "P",
    )
    assert "colour" not in item
    assert item["begindate"].endswith("T03:00:00+03:00"), (
        "a date is midnight in UTC, told in the portal's offset"
    )
    old = await call("crm.deal.get", ID=item["id"])
    assert (old["ID"], old["OPPORTUNITY"], old["ASSIGNED_BY_ID"], old["CLOSED"]) == (
        "1",
        "1000000.00",
        "1",
        "N",
    )
    assert old["DATE_MODIFY"] == item["updatedTime"]


@pytest.mark.parametrize(
    ("database", "wire"),
    [
        ("UF_CRM_1747309879", "ufCrm_1747309879"),
        ("UF_CRM_3_1747309727", "ufCrm3_1747309727"),
        ("UF_CRM_3_DIGIT", "ufCrm3Digit"),
        ("UF_CRM_3_DIGIT10", "ufCrm_3_DIGIT10"),
        ("UF_CRM_DW_PAYMENT_TYPE", "ufCrmDwPaymentType"),
    ],
)
def test_custom_fields_are_spelt_as_documented(database: str, wire: str) -> None:
    assert camel_uf(database) == wire


async def test_custom_fields_keep_what_fits_their_type(call: Caller) -> None:
    async def make(name: str, kind: str, **more: Any) -> int:
        return await call("crm.deal.userfield.add", fields={"FIELD_NAME": name, "USER_TYPE_ID": kind} | more)

    await make("DW_SUM", "money")
    field = await make(
        "DW_A",
        "enumeration",
        LIST=[{"VALUE": "Ждёт", "XML_ID": "waiting"}, {"VALUE": "Да", "XML_ID": "approve"}],
    )
    [shape] = await call("crm.deal.userfield.list", filter={"FIELD_NAME": "UF_CRM_DW_A"})
    assert shape["ID"] == str(field)
    option = next(o["ID"] for o in shape["LIST"] if o["XML_ID"] == "approve")
    given = {"ufCrmDwSum": "300|RUB", "ufCrmDwA": option, "UF_CRM_DW_SUM": "9|RUB"}
    item = (await call("crm.item.add", entityTypeId=DEAL, fields=given))["item"]
    assert (item["ufCrmDwSum"], item["ufCrmDwA"]) == ("300|RUB", int(option))
    original = await call("crm.item.get", entityTypeId=DEAL, id=item["id"], useOriginalUfNames="Y")
    assert original["item"]["UF_CRM_DW_SUM"] == "300|RUB"
    for bad in ({"ufCrmDwA": "approve"}, {"ufCrmDwSum": "300"}):
        refused = await call.fails("crm.item.update", entityTypeId=DEAL, id=item["id"], fields=bad)
        assert refused[1] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    too_long = {"FIELD_NAME": "X" * 44, "USER_TYPE_ID": "string"}
    assert (await call.fails("crm.deal.userfield.add", fields=too_long))[1] == "ERROR_CORE"


async def test_a_save_that_changes_nothing_is_not_performed(portal: Double, call: Caller) -> None:
    id = portal.as_user(2).add_deal("One")
    before = dict(portal.state.deals()[id])
    told = len(portal.events.told)
    await call("crm.item.update", entityTypeId=DEAL, id=id, fields={"title": "One", "nothing": 1})
    assert portal.state.deals()[id] == before
    assert len(portal.events.told) == told


async def test_a_field_is_not_cleared_by_null(portal: Double, call: Caller) -> None:
    await call("crm.deal.userfield.add", fields={"FIELD_NAME": "DW_WHO", "USER_TYPE_ID": "string"})
    id = portal.as_user(2).add_deal("One", UF_CRM_DW_WHO="ivanova")
    for value, left in ((None, "ivanova"), ("", None)):
        await call("crm.item.update", entityTypeId=DEAL, id=id, fields={"ufCrmDwWho": value})
        assert portal.state.deals()[id]["UF_CRM_DW_WHO"] == left


async def test_a_stage_must_belong_to_the_deals_funnel(portal: Double, call: Caller) -> None:
    funnel = (await call("crm.category.add", entityTypeId=DEAL, fields={"name": "Dealwright"}))["category"][
        "id"
    ]
    added = {"ENTITY_ID": f"DEAL_STAGE_{funnel}", "STATUS_ID": "DW_CUSTOMS", "NAME": "Таможня", "SORT": 55}
    await call("crm.status.add", fields=added)
    assert (await call.fails("crm.status.add", fields=added))[1] == "ERROR_CORE"
    beyond = await call.fails("crm.status.add", fields=added | {"STATUS_ID": "DW_LATE", "SORT": 900})
    assert beyond[1:] == ("", beyond[2])
    assert "after the final stage" in beyond[2]
    cancelled = added | {"STATUS_ID": "DW_CANCELLED", "SORT": 900, "SEMANTICS": "F"}
    await call("crm.status.add", fields=cancelled)

    id = portal.as_user(2).add_deal("One", category=funnel)
    item = (await call("crm.item.get", entityTypeId=DEAL, id=id))["item"]
    assert (item["stageId"], item["createdBy"]) == (f"C{funnel}:NEW", 2)
    wrong = await call.fails("crm.item.update", entityTypeId=DEAL, id=id, fields={"stageId": "DW_CUSTOMS"})
    assert wrong[1] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    fields = {"stageId": f"C{funnel}:DW_CANCELLED"}
    moved = (await call("crm.item.update", entityTypeId=DEAL, id=id, fields=fields))["item"]
    assert (moved["stageSemanticId"], moved["closed"], moved["movedBy"]) == ("F", "Y", 1)
    history = await call("crm.stagehistory.list", entityTypeId=DEAL, filter={"OWNER_ID": id})
    assert [row["TYPE_ID"] for row in history["items"]] == [1, 3]


async def test_mandatory_fields_are_asked_for(call: Caller) -> None:
    await call(
        "crm.deal.userfield.add", fields={"FIELD_NAME": "MUST", "USER_TYPE_ID": "string", "MANDATORY": "Y"}
    )
    assert (await call.fails("crm.item.add", entityTypeId=DEAL, fields={}))[1] == "CRM_FIELD_ERROR_REQUIRED"


async def test_lists_filter_order_select_and_page(portal: Double, call: Caller) -> None:
    for n in range(51):
        portal.as_user(2).add_deal(f"Deal {n}", opportunity=n * 10)
    first = (await call.raw("crm.item.list", entityTypeId=DEAL, select=["id"])).json()
    assert (len(first["result"]["items"]), first["total"], first["next"]) == (50, 51, 50)
    second = (await call.raw("crm.item.list", entityTypeId=DEAL, select=["id"], start=50)).json()
    assert ("next" in second, [row["id"] for row in second["result"]["items"]]) == (False, [51])
    uncounted = (await call.raw("crm.item.list", entityTypeId=DEAL, filter={">id": 50}, start=-1)).json()
    assert "total" not in uncounted
    assert len(uncounted["result"]["items"]) == 1
    either = {
        "logic": "OR",
        "0": {"%title": "deal 1", "<=opportunity": 10},
        "1": {"@opportunity": [490, 500]},
    }
    found = await call(
        "crm.item.list",
        entityTypeId=DEAL,
        filter={"0": either, "!id": 51},
        order={"id": "DESC"},
        select=["id"],
    )
    assert [row["id"] for row in found["items"]] == [50, 2]
    unknown = await call.fails("crm.item.list", entityTypeId=DEAL, filter={"=ufCrmGone": 1})
    assert unknown == (400, "INVALID_ARG_VALUE", "Invalid filter: field 'ufCrmGone' is not allowed in filter")


async def test_smart_processes_have_types_stages_fields_and_parents_of_their_own(
    portal: Double, call: Caller
) -> None:
    kind = (
        await call("crm.type.add", fields={"title": "Позиции", "code": "dealwright", "isStagesEnabled": "Y"})
    )["type"]
    number, id = kind["entityTypeId"], kind["id"]
    assert number >= 1030
    assert number % 2 == 0
    [category] = (await call("crm.category.list", entityTypeId=number))["categories"]
    entity, prefix = f"DYNAMIC_{number}_STAGE_{category['id']}", f"DT{number}_{category['id']}"
    await call(
        "crm.status.add",
        fields={"ENTITY_ID": entity, "STATUS_ID": f"{prefix}:DW_SENT", "NAME": "Отправлен", "SORT": 35},
    )
    field = {"entityId": f"CRM_{id}", "fieldName": f"UF_CRM_{id}_DW_SKU", "userTypeId": "string"}
    await call("userfieldconfig.add", moduleId="crm", field=field)
    deal = portal.as_user(2).add_deal("One")
    given = {
        "title": "УЗИ",
        "parentId2": deal,
        "xmlId": "1042-1",
        f"ufCrm{id}DwSku": "US-900",
        "stageId": f"{prefix}:DW_SENT",
    }
    item = (await call("crm.item.add", entityTypeId=number, fields=given))["item"]
    assert (item["parentId2"], item[f"ufCrm{id}DwSku"], item["stageId"]) == (
        deal,
        "US-900",
        f"{prefix}:DW_SENT",
    )
    by_parent = await call(
        "crm.item.list", entityTypeId=number, filter={"=parentId2": deal, "=xmlId": "1042-1"}
    )
    assert len(by_parent["items"]) == 1
    portal.smart = False
    assert (await call.fails("crm.type.add", fields={"title": "More"}))[1] == "CREATE_DYNAMIC_TYPE_RESTRICTED"


async def test_enumerations_of_smart_processes_tell_their_options_one_field_at_a_time(call: Caller) -> None:
    id = (await call("crm.type.add", fields={"title": "Позиции"}))["type"]["id"]
    enum = [{"value": "Ждёт", "xmlId": "waiting", "sort": 10}]
    field = {
        "entityId": f"CRM_{id}",
        "fieldName": f"UF_CRM_{id}_DW_A",
        "userTypeId": "enumeration",
        "enum": enum,
    }
    made = (await call("userfieldconfig.add", moduleId="crm", field=field))["field"]
    [listed] = (await call("userfieldconfig.list", moduleId="crm", filter={"entityId": f"CRM_{id}"}))[
        "fields"
    ]
    assert "enum" not in listed
    got = (await call("userfieldconfig.get", moduleId="crm", id=made["id"]))["field"]
    assert [o["xmlId"] for o in got["enum"]] == ["waiting"]


# --- rows, requisites, comments, tasks, notices, lists --------------------------------------------------------------------


async def test_rows_are_replaced_as_a_whole_and_make_the_amount(portal: Double, call: Caller) -> None:
    id = portal.as_user(2).add_deal("One")
    rows = [
        {"productName": "УЗИ", "price": 122, "quantity": 2, "taxRate": 22, "taxIncluded": "Y"},
        {"productName": "Гель", "price": 1},
    ]
    await call("crm.item.productrow.set", ownerType="D", ownerId=id, productRows=rows)
    listed = (await call("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": id}))[
        "productRows"
    ]
    assert [(r["productName"], r["priceExclusive"], r["measureCode"]) for r in listed] == [
        ("УЗИ", 100, 796),
        ("Гель", 1, 796),
    ]
    assert portal.state.deals()[id]["opportunity"] == 245
    assert await call("crm.deal.productrows.set", id=id, ROWS=[]) is True
    assert len(await call("crm.deal.productrows.get", id=id)) == 2, "the key was not exactly `rows`"
    await call(
        "crm.deal.productrows.set", id=id, rows=[{"PRODUCT_NAME": "Кровать", "PRICE": 5, "QUANTITY": 3}]
    )
    [row] = await call("crm.deal.productrows.get", id=id)
    assert (row["PRODUCT_NAME"], row["OWNER_TYPE"], row["QUANTITY"]) == ("Кровать", "D", 3)


async def test_requisites_show_tax_numbers_only_when_selected(portal: Double, call: Caller) -> None:
    portal.as_user(2).add_deal("One", company={"title": "Клиника"}, requisite={"RQ_INN": "9900000017"})
    where = {"ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": 1}
    assert "RQ_INN" not in (await call("crm.requisite.list", filter=where))[0]
    assert await call("crm.requisite.list", filter=where, select=["RQ_INN"]) == [{"RQ_INN": "9900000017"}]


async def test_comments_have_no_key_and_need_an_owner(portal: Double, call: Caller) -> None:
    id = portal.as_user(2).add_deal("One")
    said = {"ENTITY_ID": id, "ENTITY_TYPE": "deal", "COMMENT": "[B]Таможня[/B]"}
    one, two = [await call("crm.timeline.comment.add", fields=said) for _ in range(2)]
    assert one != two
    listed = await call(
        "crm.timeline.comment.list", filter={"ENTITY_ID": id, "ENTITY_TYPE": "deal"}, order={"ID": "DESC"}
    )
    assert [row["ID"] for row in listed] == [str(two), str(one)]
    assert (await call.fails("crm.timeline.comment.add", fields=said | {"ENTITY_ID": 99}))[
        1
    ] == "OWNER_NOT_FOUND"
    assert (await call.fails("crm.timeline.comment.add", FIELDS=said))[1] == "100"


async def test_tasks_go_round_their_states(portal: Double, call: Caller) -> None:
    given = {
        "TITLE": "Qualify",
        "RESPONSIBLE_ID": 2,
        "DEADLINE": "2026-12-01T18:00:00",
        "UF_CRM_TASK": ["D_1"],
    }
    task = (await call("tasks.task.add", fields=given))["task"]
    assert (task["id"], task["status"], task["deadline"]) == ("1", "2", "2026-12-01T18:00:00+03:00")
    assert "ufCrmTask" not in task
    listed = await call(
        "tasks.task.list", filter={"UF_CRM_TASK": "D_1", "!STATUS": 5}, select=["ID", "UF_CRM_TASK"]
    )
    assert listed["tasks"][0]["ufCrmTask"] == ["D_1"]
    portal.as_user(2).complete_task(1)
    assert (await call.fails("tasks.task.complete", taskId=1))[2] == "Action on the task is not allowed"
    closed = (await call("tasks.task.get", taskId=1))["task"]
    assert (closed["status"], closed["closedBy"]) == ("5", "2")
    assert (await call("tasks.task.renew", taskId=1))["task"]["status"] == "2"
    assert (await call("tasks.task.delegate", taskId=1, userId=1))["task"]["responsibleId"] == "1"
    fields = [one["field"] for one in (await call("tasks.task.history.list", taskId=1))["list"]]
    assert fields == ["NEW", "STATUS", "STATUS", "RESPONSIBLE_ID"]


async def test_only_rest_3_keeps_an_idempotency_key(portal: Double, call: Caller) -> None:
    address = portal.url.replace("/rest/", "/rest/api/") + "tasks.task.add"
    head = {"Idempotency-Key": "deal-1042:7"}
    fields = {"title": "Qualify", "responsibleId": 2, "crmItemIds": ["D_1"]}
    first = await call.client.post(address, json={"fields": fields}, headers=head)
    again = await call.client.post(address, json={"fields": fields}, headers=head)
    assert first.json()["result"] == again.json()["result"]
    assert first.json()["result"]["item"]["status"] == "pending"
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert len(portal.state.tasks) == 1
    other = await call.client.post(address, json={"fields": fields | {"title": "Other"}}, headers=head)
    assert other.status_code == 422
    strings = await call.client.post(address, json={"fields": fields | {"responsibleId": "2"}})
    error = strings.json()["error"]
    assert error["code"].startswith("BITRIX_REST_V3_EXCEPTION_")
    assert error["validation"][0]["field"] == "responsibleId"


async def test_a_notices_tag_counts_only_beside_a_client_id(portal: Double, call: Caller) -> None:
    for _ in range(2):
        await call("im.notify.personal.add", USER_ID=2, MESSAGE="Overdue", TAG="T1")
        await call("im.notify.personal.add", USER_ID=2, MESSAGE="Overdue", TAG="T1", CLIENT_ID="dealwright")
    assert [n["tag"] for n in portal.state.notices.values()] == ["", "", "MP|dealwright|T1"]


async def test_a_lists_code_exists_once(call: Caller) -> None:
    book = {"IBLOCK_TYPE_ID": "lists", "IBLOCK_CODE": "dw_vat"}
    id = await call("lists.add", **book, FIELDS={"NAME": "НДС"})
    assert (await call.fails("lists.add", **book, FIELDS={"NAME": "НДС"}))[1] == "ERROR_IBLOCK_ALREADY_EXISTS"
    rate = await call("lists.field.add", **book, FIELDS={"NAME": "Ставка", "TYPE": "S", "CODE": "RATE"})
    element = {
        "IBLOCK_TYPE_ID": "lists",
        "IBLOCK_ID": id,
        "ELEMENT_CODE": "22",
        "FIELDS": {"NAME": "22 %", rate: "22"},
    }
    await call("lists.element.add", **element)
    assert (await call.fails("lists.element.add", **element))[1] == "ERROR_ELEMENT_ALREADY_EXISTS"
    [row] = await call("lists.element.get", **book)
    assert (row["CODE"], list(row[rate].values())) == ("22", ["22"])


# --- batch ----------------------------------------------------------------------------------------------------------------


async def test_a_batch_succeeds_even_where_a_command_fails(portal: Double, call: Caller) -> None:
    id = portal.as_user(2).add_deal("One")
    cmd = {
        "deal": f"crm.item.get?entityTypeId=2&id={id}",
        "bad": "crm.deal.get?id=99",
        "who": "user.get?ID=$result[deal][item][createdBy]",
    }
    answer = await call("batch", halt=0, cmd=cmd)
    assert answer["result"]["who"][0]["ID"] == "2"
    assert answer["result_error"] == {"bad": {"error": "", "error_description": "Not found"}}
    assert answer["result_total"] == {"who": 1}
    assert answer["result_next"] == []
    halted = await call("batch", halt=1, cmd={"bad": "crm.deal.get?id=99", "deal": cmd["deal"]})
    assert halted["result"] == []


async def test_a_batch_does_fifty_commands_and_no_batch_inside(call: Caller) -> None:
    long = await call("batch", cmd={f"c{n}": "server.time" for n in range(52)})
    assert len(long["result"]) == 50
    assert {n: e["error"] for n, e in long["result_error"].items()} == dict.fromkeys(
        ("c50", "c51"), "ERROR_BATCH_LENGTH_EXCEEDED"
    )
    inner = await call("batch", cmd=["batch?cmd[0]=server.time"])
    assert inner["result_error"][0]["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED"


# --- limits -----------------------------------------------------------------------------------------------------------------


async def test_the_bucket_overflows_and_leaks() -> None:
    async with (
        double(limits=Limits(rate=0.1, capacity=2)) as portal,
        httpx.AsyncClient(trust_env=False, verify=False) as client,
    ):
        call = Caller(portal, client)
        statuses = [(await call.raw("server.time")).status_code for _ in range(5)]
        assert statuses == [200, 200, 503, 503, 503]
        portal.limits.rate = 100
        await asyncio.sleep(0.05)
        assert (await call.raw("server.time")).status_code == 200


async def test_a_method_that_worked_too_long_is_blocked_alone() -> None:
    async with (
        double(limits=Limits(rate=0, operating=0.5)) as portal,
        httpx.AsyncClient(trust_env=False, verify=False) as client,
    ):
        call = Caller(portal, client)
        answers = [await call.raw("crm.deal.add", fields={}) for _ in range(3)]
        assert [a.status_code for a in answers] == [200, 200, 429]
        assert answers[-1].json()["error"] == "OPERATION_TIME_LIMIT"
        assert answers[-1].json()["time"]["operating_reset_at"] > answers[-1].json()["time"]["finish"]
        assert (await call.raw("server.time")).status_code == 200


# --- events -----------------------------------------------------------------------------------------------------------------


async def test_events_come_in_the_full_and_in_the_short_shape(portal: Double, receiver: Receiver) -> None:
    portal.events.hook(receiver.url, "token")
    portal.events.hook(receiver.url, "token", short=True)
    portal.as_user(2).add_deal("One")
    await portal.events.settle()
    full, short = [parse_query(body) for body in receiver.bodies]
    assert (full["event"], full["data"]) == ("ONCRMDEALADD", {"FIELDS": {"ID": "1"}})
    assert full["auth"].keys() == {
        "domain",
        "client_endpoint",
        "server_endpoint",
        "member_id",
        "application_token",
    }
    assert full.keys() - short.keys() == {"event_handler_id"}
    assert short["auth"].keys() == {"domain", "member_id", "application_token"}


async def test_what_the_webhook_writes_comes_back_as_events(
    portal: Double, call: Caller, receiver: Receiver
) -> None:
    portal.events.hook(receiver.url, "token")
    id = await call("crm.deal.add", fields={"TITLE": "One"})
    await call("crm.item.update", entityTypeId=DEAL, id=id, fields={"title": "Two"})
    await call("tasks.task.add", fields={"TITLE": "Qualify", "RESPONSIBLE_ID": 2})
    await call("crm.item.delete", entityTypeId=DEAL, id=id)
    await portal.events.settle()
    assert receiver.names == ["ONCRMDEALADD", "ONCRMDEALUPDATE", "ONTASKADD", "ONCRMDEALDELETE"]
    assert parse_query(receiver.bodies[2])["data"]["FIELDS_BEFORE"] == "undefined"


async def test_a_group_action_is_a_burst(portal: Double, receiver: Receiver) -> None:
    hand = portal.as_user(2)
    ids = [hand.add_deal(f"Deal {n}") for n in range(20)]
    portal.events.hook(receiver.url, "token", events=["ONCRMDEALUPDATE"])
    hand.mass_edit(ids, sourceDescription="fair")
    await portal.events.settle()
    assert receiver.ids == [str(id) for id in ids]


async def test_events_are_lost_doubled_and_late_and_never_sent_again(
    portal: Double, receiver: Receiver
) -> None:
    portal.events.hook(receiver.url, "token")
    portal.faults.add("event_lost")
    portal.faults.add("event_late")
    portal.faults.add("event_twice")
    for n in range(4):
        portal.as_user(2).add_deal(f"Deal {n}")
    await portal.events.settle()
    assert receiver.ids == ["3", "3", "4", "2"]
    assert portal.faults.fired == {"event_lost": 1, "event_late": 1, "event_twice": 1}


async def test_an_event_nobody_takes_is_gone(portal: Double) -> None:
    portal.events.hook("http://127.0.0.1:9/nobody", "token")
    portal.as_user(2).add_deal("One")
    await portal.events.settle()
    assert portal.events.sent == {"failed": 1}


# --- faults -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("busy", 503, "QUERY_LIMIT_EXCEEDED"),
        ("overload", 503, "OVERLOAD_LIMIT"),
        ("expired", 401, "expired_token"),
        ("nameless", 400, ""),
    ],
)
async def test_a_fault_strikes_as_often_as_it_was_asked_to(
    portal: Double, call: Caller, kind: Any, status: int, code: str
) -> None:
    portal.faults.add(kind, method="server.*")
    assert (await call.raw("profile")).status_code == 200
    assert (await call.fails("server.time"))[:2] == (status, code)
    assert (await call.raw("server.time")).status_code == 200
    assert portal.faults.fired == {kind: 1}


@pytest.mark.parametrize(("kind", "written"), [("dropped_before", 0), ("dropped_after", 1)])
async def test_a_connection_dies_before_or_after_the_write(
    portal: Double, call: Caller, kind: Any, written: int
) -> None:
    portal.faults.add(kind)
    with pytest.raises(httpx.RemoteProtocolError):
        await call.raw("crm.item.add", entityTypeId=DEAL, fields={})
    assert len(portal.state.deals()) == written


@pytest.mark.parametrize(("kind", "written"), [("html", 0), ("html_after", 1)])
async def test_a_gateway_answers_in_html(portal: Double, call: Caller, kind: Any, written: int) -> None:
    portal.faults.add(kind)
    answer = await call.raw("crm.item.add", entityTypeId=DEAL, fields={})
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert len(portal.state.deals()) == written


async def test_a_blocked_method_opens_again_at_its_reset_time(portal: Double, call: Caller) -> None:
    portal.faults.add("blocked", method="server.time", reset=0.1)
    blocked = await call.raw("server.time")
    assert (blocked.status_code, blocked.json()["error"]) == (429, "OPERATION_TIME_LIMIT")
    assert (await call.raw("profile")).status_code == 200
    await asyncio.sleep(0.15)
    assert (await call.raw("server.time")).status_code == 200


async def test_one_command_of_a_batch_fails(portal: Double, call: Caller) -> None:
    portal.faults.add("inner", method="profile")
    answer = await call("batch", cmd={"a": "server.time", "b": "profile"})
    assert (list(answer["result"]), list(answer["result_error"])) == (["a"], ["b"])


async def test_chance_is_the_same_for_the_same_seed(portal: Double) -> None:
    def faults() -> list[Any]:
        portal.faults.random(seed=7, rate=0.5)
        return [portal.faults.request("crm.item.add", writes=True) for _ in range(20)]

    assert faults() == faults()
    assert sum(portal.faults.fired.values()) > 10


async def test_a_field_can_go_and_a_stage_be_renamed(portal: Double, call: Caller) -> None:
    await call("crm.deal.userfield.add", fields={"FIELD_NAME": "DW_WHO", "USER_TYPE_ID": "string"})
    hand = portal.as_user(2)
    id = hand.add_deal("One", UF_CRM_DW_WHO="ivanova")
    hand.remove_field("UF_CRM_DW_WHO")
    hand.rename_stage("NEW", "Свежая")
    item = (await call("crm.item.update", entityTypeId=DEAL, id=id, fields={"ufCrmDwWho": "petrov"}))["item"]
    assert "ufCrmDwWho" not in item
    [stage] = await call("crm.status.list", filter={"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "NEW"})
    assert stage["NAME"] == "Свежая"


# --- by hand ----------------------------------------------------------------------------------------------------------------


async def test_what_the_portal_holds_can_be_kept_in_a_file(portal: Double, tmp_path: Path) -> None:
    id = portal.as_user(2).add_deal("One", rows=[{"productName": "УЗИ", "price": 5}])
    portal.as_user(2).add_task("Qualify", 2)
    portal.state.dump(tmp_path / "portal.json")
    kept = json.loads((tmp_path / "portal.json").read_text())
    assert (kept["items"]["2"][str(id)]["title"], len(kept["rows"]), len(kept["tasks"])) == ("One", 1, 1)


async def test_a_double_in_a_process_of_its_own_is_led_over_http(portal: Double, call: Caller) -> None:
    async def tell(what: str, **given: Any) -> Any:
        return (await call.client.post(f"{portal.address}/_double/{what}", json=given)).json()["result"]

    assert await tell("hands/2/add_deal", title="One") == 1
    await tell("faults/add", kind="busy", times=1)
    assert (await call.raw("server.time")).status_code == 503
    assert (await tell("counts"))["fired"] == {"busy": 1}
