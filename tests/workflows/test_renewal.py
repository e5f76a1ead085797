"""Continue-as-new, provoked by the server's own limit: nothing is lost, and lines live on."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from domain.facts import DealPaid, PaymentReceived
from tests.support.deal import OpenDeal
from tests.support.orders import an_order
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
    assert len({payment.id for payment in state.ledger.payments}) == len(state.ledger.payments) == 100
    assert state.received == Decimal("100.00")
    assert len(await deal.facts(PaymentReceived.kind)) == 100
    await deal.robot()
    assert (await deal.result()).paid == Decimal("2000.00")


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
