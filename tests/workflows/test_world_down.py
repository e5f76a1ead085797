"""The CRM, mail and records may each be down: deals move on, and afterwards each has caught up, in order, once."""

import pytest

from domain.facts import DealPaid
from tests.support.deal import OpenDeal
from tests.support.doubles import Switch
from tests.support.orders import a_good, an_order
from tests.support.stand import REPLAYED, Stand

TARGETS = ("crm", "mail", "records")


def _switches(stand: Stand, names: tuple[str, ...]) -> list[Switch]:
    return [getattr(stand, name).switch for name in names]


@pytest.mark.parametrize("down", [TARGETS], ids="+".join)
async def test_a_deal_moves_on_while_the_world_is_down_and_the_world_catches_up(
    stand: Stand, down: tuple[str, ...]
) -> None:
    deal = await stand.open(an_order(a_good(payment="deferred_30")))
    switches = _switches(stand, down)
    for switch in switches:
        switch.down, switch.failed = True, 0
    try:
        view = await deal.robot(until=lambda view: view["stage"] == "PAID")
        assert view["stage"] == "PAID"
        assert all(switch.failed for switch in switches), "the fault happened"
    finally:
        for switch in switches:
            switch.down = False
    await _caught_up(deal)


@REPLAYED
async def test_an_answer_that_was_lost_is_not_written_twice(stand: Stand) -> None:
    deal = await stand.open(an_order())
    for switch in _switches(stand, TARGETS):
        switch.lose_answers, switch.failed = 3, 0
    await deal.robot()
    await _caught_up(deal)
    assert [switch.failed for switch in _switches(stand, TARGETS)] == [3, 3, 3]


async def _caught_up(deal: OpenDeal) -> None:
    """The ledgers of what each really took are complete, in order, and hold nothing twice."""
    await deal.result()
    stand, number = deal.stand, deal.number
    facts = await deal.facts()
    assert facts[-1].kind == DealPaid.kind
    ledger = [entry.key for entry in stand.crm.real._store.ledger(number)]
    assert len(ledger) == len(set(ledger)) > len(facts) / 2
    written = {write.identity: write.key for write in reversed(stand.crm.taken) if write.deal == number}
    places = [int(written[identity].split(":")[1]) for identity in ledger if ":fields" not in identity]
    assert places == sorted(places)
    card = await stand.crm.card(number)
    assert card is not None
    assert card.stage == "PAID"
    assert all(task.closed_at for task in card.tasks)
    mails = [mail.message_id for mail in stand.mail.real.sent() if mail.deal == number]
    assert len(mails) == len(set(mails))
    assert {kind for kind, _ in stand.mail.sent(number)} >= {"deal_paid", "contract_agreed", "line_shipped"}
