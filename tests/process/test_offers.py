"""What is offered may change until both have agreed: lines, prices, terms, the client's data. Votes are on what was seen."""

from decimal import Decimal
from typing import Any

import pytest

from domain.facts import ApprovalOpened, ApprovalVoted, ApprovalWithdrawn, MoneyMoved, OfferChanged
from domain.view.sentences import sentence
from tests.support.memory import OpenDeal, World, changed_playbook, refused
from tests.support.orders import CLIENT, a_good, a_lead, an_order

BED = a_good(sku="BED-3", name="Кровать", quantity=1, unit_price="300.00")


def asked_for_the_contract(world: World, *goods: dict[str, Any], **changes: Any) -> OpenDeal:
    deal = world.open(an_order(*goods, **changes))
    deal.qualify()
    return deal


def offer(deal: OpenDeal, actor: str = "ivanova", **content: Any) -> None:
    deal.say("offer", actor=actor, **content)


def settings(deal: OpenDeal, *, comment: str = "", **values: str) -> None:
    """Of line 1."""
    offer(deal, settings={f"line-1.{field}": value for field, value in values.items()}, comment=comment)


def test_a_client_who_finds_it_dear_is_offered_another_price_and_both_vote_on_the_new_sum(
    world: World,
) -> None:
    deal = asked_for_the_contract(world, a_good(quantity=2, unit_price="500000.00", source="dealer"))
    deal.reject("contract", "client", "дорого, просим 5 % скидки")
    assert deal.asked() == {"contract-revision"}
    cheaper = a_good(quantity=2, unit_price="475000.00", source="dealer")
    offer(deal, order=an_order(cheaper), comment="цена 475 000")
    view = deal.view()
    assert (view.contract_version, view.totals.amount) == (2, Decimal("950000.00"))
    [asked] = view.approvals
    assert {ask.person for ask in asked.awaiting} == {"client", "petrov"}
    assert asked.comment == "цена 475 000"
    assert [change.replace("\xa0", " ") for change in asked.changes] == [
        "line 1, Монитор пациента: price ₽475,000.00 instead of ₽500,000.00, amount ₽950,000.00 instead of ₽1,000,000.00",
        "₽950,000.00 in all instead of ₽1,000,000.00",
    ]
    deal.approve("contract", "petrov", "client")
    deal.robot()
    assert deal.result().amount == Decimal("950000.00")


def test_an_offer_withdraws_the_round_that_is_voted_on_and_an_outdated_vote_is_refused(world: World) -> None:
    deal = asked_for_the_contract(world)
    deal.approve("contract", "client")
    settings(deal, unit_price="900.00", comment="скидка")
    assert deal.story()[-5:] == [
        "client approval.voted contract",
        "ivanova offer.changed",
        "ivanova approval.withdrawn contract",
        "desk offer.made",
        "desk approval.opened contract",
    ]
    with refused("stale_version"):
        deal.say("decide", actor="petrov", approval="contract", approve=True, version=1)
    deal.approve("contract", "petrov")
    assert deal.view().stage == "CONTRACT_APPROVAL", "the client's yes was to another offer"
    deal.approve("contract", "client")
    assert deal.view().stage == "PREPAYMENT"
    rounds = deal.state.approvals["contract"].all_rounds()
    assert [(r.version, r.outcome) for r in rounds] == [(1, "withdrawn"), (2, "approved")]
    assert [r.digest for r in rounds] == [o.digest for o in deal.state.offers]


def test_a_question_about_the_offer_before_need_not_be_answered(world: World) -> None:
    deal = asked_for_the_contract(world)
    deal.say("ask", actor="petrov", approval="contract", question="Почему так дёшево?")
    assert deal.asked() == {"contract", "question"}
    settings(deal, unit_price="1100.00")
    assert deal.asked() == {"contract"}
    assert deal.view().approvals[0].version == 2


def test_what_changes_nothing_asks_nobody_again(world: World) -> None:
    deal = asked_for_the_contract(world, a_good(), BED)
    deal.approve("contract", "client")
    with refused("already"):
        settings(deal, unit_price="1000")
    with refused("already"):
        offer(deal, order={"lines": [BED, a_good()]})
    assert [ask.person for ask in deal.view().approvals[0].awaiting] == ["petrov"]


def test_how_the_client_is_reached_is_no_part_of_what_is_agreed(world: World) -> None:
    deal = asked_for_the_contract(world)
    deal.approve("contract", "client")
    offer(deal, settings={"client.phone": "+74950000000", "client.email": "b@clinic.example"})
    assert [ask.person for ask in deal.view().approvals[0].awaiting] == ["petrov"]
    assert deal.view().contract_version == 1
    assert deal.state.client.email == "b@clinic.example"
    offer(deal, settings={"client.name": "ООО «Другая клиника»"})
    assert deal.view().contract_version == 2, "with another buyer it is another contract"
    deal.approve("contract", "client", "petrov")
    assert deal.line().client.name == "ООО «Другая клиника»"


