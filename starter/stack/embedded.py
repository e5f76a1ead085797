"""`embedded_stack`: everything a desk needs, on one home, for as long as the context lasts."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from temporalio.client import Client

from domain.wording import worded
from domain.words import Text, same
from starter.settings import Settings
from starter.stack import children
from starter.stack.child import Child, Say
from starter.stack.children import NAMESPACE, QUICK_QUEUES, web_address, with_web_at
from starter.stack.home import (
    Pids,
    StackInfo,
    home_lock,
    last_ports,
    prepare_home,
    remember_ports,
    stack_file,
    write_stack,
)
from starter.stack.leftovers import stop_leftovers
from starter.stack.namespace import prepare_namespace
from starter.stack.ports import HOST, lease_ports
from starter.stack.resident import answering
from starter.stack.temporal_cli import TemporalCli, find_temporal
from starter.upkeep import ensure_upkeep
from workflows.temporal.converter import DATA_CONVERTER

_LISTENING = (same("Temporal"), Text(ru="его Web UI", en="its Web UI"), Text(ru="веб", en="the web"))
_LEFT_BEHIND = Text(
    ru="Остановлено то, что осталось от прошлого запуска", en="Stopped what an earlier run had left behind"
)
_STOPPING = Text(
    ru="Останавливаются: веб, обработчик, когда доделает начатое, потом сервер",
    en="Stopping: the web, the worker when it has finished what it does, then the server",
)
SERVER_GRACE_SECONDS = 10.0
WEB_GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Stack:
    settings: Settings
    cli: TemporalCli
    address: str
    ui: str
    client: Client
    server: Child
    worker: Child | None
    web: Child | None = None
    namespace: str = NAMESPACE

    @property
    def web_url(self) -> str:
        """Where the web answers on this machine; `settings.public_url` is what people are told."""
        return web_address(self.settings)


@asynccontextmanager
async def embedded_stack(
    settings: Settings,
    *,
    say: Say = lambda words: None,
    extra_args: Sequence[str] = QUICK_QUEUES,
    with_worker: bool = True,
    with_web: bool = True,
) -> AsyncIterator[Stack]:
    """Raises StackError with what to do if it can't start. `extra_args` go to the dev server.

    Without a worker there is no web either: it would take in what nobody works on.
    """
    cli = await asyncio.to_thread(find_temporal, settings)
    say(cli.words())
    async with AsyncExitStack() as opened:
        prepare_home(settings.home)
        opened.enter_context(home_lock(settings.home))
        if await asyncio.to_thread(stop_leftovers, settings.home):
            say(_LEFT_BEHIND)
        wished = _wished_ports(settings)
        port, ui_port, web_port = ports = opened.enter_context(lease_ports(*wished))
        _tell_ports(wished, ports, say)
        remember_ports(settings.home, ports)
        address, ui = f"{HOST}:{port}", f"http://{HOST}:{ui_port}"
        settings = with_web_at(settings, web_port)

        server = children.server(settings, cli, port, ui_port, extra_args, say)
        worker = children.worker(settings, address, say) if with_worker else None
        web = children.web(settings, address, say) if with_worker and with_web else None
        note = partial(_note_down, settings, address, ui, server, worker, web)
        opened.callback(stack_file(settings.home).unlink, missing_ok=True)
        client = await _run_server(opened, server, note, address)
        await prepare_namespace(client, settings.retention)
        await asyncio.to_thread(_migrate, settings.database_url)
        await ensure_upkeep(client, timedelta(seconds=settings.reconcile_seconds))
        graces = ((worker, settings.drain_seconds + 5), (web, WEB_GRACE_SECONDS))
        for child, grace in graces:
            if child:
                child.on_spawn = note
                opened.push_async_callback(child.stop, grace)
        await _start_all([child for child, _ in graces if child])
        await opened.enter_async_context(answering(client, settings.home, settings.database_url))
        yield Stack(settings, cli, address, ui, client, server, worker, web)


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
        say(_STOPPING)
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


async def _run_server(
    opened: AsyncExitStack, server: Child, note: Callable[[], None], address: str
) -> Client:
    server.on_spawn = note
    opened.push_async_callback(server.stop, SERVER_GRACE_SECONDS)
    await server.start()
    return await Client.connect(address, namespace=NAMESPACE, data_converter=DATA_CONVERTER)


async def _start_all(processes: Sequence[Child]) -> None:
    """Side by side. When one does not come up, the others are not waited for."""
    starts = [asyncio.ensure_future(process.start()) for process in processes]
    try:
        await asyncio.gather(*starts)
    finally:
        for start in starts:
            start.cancel()
        if starts:
            await asyncio.wait(starts)


def _note_down(
    settings: Settings, address: str, ui: str, server: Child, worker: Child | None, web: Child | None
) -> None:
    pids = Pids(
        up=os.getpid(),
        server=server.pid,
        worker=worker.pid if worker else 0,
        web=web.pid if web else 0,
    )
    where = web_address(settings) if web else ""
    wanted = settings.model_dump(include={"pace", "playbook", "people", "home", "database_url"})
    write_stack(StackInfo(address=address, namespace=NAMESPACE, ui=ui, web=where, pids=pids, **wanted))


def _wished_ports(settings: Settings) -> list[tuple[int, ...]]:
    """What was set comes first, then where the last run answered: bookmarks and mailed links survive a restart."""
    last = last_ports(settings.home) or (0, 0, 0)
    wished: list[tuple[int, ...]] = []
    for name, before in zip(("temporal_port", "ui_port", "web_port"), last, strict=True):
        preferred = getattr(settings, name)
        was_set = name in settings.model_fields_set
        wished.append((preferred, before) if was_set else (before, preferred))
    return wished


def _tell_ports(wished: Sequence[Sequence[int]], got: Sequence[int], say: Say) -> None:
    for name, ports, port in zip(_LISTENING, wished, got, strict=True):
        first = next(filter(None, ports), port)
        if first != port:
            say(
                worded(
                    ru="Порт {first} занят: {name} отвечает на {port}",
                    en="Port {first} is taken: {name} answers on {port}",
                    first=first,
                    name=name,
                    port=port,
                )
            )


def _migrate(url: str) -> None:
    from records import migrate

    migrate(url)
