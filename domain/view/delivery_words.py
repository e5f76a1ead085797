"""Whether a line comes in time, in words: by when, how late, because of what, and what that costs."""

from datetime import datetime

from domain.deal.delivery import DeliveryForecast
from domain.deal.delivery_way import Leg, LegKind
from domain.deal.state import LineState
from domain.playbook.book import Playbook
from domain.wording import counted, day, worded
from domain.words import Language, Source, Text, Trigger

_CAUSES = {
    LegKind.TERMS: Text(ru="не оформлены условия оплаты", en="the payment terms are not entered"),
    LegKind.CONTRACT: Text(
        ru="согласуется договор с другим типом оплаты",
        en="the contract with another payment type is being agreed",
    ),
    LegKind.CREDIT: Text(ru="нет решения об отсрочке", en="the credit is not decided"),
    LegKind.SIGNATURE: Text(ru="не подписан договор", en="the contract is not signed"),
    LegKind.PREPAYMENT: Text(ru="нет предоплаты", en="the prepayment has not come"),
    LegKind.ORDER: Text(ru="не размещён заказ у поставщика", en="the supplier has no order yet"),
    LegKind.MAKING: Text(
        ru="поставщик готовит товар к {on}", en="the supplier has the goods ready only on {on}"
    ),
    LegKind.RESERVATION: Text(ru="товар не зарезервирован", en="the goods are not reserved"),
    LegKind.DISPATCH: Text(ru="товар не отправлен", en="the goods are not handed to the carrier"),
    LegKind.TRANSIT: Text(ru="груз в пути до {on}", en="the goods are under way until {on}"),
    LegKind.DECLARATION: Text(ru="не подана декларация", en="the declaration is not filed"),
    LegKind.CUSTOMS: Text(ru="нет выпуска таможни", en="the customs have not released the goods"),
    LegKind.ACCEPTANCE: Text(ru="товар не принят на склад", en="the warehouse has not accepted the goods"),
    LegKind.PAYMENT: Text(ru="нет оплаты до отгрузки", en="the payment before shipping has not come"),
    LegKind.SHIPMENT: Text(ru="товар не отгружен", en="the goods are not shipped"),
    LegKind.DELIVERY: Text(ru="клиент не получил товар", en="the client has not received the goods"),
    LegKind.PLAN: Text(ru="не назначены исполнитель и дата", en="nobody is named to render it, and no date"),
    LegKind.AWAITED: Text(
        ru="товар, после которого оказывают услугу, будет у клиента только {on}",
        en="the goods that the service follows reach the client only on {on}",
    ),
    LegKind.RENDERING: Text(ru="услуга не оказана", en="the service is not rendered"),
}
"""While a leg goes on, or is to come."""
_TOOK = {
    LegKind.TERMS: Text(ru="долго оформляли условия оплаты", en="the payment terms took long"),
    LegKind.CONTRACT: Text(
        ru="договор согласовали с другим типом оплаты",
        en="the contract was agreed anew with another payment type",
    ),
    LegKind.CREDIT: Text(ru="долго решали об отсрочке", en="the decision on the credit took long"),
    LegKind.SIGNATURE: Text(ru="договор подписан только {on}", en="the contract was signed only on {on}"),
    LegKind.PREPAYMENT: Text(ru="предоплата пришла только {on}", en="the prepayment came only on {on}"),
    LegKind.ORDER: Text(
        ru="заказ у поставщика размещён только {on}", en="the supplier got the order only on {on}"
    ),
    LegKind.MAKING: _CAUSES[LegKind.MAKING],
    LegKind.RESERVATION: Text(
        ru="товар зарезервирован только {on}", en="the goods were reserved only on {on}"
    ),
    LegKind.DISPATCH: Text(ru="товар отправлен только {on}", en="the goods left the supplier only on {on}"),
    LegKind.TRANSIT: Text(ru="груз прибыл только {on}", en="the goods arrived only on {on}"),
    LegKind.DECLARATION: Text(
        ru="декларация подана только {on}", en="the declaration was filed only on {on}"
    ),
    LegKind.CUSTOMS: Text(
        ru="таможня выпустила груз только {on}", en="the customs released the goods only on {on}"
    ),
    LegKind.ACCEPTANCE: Text(
        ru="товар принят на склад только {on}", en="the goods were accepted only on {on}"
    ),
    LegKind.PAYMENT: Text(
        ru="оплата до отгрузки пришла только {on}", en="the payment before shipping came only on {on}"
    ),
    LegKind.SHIPMENT: Text(ru="товар отгружен только {on}", en="the goods were shipped only on {on}"),
    LegKind.DELIVERY: Text(ru="товар получен только {on}", en="the goods were received only on {on}"),
    LegKind.PLAN: Text(
        ru="исполнитель и дата назначены только {on}", en="who renders it was named only on {on}"
    ),
    LegKind.AWAITED: Text(
        ru="товар, после которого оказывают услугу, получен только {on}",
        en="the goods that the service follows were received only on {on}",
    ),
    LegKind.RENDERING: Text(ru="услуга оказана только {on}", en="the service was rendered only on {on}"),
}
"""Once it is over."""
_OF_SERVICE = {
    LegKind.PAYMENT: (
        Text(ru="нет оплаты до оказания услуги", en="the payment before the service has not come"),
        Text(
            ru="оплата до оказания услуги пришла только {on}",
            en="the payment before the service came only on {on}",
        ),
    ),
}
"""What reads otherwise of a service: while it goes on, and once it is over."""
_HELD = Text(ru="груз задержан таможней", en="the customs hold the goods")
_ETA_PASSED = Text(ru="ожидаемая дата прибытия прошла", en="the expected arrival has passed")
_RECEIVED, _RENDERED = Text(ru="получено", en="delivered"), Text(ru="оказана", en="rendered")
_TOO_LITTLE = Text(
    ru="на весь путь нужно больше, чем срок по договору", en="the way takes longer than the contract gives"
)


