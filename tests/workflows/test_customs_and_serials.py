"""What customs and serial numbers make of a line on the real server: another declaration, an obligation, a question across deals."""

from datetime import timedelta

from domain.facts import CustomsRefused, CustomsReleasedConditionally, SerialRepeated
from tests.support.memory import today
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand

FIRST, SECOND, THIRD = (f"10702030/161126/000000{n}" for n in (1, 2, 3))


async def test_a_refused_declaration_is_filed_anew_and_a_conditional_release_is_kept(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="import", quantity=4, payment="state_contract")))
    await deal.to("line-1:customs-declaration")
    await deal.complete("line-1:customs-declaration", declaration=f"{FIRST}, {SECOND}", quantities="1, 3")
    await deal.complete("line-1:customs-release", outcome="refused", declarations=SECOND, reason="код ТН ВЭД")
    assert await deal.asked() == {"line-1:customs-declaration#2", "line-1:customs-release#2"}
    await deal.complete("line-1:customs-declaration#2", declaration=THIRD)
    until = str(today() + timedelta(days=30))
    await deal.complete(
        "line-1:customs-release#2",
        outcome="conditional",
        obligation="представить сертификат",
        obligation_until=until,
    )
    assert await deal.asked() == {"line-1:acceptance", "line-1:customs-obligation#2"}
    assert [(d.number, d.quantity, d.outcome) for d in (await deal.line()).declarations] == [
        (FIRST, 1, "conditional"),
        (SECOND, 3, "refused"),
        (THIRD, 3, "conditional"),
    ]
    await deal.robot()
    assert (await deal.result()).stage == "PAID"
    assert await deal.story(CustomsRefused.kind, CustomsReleasedConditionally.kind) == [
        "ivanova customs.refused line 1",
        "ivanova customs.conditional line 1",
    ]


async def test_a_serial_number_that_another_deal_has_is_asked_about(stand: Stand) -> None:
    good = a_good(sku="US-SERIAL", quantity=1, payment="state_contract")
    for serials in ("ТХ-001", "tx 001"):
        deal = await stand.open(an_order(good))
        await deal.to("line-1:acceptance")
        await deal.complete("line-1:acceptance", serial_numbers=serials)
        await deal.until_asked("line-1:shipment")
        await deal.caught_up()
    await deal.until_asked("serial-number")
    [told] = await deal.facts(SerialRepeated.kind)
    assert (told.data["serial"], told.data["at_line"]) == ("tx 001", 1)
    await deal.complete("serial-number", explanation="прибор вернули, он продаётся снова")
    assert await deal.asked() == {"line-1:shipment"}
