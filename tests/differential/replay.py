"""The in-memory host with a server's clock: the same process gets the same messages in the same tasks at the same moments.

Messages from outside come from the recording. What a deal and its lines tell each other, what they ask, and when they want to be
woken is their own: a server's history only says when each of these arrived. One that it says arrived, and that nobody in memory
sent, is a difference, and so is one sent in memory that never arrived on the server.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.deal.batches import WatchedLines
from domain.deal.messages import Receipt
from domain.playbook.book import StaffedPlaybook
from domain.refusals import Refusal
from tests.differential.pending import Brought, Difference, Pending
from tests.differential.recording import Recording
from tests.differential.refusals import Refusals, told
from tests.differential.targets import Targets
from tests.differential.tasks import CANCELLED, Came, Message, Read, Task
from workflows.host import ActivityFailed
from workflows.rehearsal import Arrival, Asked, Kind, Process, Rehearsal

FAILED = Came(Arrival(Kind.ANSWER), failed=True)
NEVER = datetime.max.replace(tzinfo=UTC)


class Replay(Rehearsal):
    def __init__(self, playbook: StaffedPlaybook, recording: Recording, read: Read) -> None:
        super().__init__(playbook, read.tasks[0].at)
        self.recording, self.read = recording, read
        self.targets = Targets(playbook)
        self.activities |= self.targets.activities
        self.answers: dict[str, dict[str, Any]] = {}
        self.refusals = Refusals(recording.turned)
        self._pending = Pending()
        self._asked: dict[Process, list[Asked]] = {}
        self._watched: dict[Asked, WatchedLines] = {}
        self._stopped: set[Asked] = set()
        self._unsent: list[Asked] = []
        self._long: dict[str, bool] = {}
        self._not_free = set(_refused_starts(read))

    # --- as Rehearsal asks -------------------------------------------------------------------------------------------

    def bring(
        self,
        to: Process,
        what: Arrival,
        job: Callable[[], object],
        at: datetime | None = None,
        needed: Callable[[], bool] = lambda: True,
    ) -> None:
        sender = self.processes.get(what.sender)
        self._pending.add(to, Brought(what, job, at or self.now, needed, sender))

    def process(self, id: str, number: str, begin: Callable[[Process], Any]) -> Process:
        process = super().process(id, number, begin)
        self._pending.born(process)
        return process

    def is_free(self, id: str, process: Process, nth: int) -> bool:
        """As the server saw it: which of two workflows was first, the end of a line or its next start, no history tells."""
        if (process.id, process.runs, nth) in self._not_free:
            return id not in self.processes
        return super().is_free(id, process, nth)

    def is_long(self, process: Process) -> bool:
        return self._long.get(process.id, False)

    def carry_out(self, process: Process, asked: Asked, pause: timedelta = timedelta()) -> None:
        self._asked[process].append(asked)
        if isinstance(asked.question, WatchedLines):
            self._watched[asked] = self._watch(asked.question)

    def stop(self, process: Process, asked: Asked) -> None:
        if asked not in self._stopped and asked.since == self.now:
            self._unsent.append(asked)
        self._stopped.add(asked)

    # --- as it was on the server -------------------------------------------------------------------------------------

    def run(self) -> None:
        self.open(self.recording.case.order, self.recording.case.number)
        for task in self.read.tasks:
            self.refusals.note(self.processes, self.now, until=task.at)
            self._take_up(task)
        self.refusals.note(self.processes, self.now, until=NEVER)
        self._pending.check_nothing_is_left()

    def _take_up(self, task: Task) -> None:
        self.now = task.at
        process = self.processes.get(task.workflow)
        if process is None:
            raise Difference(f"{self._where(task)}: nobody has started it in memory")
        self._long[task.workflow] = task.long
        if task.terminated:
            process.terminate()
            return
        if process.outcome:
            raise Difference(f"{self._where(task)}: in memory it has ended already: {process.outcome}")
        answers, rest = _answers_first(task)
        if answers:
            process.messages_coming = bool(task.messages)  # as `workflows.temporal.answers_first` does it
            fired = [self._fired(process, came, task) for came in answers if came.what.kind is Kind.TIMER]
            others = [came for came in answers if came.what.kind is not Kind.TIMER]
            process.activate(
                lambda: self._all([*fired, *(self._job(process, came, task) for came in others)])
            )
            process.messages_coming = False
        if task.messages:
            process.activate(lambda: self._all(self._message(process, m, task) for m in task.messages))
        if rest:
            process.activate(lambda: self._all(self._job(process, came, task) for came in rest))
        self._forget_unsent(process, task)

    def _forget_unsent(self, process: Process, task: Task) -> None:
        """What is asked and stopped in one task never leaves: the SDK says so in the same task, and a server counts it not."""
        while self._unsent:
            asked = self._unsent.pop()
            self._answer(process, asked, FAILED, task)
            process.activate(
                self._pending.take(process, Came(Arrival(Kind.ANSWER, nth=asked.nth)), self._where(task)).job
            )
            self._asked[process].remove(asked)

    def _all(self, jobs: Iterable[Callable[[], object]]) -> None:
        for job in list(jobs):
            job()

    def _fired(self, process: Process, came: Came, task: Task) -> Callable[[], object]:
        """A message of the same task may have woken the process before the timer does."""
        timer = self._pending.take(process, came, self._where(task))
        return lambda: timer.job() if timer.needed() else None

    def _message(self, process: Process, message: Message | Came, task: Task) -> Callable[[], object]:
        if isinstance(message, Came):
            return self._job(process, message, task)
        if message.update:
            return lambda: process.background(self._update(process, message))
        return lambda: process.case.inbox.put(message.name, message.content)

    async def _update(self, process: Process, message: Message) -> None:
        inbox = process.case.inbox
        try:
            inbox.check(message.name, message.content)
            receipt: Receipt = await inbox.answer(message.name, message.content)
            self.answers[message.update] = receipt.model_dump(mode="json")
        except Refusal as refusal:
            self.answers[message.update] = told(refusal)

    def _job(self, process: Process, came: Came, task: Task) -> Callable[[], object]:
        if came == CANCELLED:
            return process.interrupt
        if came.what.kind is Kind.START:
            self._asked[process] = []
        if came.what.kind is Kind.ANSWER:
            asked = self._asked.get(process, [])[came.what.nth - 1 :]
            if not asked:
                raise Difference(f"{self._where(task)}: nobody in memory has asked what was answered")
            self._answer(process, asked[0], came, task)
            came = replace(came, what=Arrival(Kind.ANSWER, nth=asked[0].nth))
        return self._pending.take(process, came, self._where(task)).job

    def _answer(self, process: Process, asked: Asked, came: Came, task: Task) -> None:
        """What the world outside answers: the same targets by the same rules, and what the server saw of its lines."""
        if came.failed:
            if asked not in self._stopped:
                raise Difference(f"{self._where(task)}: {asked.activity.name} was stopped on the server only")
            process.take_answer(asked, ActivityFailed("stopped"))
        elif came.seen:
            if not isinstance(asked.question, WatchedLines):
                raise Difference(f"{self._where(task)}: in memory {asked.activity.name} was asked instead")
            if came.seen not in (self._watched.get(asked), self._watch(asked.question)):
                raise Difference(f"{self._where(task)}: {came.seen!r} is not what is seen in memory")
            process.take_answer(asked, came.seen)
        else:
            process.take_answer(asked, self.activities[asked.activity.name](asked.question))

    def _where(self, task: Task) -> str:
        return f"{task.workflow} at {task.at:%H:%M:%S.%f}"


def _answers_first(task: Task) -> tuple[list[Came], list[Came]]:
    """What answers the process's own commands, and what else came without being a message; all of it at once, without messages."""
    if not task.messages:
        return list(task.rest), []
    rest = [came for came in task.rest if came == CANCELLED or came.what.kind is Kind.START]
    return [came for came in task.rest if came not in rest], rest


def _refused_starts(read: Read) -> Iterator[tuple[str, int, int]]:
    """Which of the starts of a run found a workflow running: the workflow that asked, its run, and the place among its starts."""
    runs: Counter[str] = Counter()
    for task in read.tasks:
        for came in (came for came in (*task.messages, *task.rest) if isinstance(came, Came)):
            runs[task.workflow] += came == Came(Arrival(Kind.START))
            if came.what.kind is Kind.STARTED and came.failed:
                yield task.workflow, runs[task.workflow], came.what.nth
