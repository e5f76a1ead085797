"""What the web is given: it builds nothing of this itself, so tests give it their own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from records.files import KeptFiles
from records.inbox_events import EventInbox
from records.queries import RecordQueries
from starter.desk import DealDesk
from starter.secrets import Secrets
from starter.settings import Settings
from starter.web.door import Door

DeskFactory = Callable[[], Awaitable[DealDesk]]
"""Connects when it is first asked, and again while it could not. Raises UnreachableError."""


class Relay(Protocol):
    """Hands on what the inbox holds."""

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set, and what it had claimed is settled."""

    def wake(self) -> None:
        """Something has come: it need not wait for its next look."""


@dataclass(frozen=True)
class Services:
    settings: Settings
    secrets: Secrets
    inbox: EventInbox
    door: Door
    desk: DeskFactory
    relay: Relay
    records: RecordQueries | None = None
    files: KeptFiles | None = None
