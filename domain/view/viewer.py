"""Somebody who looks at a deal: at what moment, and in which language."""

from datetime import datetime

from domain.calendar import WorkingCalendar
from domain.deal.authority import CLIENT
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState
from domain.playbook.book import StaffedPlaybook
from domain.wording import Clock
from domain.words import Language


class Viewer:
    def __init__(self, snapshot: Snapshot, now: datetime, language: Language, *, zoned: bool = False) -> None:
        self.snapshot = snapshot
        self.now = snapshot.as_of(now)
        self.language = language
        self.clock = Clock(snapshot.book.calendar if snapshot.book else None, language, zoned=zoned)

    @property
    def deal(self) -> DealState:
        return self.snapshot.deal

    @property
    def book(self) -> StaffedPlaybook | None:
        return self.snapshot.book

    @property
    def calendar(self) -> WorkingCalendar:
        return self.book.calendar if self.book else WorkingCalendar()

    def name(self, person: str) -> str:
        if person == CLIENT:
            return self.deal.client.contact
        return self.book.name(person) if self.book else person

    def say(self, *, ru: str, en: str) -> str:
        return ru if self.language == "ru" else en
