"""What was typed about one deal, as the deal itself names it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from domain.deal.acceptance import checked_answers
from domain.deal.assignment_form import form_of
from domain.deal.authority import CLIENT, Desk
from domain.deal.messages import Acknowledge, Message, Sign
from domain.deal.open_items import OpenItem, items_in
from domain.deal.snapshot import Snapshot
from domain.deal.state import ProcessState
from domain.playbook.forms import Form
from domain.refusals import Refusal
from domain.words import Language, Text
from starter.cli.meant import PERSON, ROLES, meant
from starter.cli.typed import read
from starter.errors import RefusedError, UsageError

ASSIGNMENT = Text(ru="такого задания", en="assignment")
APPROVAL = Text(ru="такого согласования", en="approval")
DOCUMENT = Text(ru="такого документа", en="document")
OPEN_ITEM = Text(ru="такого открытого вопроса", en="open item")
ENTRY = Text(ru="такого внесённого", en="entry")
MILESTONE = Text(ru="такого платежа по графику", en="milestone")
_NONE = {
    APPROVAL: Text(ru="В этой сделке сейчас ничего не согласуется.", en="Nothing in this deal is asked to be approved now."),
    DOCUMENT: Text(ru="В этой сделке пока нет документов.", en="This deal has no documents yet."),
    MILESTONE: Text(ru="В этой сделке пока нечего оплачивать.", en="In this deal there is nothing to pay yet."),
    ENTRY: Text(ru="В этой сделке пока ничего не внесено.", en="Nothing has been entered in this deal yet."),
    OPEN_ITEM: Text(ru="В этой сделке сейчас ничего не открыто.", en="Nothing in this deal is open now."),
}  # fmt: skip


class AtDeal:
    def __init__(self, snapshot: Snapshot, language: Language) -> None:
        self.snapshot, self.language = snapshot, language
        self.items = items_in(snapshot)

    def content(self, typed: Mapping[str, Any]) -> dict[str, Any]:
        """A message's content. Raises UsageError for a name that this deal does not have."""
        content = read(dict(typed))
        for name, among in (
            *(("actor", self.person), ("to", self.person)),
            *(("assignment", self.assignment), ("approval", self.approval), ("document", self.document)),
            *(("item", self.item), ("entry", self.entry)),
        ):
            if content.get(name):
                content[name] = among(content[name])
        if content.get("currency", self) is None:
            content["currency"] = self.snapshot.deal.pays_in
        return content

    def person(self, given: str) -> str:
        client = self.snapshot.deal.client
        if given in (client.contact, client.email) or self.snapshot.book is None:
            return given
        staff = {person: (entry.name,) for person, entry in self.snapshot.book.people.items()}
        known = {**ROLES, **staff, CLIENT: (*ROLES[CLIENT], client.contact)}
        return meant(given, known, PERSON, staff)

    def assignment(self, given: str) -> str:
        return self._one(given, [a for p in self.snapshot.processes for a in p.assignments], ASSIGNMENT)

    def approval(self, given: str) -> str:
        return self._one(given, [a for p in self.snapshot.processes for a in p.approvals], APPROVAL)

    def document(self, given: str) -> str:
        return self._one(given, [d for p in self.snapshot.processes for d in p.documents], DOCUMENT)

    def entry(self, given: str) -> str:
        """What was answered, signed or paid; a payment by the bank's own number."""
        payments = [payment.id for payment in self.snapshot.deal.ledger.payments]
        if given in payments:
            return given
        answered = [id for p in self.snapshot.processes for id, a in p.assignments.items() if a.closed]
        signed = [id for p in self.snapshot.processes for id, d in p.documents.items() if d.signed]
        return self._one(given, [*answered, *signed, *payments], ENTRY)

    def item(self, given: str) -> str:
        return self._one(given, [item.id for item in self.items if item.id], OPEN_ITEM)

    def milestone(self, given: str) -> str:
        return self._one(given, [m for line in self.snapshot.active for m in line.milestones], MILESTONE)

    def _one(self, given: str, ids: Iterable[str], what: Text) -> str:
        """Open ones come first: `acceptance` is the line's that is asked about now."""
        spellings = {id: _short(id) for id in ids}
        if not spellings and what in _NONE:
            raise UsageError(_NONE[what])
        return meant(given, spellings, what, [item.id for item in self.items if item.id])

    def form(self, assignment: str) -> Form:
        process = self._process(assignment)
        kind = process.assignments[assignment].kind
        return form_of(self.snapshot.deal, process.subject.line or 0, kind, assignment)

    def check(self, assignment: str, fields: dict[str, str]) -> dict[str, str]:
        """The answers as they would be kept. Raises RefusedError, as the deal itself would refuse them."""
        process = self._process(assignment)
        kind, form = process.assignments[assignment].kind, self.form(assignment)
        try:
            book = self.snapshot.deal.book
            return checked_answers(process, book, kind, form, fields, self.today, id=assignment)
        except Refusal as refusal:
            said = refusal.text
            raise RefusedError(Text(ru=f"{assignment}: {said.ru}", en=f"{assignment}: {said.en}")) from None

    def _process(self, assignment: str) -> ProcessState:
        return next(p for p in self.snapshot.processes if assignment in p.assignments)

    def ready_for(self, actor: str) -> list[OpenItem]:
        """The documents that can be signed, and that they may sign."""
        return [item for item in self.items if item.kind == "document" and self._may_sign(actor, item)]

    def _may_sign(self, actor: str, item: OpenItem) -> bool:
        return self._may(Sign, actor, item.persons)

    def overdue_for(self, actor: str) -> list[OpenItem]:
        """What was escalated and nobody has seen, where they may say that they know."""
        found = [item for item in self.items if item.unseen]
        return found if found and self._may(Acknowledge, actor) else []

    def _may(self, message: type[Message], actor: str, asked: Iterable[str] = ()) -> bool:
        desk = self.desk
        try:
            desk.authorize(message, desk.identify(actor), asked)
        except Refusal:
            return False
        return True

    @property
    def desk(self) -> Desk:
        deal = self.snapshot.deal
        return Desk(deal.book, deal.client, deal.manager, self.today)

    @property
    def now(self) -> datetime:
        return self.snapshot.as_of(datetime.now(UTC))

    @property
    def today(self) -> date:
        return self.snapshot.deal.book.calendar.today(self.now)


def _short(id: str) -> tuple[str, ...]:
    """`line-1:acceptance` is `1:acceptance` and `acceptance` too."""
    line, colon, name = id.partition(":")
    return (f"{line.removeprefix('line-')}:{name}", name) if colon else ()
