"""The contract's delivery date: a delay that is forecast, what the client is told of it, and a supplier's other dates."""

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime

from domain.facts.declare import Crm, FactData, Mail, To
from domain.words import NoticeKind, Text


class DeliveryLate(FactData):
    """The manager is asked what to do. Told again only when the forecast has moved far enough."""

    kind = "delivery.late"
    sentence = Text(
        ru="опоздание: прогноз {expected}, по договору {promised}; причина: {reason}",
        en="late: forecast for {expected}, promised by {promised}, because {reason}",
    )
    line_reports = True

    expected: date
    promised: date
    reason: Text


class DeliveryInTime(FactData):
    kind = "delivery.in_time"
    sentence = Text(
        ru="снова в срок: прогноз {expected}, по договору {promised}",
        en="in time again: forecast for {expected}, promised by {promised}",
    )
    line_reports = True

    expected: date
    promised: date


class DeliveryMoved(FactData):
    kind = "delivery.moved"
    sentence = Text(
        ru="клиенту сообщена новая дата {expected}: {explanation}",
        en="the client is told a new date, {expected}: {explanation}",
    )
    mail = Mail(NoticeKind.DELIVERY_MOVED, (To.CLIENT,))
    line_reports = True

    expected: date
    explanation: str


class VatWillChange(FactData):
    """The goods are forecast to ship when another rate holds: the price includes more VAT, and can still be agreed."""

    kind = "vat.will_change"
    sentence = Text(
        ru="позиция {line}: отгрузка (оказание услуги) ожидается {shipped}, тогда вместо «{before}» действует «{after}»; в той же цене НДС больше на {extra}",
        en="line {line}: the shipment (or service) is expected on {shipped}, when “{after}” holds instead of “{before}”; the same price includes {extra} more VAT",
    )
    mail = Mail(NoticeKind.VAT_CHANGES, (To.MANAGER,))
    crm = (Crm.NOTIFY, Crm.COMMENT)

    line: int
    shipped: date
    before: Text
    after: Text
    extra: Decimal
    currency: str


class VatOfShipment(FactData):
    kind = "vat.of_shipment"
    sentence = Text(
        ru="по дате отгрузки (оказания услуги) {on} в УПД «{after}» вместо «{before}»: НДС {amount}",
        en="by the day of the shipment (or service), {on}, the UPD says “{after}” instead of “{before}”: VAT {amount}",
    )
    line_reports = True

    on: date
    before: Text
    after: Text
    amount: Decimal
    currency: str


class ReadyDateMoved(FactData):
    """The supplier has named another day on which the goods are ready."""

    kind = "ready.moved"
    sentence = Text(
        ru="поставщик перенёс готовность на {ready}[ (было {before})], отправить до {due}: {reason}",
        en="the supplier moves the ready date to {ready}[ (was {before})], to be dispatched by {due}: {reason}",
    )
    crm = (Crm.OPEN_TASK,)
    line_reports = True

    ready: date
    before: date | None = None
    due: AwareDatetime
    reason: str
