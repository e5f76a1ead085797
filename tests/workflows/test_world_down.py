"""The CRM, mail and records may each be down: deals move on, and afterwards each has caught up, in order, once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.facts import DealPaid, verify
from records.queries import RecordQueries
from records.rebuild import rebuild
from records.store import RecordStore
from tests.support.deal import OpenDeal
from tests.support.doubles import Switch
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand
from tests.support.waiting import eventually

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


@pytest.mark.parametrize("chosen_stand", ["replaying"], indirect=True)
async def test_what_came_while_the_records_were_down_has_one_order_however_much_history_a_replay_sees(
    stand: Stand,
) -> None:
    """A worker that starts between two messages replays the first task with the second, as one; a later one sees both apart."""
    deal = await stand.open(an_order(a_good(quantity=2, unit_price="6200.00", payment="prepaid_100")))
    await deal.to("line-1:payment-terms")
    await deal.caught_up()
    stand.records.switch.down, stand.records.switch.failed = True, 0
    try:
        for nth in range(1, 4):
            await deal.signal(
                "pay", id=f"by-signal-{nth}", actor="kuznetsova", amount="100.00", currency="RUB"
            )
            await eventually(deal.answered, lambda state, sum=200 * nth - 100: state.received == sum)  # type: ignore[misc]
            await deal.send("pay", id=f"by-update-{nth}", actor="kuznetsova", amount="100.00", currency="RUB")
    finally:
        stand.records.switch.down = False
    assert stand.records.switch.failed, "the fault happened"
    state = await deal.caught_up()
    paid = await deal.facts("payment.received")
    assert [fact.data["payment"] for fact in paid] == [
        f"by-{how}-{n}" for n in (1, 2, 3) for how in ("signal", "update")
    ]
    facts = await deal.facts()
    assert verify(facts, state.head) == [], "the records were told what the deal believes"
    assert len(facts) == state.seq


async def test_an_answer_that_was_lost_is_not_written_twice(stand: Stand) -> None:
    deal = await stand.open(an_order())
    for switch in _switches(stand, TARGETS):
        switch.lose_answers, switch.failed = 3, 0
    await deal.robot()
    await _caught_up(deal)
    assert [switch.failed for switch in _switches(stand, TARGETS)] == [3, 3, 3]


async def test_records_restored_from_yesterdays_backup_are_filled_up_and_nobody_is_told_anything_twice(
    stand: Stand, tmp_path: Path
) -> None:
    """The CRM and mail go by what the deal keeps, so they notice nothing; `deal rebuild` gives the records what they had since."""
    deal = await stand.open(an_order(a_good(payment="deferred_30")))
    await deal.qualify()
    await deal.caught_up()
    live, backup = stand.settings.home / "records.db", tmp_path / "yesterday.db"
    _copy(live, backup)
    await deal.approve("contract", "client", "petrov")
    await deal.to("line-1:credit")
    before = await deal.caught_up()
    _copy(backup, live)
    await deal.robot()
    await deal.result()

    store, queries = RecordStore(stand.settings.database_url), RecordQueries(stand.settings.database_url)
    try:
        gap = [fact.seq for fact in queries.log(deal.number)]
        assert gap != list(range(1, len(gap) + 1)), "what came between is not there yet"
        await eventually(lambda: _closed(stand, deal))
        await rebuild(stand.client, store, query=f'WorkflowId = "{deal.handle.id}"')
        facts = queries.log(deal.number)
        assert verify(facts, queries.head(deal.number)) == []
        assert len(facts) > before.seq
    finally:
        store.close()
        queries.close()
    await _caught_up(deal)


async def _closed(stand: Stand, deal: OpenDeal) -> bool:
    """Whether the server's list has it as closed."""
    query = f'WorkflowId = "{deal.handle.id}" AND ExecutionStatus = "Completed"'
    return len([run async for run in stand.client.list_workflows(query)]) == 1


def _copy(of: Path, to: Path) -> None:
    with closing(sqlite3.connect(of)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)


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
