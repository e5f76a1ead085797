"""What a client owes, as the director reads it who decides on a credit: how much over all deals, against which limit, and the way on."""

from collections.abc import Iterator

from domain.deal.credit import CreditFinding, OwedIn
from domain.deal.state import LineState
from domain.wording import money
from domain.words import Language, Text

_UNKNOWN = Text(
    ru="сколько клиент должен по всем сделкам, узнать не удалось: записи не ответили, решайте без этого или посмотрите список сделок",
    en="what the client owes over all deals could not be looked up: the records did not answer; decide without it, or look at the list of deals",
)
_NOTHING = Text(ru="по другим позициям и сделкам {who} ничего не должен", en="{who} owes nothing elsewhere")
_OWES = Text(
    ru="{who} должен {owed} (сделок с долгом: {deals}), просрочено: {overdue}",
    en="{who} owes {owed} (deals with something owed: {deals}), overdue: {overdue}",
)
_APART = Text(
    ru="в другой валюте, отдельно: должен {owed}, просрочено: {overdue}",
    en="in another currency, apart: owes {owed}, overdue: {overdue}",
)
_WITHIN = Text(
    ru="лимит {limit}, с этой позицией станет {total}",
    en="the limit is {limit}, with this line it would become {total}",
)
_BEYOND = Text(
    ru="лимит {limit}, с этой позицией станет {total}: сверх лимита на {beyond}",
    en="the limit is {limit}, with this line it would become {total}: {beyond} beyond the limit",
)
_NO_LIMIT = Text(
    ru="лимит в этой валюте не задан, с этой позицией станет {total}",
    en="no limit in this currency is set, with this line it would become {total}",
)
_BROKEN = Text(
    ru="лимит неизвестен: файл лимитов не читается",
    en="the limit is unknown: the file of limits can't be read",
)
_CLIENT = Text(ru="клиент", en="the client")
_PAYER = Text(ru="плательщик ({name})", en="the payer ({name})")
_MORE = Text(
    ru="раньше решали о сумме {before}, теперь это {amount}",
    en="what was decided on was {before}, now it is {amount}",
)
_WAY_ON = Text(
    ru="что можно: согласовать как исключение или отклонить с комментарием — тогда менеджер выберет другой тип оплаты, например предоплату",
    en="what can be done: approve it as an exception, or reject it with a comment: the manager then chooses another payment type, like a prepayment",
)


def credit_words(line: LineState | None, approval: str, version: int, language: Language) -> tuple[str, ...]:
    """Nothing of what is no credit, and of another round."""
    found = line.credit if line else None
    if line is None or found is None or approval != "credit" or found.round != version:
        return ()
    return tuple(_told(line, found, language))


def _told(line: LineState, found: CreditFinding, language: Language) -> Iterator[str]:
    if found.before is not None and found.before != line.amount:
        sums = {"before": found.before, "amount": line.amount}
        yield _MORE.to(language).format(**{n: money(s, line.currency, language) for n, s in sums.items()})
    if not found.known:
        yield _UNKNOWN.to(language)
        return
    who = (_PAYER if found.debtor else _CLIENT).to(language).format(name=found.debtor)
    currency, owed = line.currency, found.owed_in(line.currency)
    if not found.owed:
        yield _NOTHING.to(language).format(who=who)
    elif owed.owed:
        yield _OWES.to(language).format(**_sums(owed, language), who=who, deals=found.deals)
    for other in found.elsewhere(currency):
        yield _APART.to(language).format(**_sums(other, language))
    limit, beyond = found.limit, found.beyond(line.amount, currency)
    total = money(found.would_be(line.amount, currency), currency, language)
    if found.limits_broken:
        yield _BROKEN.to(language)
    elif limit is None or limit.currency != currency:
        yield _NO_LIMIT.to(language).format(total=total)
    else:
        said = {"limit": money(limit.amount, currency, language), "beyond": money(beyond, currency, language)}
        yield (_BEYOND if beyond else _WITHIN).to(language).format(total=total, **said)
    if beyond or found.overdue:
        yield _WAY_ON.to(language)


def _sums(owed: OwedIn, language: Language) -> dict[str, str]:
    return {name: money(getattr(owed, name), owed.currency, language) for name in ("owed", "overdue")}
