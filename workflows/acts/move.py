"""Money of a payment is for another line, or an advance: it is taken from where it stands, and what it paid there is open again."""

from domain.deal import money_checks, places, treasury
from domain.deal.messages import Move
from domain.wording import Cash, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.money import record_moved


def move(deal: DealCase, message: Move) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Move, deal.desk.identify(message.actor))
    payment = money_checks.check_move(state, message)

    def effect() -> Text:
        entry = treasury.move_money(state, payment, message, actor, deal.now, deal.today)
        record_moved(deal, [entry])
        deal.lines.fund(places.lines_of(state, entry))
        return worded(
            ru="Переложено {moved}: {target}",
            en="{moved} moved: {target}",
            moved=Cash(entry.amount, entry.currency),
            target=places.named(state, entry.put),
        )

    return effect
