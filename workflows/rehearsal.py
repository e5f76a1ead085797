"""A host in memory: many deals and their lines on one virtual clock. The real process, without a server.

Each process runs on a small event loop of its own, as Temporal runs a workflow: something comes in, the process goes on until
it only waits, conditions are looked at in their order, and all of that happens at one moment.
"""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from domain import opening
from domain.effects import CrmBatch, Delivered, MailBatch
from domain.facts import Fact
from domain.messages import Message, Receipt
from domain.order import Order
from domain.playbook import Playbook
from domain.state import DealState, LineState, RecordBatch, WatchedLines
from workflows import deal, line
from workflows.deal_case import DealCase
from workflows.host import Activity, ActivityFailed, In, Out, Started, Unreachable
from workflows.line_case import LineCase
from workflows.names import deal_id, line_id
from workflows.registry import DEAL_ACTS, LINE_ACTS

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)


class Down(Exception):
    """What is asked does not answer: it is asked again, as Temporal retries an activity."""


@dataclass(eq=False)
class _Wait:
    condition: Callable[[], bool]
    answer: "asyncio.Future[None]"


@dataclass(eq=False)
class _Asked:
    answer: "asyncio.Future[Any]"
    stoppable: bool
    retrying: bool = False
    stopped: bool = False


class Process(asyncio.AbstractEventLoop):
    """A deal or a line at work, and its host. `runs` counts its runs, `commands` are what it had done by its host; `outcome` is there
    once it has ended."""

    def __init__(self, world: "Rehearsal", id: str, number: str, begin: Callable[["Process"], Any]) -> None:
        self.world, self.id, self.number = world, id, number
        self.runs, self.activations = 0, 0
        self.commands: list[str] = []
        self.outcome: str | None = None
        self.broken: BaseException | None = None
        self._begin = begin
        self._clear()

    def _clear(self) -> None:
        self._ready: deque[asyncio.Handle] = deque()
        self._waits: list[_Wait] = []
        self._asked: list[_Asked] = []
        self._background: set[asyncio.Task[None]] = set()
        self._since_run = 0

    # --- its life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.case = self._begin(self)
        self.runs += 1
        live = deal.live(self.case) if isinstance(self.case, DealCase) else line.live(self.case)
        self._main = asyncio.Task(live, loop=self)

    def activate(self, job: Callable[[], object]) -> None:
        """One thing happens to it, and all that follows from it at this moment. It starts with the first of them."""
        if self.outcome:
            return
        self.activations += 1
        self._since_run += 1
        outer = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            if not self.runs:
                self.start()
            job()
            self._run_until_it_waits()
            while self._main.done() and self._goes_on():
                self._renew()
                self._run_until_it_waits()
        finally:
            asyncio._set_running_loop(outer)

    def _run_until_it_waits(self) -> None:
        while self._ready or self._met():
            while self._ready:
                self._ready.popleft()._run()

    def _met(self) -> bool:
        met = [wait for wait in self._waits if wait.answer.done() or wait.condition()]
        for wait in met:
            self._waits.remove(wait)
            if not wait.answer.done():
                wait.answer.set_result(None)
        return bool(self._ready)

    def _goes_on(self) -> bool:
        """Whether what has ended is only a run of it."""
        if self._main.cancelled():
            self.outcome = "cancelled"
        elif error := self._main.exception():
            self.outcome = f"failed: {type(error).__name__}"
            self.world.failures.append((self.id, error))
        elif self._main.result():
            self.outcome = "completed"
        return self.outcome is None

    def _renew(self) -> None:
        """Continues as new: only the state goes along."""
        state = copied(self.case.state)
        kind = type(self.case)
        self._clear()
        acts: Mapping[Any, Any] = DEAL_ACTS if kind is DealCase else LINE_ACTS
        self._begin = lambda host: kind(state, host, acts)
        self.start()

    def terminate(self) -> None:
        self.outcome = "terminated"

    def cancel(self) -> None:
        self.activate(self._main.cancel)

    # --- Host --------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.world.now

    @property
    def history_is_long(self) -> bool:
        return self._since_run > self.world.longest_run

    async def wait(
        self, condition: Callable[[], bool], until: datetime | None = None, summary: str = ""
    ) -> None:
        wait = _Wait(condition, self.create_future())
        self._waits.append(wait)
        if until is not None:
            self.commands.append("timer")
            moment = max(until, self.now + timedelta(milliseconds=1))
            self.world.at(moment, lambda: self._fire(wait), needed=lambda: wait in self._waits)
        try:
            await wait.answer
        finally:
            if wait in self._waits:
                self._waits.remove(wait)

    def _fire(self, wait: _Wait) -> None:
        if wait in self._waits:
            self.activate(lambda: _answer(wait.answer, None))

    def background(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.Task(work, loop=self)
        self._background.add(task)
        task.add_done_callback(self._look_at)
        return task

    def _look_at(self, task: "asyncio.Task[None]") -> None:
        self._background.discard(task)
        if not task.cancelled():
            self.broken = self.broken or task.exception()

    async def send(self, line: int | None, name: str, message: BaseModel) -> None:
        id = deal_id(self.number) if line is None else line_id(self.number, line)
        self.commands.append(f"send {name} to {'the deal' if line is None else f'line {line}'}")
        written = message.model_dump(mode="json")
        sent = self.create_future()

        def deliver() -> None:
            there = self.world.processes.get(id)
            if there is None or there.outcome:
                self.activate(lambda: _fail(sent, Unreachable(id)))
                return
            there.activate(lambda: there.case.inbox.put(name, written))
            self.activate(lambda: _answer(sent, None))

        self.world.soon(deliver)
        await sent

    async def start_line(self, line: LineState) -> Started:
        self.commands.append(f"start line {line.number}")
        id = line_id(line.deal, line.number)
        known = self.world.processes.get(id)
        if known and not known.outcome:
            return Started.RUNS_ALREADY
        state = copied(line)
        process = self.world.process(id, line.deal, lambda host: LineCase(state, host, LINE_ACTS))
        self.world.soon(lambda: process.activate(_begun))
        return Started.NEW

    async def ask(self, activity: Activity[In, Out], question: In, summary: str = "") -> Out:
        self.commands.append(activity.name)
        asked = _Asked(self.create_future(), stoppable=activity.beats)
        self._asked.append(asked)
        self._try(activity, None if question is None else copied(question), asked, FIRST_PAUSE, self.now)
        try:
            answer: Out = await asked.answer
            return answer
        finally:
            if asked in self._asked:
                self._asked.remove(asked)

    def _try(self, activity: Any, question: Any, asked: _Asked, pause: timedelta, since: datetime) -> None:
        def carry_out() -> None:
            if asked.answer.done() or asked not in self._asked:
                return
            asked.retrying = False
            try:
                answer = self.world.activities[activity.name](question)
            except Down as down:
                impatient = activity.patience and self.now - since > activity.patience
                if asked.stopped or impatient:
                    failed = ActivityFailed(str(down))
                    self.activate(lambda: _fail(asked.answer, failed))
                    return
                asked.retrying = True
                again = min(pause * 2, LONGEST_PAUSE)
                self.world.at(self.now + pause, lambda: self._try(activity, question, asked, again, since))
                return
            self.activate(lambda: _answer(asked.answer, copied(answer)))

        self.world.soon(carry_out)

    def stop_asking(self) -> None:
        for asked in self._asked:
            asked.stopped = asked.stoppable
            if asked.stopped and asked.retrying:
                _fail(asked.answer, ActivityFailed("stopped"))

    def show(self, deal: DealState) -> None:
        self.world.shown[deal.deal] = deal

    # --- what asyncio asks of an event loop --------------------------------------------------------------------------

    def call_soon(  # type: ignore[override]
        self, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, **kwargs: Any) -> "asyncio.Task[Any]":
        return asyncio.Task(coro, loop=self)

    def get_debug(self) -> bool:
        return False

    def time(self) -> float:
        return self.now.timestamp()

    def is_running(self) -> bool:
        return True

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if error := context.get("exception"):
            self.world.failures.append((self.id, error))


class Rehearsal:
    """`activities` are carried out by name; a test may put its own there. `records`, `crm` and `mail` are what was told to whom.

    `longest_run`: so many things happen to a process before its next run.
    """

    def __init__(self, playbook: Playbook, now: datetime, longest_run: int = 10**9) -> None:
        self.now = now
        self.longest_run = longest_run
        self.processes: dict[str, Process] = {}
        self.shown: dict[str, DealState] = {}
        self.failures: list[tuple[str, BaseException]] = []
        self.records: list[RecordBatch] = []
        self.crm: list[Any] = []
        self.mail: list[Any] = []
        self.activities: dict[str, Callable[[Any], Any]] = {
            "playbook.load": lambda _: playbook,
            "records.deliver": self._to_records,
            "crm.deliver": self._to_crm,
            "mail.deliver": self._by_mail,
            "lines.watch": self._watch,
        }
        self._agenda: list[tuple[datetime, int, Callable[[], None], Callable[[], bool]]] = []
        self._order = itertools.count()

    # --- the clock ---------------------------------------------------------------------------------------------------

    def at(
        self, moment: datetime, happen: Callable[[], None], needed: Callable[[], bool] = lambda: True
    ) -> None:
        heapq.heappush(self._agenda, (moment, next(self._order), happen, needed))

    def soon(self, happen: Callable[[], None]) -> None:
        self.at(self.now, happen)

    def next_moment(self) -> datetime | None:
        """When something happens by itself; none if nothing ever will."""
        while self._agenda and not self._agenda[0][3]():
            heapq.heappop(self._agenda)
        return self._agenda[0][0] if self._agenda else None

    def run_until(self, moment: datetime) -> None:
        """All that happens up to this moment, in order."""
        while (at := self.next_moment()) is not None and at <= moment:
            _, _, happen, _ = heapq.heappop(self._agenda)
            self.now = max(self.now, at)
            happen()
        self.now = max(self.now, moment)

    def settle(self) -> None:
        """All that follows at once from what has happened."""
        self.run_until(self.now)

    def skip(self, time: timedelta) -> None:
        self.run_until(self.now + time)

    # --- deals -------------------------------------------------------------------------------------------------------

    def open(self, order: Mapping[str, Any] | Order, number: str = "1") -> "RehearsedDeal":
        read = order if isinstance(order, Order) else Order.model_validate(dict(order))
        state = opening.open_deal(number, read, self.now)
        process = self.process(deal_id(number), number, lambda host: DealCase(state, host, DEAL_ACTS, read))
        process.activate(_begun)
        self.settle()
        return RehearsedDeal(self, number)

    def process(self, id: str, number: str, begin: Callable[["Process"], Any]) -> "Process":
        made = self.processes[id] = Process(self, id, number, begin)  # type: ignore[abstract]
        return made

    # --- the world that the deals tell -------------------------------------------------------------------------------

    def _to_records(self, batch: RecordBatch) -> Delivered:
        self.records.append(batch)
        return Delivered(count=len(batch.facts))

    def _to_crm(self, batch: CrmBatch) -> Delivered:
        self.crm.extend(batch.writes)
        return Delivered(count=len(batch.writes))

    def _by_mail(self, batch: MailBatch) -> Delivered:
        self.mail.extend(batch.notices)
        return Delivered(count=len(batch.notices))

    def _watch(self, asked: WatchedLines) -> WatchedLines:
        there = {n: self.processes.get(line_id(asked.deal, n)) for n in asked.lines}
        gone = tuple(n for n, process in there.items() if process is None or process.outcome)
        return WatchedLines(deal=asked.deal, lines=gone)


class RehearsedDeal:
    def __init__(self, world: Rehearsal, number: str) -> None:
        self.world, self.number = world, number

    @property
    def process(self) -> Process:
        return self.world.processes[deal_id(self.number)]

    @property
    def state(self) -> DealState:
        state: DealState = self.process.case.state
        return state

    def line(self, number: int) -> LineState:
        state: LineState = self.world.processes[line_id(self.number, number)].case.state
        return state

    @property
    def lines(self) -> list[LineState]:
        return [self.line(n) for n in self.state.started_lines]

    @property
    def facts(self) -> list[Fact]:
        """The trail as the records have it."""
        told = (batch for batch in self.world.records if batch.deal.deal == self.number)
        return list({fact.seq: fact for batch in told for fact in batch.facts}.values())

    def send(self, message: Message, line: int | None = None) -> Receipt:
        """As an update: answered at this moment, or refused. Raises Refusal, Unreachable."""
        return self.update(message.name, message.model_dump(mode="json", by_alias=True), line).answer()

    def update(self, name: str, raw: Any, line: int | None = None) -> "Update":
        """Raises the Refusal of an update that is not even let in, and Unreachable."""
        process = self._at(line)
        update = Update(name)

        async def answer() -> None:
            try:
                update.receipt = await process.case.inbox.answer(name, raw)
            except Exception as error:
                update.error = error

        process.case.inbox.check(name, raw)
        process.activate(lambda: process.background(answer()))
        self.world.settle()
        return update

    def signal(self, name: str, raw: Any, line: int | None = None) -> None:
        """Raises Unreachable."""
        process = self._at(line)
        process.activate(lambda: process.case.inbox.put(name, raw))
        self.world.settle()

    def _at(self, line: int | None) -> Process:
        id = line_id(self.number, line) if line else deal_id(self.number)
        process = self.world.processes.get(id)
        if process is None or process.outcome:
            raise Unreachable(id)
        return process


@dataclass
class Update:
    """An update on its way: it is answered once what it waits for has happened."""

    name: str
    receipt: Receipt | None = None
    error: Exception | None = None

    def answer(self) -> Receipt:
        """Raises Refusal; TimeoutError while there is no answer yet."""
        if self.error:
            raise self.error
        if self.receipt is None:
            raise TimeoutError(f"{self.name} is not answered")
        return self.receipt


def _begun() -> None:
    """Nothing more than that it runs."""


def _answer(future: "asyncio.Future[Any]", value: Any) -> None:
    if not future.done():
        future.set_result(value)


def _fail(future: "asyncio.Future[Any]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


def copied(model: Any) -> Any:
    """What comes out of one process shares nothing with what goes into another. The playbook never changes: it is shared."""
    if isinstance(model, Playbook):
        return model
    playbook = getattr(model, "playbook", None)
    if playbook is None:
        return type(model).model_validate_json(model.model_dump_json())
    lean = copied(model.model_copy(update={"playbook": None}))
    return lean.model_copy(update={"playbook": playbook})
