"""Building a portal: all of it, once, whatever goes wrong on the way; and never against the people who work there."""

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from activities.errors import CrmUnavailable
from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.building.check import check
from adapters.crm.bitrix24.building.setup import FALLBACK, Setup
from adapters.crm.bitrix24.building.steps import Part, Step
from adapters.crm.bitrix24.building.task_keys import KEY, TITLE
from adapters.crm.bitrix24.calls import CALLS, Repeat
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.portal_map import MapKeeper
from domain.playbook.book import Playbook
from domain.words import Stage
from tests.activities.bitrix24.building import at_once, build, reached, said, with_people
from tests.doubles.bitrix24.server import Double, double
from tests.doubles.bitrix24.state import DEAL
from tests.factories import a_playbook, both


@pytest.fixture
async def there() -> AsyncIterator[Double]:
    async with double() as portal:
        yield portal


@pytest.fixture
async def portal(there: Double) -> AsyncIterator[Portal]:
    async with reached(there) as portal:
        yield portal


class Killed(Exception):
    pass


async def findings(portal: Portal, book: Playbook | None = None) -> dict[Part, tuple[bool, str]]:
    found = await check(portal, book or a_playbook())
    return {finding.part: (finding.ok, finding.words.en) for finding in found}


def _stages(there: Double) -> list[str]:
    both_titles = (codes.FUNNEL_TITLE.ru, codes.FUNNEL_TITLE.en)
    funnel = next(c for c in there.state.categories if c.name in both_titles)
    return [stage.status for stage in there.state.stages(f"DEAL_STAGE_{funnel.id}")]


def _renamed_payment(book: Playbook) -> Playbook:
    term = book.payments["prepaid_50"].model_copy(update={"title": both("two halves")})
    return book.model_copy(update={"payments": {**book.payments, "prepaid_50": term}})


async def test_a_bare_portal_becomes_one_that_the_adapter_can_work_with(
    there: Double, portal: Portal
) -> None:
    built = await build(portal)
    assert built.ok
    assert built.plan.steps == ()
    assert _stages(there) == [codes.stage_id(1, stage) for stage in Stage]
    known = await MapKeeper(portal).get()
    assert known.lines is not None
    payment = known.deal_field("payment_type")
    assert payment is not None
    assert set(payment.options) == set(a_playbook().payments)
    assert known.line_field("sku") is not None


async def test_every_field_of_a_deal_has_a_code_that_the_portal_takes(there: Double, portal: Portal) -> None:
    assert (await build(portal)).failed == ()
    codes_there = [field.name for field in there.state.fields.values() if field.entity == "CRM_DEAL"]
    assert len(codes_there) > 20
    assert all(code.startswith("UF_CRM_DEAL_DW_") and len(code) <= 50 for code in codes_there)


@pytest.mark.parametrize("renamed", ["", "Продажи оборудования"])
async def test_a_funnel_is_found_again_and_no_second_one_is_made(
    there: Double, portal: Portal, renamed: str
) -> None:
    """A funnel keeps nothing but its name, and people change that: it is known by its stages."""
    for _ in range(3):
        assert (await build(portal)).ok
        there.state.categories[-1].name = renamed or there.state.categories[-1].name
    assert [category.id for category in there.state.categories if category.entity_type == DEAL] == [0, 1]
    assert (await MapKeeper(portal).get()).category == 1


async def test_of_two_funnels_with_our_stages_the_whole_one_is_ours(there: Double, portal: Portal) -> None:
    stray = there.funnel(DEAL, "Копия")
    there.stages(f"DEAL_STAGE_{stray.id}", f"C{stray.id}:", [("DW_CUSTOMS", "Таможня", 35, "", False)], 0)
    there.funnel(DEAL, "Сделки с поставкой")
    there.stages("DEAL_STAGE_2", "C2:", [(f"DW_{n}", n, 30, "", False) for n in ("PREPAY", "SENT")], 0)
    assert (await MapKeeper(portal).get()).category == 2


async def test_a_funnel_that_was_not_built_is_none_for_the_adapter(there: Double, portal: Portal) -> None:
    there.funnel(DEAL, "Сделки с поставкой")
    with pytest.raises(CrmUnavailable, match="deal crm setup"):
        await MapKeeper(portal).get()


