"""Where a starting deal gets its playbook, and the people of today."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.files import fingerprint
from activities.playbook import BadPlaybook, load_playbook, people_beside
from domain.playbook.book import StaffedPlaybook


class PlaybookShelf:
    """A changed file is noticed; running deals keep theirs."""

    def __init__(self, path: str | Path, pace: str | None = None, people: str | Path | None = None) -> None:
        self._path = Path(path)
        self._people = Path(people) if people else people_beside(path)
        self._pace = pace
        self._kept: tuple[object, StaffedPlaybook] | None = None

    @activity.defn(name="playbook.load")
    async def load(self) -> StaffedPlaybook:
        """Idempotent. A bad file is retried: the deal goes on when somebody has put it right."""
        try:
            return await asyncio.to_thread(self._load, datetime.now(UTC).date())
        except BadPlaybook as error:
            words = f"The deal waits until this file is put right. {error}"  # for the Web UI, which operators read
            raise ApplicationError(words, type="BadPlaybook") from None

    def _load(self, today: date) -> StaffedPlaybook:
        state = (today, fingerprint(self._path), fingerprint(self._people))
        if self._kept is None or self._kept[0] != state:
            book = load_playbook(self._path, today=today, pace=self._pace, people=self._people)
            self._kept = (state, book)
        return self._kept[1]
