"""Money of a payment is for another line, or an advance: it is taken from where it stands, and what it paid there is open again. Free
money goes to another deal, too."""

from domain.deal import money_checks, places, transfers, treasury
from domain.deal.ledger import Entry
from domain.deal.messages import Move
from domain.facts import Actor
from domain.wording import Cash, worded
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.money import record_moved, record_moved_to_deal


def move(deal: DealCase, message: Move) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Move, deal.desk.identify(message.actor))
    if message.to_deal:
        return _to_deal(deal, transfers.check_transfer(state, message), message, actor)
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


def _to_deal(deal: DealCase, payment: Entry, message: Move, actor: Actor) -> Effect:
    def effect() -> Text:
        entry = transfers.move_to_deal(deal.state, payment, message, actor, deal.now, deal.today)
        record_moved_to_deal(deal, [entry], message.line)
        return worded(
            ru="Передаётся в сделку {to}: {moved}. Если она не примет, деньги спросят с бухгалтера: deal money unmatched",
            en="{moved} goes to deal {to}. If that does not take it, the accountant is asked: deal money unmatched",
            moved=Cash(entry.amount, entry.currency),
            to=entry.to_deal,
        )

    return effect
