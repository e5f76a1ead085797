"""What may not be: each refusal by its name, by update and by signal, and with nothing changed by it."""

from typing import Any

import pytest

from domain.facts import ApprovalVoted, PaymentReceived
from domain.refusals import Refusal
from tests.support.memory import (
    How,
    World,
    business,
    changed_playbook,
    day,
    default_playbook,
    refused,
)
from tests.support.orders import a_good, a_lead, an_order
from workflows.host import Unreachable

BOTH = pytest.mark.parametrize("how", ["update", "signal"])

# A deal whose contract is being answered: who tries what, the code of the refusal, and words that must be in it.
REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a manager can't decide for the director": (
        "decide", {"actor": "ivanova", "approval": "contract", "approve": True},
        "not_allowed", "Андрей Петров",
    ),
    "another manager can't complete": (
        "complete", {"actor": "sidorov", "assignment": "qualification", "fields": {}}, "not_allowed", "Ольга Иванова",
    ),
    "logistics can't reassign": ("reassign", {"actor": "orlov", "to": "sidorov"}, "not_allowed", "Андрей Петров"),
    "logistics can't cancel": ("cancel", {"actor": "orlov", "reason": "no"}, "not_allowed", "Ольга Иванова"),
    "the accountant can't compose": ("order", {"actor": "kuznetsova", "order": {}}, "not_allowed", "Ольга Иванова"),
    "the manager can't enter payments": (
        "pay", {"actor": "ivanova", "amount": "1.00", "currency": "RUB"}, "not_allowed", "Елена Кузнецова",
    ),
    "the accountant can't sign for the client": (
        "sign", {"actor": "kuznetsova", "document": "contract"}, "not_allowed", "Анна Смирнова",
    ),
    "nobody of that name": (
        "decide", {"actor": "nobody", "approval": "contract", "approve": True}, "unknown_person", "Андрей Петров",
    ),
    "a version that is no longer asked about": (
        "decide", {"actor": "petrov", "approval": "contract", "approve": True, "version": 2}, "stale_version", "1",
    ),
    "a rejection without a comment": (
        "decide", {"actor": "petrov", "approval": "contract", "approve": False, "comment": "  "}, "no_comment", "",
    ),
    "an assignment that is closed": (
        "complete", {"actor": "ivanova", "assignment": "qualification", "fields": {"outcome": "qualified"}},
        "closed", "Qualify the client",
    ),
    "an assignment that there is not": (
        "complete", {"actor": "ivanova", "assignment": "dance", "fields": {}}, "not_found", "dance",
    ),
    "an approval that there is not": (
        "decide", {"actor": "petrov", "approval": "credit", "approve": True}, "not_found", "Contract approval",
    ),
    "a document that there is not": ("sign", {"actor": "client", "document": "upd"}, "not_found", "Supply contract"),
    "signing before there is anything to sign": (
        "sign", {"actor": "client", "document": "contract"}, "not_ready", "Supply contract",
    ),
    "another currency": ("pay", {"actor": "kuznetsova", "amount": "1.00", "currency": "USD"}, "other_currency", "roubles"),
    "no money": ("pay", {"actor": "kuznetsova", "amount": "0", "currency": "RUB"}, "not_positive", "0"),
    "less than no money": ("pay", {"actor": "kuznetsova", "amount": "-5", "currency": "RUB"}, "not_positive", "reverse"),
    "parts of a kopeck": ("pay", {"actor": "kuznetsova", "amount": "1.005", "currency": "RUB"}, "bad_amount", "1.005"),
    "all the money there is": ("pay", {"actor": "kuznetsova", "amount": "1e18", "currency": "RUB"}, "bad_amount", ""),
    "no amount at all": ("pay", {"actor": "kuznetsova", "amount": "NaN", "currency": "RUB"}, "malformed", "amount"),
    "money for a line that there is not": (
        "pay", {"actor": "kuznetsova", "amount": "1.00", "currency": "RUB", "line": 9}, "no_line", "9",
    ),
    "money of a day to come": (
        "pay", {"actor": "kuznetsova", "amount": "1", "currency": "RUB", "date": day(9)},
        "future", "",
    ),
    "a manager who is none": ("reassign", {"actor": "petrov", "to": "orlov"}, "not_a_manager", "Павел Сидоров"),
    "a manager who is it already": ("reassign", {"actor": "petrov", "to": "ivanova"}, "already", "Ольга Иванова"),
    "cancelling without a reason": ("cancel", {"actor": "ivanova", "reason": " "}, "malformed", "reason"),
    "composing what is composed": ("order", {"actor": "ivanova", "order": an_order()}, "closed", ""),
    "a line's question put to the deal": (
        "complete", {"actor": "ivanova", "assignment": "line-1:payment-terms", "fields": {}}, "wrong_workflow", "line-1",
    ),
    "a question of a line that there is not": (
        "decide", {"actor": "petrov", "approval": "line-9:credit", "approve": True}, "wrong_workflow", "line-9",
    ),
    "an id of a thousand letters": (
        "cancel", {"actor": "ivanova", "reason": "no", "id": "x" * 1000}, "malformed", "id",
    ),
}  # fmt: skip


