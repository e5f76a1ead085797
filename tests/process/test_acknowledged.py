"""The director has seen that something is overdue: it is silent until the day named, and then told again."""

from datetime import timedelta

import pytest

from domain.deal.open_items import open_items
from domain.facts import AssignmentEscalated, EscalationAcknowledged, MilestoneEscalated
from domain.playbook.people import Substitute
from domain.view.sentences import sentence
from tests.support.memory import OpenDeal, World, changed_playbook, day, refused
from tests.support.orders import a_good, an_order
from workflows.host import Unreachable

UNTIL = 25
"""Days from the first: a Friday."""


def escalated(world: World) -> OpenDeal:
    deal = world.open(an_order())
    deal.skip(timedelta(days=8))
    assert deal.facts(AssignmentEscalated)
    return deal


def acknowledge(deal: OpenDeal, item: str = "qualification", **more: str) -> None:
    deal.say("acknowledge", **{"actor": "petrov", "item": item, "until": day(UNTIL)} | more)


def test_what_the_director_has_seen_is_escalated_again_only_on_the_day_named(world: World) -> None:
    deal = escalated(world)
    acknowledge(deal, comment="клиника переезжает")
    before = len(deal.facts(AssignmentEscalated))
    [fact] = deal.facts(EscalationAcknowledged)
    assert (fact.actor.person, fact.data["until"]) == ("petrov", day(UNTIL))
    assert sentence(fact, "ru") == (
        "Просрочка «Квалифицировать клиента» принята к сведению до 18.12.2026: клиника переезжает — Андрей Петров"
    )
    calendar = deal.state.book.calendar
    again = calendar.moment_of(calendar.today(world.now) + timedelta(days=UNTIL - 8), world.now)
    world.skip_to(again - timedelta(minutes=1))
    assert len(deal.facts(AssignmentEscalated)) == before
    world.skip_to(again)
    assert [f.at for f in deal.facts(AssignmentEscalated)[before:]] == [again]


def test_what_is_open_knows_since_when_the_director_does(world: World) -> None:
    deal = escalated(world)
    [item] = open_items(deal.state)
    first = deal.facts(AssignmentEscalated)[0].at
    assert (item.director, item.escalated_at, item.seen_until) == ("petrov", first, None)
    acknowledge(deal)
    [blocker] = deal.view().blockers
    assert (blocker.escalated_at, str(blocker.seen_until)[:10]) == (first, day(UNTIL))
    assert "the director (Андрей Петров) knows; escalation again at 18 Dec 2026 09:00" in blocker.otherwise
    world.skip(timedelta(days=30))
    assert deal.view().blockers[0].seen_until is None


def test_a_lines_payment_is_acknowledged_at_the_line_by_whoever_stands_in(world: World) -> None:
    away = Substitute(absent="petrov", acts="sidorov", since=world.now.date(), until="2027-12-31")
    world.book = changed_playbook(substitutes=[away.model_dump(mode="json")])
    deal = world.open(an_order(a_good(payment="prepaid_100")))
    deal.to("line-1:payment-terms")
    deal.complete("line-1:payment-terms")
    deal.skip(timedelta(days=20))
    assert deal.facts(MilestoneEscalated)
    acknowledge(deal, "line-1:prepayment", actor="sidorov", until=day(60))
    before = len(deal.facts(MilestoneEscalated))
    deal.skip(timedelta(days=30))
    assert len(deal.facts(MilestoneEscalated)) == before
    [fact] = deal.facts(EscalationAcknowledged)
    assert (fact.actor.person, fact.actor.behalf, fact.subject) == ("sidorov", "petrov", "line 1")


def test_what_is_answered_about_a_line_names_it(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(name="Монитор")))
    deal.to("line-1:payment-terms", "line-2:payment-terms")
    for line in (1, 2):
        seen = deal.say("acknowledge", actor="petrov", item=f"line-{line}:payment-terms", until=day(UNTIL))
        assert seen.words_ru == f"Позиция {line}. Принято к сведению до 18.12.2026: Оформить условия оплаты"
        assert seen.words_en == f"Line {line}. Acknowledged until 18 Dec 2026: Enter the payment terms"
        assert deal.complete(f"line-{line}:payment-terms").words_en.startswith(f"Line {line}. Done: ")


@pytest.mark.parametrize("until", [-1, 0, 8, 8 + 93])
def test_the_day_is_ahead_and_not_beyond_sight(world: World, until: int) -> None:
    deal = escalated(world)
    with refused("bad_until", "3 Mar 2027"):
        acknowledge(deal, until=day(until))


def test_nobody_but_the_director_acknowledges_and_only_what_is_open(world: World) -> None:
    deal = escalated(world)
    with refused("not_allowed", "Андрей Петров can"):
        acknowledge(deal, actor="ivanova")
    with refused("not_found", "Qualify the client"):
        acknowledge(deal, "contract")
    deal.qualify()
    with refused("not_found"):
        acknowledge(deal)
    with pytest.raises(Unreachable):
        acknowledge(deal, "line-9:shipment")
