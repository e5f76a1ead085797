"""`embedded_stack`: everything a desk needs, on one home, for as long as the context lasts."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from temporalio.client import Client
from temporalio.service import RPCError

from starter.rooms import ROOT
from starter.settings import Settings
from starter.stack.child import Child, Say
from starter.stack.home import Pids, StackInfo, home_lock, prepare_home, stack_file, write_stack
from starter.stack.leftovers import stop_leftovers
from starter.stack.namespace import prepare_namespace
from starter.stack.ports import HOST, lease_ports
from starter.stack.temporal_cli import TemporalCli, find_temporal
from workflows.converter import DATA_CONVERTER

NAMESPACE = "default"
SERVER_GRACE_SECONDS = 10.0
READY_LINE = "ready"  # what worker.py prints once it polls

# The dev server looks at its queues 20 times a second by default: each step of a deal waits up to 50 ms.
JOURNAL = ("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=1")
"""Halves what the server costs. What it has acknowledged outlives a killed server; a power cut may lose the last commits."""

QUICK_QUEUES = tuple(
    f"--dynamic-config-value=history.{queue}ProcessorMaxPollRPS=2000" for queue in ("transfer", "timer")
)


@dataclass(frozen=True)
class Stack:
    settings: Settings
    cli: TemporalCli
    address: str
    ui: str
    client: Client
    server: Child
    worker: Child | None
    namespace: str = NAMESPACE


@asynccontextmanager
async def embedded_stack(
    settings: Settings,
    *,
    say: Say = lambda words: None,
    extra_args: Sequence[str] = QUICK_QUEUES,
    with_worker: bool = True,
) -> AsyncIterator[Stack]:
    """Raises StackError with what to do if it can't start. `extra_args` go to the dev server."""
    cli = await asyncio.to_thread(find_temporal, settings)
    say(str(cli))
    async with AsyncExitStack() as opened:
        prepare_home(settings.home)
        opened.enter_context(home_lock(settings.home))
        if await asyncio.to_thread(stop_leftovers, settings.home):
            say("Stopped what an earlier run had left behind")
        port, ui_port = opened.enter_context(lease_ports(settings.temporal_port, settings.ui_port))
        _tell_ports(settings, port, ui_port, say)
        address, ui = f"{HOST}:{port}", f"http://{HOST}:{ui_port}"

        server = _server(settings, cli, port, ui_port, extra_args, say)
        worker = _worker(settings, address, say) if with_worker else None
        note = partial(_note_down, settings, address, ui, server, worker)
        opened.callback(stack_file(settings.home).unlink, missing_ok=True)
        client = await _run_server(opened, server, note, address)
        await prepare_namespace(client, settings.retention)
        await asyncio.to_thread(_migrate, settings.database_url)
        if worker:
            worker.on_spawn = note
            opened.push_async_callback(worker.stop, settings.drain_seconds + 5)
            await worker.start()
        yield Stack(settings, cli, address, ui, client, server, worker)


async def serve(settings: Settings, *, say: Say, on_ready: Callable[[Stack], None]) -> None:
    """The stack until Ctrl-C, SIGTERM or a closed terminal; then a clean stop."""

    async def run() -> None:
        async with embedded_stack(settings, say=say) as stack:
            on_ready(stack)
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in signals:  # the stop takes seconds at most: let nothing break into it
            loop.add_signal_handler(number, lambda: None)
        say("Stopping: the worker finishes what it does, then the server")
        task.cancel()

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        loop.add_signal_handler(number, stop)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _server(
    settings: Settings, cli: TemporalCli, port: int, ui_port: int, extra_args: Sequence[str], say: Say
) -> Child:
    argv = [
        *(str(cli.path), "server", "start-dev", "--ip", HOST, "--port", str(port), "--ui-port", str(ui_port)),
        *("--db-filename", str(settings.temporal_db), *JOURNAL, "--log-level", "error", *extra_args),
    ]
    return Child(
        "The Temporal server",
        argv,
        env=_without_temporal(os.environ),
        log=settings.logs / "temporal.log",
        ready=lambda _: _answers(f"{HOST}:{port}"),
        say=say,
    )


def _worker(settings: Settings, address: str, say: Say) -> Child:
    ours = {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": NAMESPACE, "TEMPORAL_CONFIG_FILE": os.devnull}
    return Child(
        "The worker",
        [sys.executable, str(ROOT / "worker.py"), str(settings.home)],
        env=_without_temporal(os.environ) | settings.environment() | ours,
        log=settings.logs / "worker.log",
        ready=_says_ready,
        say=say,
    )


async def _run_server(
    opened: AsyncExitStack, server: Child, note: Callable[[], None], address: str
) -> Client:
    server.on_spawn = note
    opened.push_async_callback(server.stop, SERVER_GRACE_SECONDS)
    await server.start()
    return await Client.connect(address, namespace=NAMESPACE, data_converter=DATA_CONVERTER)


async def _answers(address: str) -> None:
    while True:
        with contextlib.suppress(RuntimeError, RPCError):
            client = await Client.connect(address, namespace=NAMESPACE)
            if await client.count_workflows() is not None:
                return
        await asyncio.sleep(0.05)


async def _says_ready(worker: Child) -> None:
    while READY_LINE not in worker.said().splitlines():  # noqa: ASYNC110 (another process writes it)
        await asyncio.sleep(0.05)


def _note_down(settings: Settings, address: str, ui: str, server: Child, worker: Child | None) -> None:
    pids = Pids(up=os.getpid(), server=server.pid, worker=worker.pid if worker else 0)
    wanted = settings.model_dump(include={"pace", "playbook", "home", "database_url"})
    write_stack(StackInfo(address=address, namespace=NAMESPACE, ui=ui, pids=pids, **wanted))


def _tell_ports(settings: Settings, port: int, ui_port: int, say: Say) -> None:
    for name, wanted, got in (
        ("Temporal", settings.temporal_port, port),
        ("its Web UI", settings.ui_port, ui_port),
    ):
        if wanted not in (0, got):
            say(f"Port {wanted} is taken: {name} answers on {got}")


def _without_temporal(env: Mapping[str, str]) -> dict[str, str]:
    """A profile or address meant for another cluster must not reach the embedded one."""
    return {name: value for name, value in env.items() if not name.startswith("TEMPORAL_")}


def _migrate(url: str) -> None:
    from records import migrate

    migrate(url)
