"""What the page of a task, a document or a payment says around its form: of which deal, until when, by what; and afterwards, what was done."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from domain.deal.authority import CLIENT
from domain.deal.state import LineState
from domain.facts import Actor
from domain.view.viewer import Viewer
from domain.wording import Clock
from domain.words import Language, Text
from starter.web.pages.questions.kind import FoundQuestion


class Sheet(NamedTuple):
    """`facts` are rows of a label and words; `text` is what somebody wrote about it, in their own lines."""

    number: str
    title: str
    to_client: bool
    intro: str
    due: str
    overdue: bool
    facts: tuple[tuple[str, str], ...]
    text: str
    manager: str
    manager_email: str


class Done(NamedTuple):
    """`by`: who has answered instead of the reader."""

    heading: str
    by: str
    at: str
    rows: tuple[tuple[str, str], ...] = ()


def sheet(
    found: FoundQuestion,
    person: str,
    language: Language,
    *,
    title: Text,
    intro: Text | None = None,
    due_at: datetime | None = None,
    facts: Iterable[tuple[Text, str | Text]] = (),
    text: str = "",
) -> Sheet:
    deal, now = found.deal, datetime.now(UTC)
    manager = deal.book.people[deal.manager]
    to_client = person == CLIENT
    rows: list[tuple[Text, str | Text]] = []
    if not to_client:
        rows.append((_CLIENT, deal.client.name or deal.client.contact))
    if isinstance(found.process, LineState):
        good = found.process.good
        rows.append((_GOOD, good.measured.after(good.name, language)))
    return Sheet(
        number=deal.deal,
        title=title.to(language),
        to_client=to_client,
        intro=intro.to(language) if intro else "",
        due=Clock(deal.book.calendar, language, zoned=True)(due_at) if due_at else "",
        overdue=bool(due_at and found.snapshot.as_of(now) > due_at),
        facts=tuple(
            (label.to(language), _said(value, language)) for label, value in [*rows, *facts] if value
        ),
        text=text,
        manager=manager.name,
        manager_email=manager.email,
    )


def _said(value: str | Text, language: Language) -> str:
    return value.to(language) if isinstance(value, Text) else value


def by_whom(found: FoundQuestion, actor: Actor | None, person: str, language: Language) -> str:
    """A client learns nobody's name; everybody else does, except their own."""
    if actor is None or actor.person == person:
        return ""
    if person == CLIENT:
        return found.deal.book.company
    return Viewer(found.snapshot, datetime.now(UTC), language).name(actor.person)


def moment(found: FoundQuestion, at: datetime | None, language: Language) -> str:
    return Clock(found.deal.book.calendar, language, zoned=True)(at) if at else ""


_CLIENT = Text(ru="Клиент", en="Client")
_GOOD = Text(ru="Товар", en="Item")
