"""An assignment is done: its answers are checked against its form, and kept as the evidence."""

from typing import Any

from domain.deal import answers, refunds, transfers
from domain.deal.acceptance import checked_answers
from domain.deal.messages import Complete
from domain.facts import AssignmentCompleted
from domain.words import Text
from workflows.acts.ask import tell_asker
from workflows.acts.reassign import check_manager, take_manager
from workflows.acts.refuse import settle_refusal
from workflows.case import Case
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.late_delivery import take_decision
from workflows.rates import check_rate, take_rate
from workflows.refunds import pay_out
from workflows.returned_mail import take_address
from workflows.surplus import settle_surplus

ASSIGNMENT = Text(ru="задания", en="assignment")


def complete(case: Case[Any], message: Complete) -> Effect:
    assignments = case.state.assignments
    assignment = answers.find(assignments, message.assignment, ASSIGNMENT, case.state)
    actor = answers.who_completes(assignment, message, case.desk)
    form = case.form(assignment)
    fields = checked_answers(
        case.state, case.state.book, assignment.kind, form, message.fields, case.today, id=assignment.id
    )
    if isinstance(case, DealCase):
        check_manager(case, assignment, fields)
        check_rate(assignment, fields)
        refunds.check_paid(case.state, assignment, fields)
        transfers.check_answer(case.state, assignment, fields)

    def effect() -> Text:
        assignment.closed_at, assignment.closed_by, assignment.answers = case.now, actor, fields
        case.record(AssignmentCompleted(**assignment.about(), answers=fields), by=actor)
        tell_asker(case, assignment)
        take_decision(case, assignment)
        settle_refusal(case, assignment)
        if isinstance(case, DealCase):
            take_address(case, assignment)
            take_manager(case, assignment)
            take_rate(case.state, case.rates, assignment)
            settle_surplus(case, assignment)
            pay_out(case, assignment)
        return Text(ru=f"Выполнено: {assignment.title.ru}", en=f"Done: {assignment.title.en}")

    return effect
