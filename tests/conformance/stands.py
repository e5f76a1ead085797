"""A CRM with people in it, whichever it is: what the conformance suite needs to try it, and to count what it really holds."""

import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.crm.port import CrmPort, CrmSource
from activities.crm.writer import CrmWriter
from activities.errors import RetryLater
from domain.effects import CrmWrite, Delivered
from domain.words import Stage, Text

ORDER = {
    "client": {"name": "ООО «Клиника»", "inn": "9900000017", "contact": "Анна Смирнова", "email": "anna@clinic.example"},
    "lines": [{"name": "УЗИ-сканер", "quantity": 2, "unit_price": "1250000.00", "vat": "22"}],
}  # fmt: skip


CONTENT = b"%PDF-1.7 the contract"
"""Of the one file that the desk has."""


class Crm(CrmPort, CrmSource, Protocol):
    async def close(self) -> None: ...


class Delivery:
    """As Temporal delivers: again and again, until all is dealt with. `failures` are the names of the errors on the way."""

    def __init__(self, crm: CrmPort, patience: int = 20) -> None:
        self.patience = patience
        self._activity = CrmWriter(crm, settle_seconds=0)
        self.failures: list[str] = []
        self.refused: dict[str, str] = {}
        self.forbidden: dict[str, Text] = {}

    async def __call__(self, *writes: CrmWrite) -> None:
        left = list(writes)
        while left:
            done = await self._try(tuple(left))
            self.refused |= done.refused
            self.forbidden |= done.forbidden
            left = left[done.count :]

    async def _try(self, batch: tuple[CrmWrite, ...]) -> Delivered:
        try:
            return await ActivityEnvironment().run(self._activity.write, batch)
        except ApplicationError as error:
            self.failures.append(str(error.type))
            if len(self.failures) > self.patience:
                raise
            return Delivered(count=0)


class CrmStand(ABC):
    """People are those of the playbook, by their ids there."""

    name: str
    crm: Crm

    def delivery(self) -> Delivery:
        return Delivery(self.crm)

    # what people do

    @abstractmethod
    async def add_deal(self, by: str, order: Mapping[str, Any] = ORDER) -> str:
        """Gives the CRM's id of the deal."""

    @abstractmethod
    async def move(self, ref: str, stage: Stage, by: str) -> None: ...

    @abstractmethod
    async def fill(self, ref: str, values: Mapping[str, str], by: str) -> None:
        """Fields of the deal's own forms, as `qualification.need`."""

    @abstractmethod
    async def answer(self, ref: str, approval: str, approve: bool, comment: str, by: str) -> None: ...

    @abstractmethod
    async def complete(self, ref: str, task: str, by: str) -> None: ...

    @abstractmethod
    async def delete(self, ref: str) -> None: ...

    # what the CRM holds, by its own books

    @abstractmethod
    async def ref(self, number: str) -> str: ...

    @abstractmethod
    async def holds(self, number: str) -> Counter[str]:
        """How many deals, comments, files, tasks, lines and notices there are of this number."""

    # what goes wrong

    @abstractmethod
    def busy(self) -> Any:
        """While it lasts, the CRM asks to come again later."""

    @abstractmethod
    def nonsense(self) -> Any:
        """While it lasts, what answers is not the CRM."""

    @abstractmethod
    async def carry_out_unheard(self, delivery: Delivery, write: CrmWrite) -> None:
        """The write is carried out, its answer is lost, and `delivery` goes on."""

    # its events

    @abstractmethod
    def listened(self, web: "Listening") -> None:
        """From now on what people do is told to this web."""

    @abstractmethod
    async def ring(self) -> None:
        """Until all that happened has been told, or was lost on purpose."""

    @abstractmethod
    def miss_an_event(self) -> None: ...

    @abstractmethod
    def repeat_an_event(self) -> None: ...


class Listening(Protocol):
    """A web that takes webhooks: over real HTTP at `url`, or through `client`."""

    @property
    def url(self) -> str: ...

    @property
    def client(self) -> httpx.AsyncClient: ...


def a_moment_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=2)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another process writes to this SQLite file for long."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@asynccontextmanager
async def turned_away() -> AsyncIterator[list[RetryLater]]:
    """The block must fail with an error that is worth another try."""
    errors: list[RetryLater] = []
    try:
        yield errors
    except RetryLater as error:
        errors.append(error)
    assert errors, "it went through"
