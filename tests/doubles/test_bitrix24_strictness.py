"""The double refuses what a portal refuses, and forgets what a portal forgets, as the documentation says it."""

import pytest

from tests.doubles.bitrix24 import COMPANY, CONTACT, DEAL, Double
from tests.doubles.conftest import Caller

OWNED = {"=ownerType": "D", "=ownerId": 1}


@pytest.fixture
def deal(portal: Double) -> int:
    return portal.as_user(2).add_deal("One", company={"title": "Клиника"}, contact={"name": "Анна"})


async def test_a_funnel_keeps_no_key(call: Caller) -> None:
    keys = {"originId": "deals", "originatorId": "desk", "isSystem": "Y"}
    made = (await call("crm.category.add", entityTypeId=DEAL, fields={"name": "Ours", "sort": 7, **keys}))[
        "category"
    ]
    assert (made["name"], made["sort"], made["originId"], made["originatorId"]) == ("Ours", 7, "", "")
    again = await call("crm.category.update", entityTypeId=DEAL, id=made["id"], fields=keys)
    assert again["category"] == made


@pytest.mark.parametrize("name", ["UF_CRM_DW_A", "UF_CRM_7_A", "DW_A"])
async def test_a_field_has_the_code_of_what_it_belongs_to(call: Caller, name: str) -> None:
    field = {"entityId": "CRM_DEAL", "fieldName": name, "userTypeId": "string"}
    refused = await call.fails("userfieldconfig.add", moduleId="crm", field=field)
    assert refused == (400, "", "You cannot create custom fields")
    assert await call("userfieldconfig.add", moduleId="crm", field=field | {"fieldName": "UF_CRM_DEAL_DW_A"})


@pytest.mark.parametrize(
    ("row", "exclusive", "netto", "brutto", "discount"),
    [
        (
            {"price": 80000, "discountRate": 20, "taxRate": 20, "taxIncluded": "Y"},
            66666.67,
            83333.34,
            100000.01,
            16666.67,
        ),
        ({"price": 1098, "discountRate": 10, "taxRate": 22, "taxIncluded": "N"}, 900, 1000, 1220, 100),
        (
            {"price": 1098, "discountTypeId": 1, "discountSum": 100, "taxRate": 22, "taxIncluded": "N"},
            900,
            1000,
            1220,
            100,
        ),
        ({"price": 5550, "taxRate": None}, 5550, 5550, 5550, 0),
    ],
)
async def test_a_rows_price_is_what_the_client_pays(
    call: Caller,
    deal: int,
    row: dict[str, object],
    exclusive: float,
    netto: float,
    brutto: float,
    discount: float,
) -> None:
    made = await call("crm.item.productrow.add", fields={"ownerType": "D", "ownerId": deal, **row})
    shown = made["productRow"]
    prices = (shown["priceExclusive"], shown["priceNetto"], shown["priceBrutto"], shown["discountSum"])
    assert prices == (exclusive, netto, brutto, discount)
    assert shown["price"] == row["price"]


@pytest.mark.parametrize(
    "filter", [{}, {"=ownerId": 1}, {"=ownerType": "D"}, {"ownerType": "D", "ownerId": 1}]
)
async def test_rows_are_listed_of_one_owner_only(
    call: Caller,
    deal: int,
    filter: dict[str, object],
) -> None:
    assert (await call.fails("crm.item.productrow.list", filter=filter))[1] == "REQUIRED_ARG_MISSING"


async def test_rows_are_neither_chosen_nor_sorted_by_their_price(call: Caller, deal: int) -> None:
    for price, sort in ((5, 20), (9, 10)):
        fields = {"ownerType": "D", "ownerId": deal, "price": price, "sort": sort}
        await call("crm.item.productrow.add", fields=fields)
    asked = {"filter": OWNED | {">price": 7}, "order": {"price": "asc"}}
    rows = (await call("crm.item.productrow.list", **asked))["productRows"]
    assert [row["price"] for row in rows] == [9, 5], "all of them, by `sort`"


@pytest.mark.parametrize("name", ["ownerId", "xmlId", "priceNetto", "status"])
async def test_a_row_takes_no_field_that_is_not_to_be_changed(call: Caller, deal: int, name: str) -> None:
    row = (await call("crm.item.productrow.add", fields={"ownerType": "D", "ownerId": deal}))["productRow"]
    refused = await call.fails("crm.item.productrow.update", id=row["id"], fields={name: 1})
    assert refused[1] == "INVALID_ARG_VALUE"


