"""A closing document is signed."""

from typing import Any

from domain.deal import answers
from domain.deal.messages import Sign
from domain.deal.open_items import is_over
from domain.deal.paper_dates import check_signature
from domain.facts import DocumentSigned
from domain.words import Text
from workflows.case import Case
from workflows.inbox import Effect

DOCUMENT = Text(ru="документа", en="document")


def sign(case: Case[Any], message: Sign) -> Effect:
    document = answers.find(case.state.documents, message.document, DOCUMENT, case.state)
    actor = answers.who_signs(document, message, case.desk)
    if is_over(case.state):
        raise answers.closed(document.title)
    on = answers.signed_on(message, case.today)
    check_signature(case.state, document, on)

    def effect() -> Text:
        document.signed_at, document.signed_on, document.signed_by = case.now, on, actor
        case.record(DocumentSigned(**document.about(), on=on), by=actor)
        return Text(ru=f"Подписано: {document.title.ru}", en=f"Signed: {document.title.en}")

    return effect
