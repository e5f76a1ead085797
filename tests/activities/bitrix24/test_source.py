"""What people did in the portal, as the desk reads it from the double."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.errors import CrmBusy, CrmUnavailable
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.codes import COMPANY, CONTACT
from adapters.crm.bitrix24.faults import NotGranted
from adapters.crm.bitrix24.port import Bitrix24Crm
from domain.crm.mirror import SeenDecision, SeenTask
from domain.order.order import read_order
from domain.playbook.book import Playbook
from domain.words import Stage
from tests.activities.bitrix24.conftest import OpenBudget
from tests.activities.bitrix24.test_port import carry_out, close, comment, fields, line, stage, task
from tests.doubles.bitrix24 import DEAL, Double

HERE = "+74951234567"


def phone(value: str) -> dict[str, str]:
    return {"typeId": "PHONE", "valueType": "WORK", "value": value}


def mail(value: str) -> dict[str, str]:
    return {"typeId": "EMAIL", "valueType": "WORK", "value": value}


def user_of(there: Double, name: str) -> int:
    return next(user.id for user in there.state.users.values() if user.last_name == name)


@pytest.fixture
async def category(crm: Bitrix24Crm) -> int:
    return (await crm._maps.get()).category


@pytest.fixture
async def deal(there: Double, category: int) -> int:
    """As a manager enters it: the client, the rows, and what goes for all rows."""
    ivanova = there.as_user(user_of(there, "Иванова"))
    id = ivanova.add_deal(
        "УЗИ для клиники",
        category=category,
        company={"title": "ООО «Клиника»", "fm": [phone("+74950000000")]},
        contact={"name": "Анна", "lastName": "Смирнова", "fm": [mail("anna@clinic.example"), phone(HERE)]},
        requisite={"RQ_INN": "9900000017"},
        rows=[
            {"productId": 450, "productName": "УЗИ-сканер", "price": 150000.5, "quantity": 2, "taxRate": 22},
            {"productName": "Датчик", "price": 90000, "quantity": 1, "taxRate": None, "taxIncluded": "Y"},
        ],
        assignedById=ivanova.user,
        currencyId="RUB",
        comments="[B]Срочно[/B]",
    )
    for field, option in {"PAYMENT_TYPE": "prepaid_100", "SOURCE": "import", "DELIVERY": "carrier"}.items():
        ivanova.choose(DEAL, id, f"UF_CRM_DEAL_DW_{field}", option)
    ivanova.fill_deal(id, UF_CRM_DEAL_DW_CERTIFICATE="РЗН 2023/12345")
    return id


async def test_a_new_deal_is_read_as_an_order(crm: Bitrix24Crm, deal: int, book: Playbook) -> None:
    seen = await crm.read(str(deal))
    assert seen
    assert (seen.ref, seen.number, seen.ours) == (str(deal), f"B24-{deal}", True)
    assert (seen.stage, seen.manager, seen.gaps) == (Stage.NEW, "ivanova", ())
    assert [card.partition(":")[0] for card in seen.bound] == ["company", "contact"]
    shared = {
        "payment": "prepaid_100",
        "source": "import",
        "delivery": "carrier",
        "registration_certificate": "РЗН 2023/12345",
    }
    assert seen.order == {
        "client": {
            "name": "ООО «Клиника»",
            "inn": "9900000017",
            "contact": "Анна Смирнова",
            "email": "anna@clinic.example",
            "phone": HERE,
        },
        "manager": "ivanova",
        "currency": "RUB",
        "wish": "Срочно",
        "lines": [
            {
                "sku": "450",
                "name": "УЗИ-сканер",
                "quantity": 2,
                "unit_price": "150000.50",
                "vat": "22",
                **shared,
            },
            {
                "sku": "Датчик",
                "name": "Датчик",
                "quantity": 1,
                "unit_price": "90000.00",
                "vat": "exempt",
                **shared,
            },
        ],
    }
    read_order(dict(seen.order), book, datetime.now(UTC).date())


async def test_lines_that_a_manager_drafts_are_the_order(there: Double, crm: Bitrix24Crm, deal: int) -> None:
    map = await crm._maps.get()
    assert map.lines
    hands, kind = there.as_user(2), map.lines.entity_type
    codes = {
        name: field.code
        for name in ("sku", "quantity", "unit_price", "vat", "payment")
        if (field := map.line_field(name))
    }
    given = {codes["sku"]: "US-9", codes["quantity"]: 3, codes["unit_price"]: "1200.5|RUB"}
    item = hands.add(kind, title="Аппарат", parentId2=deal, **given)
    hands.choose(kind, item, codes["vat"], "22")
    hands.choose(kind, item, codes["payment"], "deferred_30")
    seen = await crm.read(str(deal))
    assert seen
    assert seen.order["lines"] == [
        {
            "sku": "US-9",
            "name": "Аппарат",
            "quantity": 3,
            "unit_price": "1200.50",
            "vat": "22",
            "payment": "deferred_30",
        }
    ]


async def test_units_of_measure_are_read_of_rows_and_of_drafts(
    there: Double, crm: Bitrix24Crm, category: int
) -> None:
    hands, map = there.as_user(2), await crm._maps.get()
    weighed = {"productName": "Гель", "price": 100, "quantity": 2.5, "taxRate": 22, "measureCode": 166}
    counted = weighed | {"quantity": 2, "measureCode": 796}
    foreign = weighed | {"measureCode": 4042}
    deal = hands.add_deal("x", category=category, rows=[weighed, counted, foreign])
    seen = await crm.read(str(deal))
    assert seen
    read = [(line["quantity"], line.get("unit")) for line in seen.order["lines"]]
    assert read == [("2.5", "166"), (2, None), ("2.5", "4042")], "the order's check names what is no unit"
    quantity, unit = map.line_field("quantity"), map.line_field("unit")
    assert map.lines
    assert quantity
    assert unit
    item = hands.add(map.lines.entity_type, title="Гель", parentId2=deal, **{quantity.code: 0.75})
    hands.choose(map.lines.entity_type, item, unit.code, "112")
    seen = await crm.read(str(deal))
    assert seen
    assert seen.order["lines"] == [{"name": "Гель", "quantity": "0.75", "unit": "112"}]


async def test_drafts_that_may_not_be_seen_are_waited_for_and_not_taken_for_none(
    there: Double, crm: Bitrix24Crm, books: Any, deal: int
) -> None:
    known = await crm._maps.get()
    assert known.lines
    quantity = known.line_field("quantity")
    assert quantity
    there.as_user(2).add(known.lines.entity_type, title="Аппарат", parentId2=deal, **{quantity.code: 3})
    started = Bitrix24Crm(Portal(there.url, OpenBudget()), books)
    there.deny("crm.type.list")
    for asked in (started.read(str(deal)), started.changed(datetime.now(UTC)), started.deal_of("line", "1")):
        with pytest.raises(NotGranted) as waits:
            await asked
        assert "smart processes" in waits.value.missing.en
    there.allow()
    seen = await started.read(str(deal))
    assert seen
    assert seen.order["lines"] == [{"name": "Аппарат", "quantity": 3}]
    await started.close()


async def test_a_portal_that_knows_no_smart_processes_has_rows(
    there: Double, crm: Bitrix24Crm, deal: int
) -> None:
    there.deny("crm.type.list", code="ERROR_METHOD_NOT_FOUND", text="Method not found!", status=404)
    crm._maps.forget()
    seen = await crm.read(str(deal))
    assert seen
    assert len(seen.order["lines"]) == 2


async def test_lines_that_the_desk_shows_are_no_drafts(crm: Bitrix24Crm) -> None:
    await carry_out(crm, [line(1, 1), line(1, 2)])
    seen = await crm.read("1")
    assert seen
    assert seen.number == "1042"
    assert "lines" not in seen.order


async def test_what_cannot_be_read_is_said(there: Double, crm: Bitrix24Crm, category: int) -> None:
    rows = [{"productName": "Датчик", "price": 1.5, "quantity": 1.5, "taxRate": 7}]
    id = there.as_user(2).add_deal("Пустая", category=category, rows=rows)
    seen = await crm.read(str(id))
    assert seen
    assert seen.gaps == (
        "Датчик: ставки НДС 7 нет в справочнике",
        "в сделке нет ни контакта, ни компании",
    )
    assert seen.order["lines"][0]["quantity"] == "1.5"


async def test_a_deal_of_another_funnel_is_not_ours(there: Double, crm: Bitrix24Crm) -> None:
    seen = await crm.read(str(there.as_user(2).add_deal("Чужая")))
    assert seen
    assert (seen.ours, seen.stage, seen.order) == (False, None, {})


async def test_a_deleted_deal_is_none(there: Double, crm: Bitrix24Crm, deal: int) -> None:
    there.as_user(2).delete_deal(deal)
    assert await crm.read(str(deal)) is None
    assert await crm.read("no number") is None


async def test_who_moved_the_card_and_where_to(
    there: Double, crm: Bitrix24Crm, deal: int, category: int
) -> None:
    there.as_user(user_of(there, "Орлов")).move_deal(deal, f"C{category}:DW_CUSTOMS")
    seen = await crm.read(str(deal))
    assert seen
    assert (seen.stage, seen.stage_name, seen.moved_by) == (Stage.CUSTOMS, "Таможенное оформление", "orlov")
    await carry_out(crm, [stage(1, Stage.NEW, f"B24-{deal}")])
    seen = await crm.read(str(deal))
    assert seen
    assert (seen.stage, seen.moved_by, seen.changed_by) == (Stage.NEW, None, None)


async def test_a_renamed_stage_is_still_the_same_and_a_foreign_one_is_called_by_its_name(
    there: Double, crm: Bitrix24Crm, deal: int, category: int
) -> None:
    there.as_user(2).rename_stage(f"C{category}:DW_CUSTOMS", "Застряли")
    there.as_user(2).move_deal(deal, f"C{category}:DW_CUSTOMS")
    seen = await crm.read(str(deal))
    assert seen
    assert (seen.stage, seen.stage_name) == (Stage.CUSTOMS, "Застряли")
    there.stages(
        f"DEAL_STAGE_{category}", f"C{category}:", [("UC_1", "Своя стадия", 300, "", False)], category
    )
    there.as_user(2).move_deal(deal, f"C{category}:UC_1")
    seen = await crm.read(str(deal))
    assert seen
    assert (seen.stage, seen.stage_name) == (None, "Своя стадия")


async def test_a_person_that_the_playbook_does_not_know_goes_by_the_portals_name(
    there: Double, crm: Bitrix24Crm, deal: int
) -> None:
    stranger = there.user("Семён", "Чужой", "x@y.example").id
    there.as_user(stranger).fill_deal(deal, title="другое")
    seen = await crm.read(str(deal))
    assert seen
    assert seen.changed_by == "Семён Чужой"


async def test_a_price_without_tax_in_it_is_still_what_the_client_pays(
    there: Double, crm: Bitrix24Crm, category: int
) -> None:
    """`price` has discount and tax in it, also where the row says that tax comes on top."""
    row = {"productName": "УЗИ", "price": 1098, "discountRate": 10, "taxRate": 22, "taxIncluded": "N"}
    deal = there.as_user(2).add_deal("x", category=category, rows=[row])
    seen = await crm.read(str(deal))
    assert seen
    assert seen.order["lines"][0]["unit_price"] == "1098.00"


async def test_tasks_tell_who_closed_them(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(
        crm, [task(1), task(2, "contract@1:petrov"), task(3, "order@1:ivanova"), close(4, "order@1:ivanova")]
    )
    first = min(there.state.tasks)
    there.as_user(user_of(there, "Иванова")).complete_task(first)
    there.as_user(2).add_task("чужая задача", 2, UF_CRM_TASK=["D_1"])
    seen = await crm.read("1")
    assert seen
    tasks = {t.task: t for t in seen.tasks}
    assert tasks["qualification@1:ivanova"].by == "ivanova"
    assert tasks["qualification@1:ivanova"].at
    untouched = tasks["contract@1:petrov"]
    assert untouched == SeenTask(
        task="contract@1:petrov", thing=untouched.thing, closed=False, at=untouched.at
    )
    assert untouched.at
    assert (tasks["order@1:ivanova"].closed, tasks["order@1:ivanova"].by) == (True, None)
    assert len(tasks) == 3
    there.as_user(user_of(there, "Иванова")).reopen_task(first)
    seen = await crm.read("1")
    assert seen
    opened = next(t for t in seen.tasks if t.task == "qualification@1:ivanova")
    assert (opened.closed, opened.by) == (False, "ivanova")
    assert opened.at


async def test_an_answer_in_the_approvals_field_is_a_decision(there: Double, crm: Bitrix24Crm) -> None:
    asks = [
        task(2, "contract@1:petrov", asks="contract"),
        task(3, "line-1:credit@1:petrov", line=1, asks="line-1:credit"),
    ]
    await carry_out(crm, [line(1), *asks])
    seen = await crm.read("1")
    assert seen
    assert seen.decisions == ()
    map, petrov = await crm._maps.get(), there.as_user(user_of(there, "Петров"))
    assert map.lines
    (item,) = there.state.items[map.lines.entity_type]
    answer, said = map.line_field("A_credit"), map.line_field("N_credit")
    assert answer
    assert said
    petrov.choose(DEAL, 1, "UF_CRM_DEAL_DW_A_CONTRACT", "approve")
    petrov.fill(map.lines.entity_type, item, **{said.code: "лимит исчерпан"})
    petrov.choose(map.lines.entity_type, item, answer.code, "reject")
    seen = await crm.read("1")
    assert seen
    bare = [decision.model_copy(update={"at": None}) for decision in seen.decisions]
    assert bare == [
        SeenDecision(approval="contract", approve=True),
        SeenDecision(approval="line-1:credit", approve=False, comment="лимит исчерпан"),
    ]


async def test_forms_are_read_in_the_playbooks_words(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, [line(1)])
    map, hands = await crm._maps.get(), there.as_user(user_of(there, "Иванова"))
    assert map.lines
    kind = map.lines.entity_type
    (item,) = there.state.items[kind]
    hands.choose(DEAL, 1, "UF_CRM_DEAL_DW_F_QUALIFICATION_OUTCOME", "qualified")
    hands.fill_deal(1, UF_CRM_DEAL_DW_F_QUALIFICATION_NEED="  УЗИ ")
    names = {
        name: field.code
        for name in ("F_arrival_outcome", "F_arrival_eta", "F_payment-terms_credit_limit")
        if (field := map.line_field(name))
    }
    hands.choose(kind, item, names["F_arrival_outcome"], "delayed")
    hands.fill(
        kind,
        item,
        **{
            names["F_arrival_eta"]: "2026-12-09T03:00:00+03:00",
            names["F_payment-terms_credit_limit"]: 5000000,
        },
    )
    seen = await crm.read("1")
    assert seen
    assert [(form.line, form.by, form.values) for form in seen.forms] == [
        (0, "ivanova", {"qualification.outcome": "qualified", "qualification.need": "УЗИ"}),
        (
            1,
            "ivanova",
            {
                "arrival.outcome": "delayed",
                "arrival.eta": "2026-12-09",
                "payment-terms.credit_limit": "5000000",
            },
        ),
    ]


async def test_why_a_deal_is_lost(there: Double, crm: Bitrix24Crm, deal: int) -> None:
    there.as_user(2).fill_deal(deal, UF_CRM_DEAL_DW_REASON="Нет бюджета")
    seen = await crm.read(str(deal))
    assert seen
    assert seen.reason == "Нет бюджета"


async def test_reading_a_deal_is_one_request(there: Double, crm: Bitrix24Crm, deal: int) -> None:
    await crm.read(str(deal))
    before = len(there.calls)
    await crm.read(str(deal))
    assert there.calls[before:] == ["batch"]


async def test_more_lines_and_tasks_than_a_page_are_read_to_the_end(crm: Bitrix24Crm) -> None:
    await carry_out(crm, [line(1, n) for n in range(1, 61)])
    await carry_out(crm, [task(n, f"line-{n}:dispatch@1:ivanova", line=n) for n in range(1, 61)])
    seen = await crm.read("1")
    assert seen
    assert len(seen.tasks) == 60
    card = await crm.card("1042")
    assert card
    assert [row.line for row in card.lines] == list(range(1, 61))


async def test_deals_that_are_read_together_have_each_their_own(
    there: Double, crm: Bitrix24Crm, category: int, deal: int
) -> None:
    """Lines, requisites and stages are lists that answer for all of them: also where a list is longer than a page."""
    hands, lines = there.as_user(2), (await crm._maps.get()).lines
    assert lines
    two = hands.add_deal(
        "2", category=category, company={"title": "Вторая"}, requisite={"RQ_INN": "7707083893"}
    )
    hands.add(lines.entity_type, title="Черновик", parentId2=two)
    person = hands.add(CONTACT, name="Пётр")
    hands.add_requisite(CONTACT, person, RQ_INN="500100732259")
    sole = hands.add(DEAL, title="3", categoryId=category, contactId=person)
    bare = hands.add_deal("4", category=category)
    for n in range(60):
        hands.add(lines.entity_type, title=f"Черновик {n}", parentId2=bare)
    ids = [str(id) for id in (deal, two, sole, bare)]

    async def together() -> list[Any]:
        before = len(there.calls)
        found = await asyncio.gather(*(crm.read(ref) for ref in (*ids, "999")))
        requests.append(len(there.calls) - before)
        return [seen and seen.order for seen in found]

    requests: list[int] = []
    alone = [(await crm.read(ref)).order for ref in ids]  # type: ignore[union-attr]
    assert await together() == [*alone, None]
    assert [order.get("client", {}).get("inn") for order in alone] == [
        "9900000017", "7707083893", "500100732259", None,
    ]  # fmt: skip
    assert alone[1]["lines"] == [{"name": "Черновик"}]
    for n in range(60):
        hands.add_requisite(COMPANY, there.state.items[DEAL][deal]["companyId"], NAME=str(n))
    assert await together() == [*alone, None]
    assert len(alone[3]["lines"]) == 60
    assert requests == [1 + 2, 1 + 5 + 2], "where requisites may hide each other, each deal is read alone"


async def test_a_part_that_is_busy_is_no_empty_part(there: Double, crm: Bitrix24Crm, deal: int) -> None:
    await crm.read(str(deal))
    there.faults.add("inner", method="tasks.task.list", code="OPERATION_TIME_LIMIT")
    with pytest.raises(CrmBusy):
        await crm.read(str(deal))
    there.faults.add("html")
    with pytest.raises(CrmUnavailable):
        await crm.read(str(deal))


async def test_lines_and_tasks_lead_to_their_deal(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, [line(1), task(2)])
    lines = (await crm._maps.get()).lines
    assert lines
    (item,), (id,) = there.state.items[lines.entity_type], there.state.tasks
    assert await crm.deal_of("deal", "1") == "1"
    assert await crm.deal_of("line", str(item)) == "1"
    assert await crm.deal_of("task", str(id)) == "1"
    loose = there.as_user(2).add_task("сама по себе", 2)
    for thing, of in (("task", loose), ("task", 999), ("line", 999), ("task", "1x")):
        assert await crm.deal_of(thing, str(of)) is None  # type: ignore[arg-type]


async def test_a_client_and_its_requisites_lead_to_its_deals(
    there: Double, crm: Bitrix24Crm, category: int, deal: int
) -> None:
    other = there.as_user(2).add_deal("Чужая", company={"title": "Чужие"}, requisite={"RQ_INN": "7728168971"})
    item = there.state.items[DEAL][deal]
    requisite, of_other = there.state.requisites
    assert await crm.deals_of("company", str(item["companyId"])) == [str(deal)]
    assert await crm.deals_of("contact", str(item["contactId"])) == [str(deal)]
    assert await crm.deals_of("requisite", str(requisite)) == [str(deal)]
    assert await crm.deals_of("requisite", str(of_other)) == []
    assert await crm.deals_of("company", str(there.state.items[DEAL][other]["companyId"])) == []
    for nobody in ("999", "1x"):
        assert await crm.deals_of("requisite", nobody) == [], "deals without a client are none of theirs"
        assert await crm.deals_of("company", nobody) == []


async def test_a_client_with_many_deals_hides_no_other(
    there: Double, crm: Bitrix24Crm, category: int, deal: int
) -> None:
    busy = there.as_user(2).add(4, title="Холдинг")
    theirs = [there.as_user(2).add_deal(f"{n}", category=category, companyId=busy) for n in range(60)]
    mine = str(there.state.items[DEAL][deal]["companyId"])
    before = len(there.calls)
    found = await asyncio.gather(*(crm.deals_of("company", id) for id in (mine, str(busy), "999")))
    assert found == [[str(deal)], [str(id) for id in theirs[:9:-1]], []], "of many the newest"
    assert there.calls[before:] == ["batch", "batch"]


async def test_of_client_cards_that_are_busy_or_hidden_the_others_are_answered(
    there: Double, crm: Bitrix24Crm, deal: int
) -> None:
    [requisite] = there.state.requisites
    company = str(there.state.items[DEAL][deal]["companyId"])
    await crm.ready()
    there.faults.add("inner", method="crm.requisite.list", code="OPERATION_TIME_LIMIT")
    found = await asyncio.gather(
        crm.deals_of("company", company), crm.deals_of("requisite", str(requisite)), return_exceptions=True
    )
    assert found[0] == [str(deal)]
    assert isinstance(found[1], CrmBusy)
    there.deny("crm.requisite.list")
    assert await crm.deals_of("requisite", str(requisite)) == []


async def test_what_is_gone_is_found_in_one_request(there: Double, crm: Bitrix24Crm, category: int) -> None:
    ids = [there.as_user(2).add_deal(f"{n}", category=category) for n in range(120)]
    there.as_user(2).delete_deal(ids[70])
    there.as_user(2).fill_deal(ids[3], categoryId=0)
    before = len(there.calls)
    assert await crm.gone([*map(str, ids), "no number"]) == {str(ids[70]), str(ids[3])}, (
        "deleted, and in another funnel"
    )
    assert there.calls[before:] == ["batch"]
    assert await crm.gone([]) == set()


async def test_a_deal_changes_with_its_line_and_its_task(
    there: Double, crm: Bitrix24Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        await carry_out(crm, [line(1, 1, f"10{n}"), task(2, deal=f"10{n}"), comment(3, deal=f"10{n}")])
    there.as_user(2).add_deal("чужая")
    later = datetime.now(UTC) + timedelta(hours=1)
    monkeypatch.setattr(there.state, "now", lambda: later)
    lines = (await crm._maps.get()).lines
    assert lines
    there.as_user(2).complete_task(min(there.state.tasks))
    there.as_user(2).fill(lines.entity_type, list(there.state.items[lines.entity_type])[1], title="другое")
    there.as_user(2).fill_deal(3, title="другое")
    await carry_out(crm, [fields(4, "102", manager="ivanova")])
    assert {c.ref for c in await crm.changed(later - timedelta(minutes=1))} == {"1", "2", "3"}
    everything = await crm.changed(later - timedelta(days=1))
    assert sorted(c.ref for c in everything) == ["1", "2", "3"]
    assert [c.at for c in everything] == sorted(c.at for c in everything)
    assert await crm.changed(later + timedelta(minutes=1)) == []


async def test_changes_beyond_a_page_are_all_found(there: Double, crm: Bitrix24Crm, category: int) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    ids = [there.as_user(2).add_deal(f"{n}", category=category) for n in range(120)]
    assert {c.ref for c in await crm.changed(since)} == {str(id) for id in ids}


async def test_a_portal_without_smart_processes_is_read_by_its_rows(
    there: Any, plain: Double, plain_crm: Bitrix24Crm
) -> None:
    category = (await plain_crm._maps.get()).category
    rows = [{"productName": "УЗИ", "price": 150000, "quantity": 2, "taxRate": 22}]
    id = plain.as_user(2).add_deal("Своя", category=category, rows=rows)
    seen = await plain_crm.read(str(id))
    assert seen
    assert [entry["name"] for entry in seen.order["lines"]] == ["УЗИ"]
    assert await plain_crm.deal_of("line", "1") is None
    assert [c.ref for c in await plain_crm.changed(datetime.now(UTC) - timedelta(minutes=1))] == [str(id)]
