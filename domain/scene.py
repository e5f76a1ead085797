"""A deal and its lines at one moment, each told by who knows it best: the ground that views are drawn on."""

from collections.abc import Iterable
from datetime import datetime

from domain.authority import CLIENT
from domain.calendar import WorkingCalendar
from domain.payments import Milestone
from domain.playbook import Playbook
from domain.state import DealState, LineState, ProcessState
from domain.wording import Clock
from domain.words import Language, LineStatus, Role


class Scene:
    """`lines` are the states that the lines' own workflows gave; where one is older than the deal's mirror,
    the mirror wins.

    `now` is never before what the deal and its lines have already seen: their clocks may run ahead of ours.
    """

    def __init__(
        self, deal: DealState, lines: Iterable[LineState] | None, now: datetime, language: Language
    ) -> None:
        own = None if lines is None else {line.number: line for line in lines}
        self.deal = deal
        self.language = language
        self.lines = {
            number: _latest(mirror, (own or {}).get(number)) for number, mirror in deal.lines.items()
        }
        self.silent = [n for n in self._running() if own is not None and n not in own]
        self.now = max([now, deal.updated_at, *(line.updated_at for line in self.lines.values())])
        self.clock = Clock(deal.playbook.calendar if deal.playbook else None, language)

    @property
    def book(self) -> Playbook | None:
        return self.deal.playbook

    @property
    def calendar(self) -> WorkingCalendar:
        return self.clock.calendar

    @property
    def processes(self) -> list[ProcessState]:
        return [self.deal, *self.active]

    @property
    def active(self) -> list[LineState]:
        return [line for line in self.lines.values() if line.status is not LineStatus.CANCELLED]

    def milestones(self, line: LineState) -> list[Milestone]:
        """Due dates are the line's, money is the deal's."""
        funded = self.deal.lines[line.number].milestones
        return [
            m.model_copy(update={"allocated": funded[id].allocated}) if id in funded else m
            for id, m in line.milestones.items()
        ]

    def person(self, role: Role) -> str:
        """Who is asked when `role` must act: a value that `--as` takes."""
        if role is Role.CLIENT:
            return CLIENT
        if role is Role.MANAGER or self.book is None:
            return self.deal.manager
        return next(iter(self.book.holders(role)), self.deal.manager)

    def asked(self, person: str) -> tuple[str, ...]:
        """`person`, and with the client the manager who chases."""
        return (CLIENT, self.deal.manager) if person == CLIENT else (person,)

    def name(self, person: str) -> str:
        if person == CLIENT:
            return self.deal.client.contact
        return self.book.people[person].name if self.book and person in self.book.people else person

    def say(self, *, ru: str, en: str) -> str:
        return ru if self.language == "ru" else en

    def _running(self) -> list[int]:
        return [n for n in self.deal.started_lines if n in self.lines and not self.lines[n].status.final]


def _latest(mirror: LineState, own: LineState | None) -> LineState:
    return own if own is not None and own.revision >= mirror.revision else mirror
