"""A program that reads only what the desk shows brings any valid order to `PAID`."""

from decimal import Decimal

import pytest

from domain.facts import StageChanged
from domain.goods.quantity import read_quantity
from domain.money import kopecks
from tests.support.memory import World, default_playbook, sample_order
from tests.support.orders import DELIVERIES, PAYMENTS, SOURCES, Order, every_combination

SEED = 20261123
ORDERS = list(every_combination(seed=SEED))


def test_the_robot_brings_three_goods_from_the_first_minute_to_paid(world: World) -> None:
    deal = world.open(sample_order())
    deal.robot()
    assert [data.stage for data in deal.read(StageChanged)] == [
        *("CONTRACT_APPROVAL", "PREPAYMENT", "ORDER_SENT", "CUSTOMS", "AT_WAREHOUSE", "SHIPPED", "PAID")
    ]
    result = deal.result()
    assert (result.stage, result.amount, result.paid, result.advance) == (
        *("PAID", Decimal("2906402.00"), Decimal("2906402.00"), Decimal("0.00")),
    )


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "+".join(line["sku"] for line in order["lines"]))
def test_the_robot_brings_every_source_payment_and_delivery_to_paid(world: World, order: Order) -> None:
    deal = world.open(order)
    view = deal.robot()
    amounts = (
        kopecks(Decimal(line["unit_price"]) * read_quantity(line["quantity"])) for line in order["lines"]
    )
    amount = sum(amounts, Decimal())
    totals = {name: Decimal(view["totals"][name]) for name in ("amount", "paid", "outstanding", "advance")}
    assert view["stage"] == "PAID"
    assert totals == {"amount": amount, "paid": amount, "outstanding": 0, "advance": 0}
    assert sum(Decimal(payment["amount"]) for payment in view["payments"]) == amount
    assert all(line["status"] == "SETTLED" for line in view["lines"])
    assert all(document["signed"] for document in view["documents"])
    assert (view["assignments"], view["approvals"], view["milestones"], view["blockers"]) == ([], [], [], [])
    deal.result()


def test_the_orders_of_the_robot_cover_the_whole_playbook() -> None:
    playbook = default_playbook()
    lines = [line for order in ORDERS for line in order["lines"]]
    combinations = {(line["source"], line["payment"], line["delivery"]) for line in lines}
    assert len(ORDERS) >= 50
    assert set(playbook.payments) == set(PAYMENTS)
    assert set(playbook.deliveries) == set(DELIVERIES)
    assert len(combinations) == len(SOURCES) * len(PAYMENTS) * len(DELIVERIES) == 72
