"""What a letter tells its reader to do is made for that reader."""

import re
from datetime import timedelta

from domain.effects import Notice
from tests.support.memory import World, sample_order


def letters(world: World) -> list[Notice]:
    return [notice for deal in world.deals for notice in world.mail.of(deal.number)]


def actors_in(notice: Notice) -> list[str]:
    return re.findall(r"--as (\S+)", notice.data["how"])


def test_no_letter_names_another_actor_however_long_everything_is_overdue(world: World) -> None:
    deal = world.open(sample_order())
    for step in ("contract", "line-1:supplier-order", "line-1:customs-release", "line-2:credit"):
        deal.to(step)
        world.skip(timedelta(days=30))
    deal.robot()
    told = letters(world)
    assert any(actors_in(notice) for notice in told)
    assert [(n.kind, n.person, n.data["how"]) for n in told if set(actors_in(n)) - {n.person}] == []


def test_a_client_gets_no_command_and_a_director_none_for_the_clients_answer(world: World) -> None:
    deal = world.open(sample_order())
    deal.to("contract")
    deal.approve("contract", "petrov")
    world.skip(timedelta(days=30))
    told = letters(world)
    assert {n.data["how"] for n in told if n.person == "client"} == {""}
    escalated = [n for n in told if n.kind == "approval_escalated" and n.person == "petrov"]
    assert escalated
    assert {n.data["how"] for n in escalated} == {""}
