"""A whole deal as the records were told of it, put together again."""

from functools import lru_cache

from sqlalchemy import Connection, select

from domain.deal.state import DealState, LineState
from domain.playbook.book import Playbook, StaffedPlaybook
from domain.playbook.people import People
from records.columns import DEALS, LINES, PLAYBOOKS


def read_deal(connection: Connection, number: str) -> DealState | None:
    """With its lines and its playbook. None if the records do not know the deal."""
    mine = select(DEALS.c.snapshot, PLAYBOOKS.c.content).where(DEALS.c.number == number)
    mine = mine.select_from(DEALS.outerjoin(PLAYBOOKS, PLAYBOOKS.c.digest == DEALS.c.playbook))
    of_lines = select(LINES.c.snapshot).where(LINES.c.deal == number).order_by(LINES.c.number)
    if (row := connection.execute(mine).one_or_none()) is None:
        return None
    lines = map(LineState.model_validate_json, connection.scalars(of_lines))
    deal = DealState.model_validate_json(row.snapshot)
    deal.lines = {line.number: line for line in lines}
    deal.playbook, deal.people = _kept(row.content) if row.content else (None, None)
    return deal


@lru_cache(maxsize=8)
def _kept(content: str) -> tuple[Playbook, People]:
    book = StaffedPlaybook.model_validate_json(content)
    return book.alone(), book.staff()
