"""Two hundred playbooks with one node of the file spoilt: each is refused with places, or carries an order."""

from datetime import date

import pytest

from domain.order.order import read_order
from domain.playbook.check import playbook_problems
from tests.support.mutants import MUTATIONS, Mutant, mutants, order_for, surviving_mutants

SEED, COUNT = 20261123, 200
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def spoilt() -> list[Mutant]:
    return list(mutants(SEED, COUNT))


def test_each_is_refused_with_places_or_loads(spoilt: list[Mutant]) -> None:
    assert len(spoilt) == COUNT
    for mutant in spoilt:
        assert mutant.playbook or mutant.problems, mutant.what
        assert all(problem.place and problem.text.en for problem in mutant.problems), mutant.what


def test_those_that_load_take_an_order_with_every_source_payment_and_delivery(spoilt: list[Mutant]) -> None:
    for mutant in spoilt:
        if mutant.playbook:
            assert list(playbook_problems(mutant.playbook)) == []
            order = read_order(order_for(mutant.playbook), mutant.playbook, TODAY)
            assert {line.payment for line in order.lines or ()} == set(mutant.playbook.payments), mutant.what


def test_they_are_spoilt_in_every_way_all_over_the_file(spoilt: list[Mutant]) -> None:
    assert {mutant.what.split()[0] for mutant in spoilt} == {name for name, _ in MUTATIONS}
    assert len({mutant.what for mutant in spoilt}) > COUNT * 0.9
    assert len({mutant.what.split()[1].split(".")[0] for mutant in spoilt}) > 10


def test_the_survivors_of_a_seed_are_the_same_again(spoilt: list[Mutant]) -> None:
    survivors = [mutant for mutant in spoilt if mutant.playbook]
    assert 10 < len(survivors) < COUNT / 2
    assert surviving_mutants(SEED, COUNT // 8) == [m for m in spoilt[: COUNT // 8] if m.playbook]
