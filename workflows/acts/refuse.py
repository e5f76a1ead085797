"""The client does not sign: nobody is reminded of it, until the manager has said what is done."""

from typing import Any

from domain.deal import answers
from domain.deal.documents import Document, adjusting, adjusting_kind
from domain.deal.messages import Refuse
from domain.deal.open_items import is_over
from domain.deal.refusals import refused_document
from domain.deal.tasks import Assignment
from domain.facts import DocumentRefused, DocumentReturned
from domain.playbook.kinds import REFUSED_DOCUMENT
from domain.playbook.questions import Adjusted, Corrected, RefusedDocument, Returned
from domain.words import Text
from workflows.acts.sign import DOCUMENT
from workflows.case import Case
from workflows.inbox import Effect


def refuse(case: Case[Any], message: Refuse) -> Effect:
    document = answers.find(case.state.documents, message.document, DOCUMENT, case.state)
    actor = answers.who_refuses(document, message, case.desk)
    if is_over(case.state):
        raise answers.closed(document.title)

    def effect() -> Text:
        said = DocumentRefused(
            **document.about(), answer="partly" if message.partly else "declined", reason=message.reason
        )
        case.record(said, by=actor)
        title = document.title.to(case.state.book.language)
        asked = case.open(REFUSED_DOCUMENT, round=_round(case), comment=f"{title}: {message.reason}")
        document.refused = asked.id
        return Text(ru=f"Отказ записан: {document.title.ru}", en=f"Refused: {document.title.en}")

    return effect


def settle_refusal(case: Case[Any], assignment: Assignment) -> None:
    """What the manager has decided about a refused document."""
    if assignment.kind != REFUSED_DOCUMENT:
        return
    document = refused_document(case.state, assignment.id)
    document.refused = ""
    match RefusedDocument.read(assignment.answers):
        case Corrected(changes=changes):
            document.renew()
            case.ask_for(document, changes)
        case Adjusted():
            case.ask_for(document)
            _adjust(case, document)
        case Returned():
            document.returned = True
            case.record(DocumentReturned(**document.about()), by=assignment.by)
            case.paper_settled(document)


def _adjust(case: Case[Any], document: Document) -> None:
    """The paper that goes beside it: a new one, or the next version of the one before."""
    if (code := adjusting_kind(document, case.state.book)) is None:
        raise LookupError(f"nothing adjusts {document.id}")
    beside = adjusting(document, code, case.state.book)
    if known := case.state.documents.get(beside.id):
        known.renew()
        beside = known
    case.state.documents[beside.id] = beside
    case.ask_for(beside)


def _round(case: Case[Any]) -> int:
    asked = [a for a in case.state.assignments.values() if a.kind == REFUSED_DOCUMENT]
    return len(asked) + 1
