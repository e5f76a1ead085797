"""What people did in the CRM, as messages to their deal: what it shows is compared with what the desk knows."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from domain.authority import Action, Desk
from domain.crm_order import order_of, order_to_compose
from domain.forms import check_form
from domain.messages import Cancel, Complete, Compose, Decide, Message, Reassign, TurnBack
from domain.mirror import SeenDeal, SeenDecision, SeenForm, SeenTask
from domain.refusals import Refusal
from domain.scene import Scene
from domain.shown import form_of
from domain.state import DealState, LineState, ProcessState
from domain.tasks import Approval, Assignment
from domain.words import LineStatus, Role, Stage, Text

__all__ = ["Answer", "answers", "order_of"]

CRM = "crm"
"""The actor of what puts the CRM right."""

_NOTHING = Text(ru="", en="")
_STRANGER = Text(
    ru="в справочнике компании нет сотрудника с e-mail этого пользователя CRM",
    en="the playbook has nobody with this CRM user's e-mail",
)
_NO_ANSWER = Text(
    ru="задача закрыта без ответа: выберите «согласовать» или «отклонить»",
    en="the task was closed without an answer: choose approve or reject",
)
_WHOSE_ANSWER = Text(
    ru="не видно, кто ответил: ответьте ещё раз", en="it can't be seen who answered: answer once more"
)
_NO_REASON = Text(ru="укажите причину в карточке сделки", en="write the reason on the deal's card")
_FOREIGN = Text(ru="такой стадии у процесса нет", en="the process has no such stage")
_NO_MANAGER = Text(
    ru="ответственным можно назначить только менеджера из справочника",
    en="only a manager of the playbook can be made responsible",
)
_DIRECTOR_ASKED = Text(
    ru="отмену должен согласовать директор: вопрос задан",
    en="the director must approve the cancelling, and is asked",
)


class Answer(NamedTuple):
    """A message to the deal, and how the CRM is put right if it is refused. Of one `group`, none goes after a refusal."""

    message: Message
    back: TurnBack

    @property
    def group(self) -> tuple[str, str]:
        return self.back.what, self.back.subject

    def refused(self, why: Text) -> TurnBack:
        return self.back.model_copy(update={"reason_ru": why.ru[:4000], "reason_en": why.en[:4000]})


def answers(
    deal: DealState, lines: Iterable[LineState] | None, seen: SeenDeal, before: SeenDeal | None, today: date
) -> list[Answer]:
    """What to send, in order. Nothing for what the desk did itself, and for what stands as the desk has it.

    `lines` are the lines' own states; `before` is the deal as the CRM showed it last time. Ids are made of what was done and
    when: the same thing seen twice is told once.
    """
    if deal.stage.final:
        return []
    found = _Reader(
        deal, lines, seen, before or SeenDeal(ref="", number="", changed_at=seen.changed_at), today
    )
    told = [
        *found.manager(before is not None),
        *found.tasks(),
        *found.forms(),
        *found.decisions(),
        *found.stage(),
    ]
    return list({answer.message.id: answer for answer in told}.values())


class _Reader:
    def __init__(
        self,
        deal: DealState,
        lines: Iterable[LineState] | None,
        seen: SeenDeal,
        before: SeenDeal,
        today: date,
    ) -> None:
        self.deal, self.seen, self.before, self.today = deal, seen, before, today
        own = Scene(deal, lines, deal.updated_at, deal.book.language).lines
        self.processes: dict[int, ProcessState] = {0: deal, **own}
        self.completed = set[str]()

    # --- the responsible manager -----------------------------------------------------------------------------------

    def manager(self, seen_before: bool) -> Iterator[Answer]:
        """Handed over by a person if the desk and the CRM had agreed before, even where the desk wrote after him."""
        to, by = self.seen.manager, self.seen.changed_by
        if not seen_before or to in (None, self.before.manager, self.deal.manager):
            return
        if by is None and self.before.manager != self.deal.manager:
            return
        back = self._back("stage", self.deal.stage, by, self.seen.changed_at)
        if to not in self.deal.book.holders(Role.MANAGER):
            yield _only(back, _NO_MANAGER)
        else:
            yield from self._by(by or self.deal.manager, back, Reassign, to=to)

    # --- assignments -------------------------------------------------------------------------------------------------

    def tasks(self) -> Iterator[Answer]:
        for task in self.seen.tasks:
            if not task.closed or task.by is None:
                continue
            id, version, person = _parts(task.task)
            for line, process in self.processes.items():
                if (assignment := process.assignments.get(id)) and assignment.assignee == person:
                    yield from self._closed(assignment, line, task)
                if (approval := process.approvals.get(id)) and str(approval.version) == version:
                    yield from self._unanswered(approval, person, task)

    def _closed(self, assignment: Assignment, line: int, task: SeenTask) -> Iterator[Answer]:
        if assignment.closed:
            return
        back = self._back("task", task.task, task.by, task.at)
        if assignment.kind == "order":
            yield from self._compose(task.by, back)
        else:
            self.completed.add(assignment.id)
            yield from self._complete(assignment, line, task.by, back)

    def forms(self) -> Iterator[Answer]:
        """Fields that a person has filled since, and that make a whole answer. Nobody but people fills them: where the desk
        changed the card after, it was the assignee."""
        for form in self.seen.forms:
            process = self.processes.get(form.line)
            for assignment in process.open_assignments if process else ():
                if assignment.id in self.completed or not self._offered(assignment, process):
                    continue
                now, then = (
                    self._filled(assignment, form),
                    self._filled(assignment, self._form_before(form.line)),
                )
                if now.items() - then.items() and self._problem(assignment, form.line, now) is None:
                    self.completed.add(assignment.id)
                    back = self._back("task", f"{assignment.id}@1:{assignment.assignee}", form.by, form.at)
                    yield from self._complete(assignment, form.line, form.by or assignment.assignee, back)

    def _offered(self, assignment: Assignment, process: ProcessState | None) -> bool:
        """In a further round the fields still hold the last one's answers, until its task stands in the CRM."""
        first = process is not None and assignment.id == process.subject.id(assignment.kind)
        return first or any(_parts(task.task)[0] == assignment.id for task in self.seen.tasks)

    def _complete(
        self, assignment: Assignment, line: int, by: str | None, back: TurnBack
    ) -> Iterator[Answer]:
        values = self._filled(assignment, self._form(line))
        if problem := self._problem(assignment, line, values):
            yield _only(back, problem)
        else:
            yield from self._by(by, back, Complete, assignment=assignment.id, fields=values)

    def _problem(self, assignment: Assignment, line: int, values: dict[str, str]) -> Text | None:
        process = self.processes[line]
        quantity = process.good.quantity if isinstance(process, LineState) else 1
        try:
            check_form(form_of(self.deal, line, assignment.kind), values, self.today, quantity)
        except Refusal as refusal:
            return refusal.text
        return None

    def _filled(self, assignment: Assignment, form: SeenForm) -> dict[str, str]:
        """The answers to this assignment's form, by field."""
        named = {
            field.name: f"{assignment.kind}.{field.name}"
            for field in form_of(self.deal, form.line, assignment.kind)
        }
        return {name: form.values[key] for name, key in named.items() if form.values.get(key)}

    def _form(self, line: int) -> SeenForm:
        return next((form for form in self.seen.forms if form.line == line), SeenForm(line=line))

    def _form_before(self, line: int) -> SeenForm:
        return next((form for form in self.before.forms if form.line == line), SeenForm(line=line))

    # --- approvals -----------------------------------------------------------------------------------------------------

    def decisions(self) -> Iterator[Answer]:
        for seen in self.seen.decisions:
            for process in self.processes.values():
                approval = process.approvals.get(seen.approval)
                if approval and not approval.closed and self._is_new(approval, seen):
                    back = self._back("answer", approval.id, seen.by, seen.at)
                    told = {"approve": seen.approve, "comment": seen.comment[:4000]}
                    if seen.by is None:
                        yield _only(back, _WHOSE_ANSWER)
                    else:
                        yield from self._by(
                            seen.by, back, Decide, approval=approval.id, version=approval.version, **told
                        )

    def _is_new(self, approval: Approval, seen: SeenDecision) -> bool:
        """Whether it answers this version: the field is emptied before the version's task stands in the CRM."""
        asked = any(_parts(task.task)[:2] == (approval.id, str(approval.version)) for task in self.seen.tasks)
        voted = any(
            vote.approve == seen.approve and seen.by in (None, vote.actor.person) for vote in approval.votes
        )
        said = {(d.approval, d.approve, d.comment) for d in self.before.decisions}
        handled = seen.by is None and (seen.approval, seen.approve, seen.comment) in said
        return asked and not voted and not handled

    def _unanswered(self, approval: Approval, person: str, task: SeenTask) -> Iterator[Answer]:
        waits = any(ask.person == person for ask in approval.awaiting)
        if waits and not any(seen.approval == approval.id for seen in self.seen.decisions):
            yield _only(self._back("task", task.task, task.by, task.at), _NO_ANSWER)

    # --- the stage -----------------------------------------------------------------------------------------------------

    def stage(self) -> Iterator[Answer]:
        seen, before = self.seen, self.before
        if seen.moved_by is None or seen.stage is self.deal.stage or self._is_ending():
            return
        if (before.stage, before.stage_name, before.moved_at) == (seen.stage, seen.stage_name, seen.moved_at):
            return
        back = self._back("stage", _id(seen.stage or seen.stage_name), seen.moved_by, seen.moved_at)
        new = self.deal.stage is Stage.NEW
        if seen.stage is None:
            yield _only(back, _FOREIGN)
        elif seen.stage in (Stage.LOST, Stage.CANCELLED):
            yield from self._called_off(back, lost=new and seen.stage is Stage.LOST)
        elif new and seen.stage is Stage.CONTRACT_APPROVAL:
            yield from self._moved_on(back)
        else:
            yield _only(back)

    def _is_ending(self) -> bool:
        return self.deal.closing is not None and self.seen.stage in (Stage.LOST, Stage.CANCELLED)

    def _moved_on(self, back: TurnBack) -> Iterator[Answer]:
        """Out of `NEW`: the client is qualified, and the order composed, if the card has what that takes."""
        for assignment in self.deal.open_assignments:
            if assignment.kind == "qualification" and assignment.id not in self.completed:
                yield from self._complete(assignment, 0, self.seen.moved_by, back)
        if not self.deal.lines:
            yield from self._compose(self.seen.moved_by, back)

    def _compose(self, by: str | None, back: TurnBack) -> Iterator[Answer]:
        order, missing = order_to_compose(self.seen, self.deal.client, self.deal.book, self.today)
        if missing:
            words = "; ".join(problem.words for problem in missing)
            yield _only(back, Text(ru=words, en=words))
        else:
            yield from self._by(by, back, Compose, order=order)

    def _called_off(self, back: TurnBack, *, lost: bool) -> Iterator[Answer]:
        by, reason = self.seen.moved_by, self.seen.reason.strip()[:4000]
        asked = self.deal.assignments.get("qualification")
        if not reason:
            yield _only(back, _NO_REASON)
        elif lost and asked and not asked.closed:
            fields = {"outcome": "disqualified", "reason": reason}
            yield from self._by(by, back, Complete, assignment=asked.id, fields=fields)
        else:
            yield from self._by(by, back, Cancel, reason=reason)
            if by in self.deal.book.people and self._director_decides(str(by)):
                yield _only(back, _DIRECTOR_ASKED)

    def _director_decides(self, by: str) -> bool:
        on_its_way = any(line.status is not LineStatus.AWAITING_RELEASE for line in self.deal.active_lines)
        desk = Desk(self.deal.book, self.deal.client, self.deal.manager, self.today)
        try:
            actor = desk.authorize(Action.CANCEL, desk.identify(by))
        except Refusal:
            return False
        return on_its_way and (actor.behalf or actor.person) not in self.deal.book.holders(Role.DIRECTOR)

    # --- messages ------------------------------------------------------------------------------------------------------

    def _by(self, by: str | None, back: TurnBack, kind: type[Message], **content: Any) -> Iterator[Answer]:
        """Only people of the playbook may tell the deal anything."""
        if by not in self.deal.book.people:
            yield _only(back, _STRANGER)
            return
        name = kind.__name__.lower()
        id = f"crm:{name}:{_digest(self.seen.ref, by, *map(str, content.values()))}"
        yield Answer(kind.model_validate({"id": id, "actor": by, **content}), back)

    def _back(self, what: str, subject: str, by: str | None, at: datetime | None) -> TurnBack:
        id = f"crm:back:{_digest(self.seen.ref, what, subject, by, at)}"
        who = self.deal.book.people[by].name if by in self.deal.book.people else by or ""
        return TurnBack.model_validate(
            {"id": id, "actor": CRM, "what": what, "subject": subject, "by": who[:255]}
        )


def _only(back: TurnBack, why: Text = _NOTHING) -> Answer:
    """Nothing that the deal could be told: the CRM is put right at once."""
    answer = Answer(back, back)
    return Answer(answer.refused(why), back)


def _parts(task: str) -> tuple[str, str, str]:
    """`contract@2:petrov`, as `OpenTask` made it."""
    id, _, rest = task.partition("@")
    version, _, person = rest.partition(":")
    return id, version, person


def _id(name: str) -> str:
    return "".join(c for c in name if c.isprintable()).strip()[:100] or "?"


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode(errors="replace")).hexdigest()[:20]