async def test_after_the_setup_the_check_finds_nothing(there: Double, portal: Portal) -> None:
    with_people(there, a_playbook())
    await build(portal)
    found = await findings(portal)
    assert "DEALWRIGHT_BITRIX24_BOT_TOKEN" in found.pop(Part.BOT)[1]
    assert set(found.values()) == {(True, "in order")}


@pytest.mark.parametrize(("keeps", "words"), [(True, "the portal keeps"), (False, "does not keep")])
async def test_a_check_may_try_whether_a_tasks_key_is_kept(
    there: Double, portal: Portal, keeps: bool, words: str
) -> None:
    """On one task, which goes again; also one that a check left behind."""
    there.keeps_xml_id = keeps
    there.as_user(1).add_task(TITLE, 1, XML_ID=KEY)
    for _ in range(2):
        last = (await check(portal, a_playbook(), probe=True))[-1]
        assert (last.part, last.ok) == (Part.TASKS, True)
        assert words in last.words.en
        assert there.state.tasks == {}
    assert Part.TASKS not in {finding.part for finding in await check(portal, a_playbook())}


async def test_a_portal_that_refuses_the_tried_task_is_told_so(there: Double, portal: Portal) -> None:
    there.faults.add("nameless", times=1, method="tasks.task.add")
    last = (await check(portal, a_playbook(), probe=True))[-1]
    assert not last.ok
    assert last.words.en.startswith("tasks.task.add: ")


async def test_a_dry_run_says_it_all_and_changes_nothing(there: Double, portal: Portal) -> None:
    planned = await Setup(portal, a_playbook()).planned()
    assert "make the funnel “Deals with delivery”" in said(planned.plan.steps)
    assert "add the stage “At the warehouse”" in said(planned.plan.steps)
    assert "add the field “Payment type”" in said(planned.plan.steps)
    assert [method for method in there.calls if CALLS.get(method) is not Repeat.READ] == []
    assert (len(there.state.categories), there.state.fields, there.state.lists) == (1, {}, {})


async def test_a_second_run_changes_nothing(there: Double, portal: Portal) -> None:
    await build(portal)
    there.calls.clear()
    assert (await build(portal)).done == ()
    assert "userfieldconfig.add" not in there.calls
    assert "crm.status.update" not in there.calls


@pytest.mark.parametrize("after", [1, 25, 60])
async def test_cut_off_in_the_middle_it_goes_on_where_it_was(
    there: Double, portal: Portal, after: int
) -> None:
    whole = await _built_elsewhere()
    told = 0

    def stop(step: object) -> None:
        nonlocal told
        told += 1
        if told == after:
            raise Killed

    with pytest.raises(Killed):
        await Setup(portal, a_playbook(), tell=stop).build()
    assert (await build(portal)).ok
    assert _inventory(there) == whole


@pytest.mark.parametrize("fault", ["dropped_after", "html_after", "dropped_before", "html", "busy"])
async def test_lost_answers_make_nothing_twice(there: Double, portal: Portal, fault: str) -> None:
    whole = await _built_elsewhere()
    there.faults.add(fault, times=2, method="batch")  # type: ignore[arg-type]
    for _ in range(3):
        with suppress(CrmUnavailable):
            await build(portal)
    assert there.faults.fired[fault] == 2
    assert _inventory(there) == whole


async def test_a_stage_that_people_renamed_keeps_its_name(there: Double, portal: Portal) -> None:
    await build(portal)
    hands = there.as_user(1)
    hands.rename_stage("C1:DW_CUSTOMS", "Растаможка")
    hands.rename_stage("C1:WON", "Деньги пришли")
    built = await build(portal)
    assert built.done == ()
    assert {stage.name for stage in there.state.stages("DEAL_STAGE_1")} >= {"Растаможка", "Деньги пришли"}
    ok, words = (await findings(portal))[Part.STAGES]
    assert ok
    assert "“Customs clearance” was renamed to “Растаможка”" in words


async def test_a_stage_that_people_removed_is_missed_and_comes_back(there: Double, portal: Portal) -> None:
    await build(portal)
    hands = there.as_user(1)
    hands.rename_stage("C1:WON", "Деньги пришли")
    hands.remove_stage("C1:DW_CUSTOMS")
    assert (await findings(portal))[Part.STAGES][0] is False
    assert said((await build(portal)).done) == ["add the stage “Customs clearance”"]
    assert _stages(there) == [codes.stage_id(1, stage) for stage in Stage]
    assert "Деньги пришли" in {stage.name for stage in there.state.stages("DEAL_STAGE_1")}


