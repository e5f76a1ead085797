"""What the CRM did not allow, kept in memory as the records keep it."""

from collections.abc import Sequence
from datetime import datetime

from domain.deferred import Deferred
from domain.words import Text


class KeptAside:
    """Serves `activities.crm.deferring.DeferredBox`."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[Deferred]] = {}
        self._due: dict[str, datetime] = {}

    def claim(self, deal: str, now: datetime, until: datetime) -> list[Deferred] | None:
        return list(self.waiting.get(deal, ()))

    def settle(
        self, deal: str, before: Sequence[Deferred], after: Sequence[Deferred], due_at: datetime
    ) -> None:
        self.waiting[deal], self._due[deal] = list(after), due_at

    def due(self, now: datetime) -> str | None:
        return next((deal for deal, at in self._due.items() if self.waiting[deal] and at <= now), None)

    def hasten(self, missing: Text, now: datetime) -> None:
        for deal, waiting in self.waiting.items():
            if any(one.missing == missing for one in waiting):
                self._due[deal] = now
