"""Where it is measured: one server, the product's worker and the bare one, each a process of its own."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Self

import psutil
from temporalio.client import Client

from bench.bare_worker import READY_LINE
from bench.trace import Recorder
from starter.desk import DealDesk
from starter.rooms import ROOT
from starter.settings import Settings, load_settings
from starter.stack.children import QUICK_QUEUES
from starter.stack.embedded import Stack, embedded_stack
from workflows.temporal.converter import DATA_CONVERTER

WORKER_SECONDS = 30.0
LAST_WORDS = 3000
ANSWER_SECONDS = 60.0  # a busy machine makes slow figures, not a failed run


@dataclass(frozen=True)
class Ground:
    """`client` is the bare side's; `desk` is the product's, and `recorder` notes what goes through it."""

    stack: Stack
    client: Client
    desk: DealDesk
    recorder: Recorder
    server: psutil.Process
    ours: psutil.Process
    bare: psutil.Process

    @property
    def settings(self) -> Settings:
        return self.stack.settings


@asynccontextmanager
async def ground(*, quick: bool = True, web: bool = False) -> AsyncIterator[Ground]:
    """A fresh one, in a folder that is gone afterwards. `quick`: the dev server looks at its queues without delay."""
    with tempfile.TemporaryDirectory(prefix="dealwright-bench-") as folder:
        settings = bench_settings(Path(folder))
        async with (
            embedded_stack(settings, extra_args=QUICK_QUEUES if quick else (), with_web=web) as stack,
            _bare_worker(stack) as bare_pid,
        ):
            assert stack.worker
            recorder = Recorder()
            connected = [
                await Client.connect(stack.address, data_converter=DATA_CONVERTER, interceptors=interceptors)
                for interceptors in ([], [recorder])
            ]
            server, ours, bare = (
                psutil.Process(pid) for pid in (stack.server.pid, stack.worker.pid, bare_pid)
            )
            pin({0: [server], 1: [ours, bare]})
            desk = DealDesk(connected[1], language="en", answer_seconds=ANSWER_SECONDS)
            try:
                yield Ground(stack, connected[0], desk, recorder, server, ours, bare)
            except Exception:
                print(stack.worker.said()[-LAST_WORDS:], file=sys.stderr)  # the log goes with the folder
                raise


def bench_settings(home: Path) -> Settings:
    """The defaults, whatever the environment of whoever runs the bench says."""
    for name in [name for name in os.environ if name.startswith(("DEALWRIGHT_", "TEMPORAL_"))]:
        del os.environ[name]
    return load_settings(home=home, temporal_port=0, ui_port=0, web_port=0, lang="en", log_level="WARNING")


def pin(places: dict[int, Sequence[psutil.Process]]) -> None:
    """The server on one core, the workers on another, so that neither takes the other's time. Linux only."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    for place, processes in places.items():
        if place < len(cores) > 1:
            for thread in (thread for process in processes for thread in process.threads()):
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setaffinity(thread.id, {cores[place]})


@asynccontextmanager
async def _bare_worker(stack: Stack) -> AsyncIterator[int]:
    argv = [sys.executable, "-m", "bench.bare_worker", stack.address, stack.namespace]
    process = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout
        async with asyncio.timeout(WORKER_SECONDS):
            while (await process.stdout.readline()).decode().strip() != READY_LINE:
                if process.stdout.at_eof():
                    raise RuntimeError("the bare worker did not start")
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class Meter:
    """CPU of processes, and wall time, between its beginning and its end; seconds."""

    def __init__(self, *processes: psutil.Process) -> None:
        self._processes = processes
        self.cpu = self.wall = 0.0

    def __enter__(self) -> Self:
        self._cpu, self._wall = self._used(), monotonic()
        return self

    def __exit__(self, *exc: Any) -> None:
        used = self._used()
        self.wall = monotonic() - self._wall
        self.by_process = [after - before for before, after in zip(self._cpu, used, strict=True)]
        self.cpu = sum(self.by_process)

    def _used(self) -> list[float]:
        return [times.user + times.system for times in (process.cpu_times() for process in self._processes)]
