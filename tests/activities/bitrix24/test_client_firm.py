"""Whose firm a deal is with: which requisite counts, and how the client that the desk brings is found or made."""

from typing import Any

import pytest

from activities.errors import CrmBusy
from adapters.crm.bitrix24.persons import parted
from adapters.crm.bitrix24.port import Bitrix24Crm
from domain.effects import SetFields
from tests.activities.bitrix24.test_port import CLIENT, carry_out, fields, made
from tests.activities.bitrix24.test_source import mail, phone
from tests.doubles.bitrix24 import COMPANY, CONTACT, DEAL, Double
from tests.doubles.bitrix24.hands import Hands

SOLE_TRADER = "500100732259"
OLD, NEW = "7728168971", "7736050003"


async def client_of(crm: Bitrix24Crm, deal: int) -> dict[str, Any]:
    seen = await crm.read(str(deal))
    assert seen
    return dict(seen.order.get("client") or {})


@pytest.fixture
async def category(crm: Bitrix24Crm) -> int:
    return (await crm._maps.get()).category


@pytest.fixture
def hand(there: Double) -> Hands:
    return there.as_user(2)


def ours(there: Double) -> dict[str, Any]:
    [deal] = there.state.find(DEAL, originId="1042")
    return deal


# --- read -------------------------------------------------------------------------------------------------------------------


async def test_of_a_company_with_two_firms_the_one_that_the_deal_is_bound_to_counts(
    crm: Bitrix24Crm,
    hand: Hands,
    category: int,
) -> None:
    company = hand.add(COMPANY, title="Холдинг")
    hand.add_requisite(COMPANY, company, NAME="Старое", RQ_INN=OLD, RQ_KPP="772801001")
    new = hand.add_requisite(
        COMPANY,
        company,
        NAME="Новое",
        RQ_COMPANY_NAME="ООО «Новое»",
        RQ_INN=NEW,
        RQ_KPP="773601001",
        RQ_OGRN="1027700132195",
    )
    deal = hand.add(DEAL, title="x", categoryId=category, companyId=company)
    assert (await client_of(crm, deal))["inn"] == OLD, "bound to none, it is the first"
    hand.bind_requisite(deal, new)
    client = await client_of(crm, deal)
    assert (client["name"], client["inn"], client["kpp"], client["ogrn"]) == (
        "ООО «Новое»",
        NEW,
        "773601001",
        "1027700132195",
    )


async def test_a_sole_trader_has_requisites_of_his_own(
    crm: Bitrix24Crm,
    hand: Hands,
    category: int,
) -> None:
    person = hand.add(CONTACT, name="Иван", lastName="Иванов", fm=[mail("ivan@ip.example")])
    hand.add_requisite(
        CONTACT, person, preset=2, NAME="ИП Иванов", RQ_INN=SOLE_TRADER, RQ_OGRNIP="304500116000157"
    )
    deal = hand.add(DEAL, title="x", categoryId=category, contactId=person)
    assert await client_of(crm, deal) == {
        "name": "ИП Иванов",
        "inn": SOLE_TRADER,
        "ogrn": "304500116000157",
        "contact": "Иван Иванов",
        "email": "ivan@ip.example",
    }


async def test_a_contacts_own_requisites_are_not_those_of_the_company_he_works_for(
    crm: Bitrix24Crm,
    hand: Hands,
    category: int,
) -> None:
    person = hand.add(CONTACT, name="Иван")
    hand.add_requisite(CONTACT, person, preset=2, NAME="ИП", RQ_INN=SOLE_TRADER)
    company = hand.add(COMPANY, title="Клиника")
    deal = hand.add(DEAL, title="x", categoryId=category, contactId=person, companyId=company)
    assert "inn" not in await client_of(crm, deal)


# --- found, or made ---------------------------------------------------------------------------------------------------------


async def test_a_company_gets_its_numbers_by_the_template_of_russian_companies(
    there: Double, crm: Bitrix24Crm
) -> None:
    there.state.presets = {
        7: {"ID": 7, "NAME": "Компания", "COUNTRY_ID": 4, "ENTITY_TYPE_ID": 8, "ACTIVE": "Y", "XML_ID": "BY"},
        **{n + 10: preset | {"ID": n + 10} for n, preset in there.state.presets.items()},
    }
    await carry_out(crm, [fields(1, **CLIENT, kpp="770501001", ogrn="1027700132195")])
    [requisite] = there.state.requisites.values()
    assert requisite["PRESET_ID"] == 11
    assert (requisite["RQ_INN"], requisite["RQ_KPP"], requisite["RQ_OGRN"]) == (
        CLIENT["inn"],
        "770501001",
        "1027700132195",
    )