def test_a_better_address_of_the_client_is_written_to(world: World) -> None:
    world.mail.bad.add(CLIENT["email"])
    deal = asked_for_the_contract(world)
    world.skip_a_while()
    assert "mail-address" in deal.asked()
    offer(deal, settings={"client.email": "b@clinic.example"})
    world.skip_a_while()
    assert deal.asked() == {"contract"}
    assert any(notice.to_email == "b@clinic.example" for notice in world.mail.of(deal.number))


def test_a_line_keeps_its_number_and_what_is_new_never_gets_one_that_was_another_lines(world: World) -> None:
    lamp = a_good(sku="LAMP", name="Лампа")
    deal = asked_for_the_contract(world, a_good(), BED)
    offer(deal, order={"lines": [lamp, a_good(quantity=5)]})
    assert {n: line.good.sku for n, line in deal.state.lines.items()} == {1: "MON-1", 3: "LAMP"}
    offer(deal, order={"lines": [BED, lamp]})
    assert {n: line.good.sku for n, line in deal.state.lines.items()} == {3: "LAMP", 4: "BED-3"}
    offer(deal, settings={"lines[1].quantity": "2", "line-3.delivery": "carrier"})
    assert [(line.good.quantity, line.good.delivery) for line in deal.state.lines.values()] == [
        (2, "carrier"),
        (2, "pickup"),
    ]
    deal.robot()
    assert [line.number for line in deal.own_lines()] == [3, 4]


def test_money_that_came_before_goes_along_to_the_kopeck(world: World) -> None:
    deal = asked_for_the_contract(world, a_good(quantity=1, unit_price="1000.01"), BED)
    deal.pay("1200.01")
    settings(deal, payment="prepaid_50", unit_price="333.33")
    allocated = {m.id: m.allocated for m in deal.state.milestones}
    assert sum(allocated.values()) == Decimal("633.33")
    assert deal.state.advance == Decimal("566.68")
    offer(deal, order={"lines": [a_good(sku="LAMP", quantity=1, unit_price="2000.00")]})
    assert deal.state.advance == 0
    assert deal.state.milestones[0].allocated == Decimal("1200.01")
    world.check()
    deal.robot()
    assert deal.result().paid == Decimal("2000.00")


def test_money_for_a_line_that_is_gone_waits_as_an_advance(world: World) -> None:
    deal = asked_for_the_contract(world, a_good(), BED)
    deal.pay("300.00", line=2, id="pp-1")
    offer(deal, order={"lines": [a_good()]})
    assert deal.state.advance == Decimal("300.00"), "nobody has said that it is for anything else"
    assert [moved.put for moved in deal.read(MoneyMoved)] == [{"advance": Decimal("300.00")}]
    deal.move("pp-1", line=1)
    assert deal.state.lines[1].paid == Decimal("300.00")


def test_the_draft_changes_before_it_is_put_to_approval_too(world: World) -> None:
    deal = world.open(an_order())
    settings(deal, quantity="7")
    assert deal.asked() == {"qualification"}
    deal.qualify()
    view = deal.view()
    assert (view.contract_version, view.totals.amount, view.approvals[0].changes) == (
        1,
        Decimal("7000.00"),
        (),
    )


def test_a_revision_may_be_words_alone_or_a_new_offer(world: World) -> None:
    deal = asked_for_the_contract(world)
    deal.reject("contract", "petrov", "долго")
    deal.complete("contract-revision", changes="30 дней")
    [asked] = deal.view().approvals
    assert (asked.version, asked.comment, asked.changes) == (2, "30 дней", ())
    deal.reject("contract", "client", "дорого")
    settings(deal, unit_price="900.00")
    assert deal.asked() == {"contract"}
    assert deal.view().approvals[0].comment == "", "what was said of the version before is not said of this"
    assert deal.state.assignments["contract-revision#2"].by.person == "ivanova"


def test_nobody_approves_the_offer_they_made(world: World) -> None:
    deal = asked_for_the_contract(world)
    offer(deal, "petrov", settings={"line-1.unit_price": "900.00"})
    with refused("own_request"):
        deal.approve("contract", "petrov")


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ({}, "bad_offer", ""),
        ({"settings": {"line-1.quantity": "2"}, "order": {"lines": []}}, "bad_offer", ""),
        ({"settings": {"line-1.quantity": "0", "lines[0].vat": "99"}}, "bad_order", "lines[0].quantity"),
        ({"settings": {"line-2.quantity": "2"}}, "bad_order", "line-2.quantity"),
        ({"settings": {"lines[1].quantity": "2"}}, "bad_order", "lines[1].quantity"),
        ({"settings": {"line-1.quantty": "2"}}, "bad_order", "quantity"),
        ({"settings": {"manager": "sidorov"}}, "bad_order", "manager"),
        ({"settings": {"line-1.sku": ""}}, "bad_order", "lines[0].sku"),
        ({"settings": {"client.inn": None}}, "bad_order", "client.inn"),
        ({"order": {"lines": []}}, "bad_order", ""),
        ({"order": {"client": CLIENT}}, "bad_order", ""),
        ({"order": an_order(manager="sidorov")}, "bad_order", "deal reassign"),
        ({"order": an_order(number="77")}, "bad_order", "another number"),
        ({"settings": {"line-1.quantity": "3"}, "version": 7}, "stale_version", ""),
    ],
)
def test_what_will_not_do_is_refused_with_words_and_changes_nothing(
    world: World, content: dict[str, Any], code: str, words: str
) -> None:
    deal = asked_for_the_contract(world)
    before = deal.state.model_dump_json()
    with refused(code, words):
        offer(deal, **content)
    assert deal.state.model_dump_json() == before


