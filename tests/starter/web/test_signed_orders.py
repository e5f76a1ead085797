"""A lead's order is composed on a page: by the order's own rules, by whom it was given to, once; and a long one keeps what was typed."""

import re
from decimal import Decimal
from html import unescape
from http import HTTPStatus

import pytest

from activities.files import BadFile
from domain.effects import Asks
from domain.facts import OrderComposed
from domain.goods.register import Good, GoodsRegister
from domain.order.problems import Problem
from domain.wording import money
from domain.words import same
from starter.web.pages.questions.order_form import MOST_GOODS
from tests.support.memory import OpenDeal, World
from tests.support.orders import a_good, a_lead, an_order
from tests.support.world_desk import WorldWeb

MONITOR = {
    "name": "Монитор пациента",
    "sku": "MON-1",
    "quantity": "2",
    "unit_price": "12 400,00",
    "source": "dealer",
    "availability": "on_order",
    "payment": "prepaid_50",
    "delivery": "carrier",
    "vat": "22",
    "registration_certificate": "",
}


@pytest.fixture
def web(world: World) -> WorldWeb:
    return WorldWeb(world)


def qualified(world: World, **lead: object) -> OpenDeal:
    deal = world.open(a_lead(**lead))
    deal.complete("qualification")
    return deal


def goods(*typed: dict[str, str]) -> dict[str, str]:
    return {f"lines[{n}].{name}": value for n, good in enumerate(typed) for name, value in good.items()}


def link_of(web: WorldWeb, deal: OpenDeal, person: str = "ivanova") -> str:
    return web.link(deal, "order", person, "order")


def error_at(page: str, field: str) -> str:
    return unescape(page.partition(f'id="{field}-error">')[2].partition("</p>")[0])


def typed_into(page: str, field: str) -> str:
    found = re.search(rf'<input id="{re.escape(field)}"[^>]* value="([^"]*)"', page)
    assert found, field
    return unescape(found[1])


async def test_the_page_tells_the_lead_and_composes_its_order_once(world: World, web: WorldWeb) -> None:
    deal = qualified(world, wish="Два монитора <b>срочно</b>")
    link = link_of(web, deal)
    page = (await web.get(link)).text
    assert "Два монитора &lt;b&gt;срочно" in page
    assert typed_into(page, "client.name") == deal.state.client.name
    blank = dict.fromkeys(MONITOR, "")
    for price in ("12 400,00", "99"):
        answer = await web.post(
            link, **{"client.kpp": "770401001"}, **goods(blank, MONITOR | {"unit_price": price}, blank)
        )
    assert answer.status_code == HTTPStatus.OK
    [line] = deal.state.lines.values()
    assert (line.good.name, line.amount, line.good.payment) == (MONITOR["name"], 24800, "prepaid_50")
    assert (deal.state.client.kpp, deal.state.client.name) == ("770401001", "ООО «Клиника Образец»")
    assert [fact.actor.person for fact in deal.facts(OrderComposed)] == ["ivanova"]
    done = (await web.get(link)).text
    assert "Заказ составлен" in done
    assert money(Decimal(24800), "RUB", "ru") in done


async def test_a_good_is_ordered_in_the_unit_that_is_chosen(world: World, web: WorldWeb) -> None:
    deal = qualified(world)
    link = link_of(web, deal)
    page = (await web.get(link)).text
    assert '<option value="166">кг</option>' in page
    assert "required" not in tag_of(page, "lines[0].unit"), "pieces, if nothing is chosen"
    gel = MONITOR | {"quantity": "2,5", "unit": "166"}
    told = await web.post(link, **goods(gel, gel | {"unit": "778"}))
    assert "целое" in error_at(told.text, "lines[1].quantity")
    assert '<option value="778" selected>упак.</option>' in told.text
    await web.post(link, **goods(gel, MONITOR | {"unit": ""}))
    read = [(line.good.quantity, line.good.unit) for line in deal.state.lines.values()]
    assert read == [(Decimal("2.5"), "166"), (2, "796")]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "не заполнено"),
        ("quantity", "полтора", "целое"),
        ("quantity", "0", "больше нуля"),
        ("unit_price", "дорого", "сумм"),
        ("payment", "", "не заполнено"),
        ("payment", "barter", "нужно одно из"),
        ("vat", "exempt", "регистрационное удостоверение"),
    ],
)
async def test_what_is_wrong_with_a_good_stands_at_its_field_and_nothing_typed_is_lost(
    world: World, web: WorldWeb, field: str, value: str, words: str
) -> None:
    deal = qualified(world)
    typed = goods(MONITOR, MONITOR | {field: value})
    page = await web.post(link_of(web, deal), **typed)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    at = "registration_certificate" if field == "vat" else field
    assert words in error_at(page.text, f"lines[1].{at}")
    assert f'<a href="#lines[1].{at}">' in page.text
    assert typed_into(page.text, "lines[1].sku") == MONITOR["sku"]
    assert 'value="dealer" selected' in page.text
    assert not deal.state.lines