async def test_a_sole_traders_requisite_is_made_by_his_own_template(there: Double, crm: Bitrix24Crm) -> None:
    trader = CLIENT | {
        "client": "ИП Смирнова",
        "inn": SOLE_TRADER,
        "ogrn": "304500116000157",
        "kpp": "770501001",
    }
    await carry_out(crm, [fields(1, **trader)])
    [requisite] = there.state.requisites.values()
    owner = (requisite["ENTITY_TYPE_ID"], requisite["ENTITY_ID"])
    assert owner == (COMPANY, ours(there)["companyId"]), "whether the contact is the trader no order says"
    assert there.state.presets[requisite["PRESET_ID"]]["NAME"] == "ИП"
    assert requisite["RQ_OGRNIP"] == "304500116000157"
    assert "RQ_KPP" not in requisite


async def test_a_portal_without_a_russian_template_says_so(there: Double, crm: Bitrix24Crm) -> None:
    for preset in there.state.presets.values():
        preset["COUNTRY_ID"] = 4
    delivered = await crm.carry_out_all([fields(1, **CLIENT)])
    assert "no Russian template" in str(delivered.refused)


async def test_the_deal_is_bound_to_the_requisite_of_its_inn_and_branch(
    there: Double, crm: Bitrix24Crm, hand: Hands
) -> None:
    company = hand.add(COMPANY, title="Сеть клиник")
    numbers = [
        hand.add_requisite(COMPANY, company, NAME=kpp, RQ_INN=CLIENT["inn"], RQ_KPP=kpp)
        for kpp in ("770501001", "780501002")
    ]
    await carry_out(crm, [fields(1, **CLIENT, kpp="780501002")])
    assert ours(there)["companyId"] == company
    link = there.state.requisite_links[DEAL, ours(there)["id"]]
    assert link["REQUISITE_ID"] == str(numbers[1])
    assert made(there)["companies"] == 1


async def test_a_known_sole_trader_is_bound_as_the_contact(
    there: Double, crm: Bitrix24Crm, hand: Hands
) -> None:
    person = hand.add(CONTACT, name="Анна", lastName="Смирнова", fm=[mail(CLIENT["email"])])
    own = hand.add_requisite(CONTACT, person, preset=2, NAME="ИП", RQ_INN=SOLE_TRADER)
    for seq in (1, 2):
        await carry_out(crm, [fields(seq, **CLIENT | {"inn": SOLE_TRADER})])
    assert (ours(there)["contactId"], made(there)["companies"], len(there.state.requisites)) == (person, 0, 1)
    assert there.state.requisite_links[DEAL, ours(there)["id"]]["REQUISITE_ID"] == str(own)


async def test_what_people_chose_in_the_deal_stays(
    there: Double, crm: Bitrix24Crm, hand: Hands, category: int
) -> None:
    person = hand.add(CONTACT, name="Анна")
    chosen, other = [
        hand.add_requisite(CONTACT, person, preset=2, NAME=name, RQ_INN=SOLE_TRADER)
        for name in ("one", "two")
    ]
    deal = hand.add(DEAL, title="x", categoryId=category, contactId=person)
    hand.bind_requisite(deal, other)
    number = f"B24-{deal}"
    await carry_out(crm, [fields(1, number, **CLIENT | {"inn": SOLE_TRADER})])
    assert there.state.requisite_links[DEAL, deal]["REQUISITE_ID"] == str(other)
    assert made(there)["companies"] == 0
    assert chosen != other


async def test_a_choice_that_may_not_be_read_is_not_chosen_anew(
    there: Double, crm: Bitrix24Crm, hand: Hands, category: int
) -> None:
    person = hand.add(CONTACT, name="Анна")
    _, chosen = [
        hand.add_requisite(CONTACT, person, preset=2, NAME=name, RQ_INN=SOLE_TRADER)
        for name in ("one", "two")
    ]
    deal = hand.add(DEAL, title="x", categoryId=category, contactId=person)
    hand.bind_requisite(deal, chosen)
    there.deny("crm.requisite.link.get")
    write = fields(1, f"B24-{deal}", **CLIENT | {"inn": SOLE_TRADER})
    delivered = await crm.carry_out_all([write])
    assert "requisites" in delivered.forbidden[write.key].en
    assert there.state.requisite_links[DEAL, deal]["REQUISITE_ID"] == str(chosen)
    there.allow()
    await carry_out(crm, [write])
    assert there.state.requisite_links[DEAL, deal]["REQUISITE_ID"] == str(chosen)


