"""The documents of a playbook: with the other books, with each other, and with the money that counts from them."""

from collections.abc import Iterator, Mapping

from domain.order.problems import Problem, problem
from domain.playbook.book import Playbook
from domain.playbook.forms import FieldType
from domain.playbook.terms import DocumentKind, Gate, MilestoneTerm, signed_document
from domain.wording import typed
from domain.wording.invalid import perhaps
from domain.words import Role, Side, Text, Trigger

_OF_DEAL = (Trigger.CONTRACT, Trigger.ACCEPTED)
_BOOK_OF = {"delivery": "deliveries", "payment": "payments", "vat": "vat"}
_LISTS = ("delivery", "payment", "except_payment", "vat", "source", "devices")
_SECURITY = "security"


def paper_problems(book: Playbook) -> Iterator[Problem]:
    for code, document in book.documents.items():
        place = f"documents.{code}"
        yield from _list_problems(place, document, book)
        yield from _signer_problems(place, document)
        yield from _kind_problems(place, document)
        yield from _adjusting_problems(place, document, book)
        if document.of_deal:
            yield from _of_deal_problems(place, document)
    for payment, term in book.payments.items():
        for n, part in enumerate(term.milestones):
            if code := signed_document(part.trigger):
                yield from _milestone_problems(
                    f"payments.{payment}.milestones[{n}].trigger", code, payment, part, book
                )
        fields = {field.name: field.type for field in term.form}
        if term.security_return and fields.get(_SECURITY) is not FieldType.NUMBER:
            yield problem(
                f"payments.{payment}.security_return",
                ru="в форме нет числа security: обеспечение, которое надо вернуть, нигде не указано",
                en="the form has no number called security: nothing says what is to be returned",
            )


def _list_problems(place: str, document: DocumentKind, book: Playbook) -> Iterator[Problem]:
    lists = {
        "delivery": document.delivery,
        "payment": (*document.payment, *document.except_payment),
        "vat": document.vat,
    }
    known: dict[str, Mapping[str, object]] = {
        "delivery": book.deliveries,
        "payment": book.payments,
        "vat": book.vat,
    }
    for what, names in lists.items():
        for name in names:
            if name not in known[what]:
                yield problem(
                    f"{place}.{what}",
                    ru="в {what} нет {name}",
                    en="no {what} {name}",
                    what=Text(ru=_BOOK_OF[what], en=what),
                    name=typed(name),
                )


def _signer_problems(place: str, document: DocumentKind) -> Iterator[Problem]:
    if document.signer is Role.CLIENT:
        yield problem(
            f"{place}.signer",
            ru="signer — кто подписывает за компанию; что подписывает клиент, говорит signers: [client]",
            en="signer is who signs for the company; that the client signs is said by signers: [client]",
        )
    if document.handed_over and document.signers != (Side.CLIENT,):
        yield problem(
            f"{place}.signers",
            ru="документ передают (handed_over), его никто не подписывает: уберите одно из двух",
            en="it is handed over, so nobody signs it: remove one of the two",
        )


def _kind_problems(place: str, document: DocumentKind) -> Iterator[Problem]:
    if document.gate and not (document.of_deal and document.available is Trigger.CONTRACT):
        yield problem(
            f"{place}.gate",
            ru="закрыть этап может только документ сделки (of_deal), который появляется с contract",
            en="only a deal's own document (of_deal) that comes with contract can have a gate",
        )
    if document.per_shipment and (document.of_deal or document.available is not Trigger.SHIPPED):
        yield problem(
            f"{place}.per_shipment",
            ru="документ на отгрузку бывает у позиций и появляется с shipped",
            en="a document per shipment is of lines, and comes with shipped",
        )


def _adjusting_problems(place: str, document: DocumentKind, book: Playbook) -> Iterator[Problem]:
    if not document.adjusts:
        return
    other = book.documents.get(document.adjusts)
    if other is None:
        yield _unknown(f"{place}.adjusts", document.adjusts, book)
    elif other.of_deal != document.of_deal or other.adjusts or other.handed_over:
        yield problem(
            f"{place}.adjusts",
            ru="{name} не подходит: корректировочный документ есть у подписываемого, и оба — сделки или оба — позиции",
            en="{name} will not do: what is adjusted is signed, and both are the deal's, or both a line's",
            name=typed(document.adjusts),
        )
    if document.gate or document.per_shipment:
        yield problem(
            f"{place}.adjusts",
            ru="корректировочный документ появляется после отказа: gate и per_shipment у него не бывает",
            en="it comes after a refusal, so it has neither gate nor per_shipment",
        )


def _of_deal_problems(place: str, document: DocumentKind) -> Iterator[Problem]:
    if document.available not in _OF_DEAL:
        yield problem(
            f"{place}.available",
            ru="документ сделки появляется с contract или accepted, а {available} бывает у позиций",
            en="a deal's own document comes with contract or accepted: {available} is of lines",
            available=document.available.value,
        )
    for what in _LISTS:
        if getattr(document, what):
            yield problem(
                f"{place}.{what}",
                ru="документ сделки нужен, какими бы ни были позиции: уберите этот список или of_deal",
                en="a deal's own document is needed whatever its lines are: remove this list, or of_deal",
            )


def _milestone_problems(
    place: str, code: str, payment: str, part: MilestoneTerm, book: Playbook
) -> Iterator[Problem]:
    """Money that counts from a signature that some of its lines never have would never be due."""
    document = book.documents.get(code)
    if document is None:
        yield _unknown(place, code, book)
        return
    never = (document.payment and payment not in document.payment) or payment in document.except_payment
    if (
        never
        or document.delivery
        or document.vat
        or document.source
        or document.devices
        or document.adjusts
        or document.handed_over
    ):
        yield problem(
            place,
            ru="{code} подписывают не у всех позиций с этим видом оплаты: срок никогда бы не начался",
            en="not every line of this payment type has {code} signed: the term would never begin",
            code=typed(code),
        )
    elif part.gate and document.available not in _BEFORE[part.gate]:
        yield problem(
            place,
            ru="{gate} ждал бы денег, срок которых считается от подписи документа, который появляется позже",
            en="{gate} would wait for money that counts from the signature of a document that comes only later",
            gate=part.gate.value,
        )


_BEFORE = {
    Gate.ORDERING: (Trigger.CONTRACT,),
    Gate.SHIPPING: (Trigger.CONTRACT, Trigger.READY_TO_SHIP),
}


def _unknown(place: str, code: str, book: Playbook) -> Problem:
    return problem(
        place,
        ru="документа {code} нет: {hint}",
        en="there is no document {code}: {hint}",
        code=typed(code),
        hint=perhaps(code, tuple(book.documents)),
    )
