"""The director lets the lines go on before a document is signed that they would wait for."""

from domain.deal import answers
from domain.deal.messages import Waive
from domain.facts import SignatureWaived
from domain.refusals import Refusal
from domain.words import Text
from workflows.acts.sign import DOCUMENT
from workflows.deal_case import DealCase
from workflows.inbox import Effect


def waive(deal: DealCase, message: Waive) -> Effect:
    state = deal.state
    document = answers.find(state.documents, message.document, DOCUMENT, state)
    actor = deal.desk.authorize(Waive, deal.desk.identify(message.actor))
    if document.settled or document.id in state.waived or state.stage.final:
        raise answers.closed(document.title)
    if state.book.documents[document.kind].gate is None:
        raise Refusal(
            "no_gate",
            en="nothing waits for “{title}”: lines go on before it is signed as it is",
            ru="«{title}»: подписи этого документа ничто не ждёт, позиции идут и без неё",
            title=document.title,
        )

    def effect() -> Text:
        state.waived.append(document.id)
        deal.record(SignatureWaived(**document.about(), reason=message.reason), by=actor)
        deal.lines.tell_papers()
        return Text(
            ru=f"Разрешено до подписи: {document.title.ru}",
            en=f"May go on before the signature: {document.title.en}",
        )

    return effect
