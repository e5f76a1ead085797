"""Rates and the rate clause as people read them."""

from datetime import date
from decimal import Decimal

from domain.deal.rates import PaidIn
from domain.order.rate_clause import ROUBLES, RateClause, RateDay
from domain.wording import Cash, number, worded
from domain.words import Text, same

_ONE = {
    "EUR": Text(ru="евро", en="a euro"),
    "USD": Text(ru="доллар", en="a dollar"),
    "CNY": Text(ru="юань", en="a yuan"),
}
"""As they read after «за» and “for”."""
_OF = {
    "EUR": Text(ru="евро", en="the euro"),
    "USD": Text(ru="доллара", en="the dollar"),
    "CNY": Text(ru="юаня", en="the yuan"),
}
"""As they read after «курс» and “the rate of”."""
_BANK = Text(ru="Банк России", en="Bank of Russia")
_BY_HAND = Text(ru="внёс бухгалтер", en="entered by the accountant")
_DAYS = {
    RateDay.CREDITED: Text(ru="на день поступления денег", en="of the day on which the money comes"),
    RateDay.DEBITED: Text(
        ru="на день списания денег со счёта плательщика", en="of the day on which the payer's bank debits it"
    ),
    RateDay.CONTRACT: Text(ru="на день договора", en="of the contract's day"),
}


def rate_in_words(paid: PaidIn, currency: str) -> Text:
    """`9 333,44 ₽ по курсу 93,334386 ₽ за евро (Банк России на 05.11.2026, +2 %)`."""
    return worded(
        ru="{paid} по курсу {rate} ₽ за {one} ({source} на {day}{within}{percent})",
        en="{paid} at ₽{rate} for {one} ({source}, {day}{within}{percent})",
        paid=Cash(paid.amount, ROUBLES),
        rate=paid.applied.normalize(),
        one=_ONE.get(currency) or same(currency),
        source=_BY_HAND if paid.rate.by_hand else _BANK,
        day=paid.rate.set_on,
        within=_kept(paid),
        percent=worded(ru=", {p}", en=", {p}", p=_percent(paid.percent)) if paid.percent else "",
    )


def _kept(paid: PaidIn) -> Text | str:
    """Where the contract does not take the bank's rate as it is."""
    if paid.held == paid.rate.value or paid.base is None or paid.within is None:
        return ""
    return worded(
        ru=": {rate} ₽, но не дальше {within} % от {base} ₽ на день договора",
        en=": ₽{rate}, but within {within}% of ₽{base}, the contract's day",
        rate=paid.rate.value.normalize(),
        within=paid.within.normalize(),
        base=paid.base.value.normalize(),
    )


def question_title(currency: str, day: date) -> Text:
    """What the accountant is asked for."""
    return worded(
        ru="Внести курс {of} на {day}",
        en="Enter the rate of {of} of {day}",
        of=_OF.get(currency) or same(currency),
        day=day,
    )


def clause_in_words(clause: RateClause) -> Text:
    """`в рублях по курсу Банка России на день поступления денег, +2 %`."""
    return worded(
        ru="в рублях по курсу Банка России {day}{within}{percent}",
        en="in roubles at the Bank of Russia's rate {day}{within}{percent}",
        day=_DAYS[clause.day],
        within=_within(clause),
        percent=worded(ru=", {p}", en=", {p}", p=_percent(clause.percent)) if clause.percent else "",
    )


def _within(clause: RateClause) -> Text | str:
    if clause.within is None:
        return ""
    return worded(
        ru=", но не дальше {within} % от курса на день договора",
        en=", but within {within}% of that of the contract's day",
        within=clause.within.normalize(),
    )


def _percent(value: Decimal) -> Text:
    sign, value = "+" if value > 0 else "−", abs(value).normalize()
    return Text(ru=f"{sign}{number(value, 'ru')} %", en=f"{sign}{number(value, 'en')}%")
