"""The kinds of assignments and approvals, and those that every playbook has."""

from pydantic import Field

from domain.base import Value
from domain.calendar import Span
from domain.playbook.forms import FieldType, Form, FormField
from domain.words import Availability, Role, Text


class AssignmentKind(Value):
    """A task of one person. `due_available` replaces `due` for lines whose goods are available (shorter lead time)."""

    title: Text
    role: Role
    due: Span
    due_available: Span | None = None
    form: Form = ()

    def due_for(self, availability: Availability | None) -> Span:
        return (
            self.due_available if availability is Availability.AVAILABLE and self.due_available else self.due
        )


class ApprovalKind(Value):
    """`object` is what is approved, as it reads after «просим согласовать» and “please review”; the title in quotes without it."""

    title: Text
    object: Text | None = None
    roles: tuple[Role, ...] = Field(min_length=1)
    due: Span


MAIL_ADDRESS = "mail-address"
DEAL_MANAGER = "deal-manager"
QUESTION = "question"
LATE_DELIVERY = "delivery-late"
DATE_AMENDMENT = "delivery-amendment"
NEW_DATE = "delivery-date"
SUPPLEMENT = "supplement"
REFUSED_DOCUMENT = "document-refused"
SECURITY_RETURN = "security-return"
RATE = "rate"
SURPLUS = "surplus"
REFUND = "refund"
REFUNDING = "refunding"
"""The approval of a refund."""
LETTER_OF_CREDIT = "letter-of-credit"
OBLIGATION = "customs-obligation"
SERVICE_PLAN = "service-plan"
SERVICE_RENDERED = "service-rendered"
SERIAL_NUMBER = "serial-number"
BUILT_IN = {
    SERVICE_PLAN: AssignmentKind(
        title=Text(ru="Назначить исполнителя и дату", en="Name who renders the service, and when"),
        role=Role.MANAGER,
        due=Span.model_validate("2wd"),
        form=(
            FormField(
                name="performer",
                title=Text(ru="Исполнитель", en="Who renders it"),
                example="Инженер Сергей Волков",
            ),
            FormField(
                name="agreed_on",
                type=FieldType.DATE,
                title=Text(ru="Согласованная дата", en="Agreed date"),
                help=Text(ru="Когда клиент ждёт исполнителя", en="When the client expects them"),
                days=5,
                earliest=0,
            ),
        ),
    ),
    SERVICE_RENDERED: AssignmentKind(
        title=Text(ru="Подтвердить оказание услуги", en="Confirm that the service is rendered"),
        role=Role.MANAGER,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="rendered_on",
                type=FieldType.DATE,
                title=Text(ru="Дата оказания", en="Rendered on"),
                earliest=-90,
                latest=0,
            ),
            FormField(
                name="result",
                title=Text(ru="Что сделано", en="What was done"),
                required=False,
                example="Смонтирован, обучены два врача",
            ),
        ),
    ),
    LATE_DELIVERY: AssignmentKind(
        title=Text(
            ru="Поставка опаздывает: решить, что делать", en="The delivery is late: decide what to do"
        ),
        role=Role.MANAGER,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="outcome",
                type=FieldType.CHOICE,
                title=Text(ru="Что делаем", en="What is done"),
                choices=("inform", "speed_up", "amend"),
                choice_titles={
                    "inform": Text(ru="сообщить клиенту новую дату", en="tell the client a new date"),
                    "speed_up": Text(ru="ускорить", en="speed it up"),
                    "amend": Text(ru="изменить договор", en="amend the contract"),
                },
                example="inform",
            ),
            FormField(
                name="new_date",
                type=FieldType.DATE,
                title=Text(ru="Новая дата поставки", en="New date of delivery"),
                required=False,
                required_when={"outcome": "inform"},
                days=30,
                earliest=0,
            ),
            FormField(
                name="explanation",
                title=Text(ru="Что сообщить клиенту", en="What the client is told"),
                required=False,
                required_when={"outcome": "inform"},
                example="Завод перенёс готовность товара",
            ),
            FormField(
                name="measures",
                title=Text(ru="Что предпринято", en="What is undertaken"),
                required=False,
                example="Везём авиатранспортом",
            ),
        ),
    ),
    DATE_AMENDMENT: AssignmentKind(
        title=Text(ru="Изменить дату поставки в договоре", en="Amend the date of delivery in the contract"),
        role=Role.MANAGER,
        due=Span.model_validate("3wd"),
        form=(
            FormField(
                name="reason",
                title=Text(ru="Почему договор не меняют", en="Why the contract is not amended"),
                help=Text(
                    ru="Только если изменения не будет: когда новая дата действует, задание закроется само",
                    en="Only if there will be no amendment: once the new date is in force, this closes by itself",
                ),
                example="Клиент не согласен на новую дату",
            ),
        ),
    ),
    MAIL_ADDRESS: AssignmentKind(
        title=Text(ru="Исправить адрес почты", en="Mend the mail address"),
        role=Role.MANAGER,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="email",
                type=FieldType.EMAIL,
                title=Text(ru="Верный адрес", en="The right address"),
                example="anna@clinic.example",
            ),
        ),
    ),
    DEAL_MANAGER: AssignmentKind(
        title=Text(ru="Назначить менеджера сделки", en="Name the deal's manager"),
        role=Role.DIRECTOR,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="manager",
                title=Text(ru="Новый менеджер", en="The new manager"),
                help=Text(
                    ru="Имя, e-mail или имя в списке людей", en="Name, e-mail, or id in the people's file"
                ),
                example="ivanova",
            ),
        ),
    ),
    QUESTION: AssignmentKind(
        title=Text(ru="Ответить на вопрос", en="Answer a question"),
        role=Role.MANAGER,
        due=Span.model_validate("4wh"),
        form=(
            FormField(
                name="answer",
                title=Text(ru="Ответ", en="The answer"),
                help=Text(ru="Его увидит тот, кто спросил", en="Whoever asked reads it"),
                example="Да, доставка и монтаж включены в цену",
            ),
        ),
    ),
    SUPPLEMENT: AssignmentKind(
        title=Text(ru="Сообщить об изменении заказа", en="Tell of the changed order"),
        role=Role.MANAGER,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="supplement",
                title=Text(ru="Номер дополнительного соглашения", en="Number of the supplementary agreement"),
                help=Text(
                    ru="С поставщиком, или письмо, которым ему сообщили",
                    en="With the supplier, or the letter that told them",
                ),
                example="ДС-1 к PO-2026-318",
            ),
        ),
    ),
    REFUSED_DOCUMENT: AssignmentKind(
        title=Text(ru="Решить, что с отклонённым документом", en="Settle the refused document"),
        role=Role.MANAGER,
        due=Span.model_validate("2wd"),
        form=(
            FormField(
                name="outcome",
                type=FieldType.CHOICE,
                title=Text(ru="Решение", en="What is done"),
                choices=("corrected", "adjusted", "returned"),
                example="corrected",
            ),
            FormField(
                name="changes",
                title=Text(ru="Что исправлено", en="What was changed"),
                required=False,
                required_when={"outcome": "corrected"},
                example="Исправлено количество",
            ),
        ),
    ),
    LETTER_OF_CREDIT: AssignmentKind(
        title=Text(ru="Продлить аккредитив", en="Have the letter of credit prolonged"),
        role=Role.MANAGER,
        due=Span.model_validate("2wd"),
        form=(
            FormField(
                name="expires_on",
                type=FieldType.DATE,
                title=Text(ru="Теперь действует до", en="Now valid until"),
                help=Text(ru="По извещению банка", en="As the bank has advised"),
                days=240,
                earliest=1,
            ),
        ),
    ),
    RATE: AssignmentKind(
        title=Text(ru="Внести курс Банка России", en="Enter the Bank of Russia's rate"),
        role=Role.ACCOUNTANT,
        due=Span.model_validate("4wh"),
        form=(
            FormField(
                name="rate",
                type=FieldType.NUMBER,
                title=Text(ru="Курс, рублей за единицу", en="Rate, roubles for one"),
                help=Text(
                    ru="На этот день, как его установил Банк России; процент договора стол добавит сам",
                    en="Of that day, as the Bank of Russia has set it; the contract's per cent the desk adds itself",
                ),
                example="91.5043",
            ),
        ),
    ),
    OBLIGATION: AssignmentKind(
        title=Text(ru="Исполнить обязательство перед таможней", en="Meet the obligation to the customs"),
        role=Role.MANAGER,
        due=Span.model_validate("30cd"),
        form=(
            FormField(
                name="met_on",
                type=FieldType.DATE,
                title=Text(ru="Когда исполнено", en="Met on"),
                earliest=-90,
                latest=0,
            ),
            FormField(
                name="confirmed_by",
                title=Text(ru="Чем подтверждено", en="Confirmed by"),
                help=Text(
                    ru="Номер корректировки декларации или письма таможни",
                    en="Number of the corrected declaration, or of the customs' letter",
                ),
                example="КДТ 10702030/161126/0088410/01",
            ),
        ),
    ),
    SERIAL_NUMBER: AssignmentKind(
        title=Text(
            ru="Разобраться с повторным серийным номером",
            en="Look into a serial number that is there already",
        ),
        role=Role.LOGISTICS,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="explanation",
                title=Text(ru="Почему номер тот же", en="Why the number is the same"),
                help=Text(
                    ru="Если номер внесён неверно, исправьте приёмку, deal correct, и задание снимется само",
                    en="If it was entered wrong, correct the acceptance, deal correct, and nothing more is asked",
                ),
                example="Клиент вернул прибор, он продаётся снова",
            ),
        ),
    ),
    SECURITY_RETURN: AssignmentKind(
        title=Text(ru="Вернуть обеспечение контракта", en="Get the contract's security back"),
        role=Role.ACCOUNTANT,
        due=Span.model_validate("30cd"),
        form=(
            FormField(
                name="returned_on",
                type=FieldType.DATE,
                title=Text(ru="Дата возврата", en="Returned on"),
                earliest=-90,
                latest=0,
            ),
        ),
    ),
    SURPLUS: AssignmentKind(
        title=Text(
            ru="Решить, что с деньгами клиента сверх договора", en="Decide on the client's surplus money"
        ),
        role=Role.ACCOUNTANT,
        due=Span.model_validate("2wd"),
        form=(
            FormField(
                name="outcome",
                type=FieldType.CHOICE,
                title=Text(ru="Что с ними делаем", en="What becomes of it"),
                help=Text(
                    ru="На другую позицию деньги перекладывает deal money move",
                    en="deal money move puts it on another line",
                ),
                choices=("return", "another-deal", "keep"),
                choice_titles={
                    "return": Text(ru="вернуть клиенту", en="return it to the client"),
                    "another-deal": Text(ru="передать другой сделке", en="give it to another deal"),
                    "keep": Text(ru="оставить на счёте клиента", en="keep it on the client's account"),
                },
                example="return",
            ),
            FormField(
                name="to_deal",
                title=Text(ru="Номер другой сделки", en="The other deal's number"),
                required=False,
                required_when={"outcome": "another-deal"},
                pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]{0,49}",
                example="1043",
            ),
            FormField(
                name="reason",
                title=Text(ru="Основание", en="Why"),
                required=False,
                example="Письмо клиента от 23.11.2026",
            ),
        ),
    ),
    REFUND: AssignmentKind(
        title=Text(ru="Вернуть деньги клиенту", en="Pay the client back"),
        role=Role.ACCOUNTANT,
        due=Span.model_validate("3wd"),
        form=(
            FormField(
                name="payment",
                title=Text(ru="Номер исходящего платежа", en="Number of the outgoing payment"),
                example="318",
            ),
            FormField(
                name="paid_on",
                type=FieldType.DATE,
                title=Text(ru="Дата списания", en="Paid on"),
                earliest=-90,
                latest=0,
            ),
        ),
    ),
}
"""Assignments that a playbook may word in its own way, and need not have: older ones know nothing of them."""

BUILT_IN_APPROVALS = {
    REFUNDING: ApprovalKind(
        title=Text(ru="Согласование возврата денег клиенту", en="Approval of a refund to the client"),
        object=Text(ru="возврат денег клиенту", en="the refund to the client"),
        roles=(Role.DIRECTOR,),
        due=Span.model_validate("1wd"),
    ),
    NEW_DATE: ApprovalKind(
        title=Text(ru="Согласование новой даты поставки", en="Approval of a new delivery date"),
        object=Text(ru="новую дату поставки", en="the new date of delivery"),
        roles=(Role.DIRECTOR,),
        due=Span.model_validate("1wd"),
    ),
}

ASSIGNMENT_KINDS = (
    "qualification",
    "order",
    "contract-revision",
    "payment-terms",
    "supplier-order",
    "reservation",
    "dispatch",
    "arrival",
    "customs-declaration",
    "customs-release",
    "acceptance",
    "claim",
    "shipment",
    "delivery",
)

APPROVAL_KINDS = ("contract", "credit", "cancellation", "amendment", "rescheduling")
