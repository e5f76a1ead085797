"""The client: every refusal and every lost answer becomes one of the port's errors, and the webhook's secret never shows."""

import inspect
import logging
import ssl
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from activities.errors import CrmAmbiguous, CrmBusy, CrmRefused, CrmUnavailable, WorldError
from adapters.crm.bitrix24.address import BadAddress, host_of
from adapters.crm.bitrix24.calls import CALLS, Repeat
from adapters.crm.bitrix24.client import NEVER_SENT, Portal, hurrying
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.query import command, ref
from tests.activities.bitrix24.conftest import NOW, SECRET, WEBHOOK, Answering, OpenBudget

READ, WRITE, CREATE = "crm.item.get", "crm.item.update", "crm.item.add"
HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"


def error(code: Any, text: str = "words") -> dict[str, Any]:
    return {"error": code, "error_description": text}


async def failure(answering: Answering, method: str) -> WorldError:
    with pytest.raises(WorldError) as caught:
        await answering.portal.call(method, {"id": 1})
    return caught.value


async def test_an_answer_is_its_result_and_where_the_list_goes_on(answering: Answering) -> None:
    answering.will({"result": {"item": {"id": 7}}, "total": 120, "next": 50, "time": {"operating": 0}})
    assert await answering.portal.call(READ, {"id": 7}) == ({"item": {"id": 7}}, 120, 50)
    assert answering.asked == [(READ, {"id": 7})]
    assert answering.requests[0].headers["user-agent"].startswith("dealwright/")


REFUSALS = [
    (503, error("QUERY_LIMIT_EXCEEDED"), CrmBusy, CrmBusy),
    (429, error("OPERATION_TIME_LIMIT"), CrmBusy, CrmBusy),
    (503, error("OVERLOAD_LIMIT"), CrmUnavailable, CrmUnavailable),
    (401, error("expired_token"), CrmUnavailable, CrmUnavailable),
    (401, error("NO_AUTH_FOUND"), CrmUnavailable, CrmUnavailable),
    (403, error("insufficient_scope"), CrmUnavailable, CrmUnavailable),
    (401, error("INVALID_CREDENTIALS"), CrmUnavailable, CrmUnavailable),
    (403, error("ACCESS_DENIED"), CrmUnavailable, CrmUnavailable),
    (401, error("user_access_error"), CrmUnavailable, CrmUnavailable),
    (403, error("allowed_only_intranet_user"), CrmUnavailable, CrmUnavailable),
    (404, error("ERROR_METHOD_NOT_FOUND"), CrmRefused, CrmRefused),
    (400, error("NOT_FOUND"), CrmRefused, CrmRefused),
    (400, error("ACCESS_DENIED"), CrmRefused, CrmRefused),
    (400, error("INVALID_ARG_VALUE"), CrmRefused, CrmRefused),
    (400, error("CRM_FIELD_ERROR_VALUE_NOT_VALID"), CrmRefused, CrmRefused),
    (400, error("100"), CrmRefused, CrmRefused),
    (400, error("0"), CrmRefused, CrmRefused),
    (400, error(0), CrmRefused, CrmRefused),
    (400, error(""), CrmRefused, CrmRefused),
    (400, error(200040300010), CrmRefused, CrmRefused),
    (400, error("OWNER_NOT_FOUND"), CrmRefused, CrmRefused),
    (400, error("ERROR_CORE"), CrmRefused, CrmRefused),
    (400, error("ERROR_BATCH_LENGTH_EXCEEDED"), CrmRefused, CrmRefused),
    (405, error("ERROR_BATCH_METHOD_NOT_ALLOWED"), CrmRefused, CrmRefused),
    (400, {"error": {"code": "BITRIX_REST_V3_EXCEPTION_X", "message": "words"}}, CrmRefused, CrmRefused),
    (500, error("INTERNAL_SERVER_ERROR"), CrmUnavailable, CrmAmbiguous),
    (500, error("ERROR_UNEXPECTED_ANSWER"), CrmUnavailable, CrmAmbiguous),
    (500, error("PORTAL_DELETED"), CrmUnavailable, CrmUnavailable),
    (410, error("PORTAL_DELETED"), CrmUnavailable, CrmUnavailable),
    (502, HTML, CrmUnavailable, CrmAmbiguous),
    (503, HTML, CrmUnavailable, CrmAmbiguous),
    (404, HTML, CrmUnavailable, CrmUnavailable),
    (302, "", CrmUnavailable, CrmUnavailable),
    (200, HTML, CrmUnavailable, CrmAmbiguous),
    (200, "", CrmUnavailable, CrmAmbiguous),
    (200, "[]", CrmUnavailable, CrmAmbiguous),
]


