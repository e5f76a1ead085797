"""A host in memory: many deals and their lines on one virtual clock. The real process, without a server.

Each process runs on a small event loop of its own, as Temporal runs a workflow: something comes in, the process goes on until
it only waits, conditions are looked at in their order, and all of that happens at one moment.
"""

import asyncio
import heapq
import itertools
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from pydantic import BaseModel

from domain.deal import opening
from domain.deal.batches import FactBatch, RecordBatch, WatchedLines
from domain.deal.credit import CreditFound
from domain.deal.messages import Message, Receipt
from domain.deal.rates import NOMINAL_RATE, Rate, RateAsked, RateFound
from domain.deal.state import DealState, LineState
from domain.effects import Delivered
from domain.facts import Fact
from domain.order.order import Order
from domain.playbook.book import StaffedPlaybook
from workflows import deal, line
from workflows.copies import copied
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
class Asked:
    """An activity that was asked, and has not answered yet. `since`: when."""

    nth: int
    activity: Activity[Any, Any]
    question: Any
    since: datetime
    answer: "asyncio.Future[Any]"
    retrying: bool = False
    stopped: bool = False


class Kind(StrEnum):
    """What can come to a process: its start, a timer, a word; and the answers to what it sent, started and asked."""

    START = "start"
    TIMER = "timer"
    WORD = "word"
    SENT = "sent"
    STARTED = "started"
    ANSWER = "answer"


@dataclass(frozen=True)
class Arrival:
    """Something that comes to a process. `sender` is whose word it is; `nth`: of what it sent, started or asked in this run, which
    it answers."""

    kind: Kind
    nth: int = 0
    sender: str = ""


