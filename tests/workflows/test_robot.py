"""A program that reads only what the desk shows brings any valid order to `PAID`."""

import asyncio
from decimal import Decimal

import pytest

from domain.facts import StageChanged
from domain.playbook import Playbook
from tests.support.desks import InProcess
from tests.support.orders import DELIVERIES, PAYMENTS, SOURCES, every_combination
from tests.support.robot import Robot
from tests.support.stand import Stand, default_playbook, sample_order

SEED = 20261123
AT_ONCE = 8
SHARES = 5
"""Of all orders, so that several processes can take them."""


async def test_the_robot_brings_three_goods_from_the_first_minute_to_paid(stand: Stand) -> None:
    deal = await stand.open(sample_order())
    await deal.robot()
    assert await deal.story(StageChanged.kind) == [
        f"desk stage.changed {stage}"
        for stage in ("CONTRACT_APPROVAL", "PREPAYMENT", "ORDER_SENT", "CUSTOMS", "AT_WAREHOUSE", "SHIPPED", "PAID")
    ]  # fmt: skip
    result = await deal.result()
    assert (result.stage, result.amount, result.paid, result.advance) == (
        "PAID",
        Decimal("2906402.00"),
        Decimal("2906402.00"),
        Decimal("0.00"),
    )


@pytest.mark.parametrize("share", range(SHARES))
async def test_the_robot_brings_every_source_payment_and_delivery_to_paid(stand: Stand, share: int) -> None:
    orders = list(every_combination(seed=SEED))
    assert len(orders) >= 50
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(order: dict[str, object]) -> None:
        async with at_once:
            await _to_paid(stand, order)

    async with asyncio.TaskGroup() as deals:
        for order in orders[share::SHARES]:
            deals.create_task(one(order))


def test_the_orders_of_the_robot_cover_the_whole_playbook() -> None:
    playbook: Playbook = default_playbook()
    lines = [line for order in every_combination(seed=SEED) for line in order["lines"]]
    combinations = {(line["source"], line["payment"], line["delivery"]) for line in lines}
    assert set(playbook.payments) == set(PAYMENTS)
    assert set(playbook.deliveries) == set(DELIVERIES)
    assert len(combinations) == len(SOURCES) * len(PAYMENTS) * len(DELIVERIES) == 63


async def _to_paid(stand: Stand, order: dict[str, object]) -> None:
    deal = await stand.open(order)
    robot = Robot(InProcess(stand.desk), deal.number, pause=0.3, seconds=60)
    view = await robot.run()
    amount = sum((Decimal(line["unit_price"]) * line["quantity"] for line in order["lines"]), Decimal())  # type: ignore[attr-defined]
    totals = {name: Decimal(view["totals"][name]) for name in ("amount", "paid", "outstanding", "advance")}
    assert view["stage"] == "PAID", view["number"]
    assert totals == {"amount": amount, "paid": amount, "outstanding": 0, "advance": 0}
    assert sum(Decimal(payment["amount"]) for payment in view["payments"]) == amount
    assert all(line["status"] == "SETTLED" for line in view["lines"])
    assert all(document["signed"] for document in view["documents"])
    assert robot.refusals == []
    assert (view["assignments"], view["approvals"], view["milestones"], view["blockers"]) == ([], [], [], [])
