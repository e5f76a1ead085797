"""A document is signed by one side, or by several at once, or it is handed over. The last signature is what others count from."""

from typing import Any

from domain.deal import answers
from domain.deal.messages import Sign
from domain.deal.open_items import is_over
from domain.deal.paper_dates import check_signature
from domain.facts import DocumentHandedOver, DocumentSigned
from domain.words import Text
from workflows.case import Case
from workflows.inbox import Effect

DOCUMENT = Text(ru="документа", en="document")


def sign(case: Case[Any], message: Sign) -> Effect:
    document = answers.find(case.state.documents, message.document, DOCUMENT, case.state)
    actor, sides = answers.who_signs(document, message, case.desk)
    if is_over(case.state):
        raise answers.closed(document.title)
    on = answers.signed_on(message, case.today)
    check_signature(case.state, document, on)

    def effect() -> Text:
        document.sign(sides, on, case.now, actor)
        if document.handed_over:
            case.record(DocumentHandedOver(**document.about(), on=on), by=actor)
        else:
            signed = DocumentSigned(**document.about(), on=on, sides=sides, missing=document.missing)
            case.record(signed, by=actor)
        if document.signed:
            case.paper_settled(document)
        case.wake()
        word = _HANDED if document.handed_over else _SIGNED
        return Text(ru=f"{word.ru}: {document.title.ru}", en=f"{word.en}: {document.title.en}")

    return effect


_SIGNED, _HANDED = Text(ru="Подписано", en="Signed"), Text(ru="Передано", en="Handed over")