async def test_what_the_contract_needs_of_the_client_is_asked_here(world: World, web: WorldWeb) -> None:
    deal = qualified(world, client={"contact": "Анна", "phone": "+74951234567"})
    wrong = {"client.name": "", "client.inn": "123", "client.contact": "", "client.phone": ""}
    page = await web.post(link_of(web, deal), **wrong, **goods(MONITOR))
    for field, words in (("contact", "пусто"), ("inn", "ИНН"), ("phone", "телефон")):
        assert words in error_at(page.text, f"client.{field}"), field
    right = {"client.name": "ООО «Клиника Образец»", "client.inn": "9900000017"}
    assert (await web.post(link_of(web, deal), **right, **goods(MONITOR))).status_code == HTTPStatus.SEE_OTHER
    assert deal.state.client.inn == "9900000017"


async def test_one_more_line_is_a_look_and_sends_nothing(world: World, web: WorldWeb) -> None:
    deal = qualified(world)
    link = link_of(web, deal)
    page = await web.post(link, more="1", **goods(MONITOR | {"quantity": "?"}))
    assert page.status_code == HTTPStatus.OK
    assert page.text.count("<legend>Позиция") == 2
    assert 'class="error"' not in page.text
    assert web.desk.sent == []
    page = await web.post(link, more="1", **goods(*[MONITOR] * MOST_GOODS))
    assert page.text.count("<legend>Позиция") == MOST_GOODS
    assert 'name="more"' not in page.text
    assert (await web.post(link, **goods(*[MONITOR] * MOST_GOODS))).status_code == HTTPStatus.SEE_OTHER
    assert len(deal.state.lines) == MOST_GOODS


async def test_an_order_without_goods_says_so(world: World, web: WorldWeb) -> None:
    deal = qualified(world)
    page = await web.post(link_of(web, deal), **goods(dict.fromkeys(MONITOR, "") | {"vat": "22"}))
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Впишите хотя бы одну позицию." in page.text


@pytest.mark.parametrize("person", ["sidorov", "client", "nobody"])
async def test_somebody_elses_link_composes_nothing(world: World, web: WorldWeb, person: str) -> None:
    deal = qualified(world)
    assert "<form" not in (await web.get(link_of(web, deal, person))).text
    await web.post(link_of(web, deal, person), **goods(MONITOR))
    assert web.desk.sent == []


async def test_an_order_that_came_another_way_is_told(world: World, web: WorldWeb) -> None:
    deal = qualified(world)
    link = link_of(web, deal)
    deal.say("order", actor="petrov", order=an_order(a_good()))
    page = (await web.get(link)).text
    assert "Заказ составлен" in page
    assert "<form" not in page


async def test_the_letter_that_asks_for_the_order_leads_to_its_page(world: World) -> None:
    told = world.mail.of(qualified(world).number)
    assert [n.person for n in told if n.asks == Asks(kind="order", question="order")] == ["ivanova"]


BED = MONITOR | {"sku": "bed-3", "name": "", "vat": ""}
REGISTER = GoodsRegister([Good(sku="BED-3", name="Кровать функциональная", vat="22", tracking="lot")])


async def test_the_register_of_goods_fills_what_is_left_empty(world: World) -> None:
    web = WorldWeb(world, goods=lambda: REGISTER)
    deal = qualified(world)
    link = link_of(web, deal)
    page = (await web.get(link)).text
    assert page.index('id="lines[0].sku"') < page.index('id="lines[0].name"')
    for field in ("name", "vat"):
        assert "required" not in tag_of(page, f"lines[0].{field}"), "the article number may give it"
    assert "required" in tag_of(page, "lines[0].quantity")
    told = unescape((await web.post(link, more="1", **goods(BED))).text)
    assert "В справочнике товаров: Кровать функциональная" in told
    assert "В справочнике товаров: НДС 22 %" in told
    otherwise = await web.post(link, **goods(BED | {"vat": "10"}))
    assert "справочник" in error_at(otherwise.text, "lines[0].vat")
    unknown = await web.post(link, **goods(BED | {"sku": "COT-1"}))
    for field in ("name", "vat"):
        assert "не заполнено" in error_at(unknown.text, f"lines[0].{field}")
    await web.post(link, **goods(BED))
    [line] = deal.state.lines.values()
    assert (line.good.name, line.good.vat, line.good.tracking) == ("Кровать функциональная", "22", "lot")


async def test_a_register_that_can_not_be_read_is_told_when_the_order_is_sent(world: World) -> None:
    def broken() -> GoodsRegister:
        raise BadFile("goods.csv", [Problem(place="line 7", text=same("no row"))])

    web = WorldWeb(world, goods=broken)
    deal = qualified(world)
    assert (await web.get(link_of(web, deal))).status_code == HTTPStatus.OK
    answer = await web.post(link_of(web, deal), **goods(MONITOR))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "goods.csv" in answer.text
    assert not deal.state.lines


def tag_of(page: str, field: str) -> str:
    found = re.search(rf'<(?:input|select) id="{re.escape(field)}"[^>]*>', page)
    assert found, field
    return found[0]
