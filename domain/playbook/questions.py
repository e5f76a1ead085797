"""What the process reads of people's answers: for each kind of question, the answers its step needs, typed.

A playbook words, orders and extends the fields of a question, and its check holds the form to what is declared here: each
answer is a field of its type, required where the step needs it, and a choice has exactly the codes the process branches on.
So `read` never fails on answers that such a form has accepted.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, NewType, Self, get_args, get_origin

from pydantic import BeforeValidator, Field

from domain.base import Value
from domain.goods.quantity import Number, read_quantity
from domain.playbook.form_answers import pieces

Email = NewType("Email", str)
Pieces = Annotated[tuple[str, ...], BeforeValidator(lambda answer: tuple(pieces(answer)))]
"""One value per piece of the line's quantity."""
SomeOfIt = Annotated[Number, BeforeValidator(read_quantity)]
"""How much of the line: some, and not all."""


def used(*, ru: str, en: str, default: Any = ...) -> Any:
    """An answer, and what the process does with it; with a `default` it may be missing."""
    return Field(default, description=en, json_schema_extra={"ru": ru})


class Answers(Value):
    """The answers that a step reads. Each field says what for: `used`.

    A question with several outcomes is a base class, and each outcome a subclass with the code it is chosen by (a `Literal`)
    and the answers needed under it; the first is the one by which the deal goes on.
    """

    @classmethod
    def read(cls, answers: Mapping[str, str]) -> Self:
        """The outcome that was chosen, with its answers."""
        for outcome in cls.outcomes():
            if _codes(outcome).items() <= answers.items():
                return outcome.model_validate(answers)
        raise ValueError(f"{cls.__name__}: the answers {dict(answers)} choose no outcome")

    @classmethod
    def outcomes(cls) -> list[type[Self]]:
        return cls.__subclasses__() or [cls]

    @classmethod
    def chosen_by(cls) -> dict[str, str]:
        """The codes that choose this outcome, by field."""
        return dict(_codes(cls))


@cache
def _codes(outcome: type[Answers]) -> Mapping[str, str]:
    fields = outcome.model_fields.items()
    return {name: code for name, field in fields if (code := _code(field.annotation))}


def _code(annotation: Any) -> str | None:
    return str(get_args(annotation)[0]) if get_origin(annotation) is Literal else None


class Qualification(Answers):
    outcome: str = used(
        ru="сделка идёт дальше с клиентом, который квалифицирован, а с другим проиграна",
        en="a deal goes on with a qualified client, and is lost with any other",
    )


class Qualified(Qualification):
    outcome: Literal["qualified"]


class Disqualified(Qualification):
    outcome: Literal["disqualified"]
    reason: str = used(ru="с этой причиной сделка проиграна", en="the deal is lost with this reason")


class SupplierOrder(Answers):
    ready_on: date = used(
        ru="от этого дня считается срок отправки", en="the deadline of the dispatch counts from this day"
    )


class Dispatch(Answers):
    eta: date = used(
        ru="когда этот день пройдёт, спросят о прибытии",
        en="the arrival is asked for once this day has passed",
    )


class Arrival(Answers):
    outcome: str = used(
        ru="прибывший товар идёт дальше, задержанного ждут",
        en="the line goes on with goods that have arrived, and waits for those delayed",
    )


class Arrived(Arrival):
    outcome: Literal["arrived"]
    arrived_on: date = used(
        ru="в истории остаётся, когда товар прибыл", en="the trail tells when the goods arrived"
    )


class Delayed(Arrival):
    outcome: Literal["delayed"]
    eta: date = used(
        ru="когда этот день пройдёт, о прибытии спросят снова",
        en="the arrival is asked for again once this day has passed",
    )


class CustomsDeclaration(Answers):
    declaration: str = used(
        ru="декларацию показывает карточка сделки", en="the deal's card shows the declaration at the customs"
    )
    quantities: str = used(
        ru="столько товара в каждой; о том, что не задекларировано, спросят снова",
        en="so much is in each; what is not declared is asked about again",
        default="",
    )


class CustomsRelease(Answers):
    outcome: str = used(
        ru="выпущенный товар идёт дальше, о задержанном спросят снова, а вместо отказанной или отозванной декларации — новую",
        en="the line goes on with goods released, asks again about those on hold, and for a new declaration instead of one refused or withdrawn",
    )
    declarations: str = used(
        ru="об этих декларациях ответ, а без них обо всех, по которым его ждут",
        en="the answer is about these declarations, or without them about all that are waited for",
        default="",
    )


