"""The embedded CRM as people work in it, as the desk reads it, and as it rings when somebody did something."""

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook

from activities.errors import CrmRefused, CrmUnavailable
from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.crm.embedded.ringer import Ringer
from adapters.crm.embedded.store import SCHEMAS
from domain.crm.mirror import SeenDeal
from domain.effects import CloseTask, OpenTask, PutLine, SetFields, SetStage
from domain.words import LineStatus, Stage
from tests.support.orders import an_order

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DUE = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
async def crm(tmp_path: Path) -> AsyncIterator[EmbeddedCrm]:
    crm = EmbeddedCrm(tmp_path / "crm.db")
    yield crm
    await crm.close()


async def seen(crm: EmbeddedCrm, deal: str) -> SeenDeal:
    found = await crm.read(deal)
    assert found is not None
    return found


def a_task(task: str, key: str = "t-1", **more: object) -> OpenTask:
    about = {"key": key, "deal": "1001", "task": task, "title": "t", "person": "ivanova", "due_at": DUE}
    return OpenTask.model_validate(about | more)


async def test_a_deal_made_by_a_person_has_a_number_of_its_own(crm: EmbeddedCrm) -> None:
    ivanova = crm.person("ivanova")
    first, second = await ivanova.add_deal(an_order()), await ivanova.add_deal({}, manager="sidorov")
    assert (first, second) == ("C1", "C2")
    deal = await seen(crm, first)
    assert (deal.ref, deal.number, deal.ours, deal.stage) == ("C1", "C1", True, Stage.NEW)
    assert (deal.manager, deal.changed_by, deal.moved_by) == ("ivanova", "ivanova", "ivanova")
    assert deal.order == an_order()
    await ivanova.delete(second)
    assert await crm.read(second) is None
    assert await ivanova.add_deal({}) == "C3", "no number is given twice"


async def test_who_did_what_is_seen_until_the_desk_writes(crm: EmbeddedCrm) -> None:
    await crm.set_stage(SetStage(key="s-1", deal="1001", stage=Stage.NEW))
    await crm.put_line(
        PutLine(
            key="l-1", deal="1001", line=1, sku="A", name="A", quantity=1, amount="1", status=LineStatus.SENT
        )
    )
    petrov = crm.person("petrov")
    await petrov.move("1001", Stage.LOST, "нет бюджета")
    await petrov.fill("1001", {"qualification.outcome": "disqualified", "qualification.need": ""})
    await petrov.fill("1001", {"arrival.eta": "2026-12-05"}, line=1)
    deal = await seen(crm, "1001")
    assert (deal.stage, deal.reason, deal.moved_by) == (Stage.LOST, "нет бюджета", "petrov")
    assert [(form.line, form.by, form.values) for form in deal.forms] == [
        (0, "petrov", {"qualification.outcome": "disqualified"}),
        (1, "petrov", {"arrival.eta": "2026-12-05"}),
    ]
    await crm.set_stage(SetStage(key="s-2", deal="1001", stage=Stage.LOST))
    assert (await seen(crm, "1001")).moved_by == "petrov", "nothing moved"
    await crm.set_stage(SetStage(key="s-3", deal="1001", stage=Stage.NEW))
    await crm.set_fields(SetFields(key="f-1", deal="1001", fields={"manager": "sidorov"}))
    deal = await seen(crm, "1001")
    assert (deal.stage, deal.moved_by, deal.changed_by, deal.manager) == (Stage.NEW, None, None, "sidorov")
    assert deal.forms[0].by is None


async def test_a_stage_the_process_does_not_know_is_a_name(crm: EmbeddedCrm) -> None:
    number = await crm.person("ivanova").add_deal({})
    await crm.person("ivanova").move(number, "Ждём чудо")
    deal = await seen(crm, number)
    assert (deal.stage, deal.stage_name) == (None, "Ждём чудо")
    await crm.set_stage(SetStage(key="s-1", deal=number, stage=Stage.NEW))
    assert (await seen(crm, number)).stage is Stage.NEW


async def test_a_task_closed_by_a_person_says_who_and_one_opened_anew_is_open(crm: EmbeddedCrm) -> None:
    await crm.open_task(a_task("order@1:ivanova"))
    await crm.open_task(a_task("other@1:ivanova", "t-2"))
    await crm.person("ivanova").complete("1001", "order@1:ivanova")
    await crm.close_task(CloseTask(key="c-1", deal="1001", task="other@1:ivanova"))
    closed = {task.task: (task.closed, task.by) for task in (await seen(crm, "1001")).tasks}
    assert closed == {"order@1:ivanova": (True, "ivanova"), "other@1:ivanova": (True, None)}
    await crm.open_task(a_task("order@1:ivanova", "t-3"))
    assert not next(task for task in (await seen(crm, "1001")).tasks if task.task.startswith("order")).closed
    with pytest.raises(CrmRefused):
        await crm.person("ivanova").complete("1001", "nothing@1:ivanova")


