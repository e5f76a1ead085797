"""What comes back from outside: mail that did not arrive, things done in the CRM that do not count, orders that lack something."""

from datetime import timedelta

from domain.facts import AddressCorrected, AnswerCorrected, AssignmentRescheduled, PaymentCorrected
from tests.support.memory import today
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand


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


async def test_what_was_entered_wrong_is_corrected_and_a_deadline_moves_by_the_directors_yes(
    stand: Stand,
) -> None:
    deal = await stand.open(an_order(a_good(source="dealer")))
    await deal.agree()
    await deal.complete("line-1:payment-terms")
    await deal.pay("2000.00", id="pp-1", line=1)
    right = {"fields": {"purpose": "счёт 12"}, "reason": "опечатка"}
    await deal.send("correct", actor="kuznetsova", entry="pp-1", **right)
    await deal.until_asked("line-1:supplier-order")
    await deal.complete("line-1:supplier-order")
    await deal.until_asked("line-1:dispatch")
    ready = {"fields": {"ready_on": str(today() + timedelta(days=4))}, "reason": "опечатка"}
    await deal.send("correct", actor="ivanova", entry="line-1:supplier-order", **ready)
    far = {"until": str(today() + timedelta(days=90)), "reason": "завод ждёт деталь"}
    await deal.send("reschedule", actor="ivanova", item="line-1:dispatch", **far)
    await deal.until_asked("line-1:rescheduling")
    await deal.approve("line-1:rescheduling", "petrov")
    await deal.robot()
    moved = await deal.facts(AssignmentRescheduled.kind)
    assert [fact.actor.person for fact in moved] == ["ivanova", "ivanova"]
    assert [fact.actor.person for fact in await deal.facts(AnswerCorrected.kind)] == ["ivanova"]
    assert len(await deal.facts(PaymentCorrected.kind)) == 1
    assert (await deal.result()).paid == 2000
