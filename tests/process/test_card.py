"""What a deal's card in the CRM shows of the offer, the money and the papers."""

from activities.projections.crm_fields import crm_fields, line_fields
from tests.support.memory import World
from tests.support.orders import a_good, an_order


def test_the_offer_is_told_by_its_version_and_by_how_far_it_has_come(world: World) -> None:
    deal = world.open(an_order())
    shown = [crm_fields(deal.state)["offer"]]
    deal.qualify()
    shown.append(crm_fields(deal.state)["offer"])
    deal.reject("contract", "petrov", "дорого")
    shown.append(crm_fields(deal.state)["offer"])
    deal.complete("contract-revision", changes="скидка")
    shown.append(crm_fields(deal.state)["offer"])
    deal.approve("contract", "petrov", "client")
    shown.append(crm_fields(deal.state)["offer"])
    assert shown == [
        "",
        "версия 1: на согласовании",
        "версия 1: готовится",
        "версия 2: на согласовании",
        "версия 2: согласована",
    ]


def test_what_is_to_be_paid_now_is_told_beside_what_is_left(world: World) -> None:
    deal = world.open(an_order(a_good(payment="prepaid_50", unit_price="2000.00", quantity=1)))
    assert crm_fields(deal.state)["payable"] == "0 RUB"
    deal.agree()
    shown = crm_fields(deal.state)
    assert (shown["payable"], shown["outstanding"]) == ("1000.00 RUB", "2000.00 RUB")
    deal.pay("400.00")
    shown = crm_fields(deal.state)
    assert (shown["payable"], shown["outstanding"]) == ("600.00 RUB", "1600.00 RUB")


def test_each_document_is_told_with_its_state(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good()))
    deal.agree()
    shown = crm_fields(deal.state)["documents"].splitlines()
    assert "Договор поставки — подписан" in shown
    assert "Позиция 2: УПД — ещё не готов к подписи" in shown
    assert (
        "УПД — ещё не готов к подписи"
        in line_fields(deal.state, deal.state.lines[1])["documents"].splitlines()
    )
    deal.robot(until=lambda view: any(d["can_sign"] and d["id"] == "line-1:upd" for d in view["documents"]))
    awaited = [row for row in crm_fields(deal.state)["documents"].splitlines() if "ждёт подписи" in row]
    assert "Позиция 1: УПД — ждёт подписи: бухгалтер, клиент" in awaited


def test_the_page_is_as_it_was_given(world: World) -> None:
    deal = world.open(an_order())
    assert crm_fields(deal.state, "https://desk.example/d/x")["page"] == "https://desk.example/d/x"
    assert crm_fields(deal.state)["page"] == ""
