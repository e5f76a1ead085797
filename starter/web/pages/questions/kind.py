"""What a kind of question gives to the pages of signed links."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, Protocol

from activities.mail.links import Link
from domain.deal.authority import Desk
from domain.deal.messages import Message
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState, ProcessState
from domain.refusals import Refusal
from domain.words import Language, Text

WHOLE = ""
"""In `Wrong` and in what pages show: of the answer as a whole, not of one field."""

BAD_COMMENT = Text(ru="Не больше 4000 знаков обычного текста.", en="At most 4000 characters of plain text.")


class FoundQuestion(NamedTuple):
    """`asked` is the approval, assignment, document or milestone, or what is overdue. `answered`: the page shows what was answered; else `refused` says
    why nothing can be; see `refusals.WHY`."""

    snapshot: Snapshot
    process: ProcessState
    asked: Any
    answered: bool = False
    refused: str = ""

    @property
    def open(self) -> bool:
        return not (self.answered or self.refused)

    @property
    def deal(self) -> DealState:
        return self.snapshot.deal

    @property
    def today(self) -> date:
        return self.deal.book.calendar.today(self.snapshot.as_of(datetime.now(UTC)))

    @property
    def desk(self) -> Desk:
        return Desk(self.deal.book, self.deal.client, self.deal.manager, self.today)


class Wrong(Exception):
    """An answer that will not do: what is wrong, by field."""

    def __init__(self, fields: Mapping[str, Text]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class Typed(NamedTuple):
    """What a reader has sent, by field, and what is wrong with it, in their language."""

    form: Mapping[str, str]
    wrong: Mapping[str, str]


class Page(NamedTuple):
    """A template, and what it is filled with."""

    template: str
    words: dict[str, Any]


class Kind(Protocol):
    def find(self, snapshot: Snapshot, link: Link) -> FoundQuestion | None:
        """None: the deal has no such question."""

    async def messages(
        self, link: Link, found: FoundQuestion, form: Mapping[str, str]
    ) -> tuple[Message, ...]:
        """Raises Wrong."""

    async def asked(self, link: Link, found: FoundQuestion, language: Language, typed: Typed) -> Page:
        """The page with the question, with what was typed."""

    def answered(self, link: Link, found: FoundQuestion, language: Language) -> Page: ...


def refusal_of(check: Callable[[], object]) -> str:
    """The deal's own rule, asked beforehand: why this person can't answer, as in `refusals.WHY`; empty if they can."""
    try:
        check()
    except Refusal as refusal:
        return "not_allowed" if refusal.code == "unknown_person" else refusal.code
    return ""


def processes(snapshot: Snapshot) -> Iterator[ProcessState]:
    """The deal and its lines, which own the questions: `line-1:credit` is its line's."""
    if snapshot.deal.playbook is not None:
        yield from (snapshot.deal, *snapshot.lines.values())
