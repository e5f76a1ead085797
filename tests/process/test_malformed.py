"""Nothing that anybody sends can hang a deal: whatever comes is refused in words, and the deal goes on."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from domain.deal.messages import MESSAGES, Cancel
from domain.facts import FloodRefused
from domain.refusals import Refusal
from tests.support.memory import OpenDeal, World, business
from tests.support.orders import a_good, an_order
from workflows.inbox import AT_ONCE, MAX_REFUSALS, Effect, Unreadable
from workflows.registry import DEAL_ACTS
from workflows.rehearsal import Down


def decoded(text: str) -> Any:
    """As it comes through Temporal: what its JSON says, if it can be read."""
    try:
        return TypeAdapter(Any).validate_json(text)
    except ValueError as error:
        return Unreadable(type(error).__name__, text[:300])


LONGEST = 1000
"""A refusal tells what was typed by its beginning, however much that was."""

BROKEN: dict[str, str] = {
    "nothing": "",
    "null": "null",
    "a number": "5",
    "a huge number": "9" * 4300,
    "a number beyond all": "9" * 5000,
    "not a number": "NaN",
    "infinity": '{"id": "n", "actor": "kuznetsova", "amount": 1e999999, "currency": "RUB"}',
    "a text": '"qualified"',
    "a list": '[{"id": "1"}]',
    "an empty object": "{}",
    "fields of other types": '{"id": 7, "actor": {}, "amount": [], "approve": "perhaps", "fields": 3}',
    "half an object": '{"id": "1", "actor"',
    "lists in lists": "[" * 150 + "]" * 150,
    "lists in lists without end": "[" * 9000 + "]" * 9000,
    "a million letters": '{"id": "long", "actor": "ivanova", "reason": "%s"}' % ("x" * 1_000_000),
    "half a letter": '{"id": "s", "actor": "\\ud800", "assignment": "x"}',
    "letters nobody sees": '{"id": "s\\u0000", "actor": "ivanova", "assignment": "qual\\u0000"}',
    "an amount without end": '{"id": "b", "actor": "kuznetsova", "amount": %s, "currency": "RUB"}' % ("9" * 4000),
    "an amount beyond numbers": '{"id": "e", "actor": "kuznetsova", "amount": "1e999999", "currency": "RUB"}',
    "an amount of nothing": '{"id": "z", "actor": "kuznetsova", "amount": "1E-999999", "currency": "RUB"}',
    "the end of time": '{"id": "d", "actor": "kuznetsova", "amount": "1", "currency": "RUB", "date": "9999-12-31"}',
    "a huge version": '{"id": "v", "actor": "petrov", "approval": "contract", "approve": true, "version": %s}' % ("9" * 400),
}  # fmt: skip


@pytest.mark.parametrize("name", [*MESSAGES, "report", "from_deal", "complite", "__secret", "Ж" * 200])
def test_a_broken_signal_leaves_a_fact_and_the_deal_goes_on(world: World, name: str) -> None:
    deal = world.open(an_order())
    before = business(deal.state)
    for broken in BROKEN.values():
        deal.signal(name, decoded(broken))
    facts = deal.refused_facts()
    assert len(facts) == len(BROKEN), "each is on record"
    assert {fact.data["message"] for fact in facts} == {name[:100]}
    assert all(
        0 < len(fact.data["reason"][language]) < LONGEST for fact in facts for language in ("ru", "en")
    )
    assert business(deal.state) == before
    _goes_on(deal)


@pytest.mark.parametrize("name", ["complete", "decide", "sign", "from_deal", "pay", "complite"])
def test_a_broken_signal_to_a_line_leaves_a_fact_in_the_deal(world: World, name: str) -> None:
    deal = world.open(an_order(a_good(payment="state_contract")))
    deal.to("line-1:payment-terms")
    for broken in BROKEN.values():
        deal.signal(name, decoded(broken), line=1)
    facts = deal.refused_facts()
    assert {(fact.subject, fact.data["message"]) for fact in facts} == {("line 1", name)}
    assert len(facts) == len(BROKEN)
    deal.complete("line-1:payment-terms")
    assert deal.asked() == {"line-1:credit"}


@pytest.mark.parametrize("name", [*MESSAGES, "complite"])
def test_a_broken_update_is_refused_and_changes_nothing(world: World, name: str) -> None:
    deal = world.open(an_order())
    deal.to("line-1:payment-terms")
    before = deal.state.model_dump()
    for what, broken in BROKEN.items():
        for line in (None, 1):
            with pytest.raises(Refusal) as caught:
                deal.update(name, decoded(broken), line)
            assert 0 < len(caught.value.text.ru) < LONGEST, what
            assert 0 < len(caught.value.text.en) < LONGEST, what
    assert deal.state.model_dump() == before
    deal.complete("line-1:payment-terms")


def test_a_misspelt_message_is_answered_with_those_there_are(world: World) -> None:
    deal = world.open(an_order())
    deal.signal("complite", {"id": "1"})
    [fact] = deal.refused_facts()
    assert fact.data["code"] == "unknown_message"
    assert all(name in fact.data["reason"]["en"] for name in MESSAGES)


def test_what_was_refused_is_on_record_with_its_beginning_only(world: World) -> None:
    deal = world.open(an_order())
    deal.signal("cancel", {"id": "1", "actor": "x" * 10_000, "reason": "y"})
    [fact] = deal.refused_facts()
    assert fact.data["tried"].startswith('{"id": "1", "actor": "xxx')
    assert len(fact.data["tried"]) <= 300


def test_messages_that_come_before_the_playbook_wait_for_it(world: World) -> None:
    load = world.activities["playbook.load"]
    world.activities["playbook.load"] = _down
    deal = world.open(an_order())
    deal.signal("pay", {"id": "p-1", "actor": "kuznetsova", "amount": "700.00", "currency": "RUB"})
    update = deal.later("pay", id="p-2", actor="kuznetsova", amount="300.00", currency="RUB")
    wrong = deal.later("pay", id="p-3", actor="ivanova", amount="300.00", currency="RUB")
    deal.signal("complite", None)
    deal.skip(timedelta(minutes=5))
    assert (deal.state.ledger.payments, deal.trail, update.receipt) == ([], [], None)
    world.activities["playbook.load"] = load
    deal.skip(timedelta(minutes=5))
    assert [payment.id for payment in deal.state.ledger.payments] == ["p-1", "p-2"]
    assert update.answer().id == "p-2"
    with pytest.raises(Refusal):
        wrong.answer()
    assert deal.story()[0] == "desk deal.opened"
    assert [fact.data["message"] for fact in deal.refused_facts()] == ["complite"]
    deal.robot()


def test_a_flood_is_taken_in_slices_and_its_refusals_are_summed_up(world: World) -> None:
    deal = world.open(an_order())
    flood = [("pay", {"id": f"{n}", "actor": "nobody"}) for n in range(2 * AT_ONCE + 50)]
    deal.signals(*flood)
    deal.skip(timedelta(seconds=1))
    floods = deal.read(FloodRefused)
    assert [flood.count for flood in floods] == [AT_ONCE - MAX_REFUSALS, AT_ONCE - MAX_REFUSALS, 50 - 20]
    assert {flood.messages for flood in floods} == {("pay",)}
    assert len(deal.refused_facts()) == 3 * MAX_REFUSALS
    _goes_on(deal)


def test_a_flood_loses_none_of_the_good_messages_in_it(world: World) -> None:
    deal = world.open(an_order())
    sent: list[tuple[str, Any]] = []
    for n in range(300):
        sent.append(("kancel", {"id": f"{n}"}))
        sent.append(("pay", {"id": f"p-{n}", "actor": "kuznetsova", "amount": "0.01", "currency": "RUB"}))
    deal.signals(*sent)
    late = deal.later("pay", id="late", actor="kuznetsova", amount="1.00", currency="RUB")
    assert late.receipt is None, "it waits for its turn"
    deal.skip(timedelta(seconds=1))
    assert [payment.id for payment in deal.state.ledger.payments] == [*(f"p-{n}" for n in range(300)), "late"]
    refused = sum(flood.count for flood in deal.read(FloodRefused)) + len(deal.refused_facts())
    assert refused == 300
    assert late.answer().id == "late"


def test_an_act_that_stumbles_over_a_message_leaves_a_fact_and_not_a_hung_deal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def buggy(case: object, message: object) -> Effect:
        raise KeyError("outcome")

    monkeypatch.setitem(DEAL_ACTS, Cancel, buggy)
    deal = world.open(an_order())
    deal.signal("cancel", {"id": "1", "actor": "ivanova", "reason": "передумали"})
    [fact] = deal.refused_facts()
    assert (fact.data["code"], fact.data["reason"]["en"]) == (
        "stray",
        "an error in the desk itself: KeyError",
    )
    _goes_on(deal)


def _goes_on(deal: OpenDeal) -> None:
    deal.qualify()
    deal.approve("contract", "client", "petrov")
    assert deal.view().stage == "PREPAYMENT"


def _down(_: object) -> object:
    raise Down("switched off")
