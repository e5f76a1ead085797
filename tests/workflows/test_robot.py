"""A program that reads only what the desk shows brings an order to `PAID` on the real server; every order there can be: tests/process."""

from decimal import Decimal

from domain.facts import StageChanged
from tests.support.stand import Stand, sample_order


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
