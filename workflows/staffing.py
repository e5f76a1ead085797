"""Questions follow people: what was asked of somebody who has left, or has lost the role, is asked of who holds it now."""

from typing import Any

from domain.deal.staffing import successor
from domain.deal.tasks import Approval, Assignment, Awaiting
from domain.facts import Actor, ApprovalReassigned, AssignmentReassigned
from domain.words import Role
from workflows.case import Case


def follow_people(case: Case[Any], by: Actor) -> None:
    """Of the deal itself, or of a line; what is asked of the deal's manager follows the manager, see `hand_over`."""
    for assignment in case.state.open_assignments:
        if assignment.role is not Role.MANAGER and assignment.assignee not in case.desk.persons(
            assignment.role
        ):
            to = successor(case.state.book, assignment.assignee, assignment.role, case.today)
            _give(case, assignment, to, by)
    for approval in case.state.open_approvals:
        _ask_others(case, approval, by)


def hand_over(case: Case[Any], to: str, by: Actor) -> None:
    """All that is asked of the manager goes to `to`, the deal's new manager."""
    before, case.state.manager = case.state.manager, to
    for assignment in case.state.open_assignments:
        if assignment.assignee == before and assignment.role is Role.MANAGER:
            _give(case, assignment, to, by)
    for approval in case.state.open_approvals:
        _ask_others(case, approval, by)


def give_role(case: Case[Any], role: Role, to: str, by: Actor) -> None:
    """In this deal `to` is asked from here on; what is open in the role goes to them, but for what they put to approval themselves."""
    case.state.named = {**case.state.named, role: to}
    for assignment in case.state.open_assignments:
        if assignment.role is role:
            _give(case, assignment, to, by)
    for approval in case.state.open_approvals:
        for ask in approval.awaiting:
            if ask.role is role and to not in approval.put_by_persons:
                _seat(case, approval, ask, to, by)


def _give(case: Case[Any], assignment: Assignment, to: str | None, by: Actor) -> None:
    if to and to != assignment.assignee:
        before, assignment.assignee = assignment.assignee, to
        case.record(AssignmentReassigned(**assignment.about(), before=before), by=by)


def _ask_others(case: Case[Any], approval: Approval, by: Actor) -> None:
    """Whoever has answered, has answered: only those who are still asked are replaced; where somebody else can approve now, also
    who put it to approval."""
    for ask in approval.awaiting:
        if ask.person in case.desk.persons(ask.role) and ask.person not in approval.put_by_persons:
            continue
        if to := _next(case, approval, ask):
            _seat(case, approval, ask, to, by)


def _seat(case: Case[Any], approval: Approval, ask: Awaiting, to: str, by: Actor) -> None:
    if to != ask.person:
        seat = Awaiting(role=ask.role, person=to)
        approval.asked = tuple(seat if other == ask else other for other in approval.asked)
        case.record(ApprovalReassigned(**approval.about(), before=ask.person, successor=to), by=by)


def _next(case: Case[Any], approval: Approval, ask: Awaiting) -> str | None:
    if ask.role is Role.MANAGER:
        manager: str = case.state.manager
        return manager
    return successor(case.state.book, ask.person, ask.role, case.today, approval.put_by_persons)
