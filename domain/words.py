"""The words of the desk: stages, statuses, roles and their labels in both languages."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

Language = Literal["ru", "en"]


@dataclass(frozen=True)
class Text:
    """Words that people read, in both languages of the desk. No model: a list of deals would pay for its schema."""

    ru: str
    en: str

    def to(self, language: Language) -> str:
        return self.ru if language == "ru" else self.en


def same(words: str) -> Text:
    """What a person wrote: in both languages as it is."""
    return Text(ru=words, en=words)


def join(texts: Iterable[Text], by: str) -> Text:
    """As `str.join`, in each language."""
    texts = list(texts)
    return Text(ru=by.join(text.ru for text in texts), en=by.join(text.en for text in texts))


def said(words: str) -> Text | None:
    """What a person wrote, the same in both languages; none where nothing was."""
    return same(words) if words else None


class Stage(StrEnum):
    """Where a deal stands (DESIGN §1)."""

    NEW = "NEW"
    CONTRACT_APPROVAL = "CONTRACT_APPROVAL"
    PREPAYMENT = "PREPAYMENT"
    ORDER_SENT = "ORDER_SENT"
    CUSTOMS = "CUSTOMS"
    AT_WAREHOUSE = "AT_WAREHOUSE"
    SHIPPED = "SHIPPED"
    PAID = "PAID"
    LOST = "LOST"
    CANCELLED = "CANCELLED"

    @property
    def final(self) -> bool:
        return self in (Stage.PAID, Stage.LOST, Stage.CANCELLED)


MAIN_PROCESS = (
    Stage.NEW,
    Stage.CONTRACT_APPROVAL,
    Stage.PREPAYMENT,
    Stage.ORDER_SENT,
    Stage.CUSTOMS,
    Stage.AT_WAREHOUSE,
    Stage.SHIPPED,
    Stage.PAID,
)


class LineStatus(StrEnum):
    """Where an order line stands (DESIGN §1)."""

    AWAITING_RELEASE = "AWAITING_RELEASE"
    PROCESSING = "PROCESSING"
    SENT = "SENT"
    AT_CUSTOMS = "AT_CUSTOMS"
    AT_WAREHOUSE = "AT_WAREHOUSE"
    SHIPPED = "SHIPPED"
    SETTLED = "SETTLED"
    CANCELLED = "CANCELLED"

    @property
    def final(self) -> bool:
        return self in (LineStatus.SETTLED, LineStatus.CANCELLED)


class Role(StrEnum):
    MANAGER = "manager"
    DIRECTOR = "director"
    LOGISTICS = "logistics"
    ACCOUNTANT = "accountant"
    CLIENT = "client"


class Source(StrEnum):
    """Where a good comes from; it decides the line's route. A service comes from nowhere, and sees no warehouse."""

    IMPORT = "import"
    DEALER = "dealer"
    STOCK = "stock"
    SERVICE = "service"


class UnitOfMeasure(StrEnum):
    """What a good is counted or measured in, by its code in the all-Russian classifier OKEI (ОК 015-94); see `domain.goods.units`."""

    PIECE = "796"
    METRE = "006"
    RUNNING_METRE = "018"
    SQUARE_METRE = "055"
    MILLILITRE = "111"
    LITRE = "112"
    CUBIC_METRE = "113"
    GRAM = "163"
    KILOGRAM = "166"
    HOUR = "356"
    MONTH = "362"
    UNIT = "642"
    KIT = "704"
    PAIR = "715"
    PACKET = "728"
    ROLL = "736"
    PACK = "778"
    SET = "839"
    BOTTLE = "868"
    AMPOULE = "870"
    VIAL = "872"
    CONVENTIONAL_UNIT = "876"


class Availability(StrEnum):
    ON_ORDER = "on_order"
    AVAILABLE = "available"


class Trigger(StrEnum):
    """The event a milestone's offset, or a document's availability, counts from."""

    CONTRACT = "contract"
    READY_TO_SHIP = "ready_to_ship"
    SHIPPED = "shipped"
    ACCEPTED = "accepted"


class Side(StrEnum):
    """Whose signature stands on a document: the company's own, the carrier's, the client's."""

    OURS = "ours"
    CARRIER = "carrier"
    CLIENT = "client"


class Target(StrEnum):
    """Who is told of a deal's facts. Each may be down alone."""

    RECORDS = "records"
    CRM = "crm"
    MAIL = "mail"


