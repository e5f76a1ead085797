"""The playbooks that deals keep, by their version, as far as this worker has met them: they travel to it once, not with each batch."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable

from temporalio.exceptions import ApplicationError

from domain.deal.batches import FactBatch
from domain.deal.state import DealState
from domain.effects import PLAYBOOK_UNKNOWN
from domain.playbook.book import Playbook, StaffedPlaybook

MOST = 32  # versions; a company changes its playbook a few times a month


class KnownPlaybooks:
    """`today` gives the version of deals that start now: most running deals have it."""

    def __init__(self, today: Callable[[], Awaitable[StaffedPlaybook]] | None = None) -> None:
        self._today = today
        self._known: OrderedDict[str, Playbook] = OrderedDict()

    async def complete(self, batch: FactBatch) -> DealState:
        """The batch's deal with its playbook. Raises an ApplicationError `PlaybookUnknown`, never retried: the deal then brings it."""
        playbook = (
            batch.deal.playbook or self._known.get(batch.version) or await self._of_today(batch.version)
        )
        if playbook is None:
            words = f"this worker has not met the playbook {batch.version}"
            raise ApplicationError(words, type=PLAYBOOK_UNKNOWN, non_retryable=True)
        self._known[batch.version] = playbook
        self._known.move_to_end(batch.version)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return batch.deal.model_copy(update={"playbook": playbook})

    async def _of_today(self, version: str) -> Playbook | None:
        try:
            playbook = await self._today() if self._today else None
        except ApplicationError:  # the file is being changed, and is not right yet
            return None
        return playbook.alone() if playbook and playbook.version == version else None
