"""What a letter tells its reader to do is made for that reader."""

import re
from datetime import timedelta

from domain.effects import Notice
from tests.support.memory import World, sample_order
from tests.support.orders import a_good, an_order


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


# --- what a letter asks is answered on a page --------------------------------------------------------------------------

ASKING = re.compile(
    "_(asked|opened|reminded|escalated|ready|due)$|^status_check$|^goods_damaged$|^approval_rejected$"
)


def test_every_letter_that_asks_its_reader_for_something_leads_to_a_page(world: World) -> None:
    """All but an order, which is a file; who is only told that somebody else is late has nothing to answer."""
    deal = world.open(sample_order())
    for step in ("qualification", "contract", "line-1:arrival", "line-1:customs-release"):
        deal.to(step)
        world.skip(timedelta(days=30))
    deal.robot()
    told = [notice for notice in letters(world) if ASKING.search(notice.kind)]
    without = {(n.kind, n.person) for n in told if n.asks is None}
    assert {n.asks.kind for n in told if n.asks} == {"approval", "assignment", "document", "payment"}
    assert without <= {
        ("approval_escalated", "petrov"),
        ("approval_escalated", "ivanova"),
        ("payment_reminded", "ivanova"),
        ("payment_escalated", "ivanova"),
        ("payment_escalated", "petrov"),
        ("document_escalated", "petrov"),
    }


def test_a_check_and_a_rejection_lead_to_the_assignment_that_answers_them(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", payment="deferred_30")))
    deal.to("contract")
    deal.reject("contract", "petrov", "дорого")
    deal.complete("contract-revision")
    deal.to("line-1:credit")
    deal.reject("line-1:credit", "petrov", "риск")
    deal.to("line-1:customs-release")
    world.skip(timedelta(days=10))
    asked = {(n.kind, n.asks.question) for n in letters(world) if n.asks}
    assert ("approval_rejected", "contract-revision") in asked
    assert ("approval_rejected", "line-1:payment-terms#2") in asked
    assert ("status_check", "line-1:customs-release") in asked