class NoticeKind(StrEnum):
    """What a mail is about. Each has its templates."""

    ASSIGNMENT_OPENED = "assignment_opened"
    ASSIGNMENT_REMINDED = "assignment_reminded"
    ASSIGNMENT_ESCALATED = "assignment_escalated"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_REMINDED = "approval_reminded"
    APPROVAL_ESCALATED = "approval_escalated"
    APPROVAL_REJECTED = "approval_rejected"
    QUESTION_ANSWERED = "question_answered"
    DEADLINE_MOVED = "deadline_moved"
    ANSWER_CORRECTED = "answer_corrected"
    CONTRACT_AGREED = "contract_agreed"
    PAYMENT_DUE = "payment_due"
    PAYMENT_EXPECTED = "payment_expected"
    PAYMENT_REMINDED = "payment_reminded"
    PAYMENT_ESCALATED = "payment_escalated"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_CORRECTED = "payment_corrected"
    PAYMENT_REVERSED = "payment_reversed"
    MONEY_WAITING = "money_waiting"
    DOCUMENT_READY = "document_ready"
    DOCUMENT_REMINDED = "document_reminded"
    DOCUMENT_ESCALATED = "document_escalated"
    STATUS_CHECK = "status_check"
    CUSTOMS_HELD = "customs_held"
    CUSTOMS_REFUSED = "customs_refused"
    GOODS_DAMAGED = "goods_damaged"
    LINE_SILENT = "line_silent"
    LINE_FOREIGN = "line_foreign"
    LINE_SHIPPED = "line_shipped"
    DELIVERY_MOVED = "delivery_moved"
    VAT_CHANGES = "vat_changes"
    DEAL_STOPPED = "deal_stopped"
    DEAL_PAID = "deal_paid"
    DEAL_LOST = "deal_lost"
    DEAL_CANCELLED = "deal_cancelled"


STAGE_LABELS = {
    Stage.NEW: Text(ru="Новая", en="New"),
    Stage.CONTRACT_APPROVAL: Text(ru="Согласование договора", en="Contract approval"),
    Stage.PREPAYMENT: Text(ru="Предоплата", en="Prepayment"),
    Stage.ORDER_SENT: Text(ru="Заказ отправлен", en="Order sent"),
    Stage.CUSTOMS: Text(ru="Таможенное оформление", en="Customs clearance"),
    Stage.AT_WAREHOUSE: Text(ru="На складе", en="At the warehouse"),
    Stage.SHIPPED: Text(ru="Отгружен клиенту", en="Shipped to the client"),
    Stage.PAID: Text(ru="Оплата заказа", en="Paid"),
    Stage.LOST: Text(ru="Проиграна", en="Lost"),
    Stage.CANCELLED: Text(ru="Отменена", en="Cancelled"),
}

STATUS_LABELS = {
    LineStatus.AWAITING_RELEASE: Text(ru="ожидает оплаты / согласования", en="awaiting payment / approval"),
    LineStatus.PROCESSING: Text(ru="оформление", en="processing"),
    LineStatus.SENT: Text(ru="отправлен", en="sent"),
    LineStatus.AT_CUSTOMS: Text(ru="на таможне", en="at customs"),
    LineStatus.AT_WAREHOUSE: Text(ru="на складе", en="at the warehouse"),
    LineStatus.SHIPPED: Text(ru="отгружен клиенту", en="shipped to the client"),
    LineStatus.SETTLED: Text(ru="закрыт", en="settled"),
    LineStatus.CANCELLED: Text(ru="отменён", en="cancelled"),
}

ROLE_LABELS = {
    Role.MANAGER: Text(ru="менеджер", en="manager"),
    Role.DIRECTOR: Text(ru="директор", en="director"),
    Role.LOGISTICS: Text(ru="логист", en="logistics"),
    Role.ACCOUNTANT: Text(ru="бухгалтер", en="accountant"),
    Role.CLIENT: Text(ru="клиент", en="client"),
}

SIDE_LABELS = {
    Side.OURS: Text(ru="наша сторона", en="our side"),
    Side.CARRIER: Text(ru="перевозчик", en="the carrier"),
    Side.CLIENT: Text(ru="клиент", en="the client"),
}

SOURCE_LABELS = {
    Source.IMPORT: Text(ru="из-за рубежа", en="import"),
    Source.DEALER: Text(ru="от дилера", en="dealer"),
    Source.STOCK: Text(ru="со склада", en="stock"),
    Source.SERVICE: Text(ru="услуга", en="service"),
}

UNIT_LABELS = {
    UnitOfMeasure.PIECE: Text(ru="шт.", en="pcs."),
    UnitOfMeasure.METRE: Text(ru="м", en="m"),
    UnitOfMeasure.RUNNING_METRE: Text(ru="пог. м", en="running m"),
    UnitOfMeasure.SQUARE_METRE: Text(ru="м²", en="m²"),
    UnitOfMeasure.MILLILITRE: Text(ru="мл", en="ml"),
    UnitOfMeasure.LITRE: Text(ru="л", en="l"),
    UnitOfMeasure.CUBIC_METRE: Text(ru="м³", en="m³"),
    UnitOfMeasure.GRAM: Text(ru="г", en="g"),
    UnitOfMeasure.KILOGRAM: Text(ru="кг", en="kg"),
    UnitOfMeasure.HOUR: Text(ru="ч", en="h"),
    UnitOfMeasure.MONTH: Text(ru="мес.", en="month"),
    UnitOfMeasure.UNIT: Text(ru="ед.", en="unit"),
    UnitOfMeasure.KIT: Text(ru="наб.", en="kit"),
    UnitOfMeasure.PAIR: Text(ru="пар.", en="pair"),
    UnitOfMeasure.PACKET: Text(ru="пач.", en="packet"),
    UnitOfMeasure.ROLL: Text(ru="рул.", en="roll"),
    UnitOfMeasure.PACK: Text(ru="упак.", en="pack"),
    UnitOfMeasure.SET: Text(ru="компл.", en="set"),
    UnitOfMeasure.BOTTLE: Text(ru="бут.", en="bottle"),
    UnitOfMeasure.AMPOULE: Text(ru="ампул.", en="ampoule"),
    UnitOfMeasure.VIAL: Text(ru="флак.", en="vial"),
    UnitOfMeasure.CONVENTIONAL_UNIT: Text(ru="усл. ед.", en="conventional unit"),
}
"""As they stand by themselves; after a number: `domain.wording.counts`."""