@pytest.mark.parametrize(("status", "body", "reading", "creating"), REFUSALS)
async def test_each_refusal_says_whether_it_is_worth_another_try(
    answering: Answering, status: int, body: Any, reading: type, creating: type
) -> None:
    for method, meant in ((READ, reading), (WRITE, reading), (CREATE, creating)):
        answering.will(body, status)
        failed = await failure(answering, method)
        assert isinstance(failed, meant), (method, failed)
        assert str(failed)
        assert SECRET not in str(failed)


async def test_a_refusal_is_readable_and_keeps_its_code(answering: Answering) -> None:
    answering.will(error("ERROR_CORE", "Task title is not specified<br>\nSay &quot;what&quot;<br>"), 400)
    refused = await failure(answering, CREATE)
    assert isinstance(refused, PortalRefused)
    assert str(refused) == 'crm.item.add: ERROR_CORE: Task title is not specified Say "what"'
    assert refused.code == "ERROR_CORE"


async def test_a_validation_of_rest_3_names_its_fields(answering: Answering) -> None:
    body = {
        "error": {
            "code": "X",
            "message": "Error",
            "validation": [{"field": "deadline", "message": "no date"}],
        }
    }
    answering.will(body, 400)
    assert "deadline: no date" in str(await failure(answering, READ))


def transport_errors() -> list[type[Exception]]:
    named = [e for _, e in inspect.getmembers(httpx, inspect.isclass) if issubclass(e, httpx.RequestError)]
    return [e for e in named if not any(e in other.__mro__[1:] for other in named)]


@pytest.mark.parametrize("kind", transport_errors())
async def test_each_way_of_losing_an_answer_is_mapped(answering: Answering, kind: type[Exception]) -> None:
    for method in (READ, WRITE, CREATE):
        answering.answers.append(kind(f"at {WEBHOOK}"))
        failed = await failure(answering, method)
        lost = method == CREATE and not issubclass(kind, NEVER_SENT)
        assert type(failed) is (CrmAmbiguous if lost else CrmUnavailable)
        assert SECRET not in "".join(traceback.format_exception(failed))


async def test_too_fast_makes_all_wait_each_time_longer(answering: Answering) -> None:
    pauses = []
    for _ in range(8):
        answering.will(error("QUERY_LIMIT_EXCEEDED"), 503)
        busy = await failure(answering, READ)
        assert isinstance(busy, CrmBusy)
        assert busy.retry_after
        pauses.append(busy.retry_after.total_seconds())
    assert pauses[0] < 4 < pauses[2] < pauses[3] < pauses[-1] <= 61
    assert answering.budget.closed["portal.example"] > NOW + timedelta(seconds=59)


async def test_an_answer_ends_the_growing_of_pauses(answering: Answering) -> None:
    for _ in range(4):
        answering.will(error("QUERY_LIMIT_EXCEEDED"), 503)
        await failure(answering, READ)
    answering.will({"result": 1})
    await answering.portal.call(READ)
    answering.will(error("QUERY_LIMIT_EXCEEDED"), 503)
    busy = await failure(answering, READ)
    assert isinstance(busy, CrmBusy)
    assert busy.retry_after
    assert busy.retry_after < timedelta(seconds=4)


