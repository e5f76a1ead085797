"""The lead becomes an order: its lines are checked against the deal's playbook, and money that came before is put on them."""

from domain.deal import opening, treasury
from domain.deal.drafting import check_currency, read_whole
from domain.deal.messages import Compose
from domain.deal.state import Drafted
from domain.facts import AssignmentCompleted, OrderComposed
from domain.order.order import Order
from domain.refusals import Refusal
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.money import record_moved


def compose_order(deal: DealCase, message: Compose) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Compose, deal.desk.identify(message.actor))
    order = _read(deal, message)

    def effect() -> Text:
        opening.take_order(state, order, deal.now)
        state.drafted = Drafted(by=actor)
        moved = treasury.put_advances(state, deal.now, deal.today)
        asked = state.assignments.get("order")
        if asked and not asked.closed:
            asked.closed_at, asked.closed_by = deal.now, actor
            deal.record(AssignmentCompleted(**asked.about()), by=actor)
        lines = len(state.lines)
        deal.record(OrderComposed(amount=state.amount, currency=state.currency, lines=lines), by=actor)
        record_moved(deal, moved)
        return Text(ru=f"Заказ составлен, позиций: {lines}", en=f"The order is composed, lines: {lines}")

    return effect


def _read(deal: DealCase, message: Compose) -> Order:
    state = deal.state
    if state.lines or state.closing:
        raise Refusal("closed", en="the order has its lines already", ru="заказ уже составлен")
    order = read_whole(state, message.order, deal.today, known_client=state.client)
    check_currency(state, order)
    return order
