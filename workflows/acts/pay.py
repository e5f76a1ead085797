"""Money came: it is put on the milestones that wait for it, and what is left is an advance."""

from typing import Any

from domain.deal import by_rate, money_checks, places, treasury
from domain.deal.ledger import ADVANCE, Entry
from domain.deal.messages import Pay
from domain.deal.rate_words import rate_in_words
from domain.deal.rates import WaitingPayment
from domain.money import ZERO
from domain.wording import Cash, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.money import record_received


def pay(deal: DealCase, message: Pay) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Pay, deal.desk.identify(message.actor))
    money_checks.check_payment(state, message, deal.today)

    def effect() -> Text:
        if state.rate:
            waiting = by_rate.wait_for_rate(state, message, state.rate, actor, deal.now, deal.today)
            counted = deal.rates.await_for(waiting)
            return _counted(counted) if counted else _awaits_rate(waiting)
        payment = treasury.take_payment(state, message, actor, deal.now, deal.today)
        record_received(deal, payment)
        deal.lines.fund(places.lines_of(state, payment))
        return _counted(payment)

    return effect


def _counted(payment: Entry) -> Text:
    paid: Any = Cash(payment.amount, payment.currency)
    if payment.paid:
        rate = rate_in_words(payment.paid, payment.currency)
        paid = worded(ru="{paid}, {rate},", en="{paid}, {rate},", paid=paid, rate=rate)
    rest = payment.put.get(ADVANCE, ZERO)
    if not rest:
        return worded(ru="Платёж {paid} учтён", en="Payment of {paid} counted", paid=paid)
    return worded(
        ru="Платёж {paid} учтён, аванс {beyond}",
        en="Payment of {paid} counted, {beyond} of it an advance",
        paid=paid,
        beyond=Cash(rest, payment.currency),
    )


def _awaits_rate(waiting: WaitingPayment) -> Text:
    return worded(
        ru="Платёж {paid} принят и будет засчитан по курсу на {day}",
        en="Payment of {paid} is taken; it is counted at the rate of {day}",
        paid=Cash(waiting.amount, waiting.currency),
        day=waiting.rate_day,
    )