async def test_a_task_keeps_no_xml_id_and_is_not_found_by_one(portal: Double, call: Caller) -> None:
    fields = {"TITLE": "One", "RESPONSIBLE_ID": 2, "XML_ID": "desk:1"}
    made = (await call("tasks.task.add", fields=fields))["task"]
    assert made["xmlId"] is None
    await call("tasks.task.add", fields=fields | {"TITLE": "Two"})
    found = await call("tasks.task.list", filter={"XML_ID": "desk:1"}, select=["ID", "TITLE"])
    assert [task["title"] for task in found["tasks"]] == ["Two", "One"], "all there are, the newest first"
    for order in ({"XML_ID": "asc"}, {"DESCRIPTION": "asc"}):
        assert "sorting key" in (await call.fails("tasks.task.list", order=order))[2]
    portal.keeps_xml_id = True
    assert (await call("tasks.task.add", fields=fields))["task"]["xmlId"] == "desk:1"


async def test_comments_are_chosen_by_their_card_only(call: Caller, deal: int) -> None:
    about = {"ENTITY_ID": deal, "ENTITY_TYPE": "deal"}
    for text in ("one", "two"):
        await call("crm.timeline.comment.add", fields=about | {"COMMENT": text})
    listed = await call("crm.timeline.comment.list", filter=about | {"%COMMENT": "two", ">ID": 99})
    assert [row["COMMENT"] for row in listed] == ["one", "two"]


async def test_a_deal_is_bound_to_a_requisite_of_its_own_client(
    portal: Double, call: Caller, deal: int
) -> None:
    hand = portal.as_user(2)
    own = hand.add_requisite(COMPANY, 1, NAME="x", RQ_INN="9900000017")
    other = hand.add_requisite(COMPANY, hand.add(COMPANY, title="Другая"), NAME="y")
    assert await call.fails("crm.requisite.link.get", entityTypeId=DEAL, entityId=deal) == (
        400,
        "",
        "Not found",
    )
    link = {"ENTITY_TYPE_ID": DEAL, "ENTITY_ID": deal, "REQUISITE_ID": own, "BANK_DETAIL_ID": 0}
    ours = {"MC_REQUISITE_ID": 0, "MC_BANK_DETAIL_ID": 0}
    assert "MC_REQUISITE_ID" in (await call.fails("crm.requisite.link.register", fields=link))[2]
    refused = await call.fails("crm.requisite.link.register", fields=link | ours | {"REQUISITE_ID": other})
    assert "not assigned" in refused[2]
    assert await call("crm.requisite.link.register", fields=link | ours) is True
    shown = await call("crm.requisite.link.get", entityTypeId=DEAL, entityId=deal)
    assert (shown["ENTITY_TYPE_ID"], shown["ENTITY_ID"], shown["REQUISITE_ID"]) == (DEAL, deal, str(own))


async def test_templates_of_requisites_have_a_country(portal: Double, call: Caller) -> None:
    portal.state.presets[9] = {"ID": 9, "NAME": "Company", "COUNTRY_ID": 122, "ENTITY_TYPE_ID": 8}
    asked = {"filter": {"COUNTRY_ID": 1}, "select": ["ID", "NAME"]}
    assert [row["ID"] for row in await call("crm.requisite.preset.list", **asked)] == ["1", "2", "3"]
    owner = {"ENTITY_TYPE_ID": CONTACT, "ENTITY_ID": 1, "NAME": "x"}
    assert "PRESET_ID" in (await call.fails("crm.requisite.add", fields=owner | {"PRESET_ID": 77}))[2]


async def test_a_phone_is_found_however_it_is_spelt(portal: Double, call: Caller, deal: int) -> None:
    phone = {"typeId": "PHONE", "value": "8 (495) 123-45-67"}
    person = portal.as_user(2).add(CONTACT, name="Пётр", fm=[phone])
    asked = {"type": "PHONE", "values": ["+74951234567"]}
    assert await call("crm.duplicate.findbycomm", **asked) == {"CONTACT": [person]}
    assert await call("crm.duplicate.findbycomm", **asked, entity_type="COMPANY") == []
    refused = await call.fails("crm.duplicate.findbycomm", values=["1"])
    assert refused[1] == "Communication type is not defined"
