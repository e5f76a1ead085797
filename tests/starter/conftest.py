"""A desk in this process, and the `deal` command run against it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner

from starter.cli.app import commands_app
from tests.conftest import OFFICE
from tests.support.stand import Stand, stand
from workflows.temporal.converter import DATA_CONVERTER

APP = commands_app()


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def run_deal(*args: object, **env: str | None) -> Outcome:
    """One command; an environment variable that is None is unset."""
    quiet = {
        "DEALWRIGHT_ACTOR": None,
        "DEALWRIGHT_LANG": None,
        "DEALWRIGHT_OUTPUT": None,
        "DEALWRIGHT_DEBUG": None,
        "COLUMNS": None,  # processes of pytest-xdist have one
    }
    result = CliRunner(env=quiet | env).invoke(APP, [str(arg) for arg in args])
    return Outcome(int(result.exit_code), result.stdout, result.stderr)


@dataclass
class Cli:
    """In a thread, as a command brings an event loop of its own."""

    env: dict[str, str]

    async def __call__(self, *args: object, **env: str | None) -> Outcome:
        return await asyncio.to_thread(run_deal, *args, **self.env | env)

    async def done(self, *args: object) -> Outcome:
        outcome = await self(*args)
        assert outcome.code == 0, outcome.err
        return outcome

    async def json(self, *args: object) -> Any:
        return (await self.done(*args, "-o", "json")).data

    async def until(self, holds: Callable[[Any], object], *args: object) -> Any:
        """The JSON of a command, once it holds: the records come a moment after the deal."""
        async with asyncio.timeout(20):
            while True:
                if holds(data := await self.json(*args)):
                    return data
                await asyncio.sleep(0.1)


@pytest.fixture(scope="session")
async def client(temporal: WorkflowEnvironment) -> Client:
    target = temporal.client.service_client.config.target_host
    return await Client.connect(target, namespace=OFFICE, data_converter=DATA_CONVERTER)


@pytest.fixture(scope="session")
async def office(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    """One desk for all tests of the starter, in a namespace of its own: other tests have workers on the same server."""
    async with stand(client, tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture
def env(client: Client, office: Stand) -> dict[str, str]:
    return {
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "TEMPORAL_NAMESPACE": client.namespace,
        "DEALWRIGHT_HOME": str(office.settings.home),
    }


@pytest.fixture
def deal(env: dict[str, str]) -> Cli:
    return Cli(env)


@pytest.fixture
def order_file(tmp_path: Path) -> Callable[..., Path]:
    """An order file of one line, with changes to it."""

    def write(**changes: Any) -> Path:
        line = {
            "sku": "GEL-1",
            "name": "Гель",
            "quantity": 2,
            "unit_price": "310.00",
            "vat": "22",
            "source": "stock",
        }
        order = {
            "client": {
                "name": "ООО «Клиника»",
                "inn": "9900000017",
                "contact": "Анна",
                "email": "a@clinic.example",
            },
            "manager": "ivanova",
            "lines": [line | {"payment": "prepaid_100", "delivery": "pickup"}],
        }
        path = tmp_path / "order.json"
        path.write_text(json.dumps(order | changes))
        return path

    return write


Opened = Callable[..., Awaitable[str]]


@pytest.fixture
def opened(deal: Cli, order_file: Callable[..., Path]) -> Opened:
    """Starts a deal by the command, and gives its number once the deal takes messages."""

    async def start(**changes: Any) -> str:
        number = (await deal.done("start", order_file(**changes))).out.strip()
        await deal.until(lambda view: view["assignments"], "show", number)
        return number

    return start
