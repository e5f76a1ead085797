"""A payment that was entered wrong: it is taken back from where its money stands, and entered anew."""

from domain.deal import money_corrections, places, treasury
from domain.deal.messages import Correct
from domain.facts import PaymentCorrected
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.money import record_moved


def correct_payment(deal: DealCase, message: Correct) -> Effect:
    state = deal.state
    actor = money_corrections.who_corrects_payment(message, deal.desk)
    payment, right = money_corrections.right_payment(state, message, deal.today)

    def effect() -> Text:
        undone, entered = treasury.correct_payment(
            state, payment, right, message, actor, deal.now, deal.today
        )
        deal.record(
            PaymentCorrected(
                payment=payment.id,
                entered=entered.id,
                amount=entered.amount,
                currency=entered.currency,
                day=entered.day,
                before=money_corrections.in_words(payment),
                after=money_corrections.in_words(entered),
                reason=message.reason,
                taken=undone.taken,
                put=entered.put,
            ),
            by=actor,
        )
        moved = treasury.put_advances(state, deal.now, deal.today)
        record_moved(deal, moved)
        deal.lines.fund(places.lines_of(state, undone, entered, *moved))
        return Text(ru=f"Платёж {payment.id} исправлен", en=f"Payment {payment.id} is corrected")

    return effect