async def test_a_company_that_people_bound_gets_its_requisite_chosen_or_none(
    there: Double, crm: Bitrix24Crm, hand: Hands, category: int
) -> None:
    """Never another company's, and never a new one."""
    other = hand.add(COMPANY, title="Однофамилец")
    hand.add_requisite(COMPANY, other, NAME="x", RQ_INN=CLIENT["inn"])
    company = hand.add(COMPANY, title="Клиника")
    deal = hand.add(DEAL, title="x", categoryId=category, companyId=company)
    await carry_out(crm, [fields(1, f"B24-{deal}", **CLIENT)])
    assert (DEAL, deal) not in there.state.requisite_links
    own = hand.add_requisite(COMPANY, company, NAME="y", RQ_INN=CLIENT["inn"])
    await carry_out(crm, [fields(2, f"B24-{deal}", **CLIENT)])
    assert there.state.requisite_links[DEAL, deal]["REQUISITE_ID"] == str(own)
    assert (there.state.items[DEAL][deal]["companyId"], made(there)["companies"]) == (company, 2)


@pytest.mark.parametrize(
    ("method", "entity_type", "without", "right"),
    [
        ("crm.requisite.link.get", None, {"inn"}, "реквизиты клиентов"),
        ("crm.requisite.list", None, {"inn"}, "реквизиты клиентов"),
        ("crm.item.get", COMPANY, {"name"}, "компании"),
        ("crm.item.get", CONTACT, {"contact", "email"}, "контакты"),
    ],
)
async def test_what_may_not_be_read_of_a_client_is_named_and_nobody_elses_is_taken(
    there: Double,
    crm: Bitrix24Crm,
    hand: Hands,
    category: int,
    method: str,
    entity_type: int | None,
    without: set[str],
    right: str,
) -> None:
    contact = {"name": "Анна", "fm": [mail("anna@clinic.example")]}
    deal = hand.add_deal(
        "x",
        category=category,
        company={"title": "Холдинг"},
        contact=contact,
        requisite={"RQ_INN": OLD},
    )
    company = there.state.items[DEAL][deal]["companyId"]
    hand.bind_requisite(deal, hand.add_requisite(COMPANY, company, NAME="Новое", RQ_INN=NEW))
    whole = await client_of(crm, deal)
    assert whole["inn"] == NEW
    there.deny(method, entity_type)
    seen = await crm.read(str(deal))
    assert seen
    client = seen.order.get("client", {})
    assert not {name for name in without if client.get(name) == whole[name]}
    assert client.get("inn") in (NEW, None)
    [gap] = seen.gaps
    assert right in gap
    assert method in gap
    there.allow()
    seen = await crm.read(str(deal))
    assert seen
    assert (seen.order["client"], seen.gaps) == (whole, ())


async def test_a_choice_that_could_not_be_read_is_not_taken_for_none(
    there: Double, crm: Bitrix24Crm, hand: Hands, category: int
) -> None:
    deal = hand.add_deal("x", category=category, company={"title": "Холдинг"}, requisite={"RQ_INN": OLD})
    busy = {"code": "OPERATION_TIME_LIMIT", "text": "Method is blocked due to operation time limit."}
    there.faults.add("inner", method="crm.requisite.link.get", **busy)
    with pytest.raises(CrmBusy):
        await crm.read(str(deal))
    assert (await client_of(crm, deal))["inn"] == OLD


@pytest.mark.parametrize("spelt", ["8 (495) 123-45-67", "+7 495 123 45 67", "84951234567"])
async def test_a_contact_is_found_by_his_phone_however_it_is_spelt(
    there: Double, crm: Bitrix24Crm, hand: Hands, spelt: str
) -> None:
    person = hand.add(CONTACT, name="Анна", fm=[phone(spelt)])
    await carry_out(crm, [fields(1, **CLIENT)])
    assert (ours(there)["contactId"], made(there)["contacts"]) == (person, 1)