async def test_a_method_out_of_time_is_closed_until_the_portal_opens_it(answering: Answering) -> None:
    reset = NOW + timedelta(minutes=7)
    answering.will(error("OPERATION_TIME_LIMIT") | {"time": {"operating_reset_at": reset.timestamp()}}, 429)
    busy = await failure(answering, WRITE)
    assert isinstance(busy, CrmBusy)
    assert busy.retry_after == timedelta(minutes=7)
    assert answering.budget.closed == {f"portal.example:{WRITE}": reset}


async def test_an_overload_is_left_alone_for_long(answering: Answering) -> None:
    answering.will(error("OVERLOAD_LIMIT"), 503)
    failed = await failure(answering, READ)
    assert isinstance(failed, CrmUnavailable)
    assert failed.retry_after == timedelta(minutes=15)
    assert answering.budget.closed["portal.example"] == NOW + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("used", "until"),
    [(380.0, None), (400.0, NOW + timedelta(seconds=5)), (475.0, NOW + timedelta(minutes=3))],
)
async def test_a_method_that_nears_its_time_goes_slower(used: float, until: datetime | None) -> None:
    answering = Answering("https://firm.bitrix24.ru/rest/1/secret/")
    assert await closed_until(answering, used) == until


@pytest.mark.parametrize(
    ("used", "until"),
    [(330.0, None), (340.0, NOW + timedelta(seconds=5)), (411.0, NOW + timedelta(minutes=3))],
)
async def test_a_portal_in_the_companys_own_house_gives_a_method_less_time(
    used: float, until: datetime | None
) -> None:
    assert await closed_until(Answering("http://192.168.1.7/rest/1/secret/"), used) == until


async def closed_until(answering: Answering, used: float) -> datetime | None:
    reset = (NOW + timedelta(minutes=3)).timestamp()
    answering.will({"result": 1, "time": {"operating": used, "operating_reset_at": reset}})
    await answering.portal.call(READ)
    await answering.portal.close()
    return answering.budget.closed.get(f"{answering.portal.host}:{READ}")


async def test_who_is_not_let_through_asks_nothing(answering: Answering) -> None:
    answering.budget.pause = timedelta(minutes=2)
    busy = await failure(answering, READ)
    assert isinstance(busy, CrmBusy)
    assert busy.retry_after == timedelta(minutes=2)
    assert answering.asked == []
    assert answering.budget.taken == [("portal.example", (f"portal.example:{READ}",))]


async def test_who_has_no_time_left_starts_nothing(answering: Answering) -> None:
    with hurrying(-1):
        assert isinstance(await failure(answering, READ), CrmBusy)
    assert (answering.asked, answering.budget.taken) == ([], [])
    answering.will({"result": 1})
    with hurrying(60):
        await answering.portal.call(READ)


async def test_a_call_that_is_not_in_the_table_cannot_be_made(answering: Answering) -> None:
    with pytest.raises(KeyError):
        await answering.portal.call("crm.deal.delete")
    with pytest.raises(KeyError):
        await answering.portal.batch({"a": (READ, {}), "b": ("crm.deal.delete", {})})
    assert answering.asked == []


def test_whatever_adds_is_never_repeated_blindly() -> None:
    adding = {method for method in CALLS if method.endswith((".add", ".send"))} - {"im.notify.personal.add"}
    assert {method for method, repeat in CALLS.items() if repeat is Repeat.CREATE} == adding


