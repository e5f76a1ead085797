"""An advance went back to the client."""

from domain.deal import money_checks, treasury
from domain.deal.messages import Refund
from domain.facts import MoneyRefunded
from domain.wording import Cash, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect


def refund(deal: DealCase, message: Refund) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Refund, deal.desk.identify(message.actor))
    payment = money_checks.check_refund(state, message, deal.today)

    def effect() -> Text:
        entry = treasury.refund(state, payment, message, actor, deal.now, deal.today)
        refunded = MoneyRefunded(
            **entry.about(), taken=entry.taken, put=entry.put, day=entry.day, reason=entry.note
        )
        deal.record(refunded, by=actor)
        given = Cash(entry.amount, entry.currency)
        return worded(ru="Возвращено клиенту {given}", en="{given} went back to the client", given=given)

    return effect
