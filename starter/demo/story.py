"""The story of the demo: three goods, each on its own way, and what goes wrong on it."""

import asyncio
from decimal import Decimal

from domain.facts import CustomsCheck
from domain.words import Stage
from starter.demo.crm import Floor
from starter.demo.player import Player
from starter.rooms import ROOT

ORDER = ROOT / "playbooks" / "orders" / "three-goods.yaml"


async def tell_story(player: Player, floor: Floor) -> None:
    await player.complete("qualification")
    await player.compose(ORDER)
    await _contract(player, floor)
    await floor.drag_too_far("ivanova", Stage.SHIPPED)
    await asyncio.gather(
        _imported(player),
        _from_the_dealer(player),
        _in_stock(player, floor),
        player.sign("reconciliation-act"),
    )


async def _contract(player: Player, floor: Floor) -> None:
    """The director rejects the first version. Both approve the second, with another price: the client by the link in her mail, the
    director in the CRM."""
    ru = player.desk.language == "ru"
    comment = (
        "Без скидки на кровати клиент уйдёт" if ru else "Without a discount on the beds the client will leave"
    )
    said = "Кровати на 5 % дешевле" if ru else "5 % off the beds"
    await player.try_to_approve("contract", "orlov")
    await player.approve("contract", "client")
    await player.reject("contract", "petrov", comment)
    await player.assignment("contract-revision")
    await player.offer(said, {"line-2.unit_price": "93575.47"})
    await player.approve_by_link("contract", "client", version=2)
    await floor.approve("contract", "petrov", version=2)
    await player.sign("contract")


async def _imported(player: Player) -> None:
    """From abroad, half paid in advance, and too late; the customs hold it for a while.

    It is the slowest of the three, and waits where it would not be, so that the deal is seen in each of its stages.
    """
    await player.complete("line-1:payment-terms")
    await player.late("line-1:prepayment")
    await player.pay("line-1:prepayment", "pp-101")
    await player.stage(Stage.ORDER_SENT)
    await player.complete("line-1:supplier-order")
    await player.complete("line-1:dispatch")
    await player.complete("line-1:arrival")
    await player.stage(Stage.CUSTOMS)
    await player.complete("line-1:customs-declaration")
    await player.complete("line-1:customs-release", outcome="hold")
    await player.timeline.until(CustomsCheck.kind, 1)
    await player.complete("line-1:customs-release#2")
    await player.stage(Stage.AT_WAREHOUSE)
    await player.complete("line-1:acceptance")
    await player.pay("line-1:balance", "pp-102")
    await player.complete("line-1:shipment", shipping_document="УПД-101")
    await player.complete("line-1:delivery")
    await player.sign_all(1)


async def _from_the_dealer(player: Player) -> None:
    """Shipped on credit, which the director approves; paid after the thirty days are over."""
    await player.complete("line-2:payment-terms")
    await player.approve("line-2:credit", "petrov")
    await player.complete("line-2:supplier-order")
    ru = player.desk.language == "ru"
    await player.delay(2, 9, "завод ждёт комплектующие" if ru else "the factory waits for a part")
    await player.complete("line-2:dispatch")
    await player.complete("line-2:arrival")
    await player.complete("line-2:acceptance")
    await player.complete("line-2:shipment", shipping_document="УПД-201")
    await player.complete("line-2:delivery")
    await player.sign_all(2)
    await player.late("line-2:payment")
    await player.pay("line-2:payment", "pp-201")


async def _in_stock(player: Player, floor: Floor) -> None:
    """Paid at once, and a little too much, which goes back; the bank tells of the payment twice."""
    await player.complete("line-3:payment-terms")
    await player.pay("line-3:prepayment", "pp-301", times=2, over=Decimal(500))
    await player.complete("surplus", outcome="return")
    await player.complete("refund")
    await floor.complete("line-3:reservation")
    await player.complete("line-3:acceptance")
    await player.complete("line-3:shipment", shipping_document="УПД-301")
    await player.complete("line-3:delivery")
    await player.sign_all(3)
