"""What people answered in the CRM: tasks closed, forms filled, approvals decided."""

from collections.abc import Iterator

from domain.crm.glance import LONGEST, Answer, Glance, turned_back
from domain.crm.mirror import SeenDecision, SeenTask
from domain.deal.messages import Decide
from domain.deal.state import ProcessState
from domain.deal.tasks import Approval, Assignment
from domain.words import Text

_NO_ANSWER = Text(
    ru="задача закрыта без ответа: выберите «согласовать» или «отклонить»",
    en="the task was closed without an answer: choose approve or reject",
)


def tasks(glance: Glance) -> Iterator[Answer]:
    for task in glance.seen.tasks:
        if not task.closed or task.by is None:
            continue
        id, version, person = _parts(task.task)
        for line, process in glance.processes.items():
            if (assignment := process.assignments.get(id)) and assignment.assignee == person:
                yield from _closed(glance, assignment, line, task)
            if (approval := process.approvals.get(id)) and str(approval.version) == version:
                yield from _unanswered(glance, approval, person, task)


def _closed(glance: Glance, assignment: Assignment, line: int, task: SeenTask) -> Iterator[Answer]:
    if assignment.closed:
        return
    back = glance.back("task", task.task, task.by, task.at)
    if assignment.kind == "order":
        yield from glance.compose(task.by, back)
    else:
        yield from glance.complete(assignment, line, task.by, back)


def _unanswered(glance: Glance, approval: Approval, person: str, task: SeenTask) -> Iterator[Answer]:
    waits = any(ask.person == person for ask in approval.awaiting)
    if waits and not any(seen.approval == approval.id for seen in glance.seen.decisions):
        yield turned_back(glance.back("task", task.task, task.by, task.at), _NO_ANSWER)


def forms(glance: Glance) -> Iterator[Answer]:
    """Fields that a person has filled since, and that make a whole answer. Nobody but people fills them: where the desk
    changed the card after, it was the assignee."""
    for form in glance.seen.forms:
        process = glance.processes.get(form.line)
        if process is None:
            continue
        for assignment in process.open_assignments:
            now = glance.filled(assignment, form)
            then = glance.filled(assignment, glance.form_before(form.line))
            if (
                assignment.id not in glance.completed
                and _offered(glance, assignment, process)
                and now.items() - then.items()
                and glance.problem(assignment, form.line, now) is None
            ):
                back = glance.back("task", f"{assignment.id}@1:{assignment.assignee}", form.by, form.at)
                yield from glance.complete(assignment, form.line, form.by or assignment.assignee, back)


def _offered(glance: Glance, assignment: Assignment, process: ProcessState) -> bool:
    """In a further round the fields still hold the last one's answers, until its task stands in the CRM."""
    first = assignment.id == process.subject.id(assignment.kind)
    return first or any(_parts(task.task)[0] == assignment.id for task in glance.seen.tasks)


def decisions(glance: Glance) -> Iterator[Answer]:
    """An answer counts once it is certain whose it is: where the CRM does not say who chose it, whoever closed a task that asks
    for it. Until then it waits, and reminders go on."""
    for seen in glance.seen.decisions:
        for process in glance.processes.values():
            approval = process.approvals.get(seen.approval)
            if approval and not approval.closed and _is_asked(glance, approval):
                for by in [seen.by] if seen.by else _closers(glance, approval):
                    yield from _decided(glance, approval, seen, by)


def _decided(glance: Glance, approval: Approval, seen: SeenDecision, by: str) -> Iterator[Answer]:
    if any(vote.approve == seen.approve and vote.actor.person == by for vote in approval.votes):
        return
    answer = {"approve": seen.approve, "comment": seen.comment[:LONGEST]}
    about = {"approval": approval.id, "version": approval.version}
    yield from glance.told(by, glance.back("answer", approval.id, by, seen.at), Decide, **about, **answer)


def _is_asked(glance: Glance, approval: Approval) -> bool:
    """Whether the CRM asks about this version: its field was emptied before the version's task came to stand there."""
    asked = (approval.id, str(approval.version))
    return any(_parts(task.task)[:2] == asked for task in glance.seen.tasks)


def _closers(glance: Glance, approval: Approval) -> list[str]:
    asked = (approval.id, str(approval.version))
    closed = [task for task in glance.seen.tasks if task.closed and _parts(task.task)[:2] == asked]
    return [task.by for task in closed if task.by]


def _parts(task: str) -> tuple[str, str, str]:
    """`contract@2:petrov`, as `OpenTask` made it."""
    id, _, rest = task.partition("@")
    version, _, person = rest.partition(":")
    return id, version, person
