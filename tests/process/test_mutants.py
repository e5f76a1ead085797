"""Two hundred playbooks with one node of the file spoilt: those that load carry deals to `PAID`, answered by their own examples."""

import os

import pytest

from domain.words import Stage
from tests.support.memory import World
from tests.support.mutants import Mutant, order_for, surviving_mutants
from tests.support.orders import Order

SEED = int(os.environ.get("MUTANTS_SEED", "20261123"))
COUNT = int(os.environ.get("MUTANTS", "200"))


@pytest.mark.long
def test_a_deal_with_every_source_payment_and_delivery_gets_to_paid() -> None:
    for mutant in surviving_mutants(SEED, COUNT):
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