async def test_a_batch_is_one_request_whose_answers_keep_their_names(answering: Answering) -> None:
    answering.will(
        {
            "result": {
                "result": {"a": {"item": {"id": 1}}, "b": []},
                "result_error": {"c": error("insufficient_scope", "")},
                "result_total": {"b": 51},
                "result_next": {"b": 50},
                "result_time": [],
            }
        }
    )
    done = await answering.portal.batch(
        {
            "a": (READ, {"id": 1}),
            "b": ("crm.item.list", {"filter": {"@id": [1, 2]}}),
            "c": ("user.current", {}),
        }
    )
    assert done.result("a") == {"item": {"id": 1}}
    assert done.answers["b"] == ([], 51, 50)
    with pytest.raises(CrmUnavailable, match="insufficient_scope"):
        done.result("c")
    assert answering.asked == [
        (
            "batch",
            {
                "halt": 0,
                "cmd": {
                    "a": "crm.item.get?id=1",
                    "b": "crm.item.list?filter%5B%40id%5D%5B0%5D=1&filter%5B%40id%5D%5B1%5D=2",
                    "c": "user.current?",
                },
            },
        )
    ]


async def test_empty_maps_of_a_batch_come_as_lists(answering: Answering) -> None:
    parts = ("result", "result_error", "result_total", "result_next", "result_time")
    answering.will({"result": {part: [] for part in parts}})
    done = await answering.portal.batch({"a": (READ, {})})
    assert (done.answers, done.errors) == ({}, {})


async def test_a_lost_batch_is_ambiguous_only_if_something_in_it_creates(answering: Answering) -> None:
    answering.answers += [httpx.ReadTimeout(""), httpx.ReadTimeout("")]
    with pytest.raises(CrmUnavailable):
        await answering.portal.batch({"a": (READ, {}), "b": (WRITE, {})})
    with pytest.raises(CrmAmbiguous):
        await answering.portal.batch({"a": (READ, {}), "b": (CREATE, {})})


async def test_a_method_out_of_time_inside_a_batch_closes_that_method(answering: Answering) -> None:
    answering.will({"result": {"result": [], "result_error": {"a": error("OPERATION_TIME_LIMIT")}}})
    done = await answering.portal.batch({"a": (WRITE, {})})
    assert isinstance(done.errors["a"], CrmBusy)
    assert list(answering.budget.closed) == [f"portal.example:{WRITE}"]


async def test_a_fault_of_the_portal_inside_a_batch_may_have_created(answering: Answering) -> None:
    failed = {"a": error("INTERNAL_SERVER_ERROR"), "b": error("INTERNAL_SERVER_ERROR")}
    answering.will({"result": {"result": [], "result_error": failed}})
    done = await answering.portal.batch({"a": (WRITE, {}), "b": (CREATE, {})})
    assert {name: type(e) for name, e in done.errors.items()} == {"a": CrmUnavailable, "b": CrmAmbiguous}


async def test_a_list_is_read_by_its_pages_to_the_end(answering: Answering) -> None:
    answering.will({"result": {"items": [{"id": n} for n in range(50)]}, "next": 50, "total": 51})
    answering.will({"result": {"items": [{"id": 50}]}, "total": 51})
    assert len(await answering.portal.pages("crm.item.list", {"x": 1}, "items")) == 51
    assert [params["start"] for _, params in answering.asked] == [0, 50]


async def test_a_long_list_is_read_uncounted_from_id_to_id(answering: Answering) -> None:
    answering.will({"result": {"items": [{"id": n} for n in range(1, 51)]}})
    answering.will({"result": {"items": {"0": {"id": 77}}}})
    found = await answering.portal.every("crm.item.list", {"filter": {"categoryId": 3}}, "items")
    assert [item["id"] for item in found] == [*range(1, 51), 77]
    assert [(p["filter"], p["start"]) for _, p in answering.asked] == [
        ({"categoryId": 3, ">id": 0}, -1),
        ({"categoryId": 3, ">id": 50}, -1),
    ]


def test_what_people_write_reaches_no_result_of_a_batch() -> None:
    written = command("m", {"a": "$result[deal][item][id]", "b": ref("deal", "item", "id")})
    assert written.count("%24result%5Bdeal%5D") == 1


