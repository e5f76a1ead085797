"""No kopeck is without an owner: what a deal has and does not need is asked about, and the answer is carried out."""

from typing import TYPE_CHECKING, Any

from domain.deal import places, refunds, surplus, transfers, treasury
from domain.deal.ledger import ACCOUNT, ADVANCE, EntryKind
from domain.deal.shifts import Shift, shift
from domain.deal.tasks import Assignment
from domain.playbook.kinds import SURPLUS
from domain.playbook.questions import Surplus, SurplusMoved, SurplusReturned
from domain.words import Text
from workflows.money import record_moved, record_moved_to_deal
from workflows.refunds import pursue_refunds

if TYPE_CHECKING:
    from workflows.deal_case import DealCase

OTHER_SUM = Text(ru="сумма уже другая", en="the sum is another one by now")
NOTHING_LEFT = Text(ru="лишних денег больше нет", en="there is no money left over any more")


def see_to_money(deal: "DealCase") -> None:
    """After whatever has happened: money of cancelled lines is freed, refunds go on, and what is left over is asked about."""
    state = deal.state
    if state.playbook is None or state.stage.final:
        return
    _free_cancelled(deal)
    pursue_refunds(deal)
    _ask(deal)


def _free_cancelled(deal: "DealCase") -> None:
    state = deal.state
    freed = treasury.free_cancelled(state, deal.now, deal.today)
    if not freed:
        return
    record_moved(deal, freed)
    state.dirty_lines += sorted(places.lines_of(state, *freed))
    if not state.closing:
        put = treasury.put_advances(state, deal.now, deal.today)
        record_moved(deal, put)
        deal.lines.fund(places.lines_of(state, *put))


def _ask(deal: "DealCase") -> None:
    """Once per sum: nobody answers for another one than they were shown."""
    state = deal.state
    asked = surplus.open_question(state)
    if asked and not surplus.free(state):
        deal.withdraw(asked, NOTHING_LEFT)
    elif asked and asked.title != surplus.title(state):
        deal.withdraw(asked, OTHER_SUM)
    if surplus.is_surplus(state) and surplus.open_question(state) is None:
        round = surplus.rounds(state) + 1
        deal.open(SURPLUS, round=round, title=surplus.title(state))


def settle_surplus(deal: "DealCase", asked: Assignment) -> None:
    """The accountant has said whose it is."""
    if asked.kind != SURPLUS:
        return
    state, note = deal.state, asked.answers.get("reason", "")
    answer: Any = Surplus.read(asked.answers)
    if isinstance(answer, SurplusMoved):
        about = (state, asked.id, answer.to_deal, asked.by, deal.now, deal.today, note)
        return record_moved_to_deal(deal, transfers.move_all_to_deal(*about))
    if isinstance(answer, SurplusReturned):
        moved = refunds.put_all_aside(state, asked.id, asked.by, deal.now, deal.today, note)
    else:
        kept = Shift(
            EntryKind.MOVED, asked.id, ADVANCE, ACCOUNT, asked.by, day=deal.today, at=deal.now, note=note
        )
        moved = shift(state, kept)
    record_moved(deal, moved)
