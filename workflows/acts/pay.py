"""Money came: it is put on the milestones that wait for it, and what is left is an advance."""

from domain.deal import money_checks, places, treasury
from domain.deal.ledger import ADVANCE, on_milestones
from domain.deal.messages import Pay
from domain.facts import PaymentAdvance, PaymentReceived
from domain.money import ZERO
from domain.wording import Cash, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect


def pay(deal: DealCase, message: Pay) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Pay, deal.desk.identify(message.actor))
    money_checks.check_payment(state, message, deal.today)

    def effect() -> Text:
        payment = treasury.take_payment(state, message, actor, deal.now, deal.today)
        put, rest = on_milestones(payment.put), payment.put.get(ADVANCE)
        about = payment.about()
        received = PaymentReceived(
            **about,
            day=payment.day,
            purpose=payment.note,
            payer=payment.payer,
            payer_inn=payment.payer_inn,
            put=put,
        )
        deal.record(received, by=actor)
        if rest:
            deal.record(PaymentAdvance(**about | {"amount": rest}), by=actor)
        deal.lines.fund(places.lines_of(state, payment))
        paid, beyond = Cash(payment.amount, payment.currency), Cash(rest or ZERO, payment.currency)
        if not rest:
            return worded(ru="Платёж {paid} учтён", en="Payment of {paid} counted", paid=paid)
        return worded(
            ru="Платёж {paid} учтён, аванс {beyond}",
            en="Payment of {paid} counted, {beyond} of it an advance",
            paid=paid,
            beyond=beyond,
        )

    return effect