async def test_a_new_contact_has_a_first_and_a_last_name(there: Double, crm: Bitrix24Crm) -> None:
    await carry_out(crm, [fields(1, **CLIENT | {"contact": "Смирнова Анна Петровна"})])
    [contact] = there.state.of_type(CONTACT).values()
    assert (contact["name"], contact["secondName"], contact["lastName"]) == ("Анна", "Петровна", "Смирнова")


@pytest.mark.parametrize(
    ("name", "first", "second", "last"),
    [
        ("Анна Смирнова", "Анна", "", "Смирнова"),
        ("Анна Петровна", "Анна", "Петровна", ""),
        ("Анна Петровна Смирнова", "Анна", "Петровна", "Смирнова"),
        ("Смирнов Илья Ильич", "Илья", "Ильич", "Смирнов"),
        ("Анна", "Анна", "", ""),
        ("Гарсия Маркес де ла Крус", "Гарсия", "", "Маркес де ла Крус"),
    ],
)
def test_a_name_is_parted_as_people_say_it_or_as_papers_have_it(
    name: str, first: str, second: str, last: str
) -> None:
    assert parted(name) == (first, second, last)


# --- a buyer of another country ----------------------------------------------------------------------------------------

ABROAD = {name: said for name, said in CLIENT.items() if name != "inn"}


def a_template(there: Double, country: int, mark: str = "") -> int:
    """Of a country, as a portal has them in whose settings somebody chose it."""
    id = max(there.state.presets) + 1
    there.state.presets[id] = there.state.presets[1] | {"ID": id, "COUNTRY_ID": country, "XML_ID": mark}
    return id


def one_from(buyer: str, seq: int = 1) -> SetFields:
    return fields(seq, **ABROAD).model_copy(update={"buyer": buyer})


@pytest.mark.parametrize(
    ("buyer", "country", "mark", "field", "seen"),
    [
        ("KZ:990140000007", 6, "#CRM_REQUISITE_PRESET_DEF_KZ_LEGALENTITY#", "RQ_BIN", "KZ"),
        ("BY:190000005", 4, "", "RQ_INN", "BY"),
        ("DE:123456789", 46, "", "RQ_VAT_ID", "DE"),
    ],
)
async def test_a_buyer_of_another_country_gets_the_requisite_of_that_country_once(
    crm: Bitrix24Crm, there: Double, buyer: str, country: int, mark: str, field: str, seen: str
) -> None:
    a_template(there, country, "#CRM_REQUISITE_PRESET_DEF_XX_PERSON#")
    template = a_template(there, country, mark or "#CRM_REQUISITE_PRESET_DEF_XX_COMPANY#")
    delivered = await crm.carry_out_all([one_from(buyer)])
    assert delivered.refused == {}
    [requisite] = there.state.requisites.values()
    assert (requisite["PRESET_ID"], requisite[field]) == (template, buyer.partition(":")[2])
    assert requisite["RQ_COMPANY_NAME"] == CLIENT["client"]
    await crm.carry_out_all([one_from(buyer, 2)])
    assert len(there.state.requisites) == 1
    client = await client_of(crm, ours(there)["id"])
    assert (client["country"], client["tax_number"]) == (seen, buyer.partition(":")[2])
    assert "inn" not in client


async def test_somebody_elses_inn_is_not_a_number_of_another_country(
    crm: Bitrix24Crm, there: Double, hand: Hands
) -> None:
    a_template(there, 110)
    russian = hand.add(COMPANY, title="Чужая")
    hand.add_requisite(COMPANY, russian, NAME="Чужая", RQ_INN=OLD)
    await crm.carry_out_all([one_from(f"PL:{OLD}")])
    assert ours(there)["companyId"] != russian


@pytest.mark.parametrize(
    ("buyer", "why"),
    [("BY:190000005", "no template of requisites"), ("AM:01234567", "no requisites of the country AM")],
)
async def test_where_a_portal_has_no_such_requisite_the_card_says_the_number_and_the_trail_why(
    crm: Bitrix24Crm, there: Double, buyer: str, why: str
) -> None:
    write = one_from(buyer).model_copy(update={"fields": ABROAD | {"buyer": "УНП 190000005"}})
    delivered = await crm.carry_out_all([write])
    [said] = delivered.refused.values()
    assert why in said
    assert not there.state.requisites
    assert ours(there)["contactId"], "whom to call is there all the same"
    assert "190000005" in str(ours(there)), "and so does the number"