async def test_the_secret_is_in_no_repr_and_no_log(
    answering: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answering.will({"result": 1})
    await answering.portal.call(READ)
    assert "HTTP Request" in caplog.text
    assert SECRET not in caplog.text + repr(answering.portal) + str(vars(answering.portal))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "portal.example",
        f"https://portal.example/rest/{SECRET}/",
        f"https://portal.example/{SECRET}",
        f"http://portal.example/rest/1/{SECRET}/",
        f"ftp://127.0.0.1/rest/1/{SECRET}/",
        f"https:///rest/1/{SECRET}/",
        f"https://portal.example:port/rest/1/{SECRET}/",
    ],
)
def test_an_address_that_cannot_be_a_webhooks_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(BadAddress) as caught:
        Portal(address, OpenBudget())
    assert SECRET not in "".join(traceback.format_exception(caught.value))


NEAR = [
    "127.0.0.1:8123",
    "localhost:80",
    "[::1]:9",
    "192.168.1.7",
    "10.0.0.5:8080",
    "portal",
    "bitrix.firm.local",
]


@pytest.mark.parametrize("host", NEAR)
def test_plain_http_goes_to_this_machine_and_its_network_only(host: str) -> None:
    assert host_of(f"http://{host}/rest/1/{SECRET}/") == host
    with pytest.raises(BadAddress):
        host_of(f"http://portal.example/rest/1/{SECRET}/")
    with pytest.raises(BadAddress):
        host_of(f"http://8.8.8.8/rest/1/{SECRET}/")


async def test_a_portal_may_live_under_a_path() -> None:
    answering = Answering(f"https://firm.example/portal/b24/rest/1/{SECRET}/")
    answering.will({"result": 7})
    assert (await answering.portal.call(READ)).result == 7
    assert answering.requests[0].url.path == f"/portal/b24/rest/1/{SECRET}/{READ}"
    await answering.portal.close()


NEW = f"https://renamed.example/rest/1/{SECRET}/"


async def test_a_renamed_portal_is_followed_once_with_the_post_kept(
    answering: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    answering.will("", 302, headers={"location": NEW + CREATE})
    answering.will({"result": 1})
    answering.will({"result": 2})
    assert (await answering.portal.call(CREATE, {"fields": {"title": "x"}})).result == 1
    assert (await answering.portal.call(READ, {"id": 1})).result == 2
    asked = [(request.method, request.url.host) for request in answering.requests]
    assert asked == [("POST", "portal.example"), *[("POST", "renamed.example")] * 2]
    assert answering.asked[:2] == [(CREATE, {"fields": {"title": "x"}})] * 2
    assert answering.portal.moved_to == "renamed.example"
    assert "renamed.example" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "location",
    [
        "",
        "/auth/",
        "https://login.example/sso?back=portal",
        f"http://renamed.example/rest/1/{SECRET}/{READ}",
        "https://[bad/rest",
    ],
)
async def test_a_redirect_that_is_no_new_address_stops_and_sends_the_secret_nowhere(
    answering: Answering, location: str
) -> None:
    answering.will("", 302, headers={"location": location})
    stopped = await failure(answering, READ)
    assert isinstance(stopped, CrmUnavailable)
    assert len(answering.requests) == 1


async def test_a_second_redirect_is_not_followed(answering: Answering) -> None:
    answering.will("", 302, headers={"location": NEW + READ})
    answering.will("", 302, headers={"location": f"https://third.example/rest/1/{SECRET}/{READ}"})
    assert isinstance(await failure(answering, READ), CrmUnavailable)
    assert len(answering.requests) == 2


def test_a_file_of_certificates_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Portal(WEBHOOK, OpenBudget(), ca=tmp_path / "none.pem")
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(ssl.SSLError):
        Portal(WEBHOOK, OpenBudget(), ca=tmp_path / "bad.pem")


def test_a_moment_of_the_portal_is_one_of_ours() -> None:
    from adapters.crm.bitrix24.values import moment

    assert moment("2024-09-02T18:37:18+02:00") == datetime(2024, 9, 2, 16, 37, 18, tzinfo=UTC)