@pytest.mark.parametrize("actor", ["client", "orlov", "kuznetsova", "sidorov"])
def test_only_the_deals_manager_or_the_director_make_an_offer(world: World, actor: str) -> None:
    deal = asked_for_the_contract(world)
    with refused("not_allowed", "Ольга Иванова"):
        offer(deal, actor, settings={"line-1.quantity": "3"})


def test_what_is_agreed_is_not_offered_anew(world: World) -> None:
    deal = asked_for_the_contract(world)
    deal.approve("contract", "client", "petrov")
    with refused("agreed"):
        settings(deal, quantity="3")


def test_a_lead_has_no_offer_to_change(world: World) -> None:
    deal = world.open(a_lead())
    with refused("no_order", "deal order"):
        settings(deal, quantity="3")


def test_money_that_has_come_keeps_the_currency(world: World) -> None:
    world.book = changed_playbook(currencies=["RUB", "USD"])
    deal = asked_for_the_contract(world)
    offer(deal, settings={"currency": "USD"})
    assert {line.currency for line in deal.state.lines.values()} == {"USD"}
    deal.pay("1.00", currency="USD")
    with refused("other_currency"):
        offer(deal, settings={"currency": "RUB"})


def test_the_trail_says_in_both_languages_what_has_changed(world: World) -> None:
    deal = asked_for_the_contract(world, a_good(), BED)
    offer(
        deal,
        order={"lines": [a_good(payment="deferred_30"), a_good(sku="L", name="Лампа")]},
        comment="по просьбе",
    )
    [fact] = deal.facts(OfferChanged)
    told = sentence(fact, "ru", None, world.book).replace("\xa0", " ")
    assert told == (
        "Новое предложение: позиция 1, Монитор пациента: оплата «Отсрочка 30 дней» вместо «Предоплата 100 %»; "
        "убрана позиция 2, Кровать: сумма 300,00 ₽; добавлена позиция 3, Лампа: количество 2, цена 1 000,00 ₽, "
        "оплата «Предоплата 100 %», доставка «Самовывоз», сумма 2 000,00 ₽; всего 4 000,00 ₽, было 2 300,00 ₽ — «по просьбе» — Ольга Иванова"
    )
    assert "line 2 is gone, Кровать: amount ₽300.00" in sentence(fact, "en", None, world.book)
    assert deal.facts(ApprovalVoted) == []
    assert len(deal.facts(ApprovalOpened)) == 2
    assert len(deal.facts(ApprovalWithdrawn)) == 1


def test_the_mail_that_asks_for_the_next_round_shows_what_has_changed(world: World) -> None:
    deal = asked_for_the_contract(world)
    settings(deal, unit_price="900.00")
    world.skip_a_while()
    asked = [notice for notice in world.mail.of(deal.number) if notice.kind == "approval_asked"]
    told = {(n.person, n.data["version"]): n.order.changes if n.order else () for n in asked}
    assert told["client", "1"] == told["petrov", "1"] == ()
    assert [words.replace("\xa0", " ") for words in told["client", "2"]] == [
        "позиция 1, Монитор пациента: цена 900,00 ₽ вместо 1 000,00 ₽, сумма 1 800,00 ₽ вместо 2 000,00 ₽",
        "всего 1 800,00 ₽ вместо 2 000,00 ₽",
    ]
    assert told["petrov", "2"] == told["client", "2"]


def test_the_crm_shows_a_line_that_is_gone_as_cancelled(world: World) -> None:
    deal = asked_for_the_contract(world, a_good(), BED)
    offer(deal, order={"lines": [BED]})
    lines = {write.line: write for write in world.crm.of(deal.number) if write.op == "line"}
    assert (lines[1].status, lines[1].amount, lines[1].name) == ("CANCELLED", "0.00", "Монитор пациента")
    assert (lines[2].status, lines[2].amount) == ("AWAITING_RELEASE", "300.00")


def test_a_crm_that_was_down_meanwhile_ends_up_right(world: World) -> None:
    world.crm.down = True
    deal = asked_for_the_contract(world, a_good(), BED)
    offer(deal, order={"lines": [BED]})
    world.crm.down = False
    world.skip_a_while()
    told = [write for write in world.crm.of(deal.number) if write.op == "line"]
    assert {write.line: write.status for write in told} == {1: "CANCELLED", 2: "AWAITING_RELEASE"}
