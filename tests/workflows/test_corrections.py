"""What comes back from outside: mail that did not arrive, things done in the CRM that do not count, orders that lack something."""

from domain.facts import AddressCorrected
from tests.support.orders import an_order
from tests.support.stand import REPLAYED, Stand


@REPLAYED
async def test_a_mail_refused_for_its_address_is_sent_again_to_the_corrected_one(stand: Stand) -> None:
    stand.mail.bad.add("anna@clinic.example")
    try:
        deal = await stand.open(an_order())
        await deal.qualify()
        await deal.until_asked("mail-address")
        await deal.complete("mail-address", email="a.smirnova@clinic.example")
        await deal.caught_up()
    finally:
        stand.mail.bad.clear()
    assert ("approval_asked", "a.smirnova@clinic.example") in stand.mail.sent(deal.number)
    [corrected] = await deal.facts(AddressCorrected.kind)
    assert corrected.data["again"] == 1
    await deal.robot()
