"""The port against the double: what a deal looks like in the portal, and that nothing is made twice, whatever is lost."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.crm.writer import CrmWriter
from activities.errors import CrmAmbiguous, CrmBusy, CrmRefused, CrmUnavailable
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.port import Bitrix24Crm
from domain.crm.mirror import SeenDeal
from domain.effects import (
    AddComment,
    CloseTask,
    CrmWrite,
    Notify,
    OpenTask,
    PutLine,
    SetFields,
    SetStage,
)
from domain.words import LineStatus, Stage
from tests.activities.bitrix24.conftest import OpenBudget
from tests.doubles.bitrix24 import COMPANY, CONTACT, DEAL, Double

DUE = datetime(2026, 12, 1, 12, tzinfo=UTC)
CLIENT = {
    "client": "ООО «Клиника»",
    "inn": "9900000017",
    "contact": "Анна Смирнова",
    "email": "anna@clinic.example",
    "phone": "+74951234567",
}


def stage(seq: int, to: Stage, deal: str = "1042") -> SetStage:
    return SetStage(key=f"deal-{deal}:{seq}:stage", deal=deal, stage=to)


def fields(seq: int, deal: str = "1042", **said: str) -> SetFields:
    return SetFields(key=f"deal-{deal}:{seq}:fields", deal=deal, fields=said)


def comment(seq: int, text: str = "", deal: str = "1042") -> AddComment:
    return AddComment(key=f"deal-{deal}:{seq}:comment", deal=deal, text=text or f"comment {seq}")


def line(seq: int, n: int = 1, deal: str = "1042", **changes: Any) -> PutLine:
    given: dict[str, Any] = {
        "key": f"deal-{deal}:{seq}:line-{n}",
        "deal": deal,
        "line": n,
        "sku": f"US-{n}",
        "name": "УЗИ-сканер",
        "quantity": 2,
        "amount": "300000.00",
        "status": LineStatus.AWAITING_RELEASE,
    }
    return PutLine(**given | changes)


def task(seq: int, task: str = "qualification@1:ivanova", deal: str = "1042", **changes: Any) -> OpenTask:
    given: dict[str, Any] = {
        "key": f"deal-{deal}:{seq}:task",
        "deal": deal,
        "task": task,
        "title": "Квалифицировать клиента",
        "person": task.rpartition(":")[2],
        "due_at": DUE,
    }
    return OpenTask(**given | changes)


def close(
    seq: int, task: str = "qualification@1:ivanova", deal: str = "1042", comment: str = ""
) -> CloseTask:
    return CloseTask(key=f"deal-{deal}:{seq}:done", deal=deal, task=task, comment=comment)


def notice(seq: int, person: str = "petrov") -> Notify:
    return Notify(key=f"deal-1042:{seq}:notice", deal="1042", person=person, text="срочно")


def story() -> list[CrmWrite]:
    """One of each, and what they build on."""
    return [
        stage(1, Stage.NEW),
        comment(1),
        fields(1, **CLIENT, manager="ivanova", amount="300000.00 RUB"),
        line(1, 1),
        line(1, 2),
        task(2),
        task(3, "contract@1:petrov", asks="contract"),
        notice(4),
        close(5),
        stage(6, Stage.CONTRACT_APPROVAL),
        comment(6),
        task(7, "line-2:credit@1:petrov", line=2, asks="line-2:credit"),
    ]


def made(there: Double) -> dict[str, int]:
    state = there.state
    lines = [len(items) for kind, items in state.items.items() if kind >= 128]
    return {
        "deals": len(state.items.get(DEAL, {})),
        "contacts": len(state.items.get(CONTACT, {})),
        "companies": len(state.items.get(COMPANY, {})),
        "requisites": len(state.requisites),
        "lines": sum(lines),
        "tasks": len(state.tasks),
        "comments": len(state.comments),
        "notices": len(state.notices),
    }


ONE_OF_EACH = {
    "deals": 1,
    "contacts": 1,
    "companies": 1,
    "requisites": 1,
    "lines": 2,
    "tasks": 3,
    "comments": 2,
    "notices": 1,
}


async def carry_out(crm: Bitrix24Crm, writes: Sequence[CrmWrite]) -> None:
    delivered = await crm.carry_out_all(writes)
    assert (delivered.count, delivered.refused) == (len(writes), {})


async def test_the_portal_shows_the_deal_with_its_lines_tasks_and_comments(crm: Bitrix24Crm) -> None:
    shown = {
        "payment": "Предоплата 100 %",
        "unit_price": "150000.00 RUB",
        "eta": "2026-12-05",
        "blockers": "",
    }
    await carry_out(crm, [*story(), line(8, 2, status=LineStatus.AT_CUSTOMS, shown=shown)])
    card = await crm.card("1042")
    assert card
    assert card.stage is Stage.CONTRACT_APPROVAL
    assert card.fields == CLIENT | {"manager": "Ольга Иванова", "amount": "300000.00 RUB"}
    assert [(row.line, row.sku, row.name, row.quantity, row.amount) for row in card.lines] == [
        (1, "US-1", "УЗИ-сканер", 2, "300000.00"),
        (2, "US-2", "УЗИ-сканер", 2, "300000.00"),
    ]
    assert card.lines[1].status is LineStatus.AT_CUSTOMS
    assert card.lines[1].shown["payment"] == "Предоплата 100 %"
    assert card.lines[1].shown["eta"] == "2026-12-05"
    assert "blockers" not in card.lines[1].shown
    assert [c.text for c in card.comments] == ["comment 1", "comment 6"]
    assert [(t.task, t.person, bool(t.closed_at), t.due_at) for t in card.tasks] == [
        ("qualification@1:ivanova", "ivanova", True, DUE),
        ("contract@1:petrov", "petrov", False, DUE),
        ("line-2:credit@1:petrov", "petrov", False, DUE),
    ]


async def test_writes_carried_out_again_make_nothing_new(there: Double, crm: Bitrix24Crm) -> None:
    for _ in range(3):
        await carry_out(crm, story())
    assert made(there) == ONE_OF_EACH


async def test_a_process_that_remembers_nothing_makes_nothing_new(
    there: Double, crm: Bitrix24Crm, books: Any
) -> None:
    await carry_out(crm, story())
    other = Bitrix24Crm(Portal(there.url, OpenBudget()), books)
    await carry_out(other, story())
    await other.close()
    assert made(there) == ONE_OF_EACH


LOST = [(kind, nth) for kind in ("dropped_after", "html_after", "dropped_before") for nth in range(8)]


@pytest.mark.parametrize(("kind", "nth"), LOST)
async def test_an_answer_lost_at_any_request_leaves_one_of_each(
    there: Double, crm: Bitrix24Crm, env: ActivityEnvironment, kind: Any, nth: int
) -> None:
    """The n-th request that writes is answered by nobody; the activity is tried again until it gets through."""
    await crm.ready()
    writing = (m for m in ("crm.item.add", "batch", "crm.item.add", "crm.item.update") * 2)
    method = [m for _, m in zip(range(nth + 1), writing, strict=False)][-1]
    there.faults.add(kind, times=1 + nth // 4, method=method)
    delivery, writes = CrmWriter(crm, settle_seconds=0), story()
    for _ in range(12):
        try:
            writes = writes[(await env.run(delivery.write, tuple(writes))).count :]
        except Exception:  # as Temporal does, tries again
            continue
        if not writes:
            break
    assert not writes
    assert there.faults.fired[kind]
    assert made(there) == ONE_OF_EACH


async def test_one_request_looks_and_one_writes(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, story())
    before = len(there.calls)
    await carry_out(crm, [stage(8, Stage.PREPAYMENT), comment(8), line(8), task(9), close(10)])
    assert there.calls[before:] == ["batch", "batch"]


async def test_more_writes_than_a_batch_holds_go_in_several_and_in_order(
    there: Double, crm: Bitrix24Crm
) -> None:
    writes = [comment(seq) for seq in range(1, 100)]
    await carry_out(crm, writes)
    await carry_out(crm, writes)
    texts = [c.text for c in (await crm.card("1042")).comments]  # type: ignore[union-attr]
    assert texts == [write.text for write in writes]


async def test_a_deal_is_found_by_our_key_not_by_its_name(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, [stage(1, Stage.NEW)])
    (deal,) = there.state.items[DEAL].values()
    assert (deal["originatorId"], deal["originId"]) == ("dealwright", "1042")
    there.as_user(2).fill_deal(deal["id"], title="Переименована")
    await carry_out(crm, [stage(2, Stage.PREPAYMENT)])
    assert made(there)["deals"] == 1


async def test_a_deal_born_in_the_portal_keeps_its_name_its_price_and_its_client(
    there: Double, crm: Bitrix24Crm
) -> None:
    category = (await crm._maps.get()).category
    contact = {"name": "Пётр"}
    id = there.as_user(2).add_deal("Своё имя", category=category, contact=contact, opportunity=5)
    number = f"B24-{id}"
    await carry_out(
        crm,
        [
            stage(1, Stage.PREPAYMENT, number),
            fields(1, number, **CLIENT, amount="1.00 RUB"),
            comment(1, "", number),
        ],
    )
    deal = there.state.items[DEAL][id]
    assert (deal["title"], float(deal["opportunity"])) == ("Своё имя", 5)
    assert len(there.state.items[CONTACT]) == 1
    assert made(there)["deals"] == 1


async def test_a_known_client_is_not_made_a_second_time(there: Double, crm: Bitrix24Crm) -> None:
    clinic = {"title": "Клиника", "fm": [{"typeId": "EMAIL", "valueType": "WORK", "value": "x@y.example"}]}
    anna = {"name": "Анна", "fm": [{"typeId": "EMAIL", "valueType": "WORK", "value": CLIENT["email"]}]}
    there.as_user(2).add_deal("другая", company=clinic, contact=anna, requisite={"RQ_INN": CLIENT["inn"]})
    await carry_out(crm, story())
    assert (made(there)["contacts"], made(there)["companies"], made(there)["requisites"]) == (1, 1, 1)
    ours = next(d for d in there.state.items[DEAL].values() if d.get("originId") == "1042")
    assert (ours["contactId"], ours["companyId"]) == (
        next(iter(there.state.items[CONTACT])),
        next(iter(there.state.items[COMPANY])),
    )


async def test_a_client_made_by_us_is_found_again_by_our_key(there: Double, crm: Bitrix24Crm) -> None:
    """Its answer was lost, and meanwhile somebody changed how to reach him."""
    there.as_user(2).add(CONTACT, name="Анна", originatorId="dealwright", originId="1042")
    await carry_out(crm, story())
    assert made(there)["contacts"] == 1


async def test_a_task_of_the_same_id_is_opened_anew(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, [task(1), close(2)])
    later = DUE.replace(day=8)
    await carry_out(crm, [task(3, person="sidorov", due_at=later)])
    (shown,) = (await crm.card("1042")).tasks  # type: ignore[union-attr]
    assert (shown.person, shown.due_at, shown.closed_at) == ("sidorov", later, None)
    assert len(there.state.tasks) == 1


async def test_what_came_after_a_repeated_write_stays(crm: Bitrix24Crm) -> None:
    """Opened, closed and opened anew: told the first two again, the task stays open; and the other way round, closed."""
    await carry_out(crm, [task(1), close(2), task(3)])
    await carry_out(crm, [task(1), close(2)])
    await carry_out(crm, [task(5, "contract@1:petrov"), close(6, "contract@1:petrov")])
    await carry_out(crm, [task(5, "contract@1:petrov")])
    tasks = {t.task: bool(t.closed_at) for t in (await crm.card("1042")).tasks}  # type: ignore[union-attr]
    assert tasks == {"qualification@1:ivanova": False, "contract@1:petrov": True}


async def test_a_task_that_its_person_completed_is_done(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, [task(1)])
    (id,) = there.state.tasks
    there.as_user(2).complete_task(id)
    await carry_out(crm, [close(2, comment="готово")])


async def read(crm: Bitrix24Crm, deal: int) -> SeenDeal:
    seen = await crm.read(str(deal))
    assert seen
    return seen


async def test_an_answered_question_waits_again_when_it_is_asked_anew(
    there: Double, crm: Bitrix24Crm
) -> None:
    await carry_out(crm, [task(1, "contract@1:petrov", asks="contract")])
    (id,) = there.state.items[DEAL]
    there.as_user(2).choose(DEAL, id, "UF_CRM_DEAL_DW_A_CONTRACT", "approve")
    await carry_out(crm, [task(1, "contract@1:petrov", asks="contract")])
    waiting = there.as_user(2).option(DEAL, "UF_CRM_DEAL_DW_A_CONTRACT", "waiting")
    assert there.state.items[DEAL][id]["UF_CRM_DEAL_DW_A_CONTRACT"] != waiting
    await carry_out(crm, [task(2, "contract@2:petrov", asks="contract")])
    assert there.state.items[DEAL][id]["UF_CRM_DEAL_DW_A_CONTRACT"] == waiting


@pytest.mark.parametrize("stubborn", [False, True])
async def test_a_form_is_empty_again_for_its_next_round(
    there: Double, crm: Bitrix24Crm, stubborn: bool
) -> None:
    """Also in a portal that empties no field: there a dash is chosen."""
    there.stubborn = stubborn
    form = ("arrival.outcome",)
    await carry_out(crm, [line(1), task(2, "line-1:arrival@1:ivanova", line=1, form=form)])
    map = await crm._maps.get()
    assert map.lines
    field = map.line_field("F_arrival_outcome")
    assert field
    (item,) = there.state.items[map.lines.entity_type]
    there.as_user(2).choose(map.lines.entity_type, item, field.code, "delayed")
    (deal,) = there.state.items[DEAL]
    assert [f.values for f in (await read(crm, deal)).forms] == [{"arrival.outcome": "delayed"}]
    await carry_out(crm, [task(3, "line-1:arrival#2@1:ivanova", line=1, form=form)])
    assert (await read(crm, deal)).forms == ()


async def test_what_a_portal_does_not_empty_is_emptied_the_other_way_or_named(
    there: Double, crm: Bitrix24Crm
) -> None:
    """A deal's money and dates; a line's date of the round before, in a comment, once."""
    there.stubborn = True
    await carry_out(crm, [fields(1, payable="100.00 RUB", due=DUE.isoformat()), line(1)])
    form = ("supplier-order.ready_on",)
    await carry_out(crm, [task(2, "line-1:supplier-order@1:ivanova", line=1, form=form)])
    map = await crm._maps.get()
    field = map.line_field("F_supplier_order_ready_on")
    assert map.lines
    assert field
    (item,) = there.state.items[map.lines.entity_type]
    there.as_user(2).fill(map.lines.entity_type, item, **{field.code: "2026-12-07"})
    again = task(4, "line-1:supplier-order#2@1:ivanova", line=1, form=form)
    for _ in range(2):
        await carry_out(crm, [fields(3, payable="", due=""), again])
    card = await crm.card("1042")
    assert card
    assert not {"payable", "due"} & set(card.fields)
    (said,) = [told.text for told in card.comments]
    assert "прошлого раунда: «Разместить заказ у поставщика: " in said
    assert said.endswith("» — 07.12.2026. Впишите новые поверх них.")


@pytest.mark.parametrize("stubborn", [False, True])
async def test_a_lines_own_date_that_a_portal_does_not_empty_is_named_on_its_card_while_it_stands_there(
    there: Double, crm: Bitrix24Crm, stubborn: bool
) -> None:
    there.stubborn = stubborn
    eta = {"eta": "2026-12-07", "deliver_by": "2026-12-20"}
    await carry_out(crm, [line(1, shown=eta)])
    for _ in range(2):
        await carry_out(crm, [line(2, shown={"eta": "", "deliver_by": "2026-12-20"})])
    card = await crm.card("1042")
    assert card
    (row,) = card.lines
    assert row.shown["deliver_by"] == "2026-12-20"
    assert row.shown.get("eta", "") == ("2026-12-07" if stubborn else "")
    assert row.shown.get("void", "") == ("«Ожидаемая дата прибытия» — 07.12.2026" if stubborn else "")
    assert card.comments == (), "once on the card is enough"
    await carry_out(crm, [line(3, shown={"eta": "2026-12-09"})])
    card = await crm.card("1042")
    assert card
    assert "void" not in card.lines[0].shown


@pytest.mark.parametrize("stubborn", [False, True])
async def test_a_comment_does_not_begin_as_that_of_the_round_before(
    there: Double, crm: Bitrix24Crm, stubborn: bool
) -> None:
    there.stubborn = stubborn
    await carry_out(crm, [task(1, "contract@1:petrov", asks="contract")])
    (id,) = there.state.items[DEAL]
    hand = there.as_user(2)
    hand.choose(DEAL, id, "UF_CRM_DEAL_DW_A_CONTRACT", "reject")
    hand.fill_deal(id, UF_CRM_DEAL_DW_N_CONTRACT="дорого")
    assert [d.comment for d in (await read(crm, id)).decisions] == ["дорого"]
    await carry_out(crm, [task(2, "contract@2:petrov", asks="contract")])
    assert (await read(crm, id)).decisions == ()
    hand.choose(DEAL, id, "UF_CRM_DEAL_DW_A_CONTRACT", "approve")
    assert [d.comment for d in (await read(crm, id)).decisions] == [""]


async def test_an_option_that_people_renamed_is_still_the_one_that_is_chosen(
    there: Double, crm: Bitrix24Crm
) -> None:
    for field in there.state.fields.values():
        for option in field.options:
            option.value = f"{option.value}!"
    await carry_out(crm, [line(1, shown={"source": "от дилера", "availability": "под заказ"})])
    (row,) = (await crm.card("1042")).lines  # type: ignore[union-attr]
    assert (row.shown["source"], row.shown["availability"]) == ("от дилера!", "под заказ!")


async def test_a_task_is_known_by_its_description(there: Double, crm: Bitrix24Crm) -> None:
    """This portal keeps no XML_ID. A copy that somebody makes of a task is none of ours."""
    await carry_out(crm, [task(1)])
    ((id, made_one),) = there.state.tasks.items()
    assert made_one["xmlId"] is None
    copy = there.as_user(2).add_task(
        "Копия", 2, DESCRIPTION=made_one["description"], UF_CRM_TASK=made_one["ufCrmTask"]
    )
    await carry_out(crm, [close(2)])
    assert (there.state.tasks[id]["status"], there.state.tasks[copy]["status"]) == (5, 2)
    (deal,) = there.state.items[DEAL]
    assert [t.task for t in (await read(crm, deal)).tasks] == ["qualification@1:ivanova"]


async def test_a_portal_that_puts_a_key_of_its_own_there_hides_no_task(
    there: Double, crm: Bitrix24Crm
) -> None:
    """Some import or application fills XML_ID: the mark in the description tells whose task it is."""
    for seq in (1, 2, 3):
        await carry_out(crm, [task(seq)])
        for made_one in there.state.tasks.values():
            made_one["xmlId"] = "{5B1F2C3D-0001}"
    assert len(there.state.tasks) == 1
    (deal,) = there.state.items[DEAL]
    assert [t.task for t in (await read(crm, deal)).tasks] == ["qualification@1:ivanova"]
    await carry_out(crm, [close(4)])
    assert [t["status"] for t in there.state.tasks.values()] == [5]


async def test_a_portal_that_keeps_the_key_needs_no_description(there: Double, crm: Bitrix24Crm) -> None:
    there.keeps_xml_id = True
    await carry_out(crm, [task(1)])
    (made_one,) = there.state.tasks.values()
    made_one["description"] = "Своими словами"
    await carry_out(crm, [task(2)])
    assert len(there.state.tasks) == 1


async def test_tasks_show_on_the_deal_and_on_their_line(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, [line(1), task(2, "line-1:dispatch@1:ivanova", line=1)])
    lines = (await crm._maps.get()).lines
    assert lines
    (deal,), (item,) = there.state.items[DEAL], there.state.items[lines.entity_type]
    (shown,) = there.state.tasks.values()
    assert set(shown["ufCrmTask"]) == {f"D_{deal}", f"{lines.short}_{item}"}


async def test_a_task_to_close_that_was_never_opened_is_refused_and_blocks_nothing(crm: Bitrix24Crm) -> None:
    delivered = await crm.carry_out_all([close(1), comment(2)])
    assert delivered.count == 2
    assert list(delivered.refused) == ["deal-1042:1:done"]
    assert len((await crm.card("1042")).comments) == 1  # type: ignore[union-attr]


async def test_one_without_a_user_in_the_portal_is_refused_in_words(there: Double, crm: Bitrix24Crm) -> None:
    for user in there.state.users.values():
        user.email = user.email.replace("petrov", "petrova").replace("Petrov", "petrova")
    with pytest.raises(CrmRefused, match="petrov has no user in the portal"):
        await crm.notify(notice(1))


async def test_what_the_portal_refuses_in_the_middle_is_skipped_and_the_rest_goes_on(
    there: Double, crm: Bitrix24Crm
) -> None:
    await carry_out(crm, [comment(1)])
    category = (await crm._maps.get()).category
    there.as_user(2).remove_stage(f"C{category}:DW_PREPAY")
    delivered = await crm.carry_out_all([comment(2), stage(3, Stage.PREPAYMENT), comment(4)])
    assert delivered.count == 3
    assert list(delivered.refused) == ["deal-1042:3:stage"]
    assert made(there)["comments"] == 3


async def test_a_fault_in_the_middle_counts_what_was_done_before_it(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, [comment(1), line(1)])
    there.faults.add("inner", method="crm.timeline.comment.add", code="INTERNAL_SERVER_ERROR")
    writes = [line(2, status=LineStatus.PROCESSING), comment(3), comment(4)]
    assert (await crm.carry_out_all(writes)).count == 1
    assert made(there)["comments"] == 1  # nothing overtakes what failed
    there.faults.add("inner", method="crm.timeline.comment.add", code="INTERNAL_SERVER_ERROR")
    with pytest.raises(CrmAmbiguous):
        await crm.carry_out_all(writes[1:])
    await carry_out(crm, writes[1:])
    assert made(there)["comments"] == 3


async def test_a_portal_that_asks_to_wait_is_waited_for(there: Double, crm: Bitrix24Crm) -> None:
    await crm.ready()
    there.faults.add("busy")
    with pytest.raises(CrmBusy) as caught:
        await crm.add_comment(comment(1))
    assert caught.value.retry_after


async def test_a_renewed_webhook_loses_nothing(there: Double, crm: Bitrix24Crm) -> None:
    await crm.ready()
    there.webhooks[0].secret = "another"
    with pytest.raises(CrmUnavailable, match="Wrong authorization data"):
        await crm.carry_out_all(story())


async def test_a_portal_without_our_funnel_says_what_to_do(there: Double, crm: Bitrix24Crm) -> None:
    there.state.categories = [c for c in there.state.categories if c.default]
    for _ in range(2):
        with pytest.raises(CrmUnavailable, match="deal crm setup"):
            await crm.ready()


async def test_a_deal_deleted_there_is_made_anew_if_it_is_ours(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, [comment(1)])
    (id,) = there.state.items[DEAL]
    there.as_user(2).delete_deal(id)
    with pytest.raises(CrmUnavailable, match="made anew"):
        await crm.carry_out_all([stage(2, Stage.PREPAYMENT)])
    await carry_out(crm, [stage(2, Stage.PREPAYMENT)])
    assert made(there)["deals"] == 1


async def test_a_deal_born_and_deleted_there_takes_no_more_writes(there: Double, crm: Bitrix24Crm) -> None:
    id = there.as_user(2).add_deal("Своя", category=(await crm._maps.get()).category)
    there.as_user(2).delete_deal(id)
    writes = [stage(1, Stage.PREPAYMENT, f"B24-{id}"), comment(1, "", f"B24-{id}")]
    delivered = await crm.carry_out_all(writes)
    assert delivered.count == 2
    assert list(delivered.refused) == [write.key for write in writes]
    assert made(there)["deals"] == 0


async def test_of_a_deal_deleted_there_people_still_have_their_notices(
    there: Double, crm: Bitrix24Crm
) -> None:
    id = there.as_user(2).add_deal("Своя", category=(await crm._maps.get()).category)
    there.as_user(2).delete_deal(id)
    number = f"B24-{id}"
    notice = Notify(key=f"deal-{number}:2:notice", deal=number, person="ivanova", text="карточку удалили")
    writes = [comment(1, "", number), notice, fields(3, number, client="x")]
    for _ in range(2):
        delivered = await crm.carry_out_all(writes)
        assert delivered.count == 3
        assert set(delivered.refused) == {writes[0].key, writes[2].key}
    [told] = there.state.notices.values()
    assert "карточку удалили" in str(told)
    there.faults.add("html", times=1, method="batch")
    with pytest.raises(CrmUnavailable):
        await crm.carry_out_all(writes)


async def test_a_deal_in_another_funnel_comes_back_with_its_stage(there: Double, crm: Bitrix24Crm) -> None:
    category = (await crm._maps.get()).category
    id = there.as_user(2).add_deal("Своя", category=category)
    there.as_user(2).fill_deal(id, categoryId=0)
    seen = await crm.read(str(id))
    assert seen
    assert not seen.ours
    await carry_out(crm, [stage(1, Stage.PREPAYMENT, f"B24-{id}")])
    seen = await crm.read(str(id))
    assert seen
    assert (seen.ours, seen.stage, seen.moved_by) == (True, Stage.PREPAYMENT, None)


MARKUP = "[URL=https://evil.example]here[/URL] <script>alert(1)</script> [B]bold[/B] $result[w0_0]"


async def test_what_people_write_works_nowhere_as_markup(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(
        crm,
        [
            comment(1, MARKUP),
            task(2, title=f"a\nb {MARKUP}", description=MARKUP),
            close(3, comment=MARKUP),
            Notify(key="deal-1042:4:notice", deal="1042", person="petrov", text=MARKUP),
            fields(5, **CLIENT | {"client": "ООО\n«Клиника»"}),
        ],
    )
    written = [c["text"] if "text" in c else str(c) for c in there.state.comments.values()]
    written += [str(t["description"]) for t in there.state.tasks.values()]
    written += [str(n) for n in there.state.notices.values()]
    for text in written:
        assert "[URL" not in text
        assert "[B]" not in text
        assert "<script" not in text
    (deal,) = there.state.items[DEAL].values()
    assert deal["title"] == "1042 · ООО «Клиника»"
    assert (await crm.card("1042")).comments[0].text.startswith("[URL=https://evil.example]")  # type: ignore[union-attr]


async def test_a_comment_that_pretends_to_be_ours_hides_nothing(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, [comment(1, "· deal-1042:2:comment\nи ещё")])
    await carry_out(crm, [comment(2)])
    assert made(there)["comments"] == 2


async def test_a_portal_without_smart_processes_shows_lines_as_rows_and_comments(
    plain: Double, plain_crm: Bitrix24Crm
) -> None:
    writes = [
        line(1, 1),
        line(1, 2, name="Датчик"),
        task(2, "line-1:credit@1:petrov", line=1, asks="line-1:credit"),
    ]
    for _ in range(2):
        await carry_out(plain_crm, writes)
    await carry_out(plain_crm, [line(3, 1, status=LineStatus.PROCESSING)])
    card = await plain_crm.card("1042")
    assert card
    assert [(row.line, row.name, row.quantity, row.amount) for row in card.lines] == [
        (1, "УЗИ-сканер", 2, "300000.00"),
        (2, "Датчик", 2, "300000.00"),
    ]
    assert [c.text for c in card.comments] == [
        "1. УЗИ-сканер: ожидает оплаты / согласования",
        "2. Датчик: ожидает оплаты / согласования",
        "1. УЗИ-сканер: оформление",
    ]


@pytest.mark.parametrize("kept", ["items", "rows"])
async def test_a_unit_of_measure_goes_to_the_portal_with_its_quantity(
    there: Double, crm: Bitrix24Crm, plain: Double, plain_crm: Bitrix24Crm, kept: str
) -> None:
    portal, port = (there, crm) if kept == "items" else (plain, plain_crm)
    weighed: dict[str, Any] = {"quantity": Decimal("2.5"), "unit": "166", "unit_price": "120000.00"}
    await carry_out(port, [line(1, 1, **weighed), line(1, 2)])
    card = await port.card("1042")
    assert card
    told = [(row.quantity, row.unit, row.amount) for row in card.lines]
    assert told == [(Decimal("2.5"), "166", "300000.00"), (2, "796", "300000.00")]
    rows = sorted(portal.state.rows.values(), key=itemgetter("sort"))
    assert [row["measureCode"] for row in rows] == ([166, 796] if kept == "rows" else [])
    await carry_out(port, [line(2, 1, **weighed | {"unit": "112"})])
    card = await port.card("1042")
    assert card
    assert [row.unit for row in card.lines] == ["112", "796"]


async def test_rows_that_a_manager_entered_are_not_doubled(plain: Double, plain_crm: Bitrix24Crm) -> None:
    category = (await plain_crm._maps.get()).category
    rows = [
        {"productName": "УЗИ", "price": 150000, "quantity": 2},
        {"productName": "Датчик", "price": 1, "quantity": 1},
    ]
    id = plain.as_user(2).add_deal("Своя", category=category, rows=rows)
    number = f"B24-{id}"
    await carry_out(plain_crm, [line(1, 1, number), line(1, 2, number)])
    assert len((await plain_crm.card(number)).lines) == 2  # type: ignore[union-attr]


async def test_a_question_for_which_the_card_has_no_field_says_where_it_is_answered(
    there: Double, crm: Bitrix24Crm
) -> None:
    """A refund can be asked several times at once, so it has none; a late delivery has its own on the line."""
    both = {"description": "Заполните", "elsewhere": "Ответьте по ссылке из письма."}
    refund = task(2, "refund@1:kuznetsova", form=("refund.payment", "refund.paid_on"), **both)
    late = task(3, "line-1:delivery-late@1:ivanova", line=1, form=("delivery-late.outcome",), **both)
    back = task(4, "refunding#2@1:petrov", asks="refunding#2", **both)
    await carry_out(crm, [line(1), refund, late, back])
    card = await crm.card("1042")
    assert card
    said = {told.task.partition("@")[0]: told.description for told in card.tasks}
    assert said == {
        "refund": "Ответьте по ссылке из письма.",
        "line-1:delivery-late": "Заполните",
        "refunding#2": "Ответьте по ссылке из письма.",
    }
