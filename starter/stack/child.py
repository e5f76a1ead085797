"""A process of the stack: started, watched, started again when it dies, stopped in good order."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from domain.wording import worded
from domain.words import Text
from starter.errors import StackError
from starter.private import UMASK

START_SECONDS = 30.0
BACK_OFF = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)  # seconds before the next start, while starts keep failing
CAME_UP = 2  # a process that came up, and then died, waits no longer than this step of it
STEADY_SECONDS = 5.0  # one that lived this long begins again at the shortest
LOG_BYTES = 10_000_000  # a log longer than this is put aside at the next start

Ready = Callable[["Child"], Awaitable[None]]
Say = Callable[[Text], None]


class Child:
    """`ready` returns when the process can be used; it is asked after every start."""

    def __init__(
        self, name: str, argv: Sequence[str], *, env: Mapping[str, str], log: Path, ready: Ready, say: Say
    ) -> None:
        self.name, self.argv, self.env, self.log = name, argv, env, log
        self.restarts = 0
        self.on_spawn: Callable[[], None] = lambda: None
        self._ready, self._say = ready, say
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._log_start = 0

    @property
    def pid(self) -> int:
        """0 before the first start; the last known one while it is being started again."""
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """Raises StackError, with the last words of its log, if it does not come up."""
        await self._spawn()
        self._watch = asyncio.create_task(self._keep_alive())

    async def stop(self, grace_seconds: float) -> None:
        """SIGTERM, time to finish, then SIGKILL."""
        if self._watch:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        await self._end(grace_seconds)

    def said(self) -> str:
        """What this start has written to the log so far."""
        with self.log.open(errors="replace") as log:
            log.seek(self._log_start)
            return log.read()

    async def _spawn(self) -> None:
        self._roll_log()
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *self.argv,
                env=dict(self.env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                umask=UMASK,
                start_new_session=True,  # Ctrl-C reaches us alone: we stop the others in order
            )
        self.on_spawn()
        try:
            await self._up_or_dead(self._process)
        except BaseException:
            await self._end(0.0)
            raise

    async def _up_or_dead(self, process: asyncio.subprocess.Process) -> None:
        ready = asyncio.ensure_future(self._ready(self))
        dead = asyncio.ensure_future(process.wait())
        try:
            done, _ = await asyncio.wait(
                {ready, dead}, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            ready.cancel()
            dead.cancel()
        if dead in done:
            raise StackError(
                worded(
                    ru="{name}: остановился при запуске: {last}",
                    en="{name} stopped as it started: {last}",
                    name=self.name,
                    last=self._last_words(),
                )
            )
        if ready not in done:
            raise StackError(
                worded(
                    ru="{name}: не запустился за {seconds} с: прочтите {log} и повторите.",
                    en="{name} did not come up in {seconds} s: read {log} and try again.",
                    name=self.name,
                    seconds=f"{START_SECONDS:.0f}",
                    log=self.log,
                )
            )
        ready.result()

    async def _keep_alive(self) -> None:
        failures = 0
        clock = asyncio.get_running_loop().time
        started = clock()
        while self._process:
            code = await self._process.wait()
            failures = 0 if clock() - started > STEADY_SECONDS else failures
            pause = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
            self._say(_ended(self.name, code, pause))
            await asyncio.sleep(pause)
            started, failures = clock(), failures + 1
            self.restarts += 1
            with contextlib.suppress(
                StackError
            ):  # a start that failed ends the process: the next turn sees it
                await self._spawn()
                failures = min(failures, CAME_UP)

    async def _end(self, grace_seconds: float) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate() if grace_seconds else process.kill()
        try:
            async with asyncio.timeout(grace_seconds or None):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _last_words(self) -> Text:
        lines = [line for line in self.said().splitlines() if line.strip()]
        if not lines:
            return worded(ru="см. {log}", en="see {log}", log=self.log)
        last = lines[-1].strip()
        return worded(ru="«{last}» (подробнее в {log})", en="{last} (more in {log})", last=last, log=self.log)

    def _roll_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))


def _ended(name: str, code: int, pause: float) -> Text:
    values = {"name": name, "pause": f"{pause:g}"}
    if code >= 0:
        return worded(
            ru="{name}: код выхода {code}; новый запуск через {pause} с",
            en="{name} ended with code {code}; it is started again in {pause} s",
            code=code,
            **values,
        )
    return worded(
        ru="{name}: остановлен сигналом {signal}; новый запуск через {pause} с",
        en="{name} was ended by {signal}; it is started again in {pause} s",
        signal=_signal(-code),
        **values,
    )


def _signal(number: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    return str(number)
