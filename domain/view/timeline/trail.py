"""A deal's facts, read, on its calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self, TypeVar

from domain.calendar import WorkingCalendar
from domain.deal.state import DealState
from domain.facts import Fact, FactData
from domain.words import Language

Kind = TypeVar("Kind", bound=FactData)


@dataclass(frozen=True)
class Trail:
    deal: DealState
    language: Language
    entries: tuple[tuple[Fact, FactData], ...]

    @classmethod
    def of(cls, deal: DealState, facts: Sequence[Fact], language: Language) -> Self:
        return cls(deal, language, tuple((fact, fact.read()) for fact in facts))

    def all(self, kind: type[Kind]) -> Iterator[tuple[Fact, Kind]]:
        return ((fact, data) for fact, data in self.entries if isinstance(data, kind))

    @property
    def calendar(self) -> WorkingCalendar:
        return self.deal.book.calendar

    @property
    def ended_at(self) -> datetime:
        """When the deal was closed; of an open one, the last that is known."""
        return self.deal.closed_at or self.deal.updated_at

    def day(self, at: datetime) -> date:
        return self.calendar.today(at)

    def working_days(self, since: datetime, until: datetime) -> float:
        return round(self.calendar.worked(since, until) / self.calendar.day_length, 1)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