class Released(CustomsRelease):
    outcome: Literal["released"]
    released_on: date = used(
        ru="сроки считаются от дня выпуска", en="terms count from the day of the release"
    )


class OnHold(CustomsRelease):
    outcome: Literal["hold"]
    reason: str = used(
        ru="менеджеру и директору сообщают, почему товар задержан",
        en="manager and director are told why the goods are held",
    )


class Conditional(CustomsRelease):
    outcome: Literal["conditional"]
    obligation: str = used(
        ru="об исполнении этого спрашивают, пока оно не исполнено, и до того позиция не закроется",
        en="it is asked about until it is met, and the line does not settle before",
    )
    obligation_until: date = used(ru="это срок обязательства", en="the obligation must be met by this day")
    released_on: date | None = used(
        ru="день выпуска, а без него день ответа",
        en="the day of the release, or without it that of the answer",
        default=None,
    )


class ReleaseRefused(CustomsRelease):
    outcome: Literal["refused"]
    reason: str = used(
        ru="менеджеру и директору сообщают, почему в выпуске отказано",
        en="manager and director are told why the release was refused",
    )


class WithdrawnDeclaration(CustomsRelease):
    outcome: Literal["withdrawn"]
    reason: str = used(
        ru="в истории остаётся, почему декларацию отозвали",
        en="the trail tells why the declaration was withdrawn",
    )


class CustomsObligation(Answers):
    met_on: date = used(
        ru="в истории остаётся, когда обязательство исполнено",
        en="the trail tells when the obligation was met",
    )


class Acceptance(Answers):
    result: str = used(
        ru="принятый товар можно отгружать, по повреждённому идёт претензия, недошедшего ждут отдельной позицией",
        en="goods accepted may be shipped, damaged ones go through a claim, and those that did not come are waited for as a line of their own",
    )
    lots: str = used(
        ru="по партиям известен товар, который учитывают партиями",
        en="a good that is tracked by lots is known by them",
        default="",
    )
    lot_quantities: str = used(ru="столько товара в каждой партии", en="so much is in each lot", default="")
    lot_expires_on: str = used(
        ru="партию не отгружают, когда этот день прошёл",
        en="a lot is not shipped once this day has passed",
        default="",
    )


class Accepted(Acceptance):
    result: Literal["accepted"]
    serial_numbers: Pieces = used(
        ru="каждая штука, которую получит клиент, известна по номеру, если у товара есть серийные номера",
        en="every piece that goes to the client is known by its number, of a good that has serial numbers",
        default=(),
    )
    accepted_on: date | None = used(
        ru="от этого дня считаются сроки готового к отгрузке товара, а без него от дня ответа",
        en="what is due once goods are ready to ship counts from this day, or without it from the day of the answer",
        default=None,
    )


class Damaged(Acceptance):
    result: Literal["damaged"]
    remarks: str = used(
        ru="менеджеру сообщают, что нашёл склад", en="the manager is told what the warehouse found"
    )


class Partial(Acceptance):
    result: Literal["partial"]
    came: SomeOfIt = used(
        ru="столько принято и идёт дальше, остальное отделяется новой позицией",
        en="so much is accepted and goes on, the rest is split off as a new line",
    )
    serial_numbers: Pieces = used(
        ru="каждая пришедшая штука известна по номеру, если у товара есть серийные номера",
        en="every piece that came is known by its number, of a good that has serial numbers",
        default=(),
    )
    eta: date = used(
        ru="когда этот день пройдёт, спросят о прибытии остальных",
        en="the arrival of the others is asked for once this day has passed",
    )


class Shipment(Answers):
    shipped_on: date = used(
        ru="от этого дня считаются сроки платежей и документов",
        en="payments and documents are due counting from this day",
    )


class Delivery(Answers):
    delivered_on: date = used(
        ru="от этого дня считаются сроки платежей и документов",
        en="payments and documents are due counting from this day",
    )


class ServicePlan(Answers):
    performer: str = used(
        ru="в истории остаётся, кто оказывает услугу", en="the trail tells who renders the service"
    )
    agreed_on: date = used(
        ru="к концу этого дня спросят, оказана ли услуга",
        en="by the end of this day it is asked whether the service is rendered",
    )


