"""What people did in the CRM, as messages to their deal: what it shows is compared with what the desk knows."""

from collections.abc import Iterable
from datetime import date

from domain.crm import card as crm_card
from domain.crm import composed
from domain.crm import lines as crm_lines
from domain.crm import moves as crm_moves
from domain.crm import questions as crm_questions
from domain.crm.card import card_deleted, lacking
from domain.crm.comparison import Answer, Comparison
from domain.crm.mirror import SeenDeal
from domain.crm.order import order_of
from domain.deal.state import DealState, LineState
from domain.goods.register import GoodsRegister
from domain.order.order import NO_GOODS

__all__ = ["Answer", "answers", "card_deleted", "lacking", "order_of"]


def answers(
    deal: DealState,
    lines: Iterable[LineState] | None,
    seen: SeenDeal,
    before: SeenDeal | None,
    today: date,
    goods: GoodsRegister = NO_GOODS,
) -> list[Answer]:
    """What to send, in order. Nothing for what the desk did itself, and for what stands as the desk has it.

    `lines` are the lines' own states; `before` is the deal as the CRM showed it last time. Ids are made of what was done and
    when: the same thing seen twice is told once. `goods` fill in what an order that is composed now leaves out.
    """
    if deal.stage.final:
        return []
    comparison = Comparison(deal, lines, seen, before, today, goods)
    if not seen.ours:
        return list(crm_card.funnel(comparison))
    found = [
        *crm_card.restored(comparison),
        *crm_moves.manager(comparison),  # first: what the new manager did counts as his
        *crm_questions.deleted(comparison),
        *crm_questions.tasks(comparison),
        *crm_questions.forms(comparison),
        *crm_questions.decisions(comparison),
        *crm_moves.stage(comparison),
        *crm_lines.lines(comparison),
        *composed.goods(comparison),
        *composed.client(comparison),
        *crm_card.unbound(comparison),
    ]
    found += crm_card.filled(comparison, found)
    return list({answer.message.id: answer for answer in found}.values())
