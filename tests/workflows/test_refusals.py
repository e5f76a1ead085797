"""What may not be: each refusal by its name, by update and by signal, and with nothing changed by it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.facts import ApprovalVoted, PaymentReceived
from domain.state import DealState, LineState
from starter.answers import MessageRefused
from tests.support.deal import How, refused
from tests.support.orders import a_good, a_lead, an_order
from tests.support.stand import Stand

BOTH = pytest.mark.parametrize("how", ["update", "signal"])
TODAY = datetime.now(UTC).date()

# A deal whose contract is being answered: who tries what, the code of the refusal, and words that must be in it.
REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a manager can't decide for the director": (
        "decide", {"actor": "ivanova", "approval": "contract", "approve": True},
        "not_allowed", "petrov (Андрей Петров)",
    ),
    "another manager can't complete": (
        "complete", {"actor": "sidorov", "assignment": "qualification", "fields": {}}, "not_allowed", "ivanova",
    ),
    "logistics can't reassign": ("reassign", {"actor": "orlov", "to": "sidorov"}, "not_allowed", "petrov"),
    "logistics can't cancel": ("cancel", {"actor": "orlov", "reason": "no"}, "not_allowed", "ivanova"),
    "the accountant can't compose": ("order", {"actor": "kuznetsova", "order": {}}, "not_allowed", "ivanova"),
    "the manager can't enter payments": (
        "pay", {"actor": "ivanova", "amount": "1.00", "currency": "RUB"}, "not_allowed", "kuznetsova",
    ),
    "the accountant can't sign for the client": (
        "sign", {"actor": "kuznetsova", "document": "contract"}, "not_allowed", "client",
    ),
    "nobody of that name": (
        "decide", {"actor": "nobody", "approval": "contract", "approve": True}, "unknown_person", "petrov",
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
        "decide", {"actor": "petrov", "approval": "credit", "approve": True}, "not_found", "contract",
    ),
    "a document that there is not": ("sign", {"actor": "client", "document": "upd"}, "not_found", "contract"),
    "signing before there is anything to sign": (
        "sign", {"actor": "client", "document": "contract"}, "not_ready", "Supply contract",
    ),
    "another currency": ("pay", {"actor": "kuznetsova", "amount": "1.00", "currency": "USD"}, "other_currency", "RUB"),
    "no money": ("pay", {"actor": "kuznetsova", "amount": "0", "currency": "RUB"}, "not_positive", "0"),
    "less than no money": ("pay", {"actor": "kuznetsova", "amount": "-5", "currency": "RUB"}, "not_positive", "-5"),
    "parts of a kopeck": ("pay", {"actor": "kuznetsova", "amount": "1.005", "currency": "RUB"}, "bad_amount", "1.005"),
    "all the money there is": ("pay", {"actor": "kuznetsova", "amount": "1e18", "currency": "RUB"}, "bad_amount", ""),
    "no amount at all": ("pay", {"actor": "kuznetsova", "amount": "NaN", "currency": "RUB"}, "malformed", "amount"),
    "money for a line that there is not": (
        "pay", {"actor": "kuznetsova", "amount": "1.00", "currency": "RUB", "line": 9}, "no_line", "9",
    ),
    "money of a day to come": (
        "pay", {"actor": "kuznetsova", "amount": "1", "currency": "RUB", "date": str(TODAY + timedelta(days=9))},
        "future", "",
    ),
    "a manager who is none": ("reassign", {"actor": "petrov", "to": "orlov"}, "not_a_manager", "sidorov"),
    "a manager who is it already": ("reassign", {"actor": "petrov", "to": "ivanova"}, "already", "ivanova"),
    "cancelling without a reason": ("cancel", {"actor": "ivanova", "reason": " "}, "malformed", "reason"),
    "composing what is composed": ("order", {"actor": "ivanova", "order": an_order()}, "closed", ""),
    "a line's question put to the deal": (
        "complete", {"actor": "ivanova", "assignment": "line-1:payment-terms", "fields": {}}, "wrong_workflow", "line-1",
    ),
    "an id of a thousand letters": (
        "cancel", {"actor": "ivanova", "reason": "no", "id": "x" * 1000}, "malformed", "id",
    ),
}  # fmt: skip


@BOTH
async def test_what_is_not_allowed_is_refused_in_words_and_changes_nothing(stand: Stand, how: How) -> None:
    deal = await stand.open(an_order())
    await deal.qualify()
    await deal.until_asked("contract")
    before = _business(await deal.quiet())
    for what, (name, content, code, words) in REFUSED.items():
        assert await deal.tell(how, name, content) == code, what
        if how == "signal":
            fact = (await deal.refused_facts())[-1]
            assert words in fact.data["reason"]["en"], what
            assert fact.data["reason"]["ru"], what
            assert (fact.data["message"], fact.data["tried"] != "") == (name, True), what
    assert _business(await deal.state()) == before
    assert len(await deal.refused_facts()) == (len(REFUSED) if how == "signal" else 0)
    await deal.approve("contract", "client", "petrov")
    await deal.stage("PREPAYMENT")


async def test_a_refusal_names_who_can(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.qualify()
    await deal.until_asked("contract")
    with refused("not_allowed", "Ольга Иванова may not decide", "petrov (Андрей Петров)"):
        await deal.send("decide", actor="ivanova", approval="contract", approve=True)


async def test_nobody_answers_twice(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.qualify()
    await deal.approve("contract", "petrov")
    for answer in (True, False):
        with refused("already_answered", "director"):
            await deal.send("decide", actor="petrov", approval="contract", approve=answer, comment="again")
    state = await deal.state()
    assert [vote.actor.person for vote in state.approvals["contract"].votes] == ["petrov"]


@BOTH
async def test_a_form_that_does_not_fit_is_refused_field_by_field(stand: Stand, how: How) -> None:
    deal = await stand.open(an_order(a_good(source="import", payment="letter_of_credit")))
    await deal.to("line-1:payment-terms")
    before = _business(await deal.line())
    terms = {"bank": "Банк", "number": "1", "documents": "УПД"}
    for fields in (
        {},
        terms | {"expires_on": "31.12.2026"},
        terms | {"expires_on": str(date(2020, 1, 1))},
        terms | {"expires_on": str(TODAY + timedelta(days=90)), "colour": "red"},
        terms | {"expires_on": str(TODAY + timedelta(days=90)), "bank": "\x00"},
    ):
        content = {"actor": "ivanova", "assignment": "line-1:payment-terms", "fields": fields}
        assert await deal.tell(how, "complete", content, line=1) == "bad_form", fields
    assert _business(await deal.line()) == before


async def test_a_declaration_number_needs_a_real_date_and_a_serial_number_for_each_piece(
    stand: Stand,
) -> None:
    deal = await stand.open(an_order(a_good(source="import", payment="state_contract", quantity=3)))
    await deal.to("line-1:customs-declaration")
    for number in ("10702030/310226/0088410", "1070203/161126/0088410", "10702030/161126/008841"):
        with refused("bad_form", "declaration"):
            await deal.complete("line-1:customs-declaration", declaration=number)
    await deal.to("line-1:acceptance")
    for serials, words in (
        ("A1, A2", "2 values for 3 pieces"),
        ("A1, A2, A2", "twice"),
        ("A1..A9", "9 values"),
    ):
        with refused("bad_form", "serial_numbers", words):
            await deal.complete("line-1:acceptance", serial_numbers=serials)
    await deal.complete("line-1:acceptance", serial_numbers="A7..A9")


@BOTH
async def test_the_same_id_with_the_same_content_counts_once(stand: Stand, how: How) -> None:
    deal = await stand.open(an_order())
    payment = {"id": "pp-1", "actor": "kuznetsova", "amount": "700.00", "currency": "RUB"}
    for repeated in (payment, payment | {"amount": "700.0"}, payment | {"actor": "accountant"}, payment):
        assert await deal.tell(how, "pay", repeated) == ""
    assert await deal.tell(how, "pay", payment | {"amount": "700.01"}) == "same_id_other_content"
    state = await deal.state()
    assert [str(p.amount) for p in state.payments] == ["700.00"]
    assert len(await deal.facts(PaymentReceived.kind)) == 1


async def test_a_repeated_decision_is_answered_as_before(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.qualify()
    await deal.until_asked("contract")
    answer = {"id": "d-1", "actor": "petrov", "approval": "contract", "approve": True}
    first = await deal.handle.execute_update("decide", answer, result_type=dict)
    again = await deal.handle.execute_update("decide", answer, result_type=dict)
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert first["words_ru"] == again["words_ru"]
    assert (
        await deal.tell("update", "decide", answer | {"approve": False, "comment": "no"})
        == "same_id_other_content"
    )
    assert len(await deal.facts(ApprovalVoted.kind)) == 1


@BOTH
async def test_a_line_counts_an_id_once_too(stand: Stand, how: How) -> None:
    deal = await stand.open(an_order())
    await deal.to("line-1:payment-terms")
    fields = {"invoice": "1", "invoiced_on": str(TODAY)}
    done = {"id": "c-1", "actor": "ivanova", "assignment": "line-1:payment-terms", "fields": fields}
    assert [await deal.tell(how, "complete", done, line=1) for _ in range(2)] == ["", ""]
    changed = done | {"fields": fields | {"invoice": "2"}}
    assert await deal.tell(how, "complete", changed, line=1) == "same_id_other_content"
    assert (await deal.line()).assignments["line-1:payment-terms"].answers["invoice"] == "1"


async def test_a_substitute_acts_on_the_days_named_and_both_names_are_on_the_fact(stand: Stand) -> None:
    away = {
        "absent": "petrov",
        "acts": "sidorov",
        "since": str(TODAY),
        "until": str(TODAY + timedelta(days=1)),
    }
    with stand.playbook(substitutes=[away]):
        deal = await stand.open(an_order())
    await deal.qualify()
    await deal.approve("contract", "sidorov", "client")
    votes = await deal.facts(ApprovalVoted.kind)
    assert [(v.actor.person, v.actor.name, v.actor.behalf) for v in votes] == [
        ("sidorov", "Павел Сидоров", "petrov"),
        ("client", "Анна Смирнова", None),
    ]
    await deal.stage("PREPAYMENT")


async def test_a_substitute_whose_days_are_over_or_to_come_may_not(stand: Stand) -> None:
    yesterday, tomorrow = TODAY - timedelta(days=2), TODAY + timedelta(days=2)
    substitutes = [
        {"absent": "petrov", "acts": "sidorov", "since": "2020-01-01", "until": str(yesterday)},
        {"absent": "petrov", "acts": "orlov", "since": str(tomorrow), "until": "2099-01-01"},
    ]
    with stand.playbook(substitutes=substitutes):
        deal = await stand.open(an_order())
    await deal.qualify()
    await deal.until_asked("contract")
    for person in ("sidorov", "orlov"):
        with refused("not_allowed", "petrov"):
            await deal.send("decide", actor=person, approval="contract", approve=True)


async def test_substitutes_of_substitutes_act_even_in_a_circle(stand: Stand) -> None:
    pairs = (("petrov", "sidorov"), ("sidorov", "orlov"), ("orlov", "petrov"))
    substitutes = [{"absent": a, "acts": b, "since": "2020-01-01", "until": "2099-01-01"} for a, b in pairs]
    with stand.playbook(substitutes=substitutes):
        deal = await stand.open(an_order())
    await deal.qualify()
    await deal.approve("contract", "orlov")
    assert await deal.story(ApprovalVoted.kind) == ["orlov for petrov approval.voted contract"]
    with refused("not_allowed"):
        await deal.send("decide", actor="kuznetsova", approval="contract", approve=True)
    with refused("already_answered"):
        await deal.send("decide", actor="petrov", approval="contract", approve=True)


async def test_a_role_that_several_hold_is_asked_which_of_them(stand: Stand) -> None:
    people = {"frolova": {"name": "Нина Фролова", "email": "f@desk.example", "roles": ["accountant"]}}
    with stand.playbook(people=(await _people(stand)) | people):
        deal = await stand.open(an_order())
    with refused("who_exactly", "kuznetsova", "frolova"):
        await deal.pay("1.00", actor="accountant")
    await deal.pay("1.00", actor="frolova")


@pytest.mark.parametrize("end", ["PAID", "LOST", "CANCELLED"])
async def test_a_closed_deal_takes_no_messages(stand: Stand, end: str) -> None:
    deal = await stand.open(an_order())
    match end:
        case "PAID":
            await deal.robot()
        case "LOST":
            await deal.complete("qualification", outcome="disqualified", reason="no money")
        case "CANCELLED":
            await deal.cancel("ivanova")
    await deal.stage(end)
    await deal.result()
    with refused("closed"):
        await deal.pay("5.00")
    with refused("closed"):
        await deal.cancel("petrov")
    with pytest.raises(MessageRefused):
        await deal.send("decide", actor="petrov", approval="contract", approve=True)
    assert (await deal.view()).stage == end


async def test_a_lead_refuses_an_order_that_is_none(stand: Stand) -> None:
    deal = await stand.open(a_lead())
    await deal.qualify()
    await deal.until_asked("order")
    with refused("use_order", "deal order"):
        await deal.send("complete", actor="ivanova", assignment="order", fields={})
    spoilt = an_order(a_good(vat="7"), a_good(quantity=0), a_good(payment="later"), manager="nobody")
    with refused("bad_order", "lines[0].vat", "lines[1].quantity", "lines[2].payment", "manager"):
        await deal.send("order", actor="ivanova", order=spoilt)
    with refused("bad_order", "lines"):
        await deal.send("order", actor="ivanova", order=an_order() | {"lines": []})
    with refused("bad_order", "number"):
        await deal.send("order", actor="ivanova", order=an_order() | {"number": "another"})
    assert (await deal.state()).lines == {}


def _business(state: DealState | LineState) -> dict[str, Any]:
    """All of a state that a refused message may not touch."""
    left_out = {
        "revision",
        "updated_at",
        "seq",
        "outbox",
        "unreported",
        "reported",
        "playbook_recorded",
        "dirty_lines",
    }
    return state.model_dump(exclude=left_out)


async def _people(stand: Stand) -> dict[str, Any]:
    playbook = await stand.shelf.shelf.load()
    return playbook.model_dump(mode="json")["people"]  # type: ignore[no-any-return]
