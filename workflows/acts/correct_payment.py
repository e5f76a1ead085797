"""A payment that was entered wrong: it is taken back from where its money stands, and entered anew."""

from domain.deal import by_rate, money_corrections, places, treasury
from domain.deal.ledger import Entry
from domain.deal.messages import Correct
from domain.deal.rates import WaitingPayment
from domain.facts import PaymentCorrected
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.money import record_moved


def correct_payment(deal: DealCase, message: Correct) -> Effect:
    state = deal.state
    actor = money_corrections.who_corrects_payment(message, deal.desk)
    right = money_corrections.right_payment(state, message, deal.today)
    payment = right.payment

    def effect() -> Text:
        about = (message, actor, deal.now, deal.today)
        entered: Entry | WaitingPayment
        if payment.paid:
            undone, entered, rate = by_rate.correct_rated(state, payment, right.pay, right.rate, *about)
            if rate:
                entered = by_rate.take_waiting(state, entered, rate, deal.now, undone)
        else:
            undone, entered = treasury.correct_payment(state, payment, right.pay, *about)
        counted = [entered] if isinstance(entered, Entry) else []
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
                put=counted[0].put if counted else {},
            ),
            by=actor,
        )
        if isinstance(entered, WaitingPayment):
            deal.rates.await_for(entered)
        moved = treasury.put_advances(state, deal.now, deal.today)
        record_moved(deal, moved)
        deal.lines.fund(places.lines_of(state, undone, *counted, *moved))
        return Text(ru=f"Платёж {payment.id} исправлен", en=f"Payment {payment.id} is corrected")

    return effect
