"""Money came: it is put on the milestones that wait for it, and what is left is an advance."""

from domain import treasury
from domain.facts import PaymentAdvance, PaymentReceived
from domain.messages import Pay
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect


def pay(deal: DealCase, message: Pay) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Pay, deal.desk.identify(message.actor))
    treasury.check_payment(state, message, deal.today)

    def effect() -> Text:
        payment, rest = treasury.take_payment(state, message, actor, deal.now, deal.today)
        about = {"payment": payment.id, "currency": payment.currency}
        received = PaymentReceived(
            **about,
            amount=payment.amount,
            day=payment.day,
            purpose=payment.purpose,
            put=payment.allocations,
        )
        deal.record(received, by=actor)
        if rest:
            deal.record(PaymentAdvance(**about, amount=rest), by=actor)
        deal.lines.fund({state.milestone(id).line for id in payment.allocations})
        ru, en = (f", аванс {rest}", f", {rest} of it an advance") if rest else ("", "")
        paid = f"{payment.amount} {payment.currency}"
        return Text(ru=f"Платёж {paid} учтён{ru}", en=f"Payment of {paid} counted{en}")

    return effect
