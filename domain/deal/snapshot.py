"""A deal and its lines at one moment, each as told by who knows it best."""

from collections.abc import Iterable
from datetime import datetime

from domain.deal.state import DealState, LineState, ProcessState
from domain.deal.stopped import StoppedProcess
from domain.facts import Subject
from domain.playbook.book import StaffedPlaybook
from domain.words import LineStatus


class Snapshot:
    """`own` are the states that the lines' own workflows gave: a line that should run and is not among them is `silent`, and
    where one is older than the deal's mirror, the mirror wins. Without them the mirrors tell. Due dates are the lines', money is
    the deal's. `stopped`: the deal's process no longer runs, though the deal has not ended.
    """

    def __init__(
        self, deal: DealState, own: Iterable[LineState] | None = None, stopped: StoppedProcess | None = None
    ) -> None:
        self.deal = deal
        self.stopped = stopped
        self.own = None if own is None else {line.number: line for line in own}
        told = self.own or {}
        self.lines = {number: _best(mirror, told.get(number)) for number, mirror in deal.lines.items()}
        missing = [] if self.own is None else [n for n in deal.started_lines if n not in told]
        self.silent = [self.lines[n] for n in missing if not self.lines[n].status.final]

    @property
    def book(self) -> StaffedPlaybook | None:
        return self.deal.book if self.deal.playbook else None

    @property
    def active(self) -> list[LineState]:
        return [line for line in self.lines.values() if line.status is not LineStatus.CANCELLED]

    @property
    def processes(self) -> list[ProcessState]:
        return [self.deal, *self.active]

    def process(self, subject: Subject) -> ProcessState:
        return self.lines[subject.line] if subject.line else self.deal

    def as_of(self, now: datetime) -> datetime:
        """`now`, never before what the deal and its lines have already seen: their clocks may run ahead of ours."""
        return max([now, self.deal.updated_at, *(line.updated_at for line in self.lines.values())])


def _best(mirror: LineState, own: LineState | None) -> LineState:
    if own is None or own is mirror or own.revision < mirror.revision:
        return mirror
    funded = {
        id: m.model_copy(update=mirror.milestones[id].model_dump(include={"allocated", "funded_on"}))
        for id, m in own.milestones.items()
        if id in mirror.milestones
    }
    return own.model_copy(update={"milestones": own.milestones | funded})
