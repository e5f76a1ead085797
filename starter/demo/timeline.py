"""What happens, as it happens: the facts from the records, one line each."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import IO

from rich.console import Console
from rich.text import Text

from activities.playbook import read_pace
from domain.facts import (
    ApprovalRejected,
    ContractAgreed,
    CustomsHeld,
    DealPaid,
    Fact,
    LineStatusChanged,
    PaymentReceived,
    StageChanged,
)
from domain.playbook.book import StaffedPlaybook
from domain.view.sentences import sentence
from domain.words import STAGE_LABELS, Language, Stage
from domain.words import Text as Words
from records.queries import RecordQueries

LOOK_SECONDS = 0.15
SETTLED = timedelta(seconds=1)  # facts come to the records with a small delay: what is older has its place

_STYLES: dict[str, str] = {
    StageChanged.kind: "bold cyan",
    LineStatusChanged.kind: "cyan",
    DealPaid.kind: "bold green",
    ApprovalRejected.kind: "yellow",
    CustomsHeld.kind: "yellow",
    PaymentReceived.kind: "green",
    ContractAgreed.kind: "green",
}
_URGENT = ("reminded", "escalated")


class Timeline:
    def __init__(self, language: Language, pace: str, to: IO[str]) -> None:
        self.language = language
        self.kinds: Counter[str] = Counter()
        self.refused = 0
        self._day = timedelta(seconds=read_pace(pace))
        self._console = Console(file=to, highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._asides: list[tuple[datetime, Text]] = []
        self._seen: Counter[tuple[str, str]] = Counter()
        self._news = asyncio.Condition()
        self._opened_at: datetime | None = None
        self._stage = Stage.NEW
        self._book: StaffedPlaybook | None = None

    def say(self, words: Words) -> None:
        self.note(words.to(self.language))

    def note(self, words: str) -> None:
        self._console.print(Text(words, style="dim"))

    def aside(self, words: str, style: str = "magenta") -> None:
        """Something that leaves no fact: a refusal, a repetition. Shown in its place among the facts."""
        self._asides.append((datetime.now(UTC), Text(f"{'':8}│ {'':23}│ {words}", style=style)))

    async def follow(self, records: RecordQueries, number: str) -> None:
        """Until the deal is paid."""
        seen = 0
        while not self._book:
            self._book = await asyncio.to_thread(records.playbook, number)
            await asyncio.sleep(LOOK_SECONDS)
        while not self.kinds[DealPaid.kind]:
            for fact in await asyncio.to_thread(records.log, number, seen):
                self._show_asides(fact.at)
                self._show(fact)
                seen = fact.seq
            self._show_asides(datetime.now(UTC) - SETTLED)
            async with self._news:
                self._news.notify_all()
            await asyncio.sleep(LOOK_SECONDS)

    async def until(self, kind: str, line: int) -> None:
        """Until one more such fact about the line has been shown."""
        wanted = self._seen[kind, f"line {line}"] + 1
        async with self._news:
            await self._news.wait_for(lambda: self._seen[kind, f"line {line}"] >= wanted)

    def _show(self, fact: Fact) -> None:
        self.kinds[fact.kind] += 1
        self._seen[fact.kind, fact.subject] += 1
        self._opened_at = self._opened_at or fact.at
        if fact.kind == StageChanged.kind:
            self._stage = Stage(fact.data["stage"])
        stage = STAGE_LABELS[self._stage].to(self.language)
        style = "red" if fact.kind.endswith(_URGENT) else _STYLES.get(fact.kind, "")
        words = sentence(fact, self.language, self._day_of, self._book)
        self._console.print(Text(f"{self._day_of(fact.at):<8}│ {stage:<23}│ {words}", style=style))

    def _show_asides(self, until: datetime) -> None:
        while self._asides and self._asides[0][0] <= until:
            self._console.print(self._asides.pop(0)[1])

    def _day_of(self, at: datetime) -> str:
        """Days since the deal was opened: on its fast calendar dates say nothing."""
        day = int((at - (self._opened_at or at)) / self._day)
        return f"день {day}" if self.language == "ru" else f"day {day}"
