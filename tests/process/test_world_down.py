"""The CRM, mail and records may each be down: deals move on, and afterwards each has caught up, in order, once."""

import random
from datetime import timedelta

import pytest

from domain.facts import DealPaid
from tests.support.memory import OpenDeal, World
from tests.support.orders import a_good, an_order

TARGETS = ("crm", "mail", "records")
DOWN = pytest.mark.parametrize("down", [("crm",), ("mail",), ("records",), TARGETS], ids="+".join)


@DOWN
def test_a_deal_moves_on_while_the_world_is_down_and_the_world_catches_up(
    world: World, down: tuple[str, ...]
) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30")))
    for name in down:
        world.sinks[name].down = True
    assert deal.robot()["stage"] == "PAID"
    up = set(TARGETS) - set(down)
    assert all(world.sinks[name].failed for name in down), "the fault happened"
    for name in up:
        assert world.sinks[name].failed == 0
    _hears_the_end(deal, up)
    for name in down:
        world.sinks[name].down = False
    world.skip_a_while()
    _caught_up(deal)


@DOWN
def test_one_that_is_down_delays_itself_alone(world: World, down: tuple[str, ...]) -> None:
    for name in down:
        world.sinks[name].down = True
    deal = world.open(an_order())
    deal.agree()
    state = deal.state
    waiting = {"crm": state.outbox.crm, "mail": state.outbox.mail, "records": state.outbox.records}
    assert {name for name, items in waiting.items() if items} == set(down)
    for name in down:
        world.sinks[name].down = False
    world.skip_a_while()
    assert state.outbox.empty


def test_an_answer_that_was_lost_is_not_written_twice(world: World) -> None:
    deal = world.open(an_order())
    for sink in world.sinks.values():
        sink.lose_answers = 3
    deal.robot()
    world.skip_a_while()
    _caught_up(deal)
    assert [sink.failed for sink in world.sinks.values()] == [3, 3, 3]


def test_what_queued_up_is_told_in_batches_of_bounded_size(world: World) -> None:
    """A hundred long comments would not go through the server's limits at once."""
    world.crm.down = world.records.down = True
    deal = world.open(an_order())
    deal.qualify()
    for n in range(60):
        deal.reject("contract", "petrov", "Ж" * 4000)
        deal.complete("contract-revision" + (f"#{n + 1}" if n else ""))
    sizes: dict[str, list[int]] = {"crm": [], "records": []}
    for name, told in sizes.items():
        _weigh(world, f"{name}.deliver", told)
        world.sinks[name].down = False
    world.skip_a_while()
    assert deal.state.outbox.empty
    for told in sizes.values():
        assert len(told) >= 2
        assert max(told) < 1024 * 1024, "the server refuses two megabytes"


def _weigh(world: World, activity: str, sizes: list[int]) -> None:
    deliver = world.activities[activity]

    def weighed(batch: object) -> object:
        sizes.append(len(batch.model_dump_json().encode()))  # type: ignore[attr-defined]
        return deliver(batch)

    world.activities[activity] = weighed


def _hears_the_end(deal: OpenDeal, up: set[str]) -> None:
    """Those who are not down know all of it already."""
    world = deal.world
    if "records" in up:
        assert deal.facts_told[-1].kind == DealPaid.kind
    if "crm" in up:
        assert [w.stage for w in world.crm.of(deal.number) if w.op == "stage"][-1] == "PAID"
    if "mail" in up:
        assert "deal_paid" in {kind for kind, _ in world.mail.sent(deal.number)}


def _caught_up(deal: OpenDeal) -> None:
    """What each really took is complete, in order, and holds nothing twice."""
    deal.result()
    world, facts = deal.world, deal.facts_told
    assert facts == deal.facts()
    assert facts[-1].kind == DealPaid.kind
    sequence = world.crm.sequence(deal.number)
    assert sequence == sorted(sequence)
    assert len(sequence) > len(facts) / 2
    _hears_the_end(deal, {"crm", "mail", "records"})
    tasks = [write for write in world.crm.of(deal.number) if write.op in ("open_task", "close_task")]
    opened = {write.task for write in tasks if write.op == "open_task"}
    assert opened == {write.task for write in tasks if write.op == "close_task"}
    assert {kind for kind, _ in world.mail.sent(deal.number)} >= {
        *("deal_paid", "contract_agreed", "line_shipped")
    }


def test_a_run_goes_on_while_more_waits_for_the_records_than_a_next_one_could_carry(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages with as much text as one may have, while the records are down for hours."""
    monkeypatch.setattr("workflows.deal_case.MOST_CARRIED", 100_000)
    deal = world.open(an_order())
    deal.agree()
    world.records.down = True
    dice = random.Random(1)
    for n in range(25):
        purpose = "".join(chr(dice.randrange(0x400, 0x500)) for _ in range(2000))
        deal.pay("1.00", id=f"p-{n}", purpose=purpose)
    assert deal.state.outbox.size > 100_000
    runs, world.longest_run = deal.process.runs, 1
    deal.pay("1.00")
    deal.skip(timedelta(minutes=10))
    assert deal.process.runs == runs
    world.records.down = False
    deal.skip(timedelta(hours=2))
    deal.pay("1.00")
    assert deal.process.runs > runs
    assert deal.state.outbox.empty