@BOTH
def test_what_is_not_allowed_is_refused_in_words_and_changes_nothing(world: World, how: How) -> None:
    deal = world.open(an_order())
    deal.qualify()
    before = business(deal.state)
    for what, (name, content, code, words) in REFUSED.items():
        assert deal.tell(how, name, content) == code, what
        if how == "signal":
            fact = deal.refused_facts()[-1]
            assert words in fact.data["reason"]["en"], what
            assert fact.data["reason"]["ru"], what
            assert (fact.data["message"], fact.data["tried"] != "") == (name, True), what
    assert business(deal.state) == before
    assert len(deal.refused_facts()) == (len(REFUSED) if how == "signal" else 0)
    deal.approve("contract", "client", "petrov")
    assert deal.view().stage == "PREPAYMENT"


def test_a_refusal_names_who_can(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    with refused("not_allowed", "Ольга Иванова may not answer an approval", "Андрей Петров"):
        deal.say("decide", actor="ivanova", approval="contract", approve=True)


def test_nobody_answers_twice(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    deal.approve("contract", "petrov")
    for answer in (True, False):
        with refused("already_answered", "director"):
            deal.say("decide", actor="petrov", approval="contract", approve=answer, comment="again")
    assert [vote.actor.person for vote in deal.state.approvals["contract"].votes] == ["petrov"]


@BOTH
def test_a_form_that_does_not_fit_is_refused_field_by_field(world: World, how: How) -> None:
    deal = world.open(an_order(a_good(source="import", payment="letter_of_credit")))
    deal.to("line-1:payment-terms")
    before = business(deal.line())
    terms = {"bank": "Банк", "number": "1", "documents": "УПД"}
    for fields in (
        {},
        terms | {"expires_on": "31.12.26"},
        terms | {"expires_on": "2020-01-01"},
        terms | {"expires_on": day(90), "colour": "red"},
        terms | {"expires_on": day(90), "bank": "\x00"},
    ):
        content = {"actor": "ivanova", "assignment": "line-1:payment-terms", "fields": fields}
        assert deal.tell(how, "complete", content, line=1) == "bad_form", fields
    assert business(deal.line()) == before


def test_a_declaration_number_needs_a_real_date_and_a_serial_number_for_each_piece(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", payment="state_contract", quantity=3)))
    deal.to("line-1:customs-declaration")
    for number in ("10702030/310226/0088410", "1070203/161126/0088410", "10702030/161126/008841"):
        with refused("bad_form", "Declaration number"):
            deal.complete("line-1:customs-declaration", declaration=number)
    deal.to("line-1:acceptance")
    for serials, words in (
        ("A1, A2", "2 values for 3 pieces"),
        ("A1, A2, A2", "twice"),
        ("A1..A9", "9 values"),
    ):
        with refused("bad_form", "Serial numbers", words):
            deal.complete("line-1:acceptance", serial_numbers=serials)
    deal.complete("line-1:acceptance", serial_numbers="A7..A9")


@BOTH
def test_the_same_id_with_the_same_content_counts_once(world: World, how: How) -> None:
    deal = world.open(an_order())
    payment = {"id": "pp-1", "actor": "kuznetsova", "amount": "700.00", "currency": "RUB"}
    for repeated in (payment, payment | {"amount": "700.0"}, payment | {"actor": "accountant"}, payment):
        assert deal.tell(how, "pay", repeated) == ""
    assert deal.tell(how, "pay", payment | {"amount": "700.01"}) == "same_id_other_content"
    assert [str(p.amount) for p in deal.state.ledger.payments] == ["700.00"]
    assert len(deal.facts(PaymentReceived)) == 1


def test_a_repeated_decision_is_answered_as_before(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    answer = {"id": "d-1", "actor": "petrov", "approval": "contract", "approve": True}
    first, again = (deal.update("decide", answer).answer() for _ in range(2))
    assert (first.repeated, again.repeated) == (False, True)
    assert first.words_ru == again.words_ru
    otherwise = answer | {"approve": False, "comment": "no"}
    assert deal.tell("update", "decide", otherwise) == "same_id_other_content"
    assert len(deal.facts(ApprovalVoted)) == 1


@BOTH
def test_a_line_counts_an_id_once_too(world: World, how: How) -> None:
    deal = world.open(an_order())
    deal.to("line-1:payment-terms")
    fields = {"invoice": "1", "invoiced_on": day(0)}
    done = {"id": "c-1", "actor": "ivanova", "assignment": "line-1:payment-terms", "fields": fields}
    assert [deal.tell(how, "complete", done, line=1) for _ in range(2)] == ["", ""]
    changed = done | {"fields": fields | {"invoice": "2"}}
    assert deal.tell(how, "complete", changed, line=1) == "same_id_other_content"
    assert deal.line().assignments["line-1:payment-terms"].answers["invoice"] == "1"


def test_a_substitute_acts_on_the_days_named_and_both_names_are_on_the_fact(world: World) -> None:
    away = {"absent": "petrov", "acts": "sidorov", "since": day(0), "until": day(1)}
    world.book = changed_playbook(substitutes=[away])
    deal = world.open(an_order())
    deal.qualify()
    deal.approve("contract", "sidorov", "client")
    assert [(v.actor.person, v.actor.name, v.actor.behalf) for v in deal.facts(ApprovalVoted)] == [
        ("sidorov", "Павел Сидоров", "petrov"),
        ("client", "Анна Смирнова", None),
    ]
    assert deal.view().stage == "PREPAYMENT"


def test_a_substitute_whose_days_are_over_or_to_come_may_not(world: World) -> None:
    world.book = changed_playbook(
        substitutes=[
            {"absent": "petrov", "acts": "sidorov", "since": "2020-01-01", "until": day(-1)},
            {"absent": "petrov", "acts": "orlov", "since": day(1), "until": "2099-01-01"},
        ]
    )
    deal = world.open(an_order())
    deal.qualify()
    for person in ("sidorov", "orlov"):
        with refused("not_allowed", "Андрей Петров"):
            deal.say("decide", actor=person, approval="contract", approve=True)


def test_substitutes_of_substitutes_act_even_in_a_circle(world: World) -> None:
    pairs = (("petrov", "sidorov"), ("sidorov", "orlov"), ("orlov", "petrov"))
    substitutes = [{"absent": a, "acts": b, "since": "2020-01-01", "until": "2099-01-01"} for a, b in pairs]
    world.book = changed_playbook(substitutes=substitutes)
    deal = world.open(an_order())
    deal.qualify()
    deal.approve("contract", "orlov")
    assert deal.story(ApprovalVoted) == ["orlov for petrov approval.voted contract"]
    with refused("not_allowed"):
        deal.say("decide", actor="kuznetsova", approval="contract", approve=True)
    with refused("already_answered"):
        deal.say("decide", actor="petrov", approval="contract", approve=True)


def test_a_role_that_several_hold_is_asked_which_of_them(world: World) -> None:
    people = default_playbook().model_dump(mode="json")["people"]
    second = {"name": "Нина Фролова", "email": "f@desk.example", "roles": ["accountant"]}
    world.book = changed_playbook(people=people | {"frolova": second})
    deal = world.open(an_order())
    with refused("who_exactly", "Елена Кузнецова", "Нина Фролова"):
        deal.pay("1.00", actor="accountant")
    deal.pay("1.00", actor="frolova")


@pytest.mark.parametrize("end", ["PAID", "LOST", "CANCELLED"])
def test_a_deal_that_has_ended_takes_no_messages_while_the_world_still_hears_of_it(
    world: World, end: str
) -> None:
    """The CRM is down, so the deal's process is still there to be asked."""
    world.crm.down = True
    deal = world.open(an_order())
    match end:
        case "PAID":
            deal.robot()
        case "LOST":
            deal.complete("qualification", outcome="disqualified", reason="no money")
        case "CANCELLED":
            deal.cancel("ivanova")
    before = business(deal.state)
    with refused("closed"):
        deal.pay("5.00")
    with refused("closed"):
        deal.cancel("petrov")
    with refused("closed"):
        deal.reassign("petrov", "sidorov")
    with refused("closed" if end == "PAID" else "not_found"):
        deal.say("decide", actor="petrov", approval="contract", approve=True)
    assert business(deal.state) == before
    assert deal.view().stage == end
    world.crm.down = False
    world.skip_a_while()
    deal.result()
    with pytest.raises(Unreachable):
        deal.pay("5.00")


def test_the_papers_of_a_cancelled_deal_are_signed_no_more(world: World) -> None:
    world.crm.down = True
    deal = world.open(an_order())
    deal.agree()
    deal.cancel("petrov")
    with refused("closed", "Supply contract"):
        deal.sign("contract")
    world.crm.down = False
    world.skip_a_while()


def test_a_lead_refuses_an_order_that_is_none(world: World) -> None:
    deal = world.open(a_lead())
    deal.qualify()
    with refused("use_order", "deal order"):
        deal.say("complete", actor="ivanova", assignment="order", fields={})
    spoilt = an_order(a_good(vat="7"), a_good(quantity=0), a_good(payment="later"), manager="nobody")
    with refused("bad_order", "lines[0].vat", "lines[1].quantity", "lines[2].payment", "manager"):
        deal.say("order", actor="ivanova", order=spoilt)
    with pytest.raises(Refusal) as caught:
        deal.say("order", actor="ivanova", order=an_order(a_good(quantity=0)))
    assert caught.value.text.ru == "lines[0].quantity: должно быть больше нуля"
    with refused("bad_order", "lines"):
        deal.say("order", actor="ivanova", order=an_order() | {"lines": []})
    with refused("bad_order", "number"):
        deal.say("order", actor="ivanova", order=an_order() | {"number": "another"})
    assert deal.state.lines == {}