class ServiceRendered(Answers):
    rendered_on: date = used(
        ru="от этого дня считаются сроки платежей и документов",
        en="payments and documents are due counting from this day",
    )


class LateDelivery(Answers):
    outcome: str = used(
        ru="клиент узнаёт новую дату, или поставку ускоряют, или меняют договор",
        en="the client is told a new date, or the delivery is sped up, or the contract is amended",
    )


class NewDate(LateDelivery):
    outcome: Literal["inform"]
    new_date: date = used(
        ru="клиенту называют этот день, и опоздание дальше считают от него",
        en="the client is told this day, and a further delay counts from it",
    )
    explanation: str = used(ru="это клиент читает в письме", en="the client reads this in the mail")


class SpeedUp(LateDelivery):
    outcome: Literal["speed_up"]


class Amend(LateDelivery):
    outcome: Literal["amend"]


class LetterOfCredit(Answers):
    expires_on: date = used(
        ru="отгрузку, которую ждут позже этого дня, аккредитив не покрывает",
        en="the letter of credit covers no shipment forecast for later than this day",
    )


class DateAmendment(Answers):
    reason: str = used(
        ru="договор остаётся как был, и о поставке решают заново",
        en="the contract stays as it was, and what to do about the delivery is decided anew",
    )


class MailAddress(Answers):
    email: Email = used(
        ru="с этого времени письма идут на этот адрес", en="mail goes to this address from then on"
    )


class DealManager(Answers):
    manager: str = used(ru="сделка переходит к этому менеджеру", en="the deal is handed over to this manager")


class EnteredRate(Answers):
    rate: Decimal = used(
        ru="платежи, которые ждут курса этого дня, засчитываются по нему",
        en="payments that wait for this day's rate are counted at it",
    )


class Explanation(Answers):
    answer: str = used(
        ru="это ответ тому, кто спросил, прежде чем решать", en="who asked before deciding is told this"
    )


class RefusedDocument(Answers):
    outcome: str = used(
        ru="исправленный документ подписывают заново, рядом с корректировочным — как был, а при возврате его больше не ждут",
        en="a corrected one is asked to be signed again, one with an adjusting paper as it was, and of returned goods none is waited for",
    )


class Corrected(RefusedDocument):
    outcome: Literal["corrected"]
    changes: str = used(
        ru="клиенту пишут, что изменено в новой версии", en="the client is told what is new in this version"
    )


class Adjusted(RefusedDocument):
    outcome: Literal["adjusted"]


class Returned(RefusedDocument):
    outcome: Literal["returned"]


class Surplus(Answers):
    outcome: str = used(
        ru="деньги сверх того, что причиталось, возвращают, отдают другой сделке или оставляют на счёте клиента",
        en="money beyond what was owed goes back, to another deal, or stays on the client's account",
    )


class SurplusReturned(Surplus):
    outcome: Literal["return"]


class SurplusMoved(Surplus):
    outcome: Literal["another-deal"]
    to_deal: str = used(ru="эта сделка получит деньги", en="this deal gets the money")


class SurplusKept(Surplus):
    outcome: Literal["keep"]


class RefundPaid(Answers):
    payment: str = used(
        ru="этим платежом деньги ушли клиенту, и закрыть им можно один возврат",
        en="by this payment the money went to the client, and it can close one refund only",
    )
    paid_on: date = used(ru="в этот день деньги ушли клиенту", en="on this day the money went to the client")


ANSWERS: dict[str, type[Answers]] = {
    "qualification": Qualification,
    "supplier-order": SupplierOrder,
    "dispatch": Dispatch,
    "arrival": Arrival,
    "customs-declaration": CustomsDeclaration,
    "customs-release": CustomsRelease,
    "customs-obligation": CustomsObligation,
    "acceptance": Acceptance,
    "shipment": Shipment,
    "delivery": Delivery,
    "service-plan": ServicePlan,
    "service-rendered": ServiceRendered,
    "delivery-late": LateDelivery,
    "letter-of-credit": LetterOfCredit,
    "delivery-amendment": DateAmendment,
    "mail-address": MailAddress,
    "deal-manager": DealManager,
    "question": Explanation,
    "rate": EnteredRate,
    "document-refused": RefusedDocument,
    "surplus": Surplus,
    "refund": RefundPaid,
}
"""By kind. Of the other kinds the process reads no answer: to be answered is all it needs."""
