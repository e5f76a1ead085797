"""What was entered wrong is put right: both values stay on the trail, and what follows from it is worked out anew."""

from typing import Any

from domain.deal.clearance import rename_declarations
from domain.deal.corrections import (
    changed,
    check_can_be,
    check_goes_on,
    corrected,
    right_signature,
    turns_back,
    who_corrects,
)
from domain.deal.documents import Document
from domain.deal.messages import Correct
from domain.deal.money_checks import is_payment
from domain.deal.refunds import check_paid
from domain.deal.state import LineState
from domain.deal.tasks import Assignment
from domain.facts import AnswerCorrected, DateCorrected
from domain.refusals import Refusal
from domain.wording import about, typed
from domain.words import Text
from workflows.acts.correct_payment import correct_payment
from workflows.case import Case
from workflows.consequences import follow
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.refunds import correct_paid


def correct(case: Case[Any], message: Correct) -> Effect:
    state = case.state
    if isinstance(case, DealCase) and is_payment(case.state, message.entry):
        return correct_payment(case, message)
    if document := state.documents.get(message.entry):
        return _signature(case, document, message)
    if asked := state.assignments.get(message.entry):
        return _answers(case, asked, message)
    raise _not_found(case, message)


def _not_found(case: Case[Any], message: Correct) -> Refusal:
    answered = [
        asked.title for asked in case.state.assignments.values() if asked.closed and not asked.withdrawn
    ]
    return Refusal(
        "not_found",
        en="{about}: nothing was entered as {id} (there is: {there})",
        ru="{about}: ничего не внесено под именем {id} (есть: {there})",
        about=about(case.state.subject.line),
        id=typed(message.entry),
        there=answered or "—",
    )


def _answers(case: Case[Any], asked: Assignment, message: Correct) -> Effect:
    actor = who_corrects(message, case.desk, asked.closed_by)
    check_goes_on(case.state, asked.title)
    check_can_be(case.state, asked)
    right = corrected(case.state, asked, case.form(asked), message.fields, case.today)
    before, after = changed(asked.answers, right)
    turned = turns_back(case.state, asked, right)
    if isinstance(case, DealCase):
        check_paid(case.state, asked, right)

    def effect() -> Text:
        if isinstance(case, DealCase):
            correct_paid(case, asked, right, actor, message.reason)
        if isinstance(case.state, LineState):
            rename_declarations(case.state, asked, right)
        asked.answers = right
        case.record(
            AnswerCorrected(
                id=asked.id,
                assignment=asked.kind,
                title=asked.title,
                before=before,
                after=after,
                reason=message.reason,
            ),
            by=actor,
        )
        follow(case, asked, actor, message.reason, turned=turned)
        return Text(ru=f"Исправлено: {asked.title.ru}", en=f"Corrected: {asked.title.en}")

    return effect


def _signature(case: Case[Any], document: Document, message: Correct) -> Effect:
    actor = who_corrects(message, case.desk, document.signed_by)
    check_goes_on(case.state, document.title)
    on, before = right_signature(case.state, document, message, case.today), document.signed_on

    def effect() -> Text:
        document.redate(on)
        case.record(
            DateCorrected(what=document.title, before=before or on, after=on, reason=message.reason), by=actor
        )
        case.paper_settled(document)
        return Text(ru=f"Исправлено: {document.title.ru}", en=f"Corrected: {document.title.en}")

    return effect