async def test_each_asking_offers_the_answer_anew(crm: EmbeddedCrm) -> None:
    await crm.open_task(a_task("contract@1:petrov", asks="contract"))
    assert (await seen(crm, "1001")).decisions == ()
    await crm.person("petrov").answer("1001", "contract", approve=False, comment="срок")
    [decision] = (await seen(crm, "1001")).decisions
    assert (decision.approval, decision.approve, decision.comment, decision.by) == (
        *("contract", False, "срок", "petrov"),
    )
    await crm.open_task(a_task("contract@2:petrov", "t-2", asks="contract"))
    assert (await seen(crm, "1001")).decisions == ()
    with pytest.raises(CrmRefused):
        await crm.person("petrov").answer("1001", "credit", approve=True)


async def test_a_further_round_begins_with_an_empty_form_and_goes_on_with_what_was_filled(
    crm: EmbeddedCrm,
) -> None:
    await crm.set_stage(SetStage(key="s-1", deal="1001", stage=Stage.NEW))
    ivanova, form = crm.person("ivanova"), ("contract-revision.changes",)
    await ivanova.fill("1001", {"contract-revision.changes": "early", "qualification.need": "x"})
    await crm.open_task(a_task("contract-revision@1:ivanova", form=form))
    assert len((await seen(crm, "1001")).forms[0].values) == 2, "what was filled early stays"
    await crm.open_task(a_task("contract-revision#2@1:ivanova", "t-2", form=form))
    assert (await seen(crm, "1001")).forms[0].values == {"qualification.need": "x"}
    await ivanova.fill("1001", {"contract-revision.changes": "second"})
    await crm.open_task(a_task("contract-revision#2@1:sidorov", "t-3", form=form))
    assert len((await seen(crm, "1001")).forms[0].values) == 2, "handed over, not asked anew"


async def test_what_changed_since_is_listed_whoever_did_it_in_the_desks_funnel(crm: EmbeddedCrm) -> None:
    before = datetime.now(UTC)
    await crm.set_stage(SetStage(key="s-1", deal="1001", stage=Stage.NEW))
    number = await crm.person("ivanova").add_deal({})
    other = await crm.person("ivanova").add_deal({}, funnel="service")
    await crm.person("ivanova").fill("1001", {"a.b": "c"})
    assert [change.ref for change in await crm.changed(before)] == [number, "1001"]
    assert await crm.changed(datetime.now(UTC) + timedelta(seconds=1)) == []
    assert await crm.gone([number, other, "9"]) == {other, "9"}


async def test_a_file_of_the_version_before_goes_on_working(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.executescript(SCHEMAS[0].read_text(encoding="utf-8"))
        old.execute("INSERT INTO deals (deal, stage, updated_at) VALUES ('1001', 'NEW', ?)", (str(DUE),))
        old.execute("INSERT INTO tasks VALUES ('1001', 'order@1:ivanova', 't', 'ivanova', ?, ?, NULL, '')", (str(DUE),) * 2)  # fmt: skip
    old.close()
    crm, other = EmbeddedCrm(path), EmbeddedCrm(path)
    for one in (crm, other):
        card = await one.card("1001")
        assert card is not None
        assert (card.stage, card.tasks[0].line) == (Stage.NEW, 0)
    await crm.person("ivanova").move("1001", Stage.SHIPPED)
    assert (await seen(other, "1001")).moved_by == "ivanova"
    assert (await seen(other, "1001")).ours
    await crm.close()
    await other.close()


# --- the ringer ----------------------------------------------------------------------------------------------------------


class Web:
    """Takes signed webhooks, or answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.heard: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url == "http://web.example/webhooks/crm"
        body = Webhook(SECRET).verify(request.content, dict(request.headers))
        assert body == json.loads(request.content)
        assert body["type"] == "deal.changed"
        if self.status == 200:
            self.heard.append((request.headers["webhook-id"], body["data"]["id"]))
        return httpx.Response(self.status)


async def test_what_people_did_rings_once_in_order_and_what_the_desk_did_never(crm: EmbeddedCrm) -> None:
    web = Web()
    ringer = Ringer(crm, "http://web.example/", SECRET, httpx.AsyncClient(transport=httpx.MockTransport(web)))
    await crm.set_stage(SetStage(key="s-1", deal="1001", stage=Stage.NEW))
    number = await crm.person("ivanova").add_deal({})
    await crm.person("ivanova").move("1001", Stage.SHIPPED)
    assert await ringer.ring() == 2
    assert await ringer.ring() == 0
    assert [deal for _, deal in web.heard] == [number, "1001"]
    assert len({id for id, _ in web.heard}) == 2
    await ringer.close()


@pytest.mark.parametrize("status", [503, 403, None])
async def test_an_event_nobody_heard_rings_again_under_the_same_id(
    crm: EmbeddedCrm, status: int | None
) -> None:
    web, tried = Web(), list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        tried.append(request.headers["webhook-id"])
        if status is None and len(tried) == 1:
            raise httpx.ConnectError("no web", request=request)
        return web(request)

    web.status = status or 200
    ringer = Ringer(
        crm, "http://web.example", SECRET, httpx.AsyncClient(transport=httpx.MockTransport(answer))
    )
    await crm.person("ivanova").add_deal({})
    with pytest.raises(CrmUnavailable):
        await ringer.ring()
    web.status = 200
    assert await ringer.ring() == 1
    assert len(set(tried)) == 1
    assert len(tried) == 2
    await ringer.close()
