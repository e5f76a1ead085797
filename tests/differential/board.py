"""A deal as people see it: what the records were told, and so a little late."""

import asyncio

from domain.playbook import StaffedPlaybook
from domain.state import DealState, RecordBatch


class Board:
    """The deal as the records know it."""

    def __init__(self, playbook: StaffedPlaybook) -> None:
        self.playbook = playbook
        self.deal: DealState | None = None
        self.changed = asyncio.Event()

    def take(self, batch: RecordBatch) -> None:
        known = self.deal.lines if self.deal else {}
        lines = known | {line.number: line for line in batch.lines}
        about: dict[str, object] = {"lines": dict(sorted(lines.items()))}
        about |= {"playbook": self.playbook.alone(), "people": self.playbook.staff()}
        self.deal = batch.deal.model_copy(update=about)
        self.changed.set()
