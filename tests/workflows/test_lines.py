"""What happens to goods on their way, and what may not happen before money."""

from domain.facts import (
    AssignmentCompleted,
    CustomsHeld,
    CustomsReleased,
    GoodsDamaged,
)
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand


async def test_customs_may_hold_the_goods_and_release_them_later(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="import", payment="state_contract")))
    await deal.to("line-1:customs-release")
    await deal.complete("line-1:customs-release", outcome="hold", reason="код ТН ВЭД")
    view = await deal.until_asked("line-1:customs-release#2")
    assert (view.lines[0].held, view.lines[0].status) == (True, "AT_CUSTOMS")
    await deal.complete("line-1:customs-release#2")
    view = await deal.until_asked("line-1:acceptance")
    assert not view.lines[0].held
    held, released = await deal.facts(CustomsHeld.kind, CustomsReleased.kind)
    assert (held.actor.person, held.data["reason"]) == ("ivanova", "код ТН ВЭД")
    assert (released.actor.person, released.kind) == ("ivanova", CustomsReleased.kind)
    await deal.caught_up()
    assert ("customs_held", "petrov@dealwright.example") in stand.mail.sent(deal.number)


async def test_damaged_goods_go_through_a_claim_and_are_accepted_again(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="dealer", payment="state_contract", quantity=1)))
    await deal.to("line-1:acceptance")
    await deal.complete("line-1:acceptance", "orlov", result="damaged", remarks="разбит экран")
    assert await deal.asked() == {"line-1:claim"}
    await deal.complete("line-1:claim")
    await deal.complete("line-1:acceptance#2", "orlov", result="accepted", serial_numbers="SN-77")
    await deal.until_asked("line-1:shipment")
    about = (GoodsDamaged.kind, AssignmentCompleted.kind)
    assert (await deal.story(*about))[-4:] == [
        "orlov assignment.completed line-1:acceptance",
        "orlov goods.damaged line 1",
        "ivanova assignment.completed line-1:claim",
        "orlov assignment.completed line-1:acceptance#2",
    ]
