"""Continue-as-new, provoked by the server's own limit: nothing is lost, and lines live on."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from domain.facts import DealPaid, PaymentReceived
from tests.support.deal import OpenDeal, asked_in, refused
from tests.support.orders import a_good, an_order
from tests.support.server import dev_server
from tests.support.stand import Stand, sample_order
from tests.support.stand import stand as a_stand
from tests.support.waiting import eventually
from workflows.names import deal_id, line_id

SUGGESTED_AT = 100  # events


@pytest.fixture(scope="session")
async def renewing_stand(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    limit = f"--dynamic-config-value=limit.historyCount.suggestContinueAsNew={SUGGESTED_AT}"
    async with (
        dev_server(limit) as environment,
        a_stand(environment.client, tmp_path_factory.mktemp("renewing")) as made,
    ):
        yield made


pytestmark = pytest.mark.parametrize("chosen_stand", ["renewing"], indirect=True)


async def test_a_deal_and_its_lines_get_to_paid_over_many_runs(stand: Stand) -> None:
    deal = await stand.open(sample_order())
    await deal.robot()
    result = await deal.result()
    assert (result.stage.value, str(result.paid), str(result.advance)) == ("PAID", "2906402.00", "0.00")
    runs = await stand.trail(deal.number).runs()
    assert runs[deal_id(deal.number)] >= 4
    assert runs[line_id(deal.number, 1)] >= 2
    await _all_told_once(deal)


async def test_what_is_open_undelivered_and_paid_meanwhile_is_carried_over(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(payment="prepaid_50"), a_good(payment="deferred_30")))
    left = {"line-1:payment-terms", "line-2:credit"}
    await deal.robot(
        leave={*left, "line-1:prepayment"}.__contains__, until=lambda view: asked_in(view) == left
    )
    before = await deal.view()
    stand.crm.switch.down = True
    try:
        payments = 12
        for n in range(payments):
            await deal.pay("100.00", id=f"pp-{n}", line=1)
        await _renewed(deal, more_than=1)
        state = await deal.quiet()
        assert state.outbox.crm, "the CRM is down: its writes were carried over"
        assert [p.id for p in state.payments] == [f"pp-{n}" for n in range(payments)]
    finally:
        stand.crm.switch.down = False
    view = await deal.view()
    assert [(a.id, a.due_at) for a in view.assignments] == [(a.id, a.due_at) for a in before.assignments]
    assert [(a.id, a.due_at) for a in view.approvals] == [(a.id, a.due_at) for a in before.approvals]
    assert (await deal.line()).paid == Decimal("1200.00")
    await _counts_once_across_runs(deal)
    await deal.robot()
    await deal.result()
    await _all_told_once(deal)


async def _counts_once_across_runs(deal: OpenDeal) -> None:
    again = {"id": "pp-0", "actor": "kuznetsova", "amount": "100.00", "currency": "RUB", "line": 1}
    receipt = await deal.handle.execute_update("pay", again, result_type=dict)
    assert receipt["repeated"]
    assert await deal.tell("signal", "pay", again) == ""
    assert await deal.tell("signal", "pay", again | {"amount": "100.01"}) == "same_id_other_content"
    with refused("same_id_other_content"):
        await deal.pay("5.00", id="pp-0")
    state = await deal.state()
    assert len(state.payments) == 12


async def test_messages_that_come_while_a_run_ends_are_all_taken(stand: Stand) -> None:
    """Signals in a storm, and updates beside them, until the deal has had several runs."""
    deal = await stand.open(an_order())
    await deal.agree()

    async def signals() -> None:
        for n in range(60):
            await deal.signal("pay", id=f"s-{n}", actor="kuznetsova", amount="1.00", currency="RUB")

    async def updates() -> None:
        for n in range(40):
            await deal.pay("1.00", id=f"u-{n}")

    await asyncio.gather(signals(), updates())
    await _renewed(deal, more_than=2)
    state = await deal.quiet()
    assert len({payment.id for payment in state.payments}) == len(state.payments) == 100
    assert state.received == Decimal("100.00")
    assert len(await deal.facts(PaymentReceived.kind)) == 100
    await deal.robot()
    assert (await deal.result()).paid == Decimal("2000.00")


async def test_a_line_keeps_its_questions_and_what_it_has_not_told_yet(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(payment="deferred_30")))
    await deal.to("line-1:credit")
    due_at = (await deal.view()).approvals[0].due_at
    for n in range(40):
        await deal.signal(
            "decide", id=f"x-{n}", line=1, actor="ivanova", approval="line-1:credit", approve=True
        )
    await _renewed(deal, more_than=1, line=1)
    assert len(await deal.refused_facts()) == 40
    view = await deal.view()
    assert [(a.id, a.due_at) for a in view.approvals] == [("line-1:credit", due_at)]
    await deal.approve("line-1:credit", "petrov")
    await deal.robot()
    assert (await deal.result()).stage == "PAID"


async def _renewed(deal: OpenDeal, *, more_than: int, line: int | None = None) -> None:
    id = line_id(deal.number, line) if line else deal_id(deal.number)
    await eventually(deal.stand.trail(deal.number).runs, lambda runs: runs[id] > more_than, pause=0.1)


async def _all_told_once(deal: OpenDeal) -> None:
    """The trail has no gap, and neither the CRM nor mail has been told anything twice."""
    facts = await deal.facts()
    assert facts[-1].kind == DealPaid.kind
    keys = deal.stand.crm.keys(deal.number)
    assert len(keys) == len(set(keys)) > len(facts) / 2
    mails = deal.stand.mail.ids(deal.number)
    assert len(mails) == len(set(mails))