async def test_a_stage_in_which_deals_stand_is_not_removed(there: Double, portal: Portal) -> None:
    there.funnel(2, "Сделки с поставкой")
    there.as_user(1).add_deal("Стоит", category=1, stageId="C1:EXECUTING")
    built = await build(portal)
    assert built.ok
    assert "C1:EXECUTING" in _stages(there)
    assert "There are active items in this status" in built.failed[0].words.en


async def test_a_field_that_people_removed_comes_back(there: Double, portal: Portal) -> None:
    await build(portal)
    there.as_user(1).remove_field("UF_CRM_DEAL_DW_BLOCKERS")
    ok, words = (await findings(portal))[Part.DEAL_FIELDS]
    assert not ok
    assert "What blocks it" in words
    assert said((await build(portal)).done) == ["add the field “What blocks it”"]


async def test_a_field_of_another_type_is_told_and_left_alone(there: Double, portal: Portal) -> None:
    await build(portal)
    field = next(f for f in there.state.fields.values() if f.name == "UF_CRM_DEAL_DW_DUE")
    field.type = "string"
    built = await build(portal)
    assert (built.ok, built.done) == (False, ())
    assert field.type == "string"
    assert (await findings(portal))[Part.DEAL_FIELDS][0] is False


async def test_a_new_payment_type_becomes_an_option_and_the_old_ones_keep_what_people_called_them(
    there: Double, portal: Portal
) -> None:
    await build(portal)
    book = a_playbook()
    field = next(f for f in there.state.fields.values() if f.name == "UF_CRM_DEAL_DW_PAYMENT_TYPE")
    before = {option.xml_id: option.id for option in field.options}
    field.options[0].value = "пополам"
    more = book.model_copy(update={"payments": {**book.payments, "credit_60": book.payments["deferred_30"]}})
    assert (await build(portal, more)).ok
    after = {option.xml_id: option.id for option in field.options}
    assert after == before | {"credit_60": after["credit_60"]}
    assert field.options[0].value == "пополам"


async def test_a_title_that_changed_in_the_playbook_changes_in_the_list(
    there: Double, portal: Portal
) -> None:
    await build(portal)
    assert said((await build(portal, _renamed_payment(a_playbook()))).done) == [
        "rename in the list “Payment types”: half ahead (по-русски) → two halves (по-русски)"
    ]


async def test_a_portal_whose_plan_has_no_smart_processes_gets_all_the_rest(
    there: Double, portal: Portal
) -> None:
    there.smart = False
    built = await build(portal)
    assert built.ok
    assert FALLBACK in [note.words for note in built.plan.notes]
    assert there.state.types == {}
    assert _stages(there) == [codes.stage_id(1, stage) for stage in Stage]
    found = await findings(portal)
    assert found[Part.LINES][0] is True
    assert Part.LINE_FIELDS not in found


async def test_a_webhook_of_somebody_without_rights_is_told_whose_it_must_be(
    there: Double, portal: Portal
) -> None:
    there.state.users[1].admin = False
    built = await build(portal)
    assert not built.ok
    assert "administrator" in next(t for t in built.failed if t.part is Part.FUNNEL).advice.en


async def test_a_refusal_names_the_call_and_the_answer_and_blames_no_rights_that_are_there(
    there: Double, portal: Portal
) -> None:
    said = "You cannot create custom fields"
    there.faults.add("inner", times=99, method="userfieldconfig.add", code="", text=said)
    there.faults.add("inner", times=1, method="lists.add", code="ERROR_CORE", text="Access denied")
    built = await build(portal)
    assert not built.ok
    told = [trouble.words.en for trouble in built.failed]
    assert f"add the field “Client of the deal”: userfieldconfig.add: {said}" in told
    assert any(words.endswith("lists.add: ERROR_CORE: Access denied") for words in told)
    assert {"administrator" in trouble.advice.en for trouble in built.failed} == {False}