AVAILABILITY_LABELS = {
    Availability.ON_ORDER: Text(ru="под заказ", en="on order"),
    Availability.AVAILABLE: Text(ru="в наличии", en="available"),
}

DELIVER_FROM = {
    "contract": Text(ru="с согласования договора", en="after the contract is agreed"),
    "prepayment": Text(ru="с поступления предоплаты", en="after the prepayment has come"),
}
"""What a delivery term counts from."""

TRIGGER_LABELS = {
    Trigger.CONTRACT: Text(ru="договор согласован", en="the contract is agreed"),
    Trigger.READY_TO_SHIP: Text(ru="товар готов к отгрузке", en="the goods are ready to ship"),
    Trigger.SHIPPED: Text(ru="товар отгружен клиенту", en="the goods are shipped to the client"),
    Trigger.ACCEPTED: Text(ru="клиент получил товар", en="the client has the goods"),
}

SERVICE_LABELS = {
    LineStatus.PROCESSING: Text(ru="готовится", en="being prepared"),
    LineStatus.SHIPPED: Text(ru="оказана", en="rendered"),
    LineStatus.SETTLED: Text(ru="закрыта", en="settled"),
    LineStatus.CANCELLED: Text(ru="отменена", en="cancelled"),
}
"""The statuses that read otherwise of a service."""
SERVICES_LABELS = {
    Stage.ORDER_SENT: Text(ru="Услуги готовятся", en="Services being prepared"),
    Stage.SHIPPED: Text(ru="Услуги оказаны", en="Services rendered"),
}
"""The stages that read otherwise of a deal that has nothing but services."""


def status_label(status: LineStatus, source: Source | None) -> Text:
    """As it reads of a line from this source."""
    of_service = SERVICE_LABELS.get(status) if source is Source.SERVICE else None
    return of_service or STATUS_LABELS[status]


def stage_label(stage: Stage, sources: Collection[Source | None]) -> Text:
    """As it reads of a deal whose lines are from these sources."""
    of_services = SERVICES_LABELS.get(stage) if set(sources) == {Source.SERVICE} else None
    return of_services or STAGE_LABELS[stage]


LABELS: dict[type, Mapping[Any, Text]] = {
    Stage: STAGE_LABELS,
    LineStatus: STATUS_LABELS,
    Role: ROLE_LABELS,
    Side: SIDE_LABELS,
    Source: SOURCE_LABELS,
    Availability: AVAILABILITY_LABELS,
    UnitOfMeasure: UNIT_LABELS,
    Trigger: TRIGGER_LABELS,
}
"""The labels of each kind of word."""

CHOICE_LABELS = {
    "approve": Text(ru="за", en="approves"),
    "reject": Text(ru="против", en="rejects"),
    "qualified": Text(ru="квалифицирован", en="qualified"),
    "disqualified": Text(ru="не подходит", en="disqualified"),
    "arrived": Text(ru="прибыл", en="arrived"),
    "delayed": Text(ru="задерживается", en="delayed"),
    "released": Text(ru="выпущен", en="released"),
    "conditional": Text(ru="выпущен условно", en="released conditionally"),
    "hold": Text(ru="задержан", en="held"),
    "refused": Text(ru="отказано в выпуске", en="release refused"),
    "withdrawn": Text(ru="декларация отозвана", en="declaration withdrawn"),
    "accepted": Text(ru="принят", en="accepted"),
    "damaged": Text(ru="повреждён", en="damaged"),
    "partial": Text(ru="пришла часть", en="only a part came"),
    "lessor": Text(ru="лизингодатель", en="the lessor"),
    "client": Text(ru="клиент", en="the client"),
    "declined": Text(ru="клиент не подписывает", en="the client refuses it"),
    "partly": Text(ru="клиент принимает частично", en="the client accepts a part"),
    "signature": Text(ru="подписи", en="a signature"),
    "handover": Text(ru="передачи клиенту", en="to be handed to the client"),
    "corrected": Text(ru="исправим и отправим на подпись снова", en="corrected, to be signed again"),
    "adjusted": Text(ru="оформим корректировочный документ", en="adjusted by another paper beside it"),
    "returned": Text(ru="товар вернут", en="the goods are returned"),
}
"""The answers that the process itself reads, and those of the playbook that comes along, as people read them."""
