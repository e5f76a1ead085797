"""Two hundred playbooks with one node of the file spoilt: those that load carry deals to `PAID`, answered by their own examples."""

import os

import pytest

from domain.playbook.book import StaffedPlaybook
from domain.words import Stage
from tests.support.memory import World, sample_order
from tests.support.mutants import Mutant, order_for, surviving_mutants
from tests.support.orders import Order

SEED = int(os.environ.get("MUTANTS_SEED", "20261123"))
COUNT = int(os.environ.get("MUTANTS", "200"))


@pytest.fixture(scope="module")
def survivors() -> list[Mutant]:
    return surviving_mutants(SEED, COUNT)


def test_a_deal_of_three_goods_gets_to_paid(survivors: list[Mutant]) -> None:
    carried = [mutant for mutant in survivors if _sells(mutant.playbook, sample_order())]
    assert len(carried) > len(survivors) / 2
    for mutant in carried:
        _to_paid(mutant, sample_order())


def test_a_deal_with_every_source_payment_and_delivery_gets_to_paid(survivors: list[Mutant]) -> None:
    for mutant in survivors:
        assert mutant.playbook
        _to_paid(mutant, order_for(mutant.playbook))


def _to_paid(mutant: Mutant, order: Order) -> None:
    world = World()
    assert mutant.playbook
    world.book = mutant.playbook
    try:
        deal = world.open(order)
        deal.robot()
        assert deal.result().stage is Stage.PAID
        world.check()
    except Exception as error:
        raise AssertionError(f"{mutant.what}: {error!r}") from error


def _sells(playbook: StaffedPlaybook | None, order: Order) -> bool:
    """Whether the spoilt book still has all that this order names."""
    assert playbook
    lines = order["lines"]
    return (
        {line["payment"] for line in lines} <= playbook.payments.keys()
        and {line["delivery"] for line in lines} <= playbook.deliveries.keys()
        and {line["vat"] for line in lines} <= playbook.vat.keys()
        and order["manager"] in playbook.people
        and order["currency"] in playbook.currencies
    )
