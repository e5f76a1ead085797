"""What runs in the embedded stack: how each process is started, and how it is known to be up."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence

from temporalio.client import Client
from temporalio.service import RPCError

from starter.rooms import ROOT
from starter.settings import PREFIX, Settings
from starter.stack.child import Child, Ready, Say
from starter.stack.ports import HOST
from starter.stack.temporal_cli import TemporalCli

NAMESPACE = "default"
READY_LINE = "ready"  # what worker.py prints once it polls, and `deal web` once it listens
WEB_COMMAND = "from starter.cli import main; main()"

# The dev server looks at its queues 20 times a second by default: each step of a deal waits up to 50 ms.
JOURNAL = ("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=1")
"""Halves what the server costs. What it has acknowledged outlives a killed server; a power cut may lose the last commits."""

QUICK_QUEUES = tuple(
    f"--dynamic-config-value=history.{queue}ProcessorMaxPollRPS=2000" for queue in ("transfer", "timer")
)


def server(
    settings: Settings, cli: TemporalCli, port: int, ui_port: int, extra_args: Sequence[str], say: Say
) -> Child:
    argv = [
        *(str(cli.path), "server", "start-dev", "--ip", HOST, "--port", str(port), "--ui-port", str(ui_port)),
        *("--db-filename", str(settings.temporal_db), *JOURNAL, "--log-level", "error", *extra_args),
    ]
    return Child(
        "The Temporal server",
        argv,
        env=environment(),
        log=settings.logs / "temporal.log",
        ready=lambda _: _answers(f"{HOST}:{port}"),
        say=say,
    )


def worker(settings: Settings, address: str, say: Say) -> Child:
    return Child(
        "The worker",
        [sys.executable, str(ROOT / "worker.py"), str(settings.home)],
        env=_at(address, settings),
        log=settings.logs / "worker.log",
        ready=says(READY_LINE),
        say=say,
    )


def web(settings: Settings, address: str, say: Say) -> Child:
    """The home on its command line says whose it is, to whoever finds it left behind."""
    return Child(
        "The web",
        [sys.executable, "-P", "-X", f"dealwright={settings.home}", "-c", WEB_COMMAND, "web"],
        env=_at(address, settings) | {"PYTHONPATH": str(ROOT)},
        log=settings.logs / "web.log",
        ready=says(READY_LINE),
        say=say,
    )


def _at(address: str, settings: Settings) -> dict[str, str]:
    """The environment of a child: our settings, secrets among them, and where its server answers."""
    ours = {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": NAMESPACE, "TEMPORAL_CONFIG_FILE": os.devnull}
    return environment() | settings.environment() | ours


def with_web_at(settings: Settings, port: int) -> Settings:
    """What is sent to people names the web as they reach it: here, if nobody said otherwise."""
    mine = settings.model_copy(update={"web_host": HOST, "web_port": port})
    return mine if mine.public_url else mine.model_copy(update={"public_url": web_address(mine)})


def web_address(settings: Settings) -> str:
    return f"http://{settings.web_host}:{settings.web_port}"


async def _answers(address: str) -> None:
    while True:
        with contextlib.suppress(RuntimeError, RPCError):
            client = await Client.connect(address, namespace=NAMESPACE)
            if await client.count_workflows() is not None:
                return
        await asyncio.sleep(0.05)


def says(line: str) -> Ready:
    """Up once it has printed a line that begins like this."""

    async def ready(child: Child) -> None:
        while not any(said.startswith(line) for said in child.said().splitlines()):  # noqa: ASYNC110 (another process writes it)
            await asyncio.sleep(0.05)

    return ready


def environment() -> dict[str, str]:
    """A profile or address meant for another cluster must not reach a child, nor our secrets one that needs none; and what it says goes
    to a file, as wide as it is."""
    ours = ("TEMPORAL_", PREFIX)
    return {
        name: value for name, value in os.environ.items() if not name.startswith(ours) and name != "COLUMNS"
    }
