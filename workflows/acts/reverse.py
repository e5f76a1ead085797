"""The bank took a payment back: it is taken from the milestones it stands on, which are to be paid again."""

from domain.deal import money_checks, places, treasury
from domain.deal.messages import Reverse
from domain.facts import PaymentReversed
from domain.wording import Cash, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.money import record_moved


def reverse(deal: DealCase, message: Reverse) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Reverse, deal.desk.identify(message.actor))
    payment = money_checks.check_reversal(state, message, deal.today)

    def effect() -> Text:
        entry = treasury.reverse_payment(state, payment, message, actor, deal.now, deal.today)
        reversed = PaymentReversed(**entry.about(), day=entry.day, reason=entry.note, taken=entry.taken)
        deal.record(reversed, by=actor)
        moved = treasury.put_advances(state, deal.now, deal.today)
        record_moved(deal, moved)
        deal.lines.fund(places.lines_of(state, entry, *moved))
        return worded(
            ru="Платёж {id} на {taken} сторнирован",
            en="Payment {id} of {taken} is reversed",
            id=payment.id,
            taken=Cash(entry.amount, entry.currency),
        )

    return effect
