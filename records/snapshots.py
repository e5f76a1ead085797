"""A whole deal as the records were told of it, put together again."""

from functools import lru_cache

from domain.deal.state import DealState, LineState
from domain.playbook.book import Playbook, StaffedPlaybook
from domain.playbook.people import People
from records.reading import Reader

_DEAL = """
SELECT deals.snapshot, playbooks.content
FROM deals LEFT JOIN playbooks ON playbooks.digest = deals.playbook
WHERE deals.number = :number
"""
_LINES = "SELECT snapshot FROM lines WHERE deal = :number ORDER BY number"


def read_deal(reader: Reader, number: str) -> DealState | None:
    """With its lines and its playbook. None if the records do not know the deal."""
    found = reader.rows(_DEAL, number=number)
    if not found:
        return None
    [row] = found
    lines = [LineState.model_validate_json(line["snapshot"]) for line in reader.rows(_LINES, number=number)]
    deal = DealState.model_validate_json(row["snapshot"])
    deal.lines = {line.number: line for line in lines}
    deal.playbook, deal.people = _kept(row["content"]) if row["content"] else (None, None)
    return deal


@lru_cache(maxsize=8)
def _kept(content: str) -> tuple[Playbook, People]:
    book = StaffedPlaybook.model_validate_json(content)
    return book.alone(), book.staff()