async def test_what_a_portal_does_not_show_is_told_with_the_call_and_its_answer(
    there: Double, portal: Portal
) -> None:
    there.faults.add("inner", times=9, method="crm.status.list", code="", text="The plan has no funnels")
    trouble = next(t for t in (await build(portal)).plan.troubles if t.part is Part.FUNNEL)
    assert trouble.words.en.endswith("crm.status.list: The plan has no funnels")
    assert "administrator" not in trouble.advice.en


async def test_a_webhook_that_lacks_permissions_is_told_which(there: Double, portal: Portal) -> None:
    there.webhooks[0].scopes = frozenset({"crm", "user", "lists"})
    built = await build(portal)
    assert not built.ok
    assert [t.words.en.partition(":")[0] for t in built.plan.troubles] == [
        "the webhook lacks the permission userfieldconfig",
        "the webhook lacks the permission task",
        "the webhook lacks the permission im",
    ]
    assert len(there.state.categories) == 1, "nothing was begun"


async def test_a_webhook_without_lists_does_without_reference_books(there: Double, portal: Portal) -> None:
    hook = there.webhooks[0]
    hook.scopes = hook.scopes - {"lists"}
    built = await build(portal)
    assert built.ok
    assert there.state.lists == {}
    assert (await findings(portal))[Part.RIGHTS][0] is True


async def test_people_without_a_user_are_named_by_their_ids_only(there: Double, portal: Portal) -> None:
    book = a_playbook()
    there.user("Пётр", "Петров", book.people["petrov"].email.upper())
    ok, words = (await findings(portal, book))[Part.PEOPLE]
    assert ok
    assert words.endswith("ivanova, sidorova, orlov")
    assert "@" not in words


async def test_a_smart_process_whose_stages_were_switched_off_gets_them_back(
    there: Double, portal: Portal
) -> None:
    await build(portal)
    next(iter(there.state.types.values())).switches["Stages"] = "N"
    assert said((await build(portal)).done) == ["switch on the stages of the smart process"]


async def test_a_wrong_address_is_told_without_the_secret_in_it(there: Double) -> None:
    there.webhooks[0].secret = "another"
    async with reached(there) as portal:
        there.webhooks[0].secret = "changed"
        with pytest.raises(CrmUnavailable) as told:
            await build(portal)
    assert "another" not in str(told.value)


def _inventory(there: Double) -> object:
    state = there.state
    return (
        sorted(c.name for c in state.categories),
        sorted((s.entity, s.status, s.name, s.sort) for s in state.statuses.values()),
        sorted((t.title, t.code) for t in state.types.values()),
        sorted((f.entity, f.name, tuple(o.xml_id for o in f.options)) for f in state.fields.values()),
        sorted((one.code, sorted(e["CODE"] for e in one.elements.values())) for one in state.lists.values()),
    )


async def _built_elsewhere() -> object:
    """What a build that nothing disturbs leaves; made once."""
    if not _UNDISTURBED:
        async with double() as other, reached(other) as portal:
            await build(portal)
            _UNDISTURBED.append(_inventory(other))
    return _UNDISTURBED[0]


_UNDISTURBED: list[object] = []


async def test_ready_made_stages_get_our_names_also_where_the_portal_does_not_say_that_nobody_named_them(
    there: Double, portal: Portal
) -> None:
    there.funnel(2, "Сделки с поставкой")
    for stage in there.state.stages("DEAL_STAGE_1"):
        stage.name_init = ""
    await build(portal)
    assert {"Новая", "Оплата заказа", "Проиграна"} <= {s.name for s in there.state.stages("DEAL_STAGE_1")}


async def test_a_portal_that_forgets_what_it_was_given_is_not_asked_for_ever(
    there: Double, portal: Portal
) -> None:
    def forget(step: Step) -> None:
        for category in there.state.categories:
            category.name = "Чужая"
        ours = [s.id for s in there.state.statuses.values() if ":DW_" in s.status and s.status[0] == "C"]
        for id in ours:
            del there.state.statuses[id]

    built = await Setup(portal, a_playbook(), tell=forget, sleep=at_once).build()
    assert not built.ok
    assert len([c for c in there.state.categories if c.entity_type == 2]) == 2


async def test_a_smart_process_without_its_mark_yet_is_found_by_its_code(
    there: Double, portal: Portal
) -> None:
    await build(portal)
    there.as_user(1).remove_field("UF_CRM_1_DW_SKU")
    assert said((await build(portal)).done) == ["add the field “SKU”"]
    assert len(there.state.types) == 1
