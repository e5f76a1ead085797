"""What the page of a deal shows: how it stands, what it waits for, and what happened."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from domain.facts import Fact, Subject
from domain.view.document_words import how_it_stands
from domain.view.folding import folded, since
from domain.view.model import Blocker, DealView, DocumentView, LineView
from domain.view.sentences import sentence
from domain.view.stopped import view_of
from domain.view.viewer import Viewer
from domain.wording import Cash, Clock, Measured, about, day, file_size, money, worded
from domain.words import SIDE_LABELS, Text

_AMOUNT, _PAID = Text(ru="Сумма", en="Amount"), Text(ru="Оплачено", en="Paid")
_LEFT = Text(ru="Осталось оплатить", en="Outstanding")
_BY_RATE = Text(ru="Оплата", en="Paid")
_ADVANCE = Text(ru="Аванс", en="Advance")
_CLIENT, _CONTACT = Text(ru="Клиент", en="Client"), Text(ru="Контакт", en="Contact")
_MANAGER, _WISH = Text(ru="Менеджер", en="Manager"), Text(ru="Пожелание", en="Wish")
_REASON = Text(ru="Причина", en="Reason")


class Waiting(NamedTuple):
    """One of what the deal waits for."""

    what: str
    who: str
    due: str
    overdue: bool
    otherwise: str


class Good(NamedTuple):
    """A line. `steps` are its way: each one's name, and whether it is passed, current or to come."""

    number: int
    name: str
    status: str
    steps: tuple[tuple[str, str], ...]
    amount: str
    left: str
    eta: str


class File(NamedTuple):
    name: str
    size: str
    address: str


class Paper(NamedTuple):
    title: str
    stands: str
    files: tuple[File, ...]


class Happened(NamedTuple):
    at: str
    words: str
    often: str


class DealSheet:
    def __init__(self, viewer: Viewer, address_of: Callable[[str, str], str]) -> None:
        """`address_of`: where a file of this digest and name can be had."""
        self._address_of = address_of
        self._viewer, self._language = viewer, viewer.language
        self._view = view_of(viewer.snapshot, viewer.now, viewer.language, zoned=True)
        self._clock = Clock(viewer.book.calendar if viewer.book else None, viewer.language, zoned=True)

    def words(self) -> dict[str, object]:
        view = self._view
        return {
            "number": view.number,
            "stage": view.stage_label,
            "stages": [(step.label, step.progress) for step in view.stages],
            "facts": [(label.to(self._language), words) for label, words in self._facts(view) if words],
            "waits": [self._waiting(blocker) for blocker in view.blockers],
            "goods": [self._good(line) for line in view.lines],
            "documents": [self._document(document) for document in view.documents],
            "closed": view.closed,
        }

    def happened(self, facts: list[Fact]) -> list[Happened]:
        """The latest first."""
        entries = [
            Happened(
                self._clock(entry.fact.at),
                sentence(entry.fact, self._language, self._clock, self._viewer.book),
                since(entry, self._language, self._clock),
            )
            for entry in folded(facts)
        ]
        return entries[::-1]

    def _facts(self, view: DealView) -> Iterator[tuple[Text, str]]:
        client = view.client
        yield _CLIENT, client.words
        for label, words in client.parties:
            yield Text(ru=label, en=label), words
        yield _CONTACT, ", ".join(part for part in (client.contact, client.phone, client.email) if part)
        yield _MANAGER, self._name(view.manager)
        yield _REASON, view.reason or ""
        if not view.lines:
            yield _WISH, view.wish
            return
        totals = view.totals
        yield _AMOUNT, self._money(totals.amount)
        yield _PAID, self._money(totals.paid)
        yield _LEFT, self._money(totals.outstanding) if totals.outstanding else ""
        yield _BY_RATE, view.paid_by_rate
        yield _ADVANCE, self._money(totals.advance) if totals.advance else ""
        yield from self._payments_by_rate(view)

    def _waiting(self, blocker: Blocker) -> Waiting:
        line = Subject.read(blocker.subject).line
        of = f"{about(line).to(self._language)}: " if line else ""
        who = ", ".join(self._name(person) for person in blocker.who)
        return Waiting(
            f"{of}{blocker.what}", who, self._clock(blocker.due_at), blocker.overdue, blocker.otherwise
        )

    def _good(self, line: LineView) -> Good:
        return Good(
            number=line.number,
            name=Measured(line.quantity, line.unit).after(line.name, self._language),
            status=line.status_label,
            steps=() if line.cancelled else tuple((step.label, step.progress) for step in line.route),
            amount=self._money(line.amount),
            left=self._money(line.outstanding) if line.outstanding else "",
            eta=day(line.eta.date(), self._language) if line.eta else "",
        )

    def _document(self, document: DocumentView) -> Paper:
        of = f"{about(document.line).to(self._language)}: " if document.line else ""
        stands = how_it_stands(
            ready=document.can_sign,
            signed=document.signed,
            on=document.signed_on,
            signers=[SIDE_LABELS[s.side] for s in document.signers if not s.signed_on],
            handed_over=document.handed_over,
            refused=document.refused,
            returned=document.returned,
        )
        files = tuple(
            File(file.name, file_size(file.size, self._language), self._address_of(file.digest, file.name))
            for file in document.files
        )
        return Paper(f"{of}{document.title}", stands.to(self._language), files)

    def _name(self, person: str) -> str:
        known = self._view.people.get(person)
        return known.name if known else person

    def _payments_by_rate(self, view: DealView) -> Iterator[tuple[Text, str]]:
        """At which rate each payment came, and what waits for its own."""
        for payment in view.payments:
            if payment.by_rate:
                label = worded(ru="Платёж {id}", en="Payment {id}", id=payment.id)
                yield label, f"{self._money(payment.amount)}, {payment.by_rate}"
        for waiting in view.waiting:
            label = worded(ru="Платёж {id}", en="Payment {id}", id=waiting.id)
            cash, on = Cash(waiting.amount, waiting.currency), waiting.rate_day
            yield (
                label,
                worded(
                    ru="{cash} ждут курса на {on}", en="{cash} wait for the rate of {on}", cash=cash, on=on
                ).to(self._language),
            )

    def _money(self, amount: Decimal) -> str:
        return money(amount, self._view.totals.currency, self._language)
