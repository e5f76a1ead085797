"""A portal to speak to: hand-written answers for the client, the double for what is built on it."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from activities.playbook import load_playbook
from adapters.crm.bitrix24.building.setup import Setup
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.port import Bitrix24Crm
from domain.playbook.book import Playbook
from tests.doubles.bitrix24 import Double, double
from tests.doubles.bitrix24.state import State

SECRET = "s3cr3t-of-the-webhook"
WEBHOOK = f"https://portal.example/rest/1/{SECRET}/"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


class OpenBudget:
    """Lets everybody through, and remembers who was closed."""

    def __init__(self) -> None:
        self.closed: dict[str, datetime] = {}
        self.taken: list[tuple[str, tuple[str, ...]]] = []
        self.pause = timedelta()

    async def take(self, name: str, gates: Sequence[str] = (), *, yields: bool = False) -> timedelta:
        self.taken.append((name, tuple(gates)))
        return self.pause

    async def close(self, name: str, until: datetime) -> None:
        self.closed[name] = until


Handler = Callable[[httpx.Request], httpx.Response]


class Answering:
    """A portal whose answers are written by hand. `asked` are the requests' bodies, by method."""

    def __init__(self, webhook: str = WEBHOOK) -> None:
        self.budget = OpenBudget()
        self.asked: list[tuple[str, Any]] = []
        self.requests: list[httpx.Request] = []
        self.answers: list[httpx.Response | Exception] = []
        self.portal = Portal(
            webhook, self.budget, transport=httpx.MockTransport(self._answer), now=lambda: NOW
        )

    def will(self, content: Any = None, status: int = 200, **more: Any) -> None:
        body = {"content": content} if isinstance(content, str) else {"json": content}
        self.answers.append(httpx.Response(status, **body, **more))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.asked.append((request.url.path.rpartition("/")[2], json.loads(request.content)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
async def answering() -> AsyncIterator[Answering]:
    answering = Answering()
    yield answering
    await answering.portal.close()


@pytest.fixture(scope="session")
def book() -> Playbook:
    return load_playbook("playbooks/default.yaml", today=date(2026, 11, 24))


@pytest.fixture
def books(book: Playbook) -> Callable[[], Any]:
    async def books() -> Playbook:
        return book

    return books


_FURNISHED: dict[bool, State] = {}
"""What `deal crm setup` makes of the double, with and without smart processes: made once, and copied for each test."""


@asynccontextmanager
async def furnished(book: Playbook, *, smart: bool = True) -> AsyncIterator[Double]:
    """The double, with the people of the playbook and all that `deal crm setup` makes."""
    async with double() as there:
        there.smart = smart
        if smart not in _FURNISHED:
            for person in book.people.values():
                name, _, last = person.name.partition(" ")
                there.user(name, last, person.email.capitalize())
            portal = Portal(there.url, OpenBudget())
            built = await Setup(portal, book).build()
            assert not built.failed
            await portal.close()
            _FURNISHED[smart] = there.state
        there.state = deepcopy(_FURNISHED[smart])
        yield there


@pytest.fixture
async def there(book: Playbook) -> AsyncIterator[Double]:
    async with furnished(book) as portal:
        yield portal


@pytest.fixture
async def plain(book: Playbook) -> AsyncIterator[Double]:
    """On a plan without smart processes."""
    async with furnished(book, smart=False) as portal:
        yield portal


@pytest.fixture
async def crm(there: Double, books: Any) -> AsyncIterator[Bitrix24Crm]:
    crm = Bitrix24Crm(Portal(there.url, OpenBudget()), books)
    yield crm
    await crm.close()


@pytest.fixture
async def plain_crm(plain: Double, books: Any) -> AsyncIterator[Bitrix24Crm]:
    crm = Bitrix24Crm(Portal(plain.url, OpenBudget()), books)
    yield crm
    await crm.close()
