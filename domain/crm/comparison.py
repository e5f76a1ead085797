"""A deal as the desk has it, beside the deal as its CRM shows it; and how what a person did there becomes a message."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from domain.crm.mirror import SeenDeal, SeenForm
from domain.crm.order import order_to_compose
from domain.deal.assignment_form import checked, form_of
from domain.deal.messages import Complete, Compose, Message, ReportCard, Revert
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState, LineState, ProcessState
from domain.deal.tasks import Assignment
from domain.goods.register import GoodsRegister
from domain.order.order import NO_GOODS
from domain.refusals import Refusal
from domain.words import Text, join

CRM = "crm"
"""The actor of what puts the CRM right."""
LONGEST = 4000  # characters of a comment

_NOTHING = Text(ru="", en="")
_STRANGER = Text(
    ru="в справочнике компании нет сотрудника с e-mail этого пользователя CRM",
    en="the playbook has nobody with this CRM user's e-mail",
)


class Answer(NamedTuple):
    """A message to the deal, and how the CRM is put right if it is refused; None if there is nothing to put right. Of one `group`,
    none goes after a refusal."""

    message: Message
    back: Revert | None

    @property
    def group(self) -> tuple[str, str]:
        return (self.back.what, self.back.subject) if self.back else (self.message.name, self.message.id)

    @property
    def is_turned_back(self) -> bool:
        """Whether the deal is told nothing but that the CRM is put right."""
        return isinstance(self.message, Revert)

    def refused(self, why: Text) -> Revert | None:
        return refused(self.back, why) if self.back else None


def refused(back: Revert, why: Text) -> Revert:
    return back.model_copy(update={"reason_ru": why.ru[:LONGEST], "reason_en": why.en[:LONGEST]})


def reverted(back: Revert, why: Text = _NOTHING) -> Answer:
    """Nothing that the deal could be told: the CRM is put right at once."""
    return Answer(refused(back, why), back)


class Comparison:
    """`completed` are the assignments answered so far, so that none is answered twice."""

    def __init__(
        self,
        deal: DealState,
        lines: Iterable[LineState] | None,
        seen: SeenDeal,
        before: SeenDeal | None,
        today: date,
        goods: GoodsRegister = NO_GOODS,
    ) -> None:
        self.deal, self.seen, self.before, self.today, self.goods = deal, seen, before, today, goods
        self.processes: dict[int, ProcessState] = {0: deal, **Snapshot(deal, lines).lines}
        self.completed = set[str]()

    # --- messages ------------------------------------------------------------------------------------------------------

    def forward(self, by: str | None, back: Revert, kind: type[Message], **content: Any) -> Iterator[Answer]:
        """Only people of the playbook may tell the deal anything."""
        if by not in self.deal.book.people:
            yield reverted(back, _STRANGER)
            return
        name = kind.__name__.lower()
        id = f"crm:{name}:{digest(self.seen.ref, by, *map(str, content.values()))}"
        yield Answer(kind.model_validate({"id": id, "actor": by, **content}), back)

    def back(self, what: str, subject: str, by: str | None, at: datetime | None, *more: str) -> Revert:
        """Its id tells this act from any other: the same done again, later, is turned back again. `more` tells it where no time does."""
        id = f"crm:back:{digest(self.seen.ref, what, subject, by, at, *more)}"
        who = self.deal.book.name(by) if by else ""
        said = {"what": what, "subject": subject, "by": who[:255]}
        return Revert.model_validate({"id": id, "actor": CRM, **said})

    def card(self, what: str, by: str | None, told: str, **more: Any) -> Answer:
        """For its manager to know. `told` makes the id: the same seen again is said once."""
        id, who = f"crm:card:{digest(self.seen.ref, what, told)}", self.deal.book.name(by) if by else ""
        content = {"id": id, "actor": CRM, "what": what, "by": who[:255], **more}
        return Answer(ReportCard.model_validate(content), None)

    def complete(self, assignment: Assignment, line: int, by: str | None, back: Revert) -> Iterator[Answer]:
        """With what the card says; turned back if that is no answer to its form."""
        self.completed.add(assignment.id)
        values = self.filled(assignment, self.form(line))
        if problem := self.problem(assignment, line, values):
            yield reverted(back, problem)
        else:
            yield from self.forward(by, back, Complete, assignment=assignment.id, fields=values)

    def compose(self, by: str | None, back: Revert) -> Iterator[Answer]:
        about = self.deal.client, self.deal.book, self.today, self.goods
        order, missing = order_to_compose(self.seen, *about)
        if missing:
            yield reverted(back, join((problem.text for problem in missing), "; "))
        else:
            yield from self.forward(by, back, Compose, order=order)

    # --- forms -----------------------------------------------------------------------------------------------------------

    def form(self, line: int) -> SeenForm:
        return _of_line(self.seen, line)

    def form_before(self, line: int) -> SeenForm:
        return _of_line(self.before, line)

    def filled(self, assignment: Assignment, form: SeenForm) -> dict[str, str]:
        """The answers to this assignment's form, by field."""
        fields = form_of(self.deal, form.line, assignment.kind)
        named = {field.name: form.values.get(f"{assignment.kind}.{field.name}", "") for field in fields}
        return {name: value for name, value in named.items() if value}

    def problem(self, assignment: Assignment, line: int, values: dict[str, str]) -> Text | None:
        process = self.processes[line]
        try:
            form = form_of(self.deal, line, assignment.kind)
            checked(process, self.deal.book, assignment.kind, form, values, self.today, id=assignment.id)
        except Refusal as refusal:
            return refusal.text
        return None


def _of_line(seen: SeenDeal | None, line: int) -> SeenForm:
    forms = seen.forms if seen else ()
    return next((form for form in forms if form.line == line), SeenForm(line=line))


def digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode(errors="replace")).hexdigest()[:20]
