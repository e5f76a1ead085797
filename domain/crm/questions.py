"""What people answered in the CRM: tasks closed, forms filled, approvals decided."""

from collections.abc import Iterator

from domain.crm.comparison import LONGEST, Answer, Comparison, reverted
from domain.crm.mirror import SeenDecision, SeenTask
from domain.deal.messages import Decide
from domain.deal.state import ProcessState
from domain.deal.tasks import Approval, Assignment
from domain.words import Text

_NO_ANSWER = Text(
    ru="задача закрыта без ответа: выберите «согласовать» или «отклонить»",
    en="the task was closed without an answer: choose approve or reject",
)
_DELETED = Text(
    ru="задача удалена, а ответ ещё нужен: она заведена снова",
    en="the task was deleted, but the answer is still needed: it stands there anew",
)


def deleted(comparison: Comparison) -> Iterator[Answer]:
    """Tasks that stood there, and whose question is open still. By whom, no CRM tells."""
    before, here = comparison.before, {task.task for task in comparison.seen.tasks}
    for task in before.tasks if before and not before.deleted else ():
        if not task.closed and task.task not in here and _is_needed(comparison, task):
            yield reverted(comparison.back("task", task.task, None, None, "deleted", task.thing), _DELETED)


def _is_needed(comparison: Comparison, task: SeenTask) -> bool:
    id, version, person = _parts(task.task)
    for process in comparison.processes.values():
        assignment, approval = process.assignments.get(id), process.approvals.get(id)
        if assignment and not assignment.closed and assignment.assignee == person:
            return True
        if approval and str(approval.version) == version:
            return any(ask.person == person for ask in approval.awaiting)
    return False


def tasks(comparison: Comparison) -> Iterator[Answer]:
    for task in comparison.seen.tasks:
        if not task.closed or task.by is None:
            continue
        id, version, person = _parts(task.task)
        for line, process in comparison.processes.items():
            if (assignment := process.assignments.get(id)) and assignment.assignee == person:
                yield from _closed(comparison, assignment, line, task)
            if (approval := process.approvals.get(id)) and str(approval.version) == version:
                yield from _unanswered(comparison, approval, person, task)


def _closed(comparison: Comparison, assignment: Assignment, line: int, task: SeenTask) -> Iterator[Answer]:
    if assignment.closed:
        return
    back = comparison.back("task", task.task, task.by, task.at)
    if assignment.kind == "order":
        yield from comparison.compose(task.by, back)
    else:
        yield from comparison.complete(assignment, line, task.by, back)


def _unanswered(comparison: Comparison, approval: Approval, person: str, task: SeenTask) -> Iterator[Answer]:
    waits = any(ask.person == person for ask in approval.awaiting)
    if waits and not any(seen.approval == approval.id for seen in comparison.seen.decisions):
        yield reverted(comparison.back("task", task.task, task.by, task.at), _NO_ANSWER)


def forms(comparison: Comparison) -> Iterator[Answer]:
    """Fields that a person has filled since, and that make a whole answer. Nobody but people fills them: where the desk
    changed the card after, it was the assignee."""
    for form in comparison.seen.forms:
        process = comparison.processes.get(form.line)
        if process is None:
            continue
        for assignment in process.open_assignments:
            now = comparison.filled(assignment, form)
            then = comparison.filled(assignment, comparison.form_before(form.line))
            if (
                assignment.id not in comparison.completed
                and _offered(comparison, assignment, process)
                and now.items() - then.items()
                and comparison.problem(assignment, form.line, now) is None
            ):
                back = comparison.back("task", f"{assignment.id}@1:{assignment.assignee}", form.by, form.at)
                yield from comparison.complete(assignment, form.line, form.by or assignment.assignee, back)


def _offered(comparison: Comparison, assignment: Assignment, process: ProcessState) -> bool:
    """In a further round the fields still hold the last one's answers, until its task stands in the CRM."""
    first = assignment.id == process.subject.id(assignment.kind)
    return first or any(_parts(task.task)[0] == assignment.id for task in comparison.seen.tasks)


def decisions(comparison: Comparison) -> Iterator[Answer]:
    """An answer counts once it is certain whose it is: where the CRM does not say who chose it, whoever closed a task that asks
    for it. Until then it waits, and reminders go on."""
    for seen in comparison.seen.decisions:
        for process in comparison.processes.values():
            approval = process.approvals.get(seen.approval)
            if approval and not approval.closed and _is_asked(comparison, approval):
                for by in [seen.by] if seen.by else _closers(comparison, approval):
                    yield from _decided(comparison, approval, seen, by)


def _decided(comparison: Comparison, approval: Approval, seen: SeenDecision, by: str) -> Iterator[Answer]:
    if any(vote.approve == seen.approve and vote.actor.person == by for vote in approval.votes):
        return
    answer = {"approve": seen.approve, "comment": seen.comment[:LONGEST]}
    about = {"approval": approval.id, "version": approval.version}
    yield from comparison.forward(
        by, comparison.back("answer", approval.id, by, seen.at), Decide, **about, **answer
    )


def _is_asked(comparison: Comparison, approval: Approval) -> bool:
    """Whether the CRM asks about this version: its field was emptied before the version's task came to stand there."""
    asked = (approval.id, str(approval.version))
    return any(_parts(task.task)[:2] == asked for task in comparison.seen.tasks)


def _closers(comparison: Comparison, approval: Approval) -> list[str]:
    asked = (approval.id, str(approval.version))
    closed = [task for task in comparison.seen.tasks if task.closed and _parts(task.task)[:2] == asked]
    return [task.by for task in closed if task.by]


def _parts(task: str) -> tuple[str, str, str]:
    """`contract@2:petrov`, as `OpenTask` made it."""
    id, _, rest = task.partition("@")
    version, _, person = rest.partition(":")
    return id, version, person
