"""An order as whoever decides on it reads it: goods, sums, what falls due when. One text for mail and pages."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.calendar import Span
from domain.deal.amending.effects import effects_of
from domain.deal.opening import open_line
from domain.deal.rate_words import clause_in_words
from domain.deal.state import AMENDMENT, DealState, LineState
from domain.enclosures import Good, OrderWords, Part, Term
from domain.goods.units import UNITS
from domain.money import ZERO
from domain.order.offer import Offer
from domain.order.order import OrderLine, vat_of
from domain.order.rate_clause import RateClause
from domain.playbook.terms import Event, MilestoneTerm, signed_document
from domain.view.change_words import offer_in_words
from domain.view.effect_words import effects_in_words
from domain.wording import day, money
from domain.words import DELIVER_FROM, UNIT_LABELS, Language, Source, Text, Trigger, UnitOfMeasure

_EACH = Text(ru="за шт.", en="each")
_PER = Text(ru="за {unit}", en="per {unit}")
_SINCE = {
    Trigger.CONTRACT: Text(ru="с согласования договора", en="after the contract is agreed"),
    Trigger.READY_TO_SHIP: Text(ru="с готовности к отгрузке", en="after the goods are ready to ship"),
    Trigger.SHIPPED: Text(ru="с отгрузки", en="after shipping"),
    Trigger.ACCEPTED: Text(ru="с приёмки", en="after acceptance"),
}
_SINCE_OF_SERVICES = {
    Trigger.READY_TO_SHIP: Text(ru="с назначения исполнителя", en="after it is settled who renders it"),
    Trigger.SHIPPED: Text(ru="с оказания услуги", en="after the service is rendered"),
    Trigger.ACCEPTED: Text(ru="с оказания услуги", en="after the service is rendered"),
}
_DELIVERED, _RENDERED = Text(ru="поставка", en="delivered"), Text(ru="оказание", en="rendered")
_PAID = Text(ru="Оплата {how}", en="Paid {how}")
_SINCE_SIGNED = Text(ru="с подписания документа «{title}»", en="after “{title}” is signed")
_UNITS = {
    "wd": (("рабочий день", "рабочих дня", "рабочих дней"), ("working day", "working days")),
    "wh": (("рабочий час", "рабочих часа", "рабочих часов"), ("working hour", "working hours")),
    "cd": (("день", "дня", "дней"), ("day", "days")),
}


def order_words(
    deal: DealState,
    lines: Sequence[LineState],
    language: Language,
    offer: Offer | None = None,
    *,
    inside: bool = False,
) -> OrderWords:
    """Of these lines of the deal; of an `offer`, with how it differs from the version before. An amendment's lines are as it would
    have them, with what follows from it; `inside`: for a reader who works here."""
    is_amendment = offer is not None and offer is deal.amendment
    if offer and is_amendment:
        lines = _amended(deal, offer)
    words = _Told(deal, lines, language, offer.rate if offer else deal.rate).words()
    changes = offer_in_words(offer, language, deal.book) if offer else ()
    follows = what_follows(deal, offer, language, inside=inside) if offer and is_amendment else ()
    return words.model_copy(update={"changes": changes, "follows": follows})


def what_follows(deal: DealState, offer: Offer, language: Language, *, inside: bool) -> tuple[str, ...]:
    return effects_in_words(effects_of(deal, offer), deal.currency, language, inside=inside)


def _amended(deal: DealState, offer: Offer) -> list[LineState]:
    """Lines that only show what they would be."""
    return [open_line(deal, number, good, deal.updated_at) for number, good in offer.lines.items()]


def asked_offer(deal: DealState, approval: str, version: int) -> Offer | None:
    """The offer that this version of an approval is about, where it is about one."""
    latest = deal.offers[-1] if deal.offers and approval in ("contract", AMENDMENT) else None
    return latest if latest and latest.version == version else None


def span_words(span: Span, language: Language) -> str:
    ru, en = _UNITS[span.unit]
    return f"{span.n} {_form(span.n, ru) if language == 'ru' else en[span.n != 1]}"


def promise_words(good: OrderLine, language: Language) -> str:
    """What the contract says of the delivery; empty where it says nothing."""
    what = _RENDERED if good.source is Source.SERVICE else _DELIVERED
    if good.deliver_by:
        on = day(good.deliver_by, language)
        return f"{what.ru} не позднее {on}" if language == "ru" else f"{what.en} by {on}"
    if good.deliver_within:
        span = span_words(good.deliver_within, language)
        since = DELIVER_FROM[good.deliver_from or "contract"].to(language)
        return f"{what.ru} за {span} {since}" if language == "ru" else f"{what.en} within {span} {since}"
    return ""


class _Told:
    def __init__(
        self, deal: DealState, lines: Sequence[LineState], language: Language, rate: RateClause | None
    ) -> None:
        self.deal, self.book, self.lines, self.language = deal, deal.book, lines, language
        self.rate = rate

    def words(self) -> OrderWords:
        return OrderWords(
            goods=tuple(map(self._good, self.lines)),
            total=self._money(sum((line.amount for line in self.lines), ZERO)),
            vat=self._money(sum((vat_of(line.good, self.book) for line in self.lines), ZERO)),
            terms=tuple(self._terms()),
        )

    def _good(self, line: LineState) -> Good:
        good = line.good
        each = f"{self._money(good.unit_price)} {self._per(good)}" if good.quantity != 1 else ""
        details = (
            *(good.sku, each),
            self.book.vat[good.vat].title.to(self.language),
            ""
            if good.source is Source.SERVICE
            else self.book.deliveries[good.delivery].title.to(self.language),
            promise_words(good, self.language),
        )
        amount = self._money(good.amount)
        return Good(
            name=good.name,
            details=tuple(filter(None, details)),
            quantity=good.measured.to(self.language),
            amount=amount,
        )

    def _per(self, good: OrderLine) -> str:
        if good.unit is UnitOfMeasure.PIECE:
            return _EACH.to(self.language)
        unit = UNIT_LABELS[good.unit].ru if self.language == "ru" else UNITS[good.unit].name.en
        return _PER.to(self.language).format(unit=unit)

    def _terms(self) -> Iterator[Term]:
        for code in dict.fromkeys(line.good.payment for line in self.lines):
            lines = [line for line in self.lines if line.good.payment == code]
            term = self.book.payments[code]
            yield Term(
                title=term.title.to(self.language),
                goods=tuple(line.good.name for line in lines) if len(lines) < len(self.lines) else (),
                parts=tuple(self._part(part, lines) for part in term.milestones),
            )
        if self.rate:
            yield Term(title=_PAID.to(self.language).format(how=clause_in_words(self.rate).to(self.language)))

    def _part(self, part: MilestoneTerm, lines: Sequence[LineState]) -> Part:
        due = sum((line.milestones[line.subject.id(part.id)].amount for line in lines), ZERO)
        since = self._since(part.trigger, {line.good.source for line in lines})
        when = f"{span_words(part.offset, self.language)} {since}"
        return Part(title=part.title.to(self.language), when=when, amount=self._money(due))

    def _since(self, event: Event, sources: set[Source]) -> str:
        if code := signed_document(event):
            return _SINCE_SIGNED.to(self.language).format(
                title=self.book.documents[code].title.to(self.language)
            )
        of_services = _SINCE_OF_SERVICES if sources == {Source.SERVICE} else {}
        return of_services.get(Trigger(event), _SINCE[Trigger(event)]).to(self.language)

    def _money(self, amount: Decimal) -> str:
        return money(amount, self.deal.currency, self.language)


def _form(n: int, forms: tuple[str, str, str]) -> str:
    """One day, two days, five days, as Russian counts them."""
    if n % 10 == 1 and n % 100 != 11:
        return forms[0]
    return forms[1] if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else forms[2]
