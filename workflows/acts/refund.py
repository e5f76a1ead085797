"""An advance is to go back to the client: it is put aside until the outgoing payment is made."""

from domain.deal import money_checks, refunds
from domain.deal.messages import Refund
from domain.money import ZERO
from domain.wording import Cash, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.money import record_moved


def refund(deal: DealCase, message: Refund) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Refund, deal.desk.identify(message.actor))
    payment = money_checks.check_refund(state, message)

    def effect() -> Text:
        aside = refunds.begin_refund(state, payment, message, actor, deal.now, deal.today)
        record_moved(deal, aside)
        amount = Cash(sum((entry.amount for entry in aside), ZERO), state.currency)
        return worded(ru="Отложено на возврат {amount}", en="{amount} put aside to go back", amount=amount)

    return effect
