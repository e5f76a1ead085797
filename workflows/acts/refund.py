"""An advance went back to the client."""

from typing import Any

from domain.deal import money_checks, treasury
from domain.deal.messages import Refund
from domain.deal.rate_words import rate_in_words
from domain.facts import MoneyRefunded
from domain.wording import Cash, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.money import in_roubles


def refund(deal: DealCase, message: Refund) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Refund, deal.desk.identify(message.actor))
    payment = money_checks.check_refund(state, message, deal.today)

    def effect() -> Text:
        entry = treasury.refund(state, payment, message, actor, deal.now, deal.today)
        refunded = MoneyRefunded(
            **entry.about(),
            **in_roubles(entry),
            taken=entry.taken,
            put=entry.put,
            day=entry.day,
            reason=entry.note,
        )
        deal.record(refunded, by=actor)
        given: Any = Cash(entry.amount, entry.currency)
        if entry.paid:
            rate = rate_in_words(entry.paid, entry.currency)
            given = worded(ru="{given}, {rate},", en="{given}, {rate},", given=given, rate=rate)
        return worded(ru="Возвращено клиенту {given}", en="{given} went back to the client", given=given)

    return effect