def because(line: LineState, forecast: DeliveryForecast, book: Playbook, now: datetime) -> Text:
    """The step that takes longer than it should; or that the promise leaves too little."""
    leg = forecast.cause
    if leg is None:
        return _TOO_LITTLE
    on = book.calendar.today(leg.ends)
    return worded(ru=(said := _said(line, leg, now)).ru, en=said.en, on=on)


def _said(line: LineState, leg: Leg, now: datetime) -> Text:
    is_over = leg.ends < now
    if line.good.source is Source.SERVICE and (of_service := _OF_SERVICE.get(leg.kind)):
        return of_service[is_over]
    if is_over:
        return _TOOK[leg.kind]
    if leg.kind is LegKind.CUSTOMS and line.held:
        return _HELD
    if leg.kind is LegKind.TRANSIT and line.eta and line.eta < now:
        return _ETA_PASSED
    return _CAUSES[leg.kind]


def delivery_words(
    line: LineState, forecast: DeliveryForecast, book: Playbook, now: datetime, language: Language
) -> str:
    """`late by 5 days: forecast for 25 Jan 2027, promised by 20 Jan 2027, because …`."""
    delivered = Trigger.ACCEPTED in line.moments
    done = _RENDERED if line.good.source is Source.SERVICE else _RECEIVED
    on, by = day(forecast.delivered_on, language), forecast.promised_on
    if by is None:
        ru, en = (
            (f"{done.ru} {on}", f"{done.en} on {on}") if delivered else (f"ждём {on}", f"expected on {on}")
        )
        return ru if language == "ru" else en
    promised = day(by, language)
    if not (late := forecast.late_days):
        ru = f"в срок: {done.ru if delivered else 'прогноз'} {on}, по договору до {promised}"
        en = f"in time: {f'{done.en} on' if delivered else 'forecast for'} {on}, promised by {promised}"
        return ru if language == "ru" else en
    days, why = counted(late, "day", language), because(line, forecast, book, now).to(language)
    ru = f"опоздание {days}: {done.ru if delivered else 'прогноз'} {on}, по договору до {promised}; причина: {why}"
    en = f"late by {days}: {f'{done.en} on' if delivered else 'forecast for'} {on}, promised by {promised}, because {why}"
    return ru if language == "ru" else en


def lateness(forecast: DeliveryForecast, why: Text, language: Language) -> str:
    """What the manager is asked about."""
    expected, promised = day(forecast.delivered_on, language), forecast.promised_on
    by = day(promised, language) if promised else ""
    if language == "ru":
        return f"прогноз {expected}, по договору до {by}; причина: {why.ru}"
    return f"forecast for {expected}, promised by {by}, because {why.en}"
