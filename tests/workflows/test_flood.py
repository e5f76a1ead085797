"""Three thousand messages come while no worker runs: the one that starts then takes all of them, and no task of it stumbles."""

import asyncio
from decimal import Decimal
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from domain.deal.state import DealState
from domain.facts import FloodRefused
from starter.desk import DealDesk
from tests.conftest import FLOODED
from tests.support.deal import OpenDeal
from tests.support.orders import an_order
from tests.support.stand import fresh_number, stand
from tests.support.waiting import eventually
from workflows.names import deal_id
from workflows.temporal.converter import DATA_CONVERTER

MESSAGES = 3_000
EVERY = 10
"""One of so many is a payment of a kopeck; the rest is from nobody who may pay."""


async def test_a_worker_that_starts_takes_three_thousand_messages(
    temporal: WorkflowEnvironment, tmp_path: Path
) -> None:
    target = temporal.client.service_client.config.target_host
    client = await Client.connect(target, namespace=FLOODED, data_converter=DATA_CONVERTER)
    number = fresh_number()
    await DealDesk(client, language="en", answer_seconds=60).start({**an_order(), "number": number})
    handle = client.get_workflow_handle(deal_id(number))
    for first in range(0, MESSAGES, 100):
        await asyncio.gather(*(handle.signal("pay", _paid(n)) for n in range(first, first + 100)))
    async with stand(client, tmp_path) as made:
        deal = OpenDeal(made, number)
        for part in (2, 1):  # a slice takes up to a second
            expected = Decimal(MESSAGES // EVERY // part) / 100
            state = await eventually(
                deal.answered,
                lambda state, expected=expected: state.received >= expected,
                words=_received,
                pause=0.5,
            )
        refused = len(await deal.refused_facts()) + sum(
            fact.read().count for fact in await deal.facts() if fact.kind == FloodRefused.kind
        )
        assert refused == MESSAGES - MESSAGES // EVERY
        assert len(state.ledger.payments) == MESSAGES // EVERY
        await deal.robot()
        await made.trail(number).check()


def _paid(n: int) -> dict[str, str]:
    actor = "nobody" if n % EVERY else "kuznetsova"
    return {"id": f"p-{n}", "actor": actor, "amount": "0.01", "currency": "RUB"}


def _received(state: DealState) -> str:
    return f"received {state.received}"
