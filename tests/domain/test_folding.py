"""What only rings again is one entry of the trail that people read."""

from datetime import timedelta

from domain.view.folding import folded
from tests.support.memory import World
from tests.support.orders import a_good, an_order


def test_a_neglected_deals_trail_is_short_and_says_how_often() -> None:
    world = World()
    deal = world.open(an_order())
    deal.skip(timedelta(days=60))
    facts = deal.facts()
    entries = list(folded(facts))
    assert [(e.fact.kind, e.times) for e in entries[-2:]] == [
        ("assignment.reminded", 1),
        ("assignment.escalated", 9),
    ]
    assert sum(entry.times for entry in entries) == len(facts)
    last = entries[-1]
    assert (last.fact, last.since.seq) == (facts[-1], facts[-9].seq)


def test_several_things_that_ring_in_turn_are_an_entry_each_and_what_happens_ends_them() -> None:
    world = World()
    deal = world.open(an_order(a_good(), a_good()))
    deal.agree()
    deal.skip(timedelta(days=30))
    deal.complete("line-1:payment-terms")
    deal.skip(timedelta(days=30))
    told = [(e.fact.kind, e.fact.data.get("id")) for e in folded(deal.facts()) if e.times > 1]
    assert told.count(("assignment.escalated", "line-2:payment-terms")) == 2
    assert told.count(("assignment.escalated", "line-1:payment-terms")) == 1
    assert [e.fact.seq for e in folded(deal.facts())] == sorted(e.fact.seq for e in folded(deal.facts()))
