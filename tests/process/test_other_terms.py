"""Credit refused: the next terms may be another payment type. The contract is agreed again, and everything else follows."""

from datetime import timedelta
from decimal import Decimal

from domain.facts import ContractAgreed, MoneyMoved, PaymentTypeChosen
from domain.view.sentences import sentence
from tests.support.memory import OpenDeal, World, refused
from tests.support.orders import a_good, an_order

DEFERRED = a_good(quantity=1, unit_price="100000.00", payment="deferred_30")


def refused_credit(world: World, *goods: dict[str, object]) -> OpenDeal:
    deal = world.open(an_order(*(goods or (DEFERRED,))))
    deal.agree()
    deal.complete("line-1:payment-terms", credit_limit="100000")
    deal.reject("line-1:credit", "petrov", "долг за прошлый год: только предоплата")
    return deal


def test_after_a_refused_credit_the_line_can_get_another_payment_type(world: World) -> None:
    deal = refused_credit(world)
    [terms] = deal.view().assignments
    fields = {field.name: field for field in terms.form}
    assert fields["payment"].choices
    assert {"deferred_30", "prepaid_100", "leasing"} <= set(fields["payment"].choices)
    deal.complete(terms.id, payment="prepaid_100")
    [contract] = deal.view().approvals
    assert (contract.version, {ask.person for ask in contract.awaiting}) == (2, {"client", "petrov"})
    assert [change.replace("\xa0", " ") for change in contract.changes] == [
        "line 1, Монитор пациента: payment “Full prepayment” instead of “30 days after shipping”",
        "₽100,000.00 in all, as before",
    ]
    deal.approve("contract", "client", "petrov")
    assert deal.asked() == {"line-1:payment-terms#3"}
    assert [field.name for field in deal.view().assignments[0].form] == ["invoice", "invoiced_on"]
    deal.complete("line-1:payment-terms#3")
    view = deal.view()
    assert view.approvals == (), "what is paid before needs no credit"
    assert [(m.id, m.outstanding) for m in view.milestones] == [("line-1:prepayment", Decimal("100000.00"))]
    assert deal.asked() == set(), "nothing is ordered before the money"
    deal.pay("100000.00")
    assert deal.asked() == {"line-1:reservation"}
    assert len(deal.facts(ContractAgreed)) == 2
    deal.robot()
    assert deal.result().stage == "PAID"


def test_documents_and_due_dates_are_those_of_the_new_payment_type(world: World) -> None:
    deal = refused_credit(world)
    deal.complete("line-1:payment-terms#2", payment="leasing")
    deal.approve("contract", "client", "petrov")
    assert "line-1:leasing-act" in deal.state.lines[1].documents
    assert deal.state.lines[1].documents.keys() == deal.line().documents.keys()
    assert deal.state.lines[1].milestones == deal.line().milestones
    assert all(m.due_at for m in deal.line().milestones.values() if m.trigger == "contract")


def test_the_same_type_with_more_behind_it_is_asked_of_the_director_alone(world: World) -> None:
    deal = refused_credit(world)
    with refused("bad_form", "credit limit"):
        deal.say("complete", actor="ivanova", assignment="line-1:payment-terms#2", fields={})
    deal.say("complete", actor="ivanova", assignment="line-1:payment-terms#2", fields={"credit_limit": "5"})
    assert deal.asked() == {"line-1:credit"}
    assert deal.view().contract_version == 1


def test_a_payment_type_that_the_client_refuses_is_chosen_anew(world: World) -> None:
    deal = refused_credit(world)
    deal.complete("line-1:payment-terms#2", payment="prepaid_100")
    deal.reject("contract", "client", "полную предоплату не потянем")
    assert deal.asked() == {"line-1:payment-terms#3"}
    deal.complete("line-1:payment-terms#3", payment="prepaid_50")
    assert deal.view().approvals[0].version == 3
    deal.approve("contract", "client", "petrov")
    assert deal.asked() == {"line-1:payment-terms#4"}
    deal.robot()
    assert deal.result().paid == Decimal("100000.00")


def test_what_was_refused_is_not_had_by_answering_the_same_again(world: World) -> None:
    deal = refused_credit(world)
    deal.complete("line-1:payment-terms#2", payment="prepaid_100")
    deal.reject("contract", "client", "нет")
    deal.complete("line-1:payment-terms#3", payment="prepaid_100")
    assert deal.asked() == {"contract"}
    assert deal.view().approvals[0].version == 3


def test_two_lines_at_once_are_one_round_and_the_others_go_on_meanwhile(world: World) -> None:
    paid = a_good(sku="BED-3", name="Кровать", unit_price="10.00")
    deal = refused_credit(world, DEFERRED, DEFERRED | {"sku": "X"}, paid)
    deal.complete("line-2:payment-terms", credit_limit="5")
    deal.reject("line-2:credit", "petrov", "нет")
    deal.complete("line-1:payment-terms#2", payment="prepaid_100")
    deal.complete("line-2:payment-terms#2", payment="prepaid_50")
    deal.complete("line-3:payment-terms")
    deal.pay("20.00", line=3)
    assert deal.asked() == {"contract", "line-3:reservation"}
    assert deal.view().approvals[0].version == 3
    deal.approve("contract", "client", "petrov")
    assert deal.asked() == {"line-1:payment-terms#3", "line-2:payment-terms#3", "line-3:reservation"}
    deal.robot()
    assert deal.result().stage == "PAID"


def test_money_that_came_for_the_old_terms_stands_on_the_new_ones(world: World) -> None:
    deal = refused_credit(world)
    deal.pay("30000.01")
    deal.complete("line-1:payment-terms#2", payment="prepaid_50")
    allocated = {m.id: m.allocated for m in deal.line().milestones.values()}
    assert sum(allocated.values()) == Decimal("30000.01")
    assert allocated == {m.id: m.allocated for m in deal.state.milestones}
    assert len(deal.facts(MoneyMoved)) == 2


def test_a_line_that_was_terminated_meanwhile_hears_the_answer(world: World) -> None:
    deal = refused_credit(world)
    deal.complete("line-1:payment-terms#2", payment="prepaid_100")
    process = deal.line_process(1)
    assert process
    process.terminate()
    deal.approve("contract", "client", "petrov")
    world.skip(timedelta(days=8))
    assert "line-1:payment-terms#3" in deal.asked()


def test_the_trail_says_it(world: World) -> None:
    deal = refused_credit(world)
    deal.complete("line-1:payment-terms#2", payment="prepaid_100")
    [fact] = deal.facts(PaymentTypeChosen)
    assert sentence(fact, "ru", None, world.book) == (
        "Позиция 1: другой тип оплаты: Предоплата 100 % вместо Отсрочка 30 дней — Ольга Иванова"
    )
