"""Money that a deal has, and nothing of it needs: whose it is must be decided before the deal ends."""

from decimal import Decimal

from domain.deal.ledger import ADVANCE, balances, is_milestone
from domain.deal.refunds import put_aside
from domain.deal.state import DealState
from domain.deal.tasks import Assignment
from domain.money import ZERO
from domain.playbook.kinds import SURPLUS
from domain.wording import Cash, worded
from domain.words import Text, Trigger


def free(deal: DealState) -> Decimal:
    """What stands on no milestone, and is not put aside."""
    return balances(deal.ledger.entries).get(ADVANCE, ZERO)


def is_surplus(deal: DealState) -> bool:
    """Whether somebody must say what becomes of the free money: before the contract, and while what is agreed changes, it may still
    be needed."""
    if not free(deal):
        return False
    if deal.closing:
        return deal.all_lines_closed()
    changes = bool(deal.amending) or deal.amendment or any(deal.awaited_splits(n) for n in deal.lines)
    return Trigger.CONTRACT in deal.moments and not changes


def has_owners(deal: DealState) -> bool:
    """No kopeck is without an owner: all money stands where it was earned, or has left the deal."""
    active = {milestone.id for milestone in deal.milestones}
    stands = balances(deal.ledger.entries)
    lost = any(is_milestone(place) and place not in active for place in stands)
    return not (free(deal) or put_aside(deal) or lost or deal.ledger.waiting)


def title(deal: DealState) -> Text:
    said = deal.book.assignment(SURPLUS).title
    return worded(
        ru="{title}: {amount}", en="{title}: {amount}", title=said, amount=Cash(free(deal), deal.currency)
    )


def open_question(deal: DealState) -> Assignment | None:
    return next((asked for asked in deal.open_assignments if asked.kind == SURPLUS), None)


def rounds(deal: DealState) -> int:
    return sum(asked.kind == SURPLUS for asked in deal.assignments.values())
