"""The bank took a payment back: it is taken from the milestones it stands on, which are to be paid again."""

from domain.deal import money_checks, places, treasury
from domain.deal.messages import Reverse
from domain.deal.rates import WaitingPayment
from domain.facts import Actor, PaymentReversed
from domain.wording import Cash, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.money import in_roubles, record_moved, record_recalled


def reverse(deal: DealCase, message: Reverse) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Reverse, deal.desk.identify(message.actor))
    if waiting := money_checks.waiting_reversal(state, message, deal.today):
        return _of_waiting(deal, waiting, message, actor)
    payment = money_checks.check_reversal(state, message, deal.today)

    def effect() -> Text:
        entry = treasury.reverse_payment(state, payment, message, actor, deal.now, deal.today)
        about = entry.about() | in_roubles(entry)
        reversed = PaymentReversed(**about, day=entry.day, reason=entry.note, taken=entry.taken)
        deal.record(reversed, by=actor)
        record_recalled(deal, entry)
        moved = treasury.put_advances(state, deal.now, deal.today)
        record_moved(deal, moved)
        deal.lines.fund(places.lines_of(state, entry, *moved))
        return _reversed(payment.id, Cash(entry.amount, entry.currency))

    return effect


def _of_waiting(deal: DealCase, waiting: WaitingPayment, message: Reverse, actor: Actor) -> Effect:
    """Roubles that were never counted: their rate was not known yet."""

    def effect() -> Text:
        deal.rates.drop(waiting)
        reversed = PaymentReversed(
            payment=waiting.id,
            amount=waiting.amount,
            currency=waiting.currency,
            day=message.day or deal.today,
            reason=message.reason,
        )
        deal.record(reversed, by=actor)
        return _reversed(waiting.id, Cash(waiting.amount, waiting.currency))

    return effect


def _reversed(id: str, taken: Cash) -> Text:
    return worded(
        ru="Платёж {id} на {taken} сторнирован", en="Payment {id} of {taken} is reversed", id=id, taken=taken
    )