class Process(asyncio.AbstractEventLoop):
    """A deal or a line at work, and its host. `runs` counts its runs, `commands` are what it had done by its host; `outcome` is there
    once it has ended."""

    def __init__(self, world: "Rehearsal", id: str, number: str, begin: Callable[["Process"], Any]) -> None:
        self.world, self.id, self.number = world, id, number
        self.runs, self.activations = 0, 0
        self.commands: list[str] = []
        self.outcome: str | None = None
        self.broken: BaseException | None = None
        self._prepare(begin)

    def _prepare(self, begin: Callable[["Process"], Any]) -> None:
        """What comes before a run starts waits in its inbox."""
        self._clear()
        self.case = begin(self)

    def _clear(self) -> None:
        self._ready: deque[asyncio.Handle] = deque()
        self._waits: list[_Wait] = []
        self._asked: list[Asked] = []
        self._background: set[asyncio.Task[None]] = set()
        self._main: asyncio.Task[bool] | None = None
        self._interrupted = False
        self.messages_coming = False
        self._counted: Counter[Kind] = Counter()
        self.since_run = 0

    # --- its life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.runs += 1
        live = deal.live(self.case) if isinstance(self.case, DealCase) else line.live(self.case)
        self._main = asyncio.Task(live, loop=self)
        if self._interrupted:
            self.call_soon(self._main.cancel)

    def activate(self, job: Callable[[], object]) -> None:
        """One thing happens to it, and all that follows from it at this moment."""
        if self.outcome:
            return
        self.activations += 1
        self.since_run += 1
        outer = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            job()
            self._run_until_it_waits()
        finally:
            asyncio._set_running_loop(outer)
        if self._main and self._main.done() and self._goes_on(self._main):
            self._renew()

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

    def _goes_on(self, main: "asyncio.Task[bool]") -> bool:
        """Whether what has ended is only a run of it."""
        if main.cancelled():
            self.outcome = "cancelled"
        elif error := main.exception():
            self.outcome = f"failed: {type(error).__name__}"
            self.world.failures.append((self.id, error))
        elif main.result():
            self.outcome = "completed"
        return self.outcome is None

    def _renew(self) -> None:
        """Continues as new: only the state goes along."""
        state = copied(self.case.state)
        kind = type(self.case)
        acts: Mapping[Any, Any] = DEAL_ACTS if kind is DealCase else LINE_ACTS
        self._prepare(lambda host: kind(state, host, acts))
        self.world.bring(self, Arrival(Kind.START), self.start)

    def terminate(self) -> None:
        self.outcome = "terminated"

    def cancel(self) -> None:
        self.activate(self.interrupt)

    def interrupt(self) -> None:
        if self._main:
            self.call_soon(self._main.cancel)
        self._interrupted = self._main is None  # it will be, once it starts

    # --- Host --------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.world.now

    @property
    def arrival(self) -> int:
        return self.activations

    @property
    def history_is_long(self) -> bool:
        return self.world.is_long(self)

    async def wait(
        self, condition: Callable[[], bool], until: datetime | None = None, summary: str = ""
    ) -> None:
        rung: list[datetime] = []
        wait = _Wait(lambda: bool(rung) or condition(), self.create_future())
        self._waits.append(wait)
        if until is not None:
            self.commands.append("timer")
            moment = max(until, self.now + timedelta(milliseconds=1))
            ring = partial(rung.append, moment)
            self.world.bring(self, Arrival(Kind.TIMER), ring, moment, needed=lambda: wait in self._waits)
        try:
            await wait.answer
        finally:
            if wait in self._waits:
                self._waits.remove(wait)

    def background(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.Task(work, loop=self)
        self._background.add(task)
        task.add_done_callback(self._note_failure)
        return task

    def _note_failure(self, task: "asyncio.Task[None]") -> None:
        self._background.discard(task)
        if not task.cancelled():
            self.broken = self.broken or task.exception()

    async def send(self, line: int | None, name: str, message: BaseModel) -> None:
        id = deal_id(self.number) if line is None else line_id(self.number, line)
        self.commands.append(f"send {name} to {'the deal' if line is None else f'line {line}'}")
        written = message.model_dump(mode="json")
        sent, there = self.create_future(), self.world.processes.get(id)
        heard: list[str] = []

        def hear(there: Process) -> None:
            heard.append(name)
            there.case.inbox.put(name, written)

        def confirm() -> None:
            if heard or (there and not there.outcome):
                _answer(sent, None)
            else:
                _fail(sent, Unreachable(id))

        if there:
            self.world.bring(there, Arrival(Kind.WORD, sender=self.id), partial(hear, there))
        self.world.bring(self, self._answer_to(Kind.SENT), confirm)
        await self._done(sent)

    async def start_line(self, line: LineState) -> Started:
        self.commands.append(f"start line {line.number}")
        id = line_id(line.deal, line.number)
        answer, started = self._answer_to(Kind.STARTED), self.create_future()
        if not self.world.is_free(id, self, answer.nth):
            outcome = Started.RUNS_ALREADY
        else:
            outcome, state = Started.NEW, copied(line)
            process = self.world.process(id, line.deal, lambda host: LineCase(state, host, LINE_ACTS))
            self.world.bring(process, Arrival(Kind.START), process.start)
        self.world.bring(self, answer, lambda: _answer(started, outcome))
        await self._done(started)
        return outcome

    async def ask(self, activity: Activity[In, Out], question: In, summary: str = "") -> Out:
        self.commands.append(activity.name)
        nth = self._answer_to(Kind.ANSWER).nth
        written = None if question is None else copied(question)
        asked = Asked(nth, activity, written, self.now, self.create_future())
        self._asked.append(asked)
        self.world.carry_out(self, asked)
        try:
            answer: Out = await self._done(asked.answer)
            return answer
        finally:
            if asked in self._asked:
                self._asked.remove(asked)

    async def _done(self, answer: "asyncio.Future[Any]") -> Any:
        """Whatever a process waits for, it waits for a condition: see `workflows.temporal.host`."""
        await self.wait(answer.done)
        return answer.result()

    def _answer_to(self, kind: Kind) -> Arrival:
        self._counted[kind] += 1
        return Arrival(kind, nth=self._counted[kind])

    def take_answer(self, asked: Asked, answer: BaseModel | ActivityFailed) -> None:
        """Brings what the activity answered, or that it failed for good."""
        end = _fail if isinstance(answer, ActivityFailed) else _answer
        copy = answer if isinstance(answer, ActivityFailed) else copied(answer)
        self.world.bring(self, Arrival(Kind.ANSWER, nth=asked.nth), lambda: end(asked.answer, copy))

    def stop_asking(self) -> None:
        for asked in self._asked:
            if asked.activity.beats:
                self.world.stop(self, asked)

    def leave_mark(self) -> None:
        """Nothing here is replayed."""

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
    """`activities` are carried out by name; a test may put its own there. `records` is what they were told.

    `longest_run`: so many things happen to a process before its next run.
    """

    def __init__(self, playbook: StaffedPlaybook, now: datetime, longest_run: int = 10**9) -> None:
        self.now = now
        self.longest_run = longest_run
        self.processes: dict[str, Process] = {}
        self.shown: dict[str, DealState] = {}
        self.failures: list[tuple[str, BaseException]] = []
        self.records: list[RecordBatch] = []
        self.activities: dict[str, Callable[[Any], Any]] = {
            "playbook.load": lambda _: playbook,
            "records.deliver": self._to_records,
            "crm.deliver": self._deliver,
            "mail.deliver": self._deliver,
            "lines.watch": self._watch,
            "credit.look_up": lambda _: CreditFound(),
            "rates.find": _nominal_rate,
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

    # --- what comes to processes: a differential test brings it as a server did ---------------------------------------

    def bring(
        self,
        to: Process,
        what: Arrival,
        job: Callable[[], object],
        at: datetime | None = None,
        needed: Callable[[], bool] = lambda: True,
    ) -> None:
        """Whatever comes to a process comes through here; by itself at once, or at that moment if it is still needed."""
        self.at(at or self.now, lambda: to.activate(job), needed)

    def is_free(self, id: str, process: Process, nth: int) -> bool:
        """Whether nothing runs under this id, which `process` wants to start as its `nth` in this run."""
        known = self.processes.get(id)
        return known is None or known.outcome is not None

    def is_long(self, process: Process) -> bool:
        return process.since_run > self.longest_run

    def carry_out(self, process: Process, asked: Asked, pause: timedelta = FIRST_PAUSE) -> None:
        """The activity does its work, as often as it takes."""

        def attempt() -> None:
            try:
                answer = self.activities[asked.activity.name](asked.question)
            except Down as down:
                patience = asked.activity.patience
                if asked.stopped or (patience and self.now - asked.since > patience):
                    process.take_answer(asked, ActivityFailed(str(down)))
                else:
                    asked.retrying = True
                    again = partial(self.carry_out, process, asked, min(pause * 2, LONGEST_PAUSE))
                    self.at(self.now + pause, again, needed)
                return
            process.take_answer(asked, answer)

        def needed() -> bool:
            return not asked.answer.done()

        asked.retrying = False
        self.at(self.now, attempt, needed)

    def stop(self, process: Process, asked: Asked) -> None:
        """It is not tried again."""
        asked.stopped = True
        if asked.retrying:
            process.take_answer(asked, ActivityFailed("stopped"))

    # --- deals -------------------------------------------------------------------------------------------------------

    def open(self, order: Mapping[str, Any] | Order, number: str = "1") -> "RehearsedDeal":
        read = order if isinstance(order, Order) else Order.model_validate(dict(order))
        state = opening.open_deal(number, read, self.now)
        process = self.process(deal_id(number), number, lambda host: DealCase(state, host, DEAL_ACTS, read))
        self.bring(process, Arrival(Kind.START), process.start)
        self.settle()
        return RehearsedDeal(self, number)

    def process(self, id: str, number: str, begin: Callable[["Process"], Any]) -> "Process":
        made = self.processes[id] = Process(self, id, number, begin)  # type: ignore[abstract]
        return made

    # --- the world that the deals tell -------------------------------------------------------------------------------

    def _to_records(self, batch: RecordBatch) -> Delivered:
        self.records.append(batch)
        return Delivered(count=len(batch.facts))

    def _deliver(self, batch: FactBatch) -> Delivered:
        return Delivered(count=len(batch.all_facts))

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
        batches = (batch for batch in self.world.records if batch.deal.deal == self.number)
        return list({fact.seq: fact for batch in batches for fact in batch.facts}.values())

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


def _nominal_rate(asked: RateAsked) -> RateFound:
    """No bank stands behind a rehearsal."""
    return RateFound(rate=Rate(value=NOMINAL_RATE, set_on=asked.day))


def _answer(future: "asyncio.Future[Any]", value: Any) -> None:
    if not future.done():
        future.set_result(value)


def _fail(future: "asyncio.Future[Any]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
