"""A deal as people see it: what the records were told, and so a little late."""

import asyncio

from domain.deal.batches import RecordBatch
from domain.deal.state import DealState
from domain.playbook.book import StaffedPlaybook


class Board:
    """The deal as the records know it."""

    def __init__(self, playbook: StaffedPlaybook) -> None:
        self.playbook = playbook
        self.deal: DealState | None = None
        self.changed = asyncio.Event()

    def take(self, batch: RecordBatch) -> None:
        known = self.deal.lines if self.deal else {}
        lines = known | {line.number: line for line in batch.lines}
        people = batch.deal.people or (self.deal.people if self.deal else self.playbook.staff())
        about = {"playbook": self.playbook, "people": people, "lines": dict(sorted(lines.items()))}
        self.deal = batch.deal.model_copy(update=about)
        self.changed.set()
