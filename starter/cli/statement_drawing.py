"""What becomes of a statement, for people and as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType

from domain.bank.payment import BankPayment
from domain.wording import day, money, worded
from domain.words import Language, Text
from records.bank_payments import KeptPayment
from starter.cashier import Taken
from starter.cli.bank_drawing import candidate_words
from starter.cli.layout import Prose, Rows
from starter.statement_import import Fate, Planned

MOST = 50
"""Rows of a table: the rest is told by number, and whole as JSON."""

_FATES: dict[Fate, Text] = {
    "matched": Text(ru="в сделки", en="to deals"),
    "waits": Text(ru="ждут бухгалтера", en="wait for the accountant"),
    "known": Text(ru="уже известны", en="known already"),
    "sent": Text(ru="исходящие", en="outgoing"),
    "own": Text(ru="между своими счетами", en="between own accounts"),
}
_IN_ALL = Text(ru="Документов: {n}", en="Documents: {n}")
_MORE = Text(ru="…и ещё {n}: все с --output json", en="…and {n} more: all of them with --output json")
_POSTED = Text(ru="Передано в сделки: {n}", en="Told to deals: {n}")
_PAID_BACK = Text(
    ru="возврат по сделке {deal} закрыт платежом {key}", en="payment {key} closes the refund of deal {deal}"
)
_NOT_PAID_BACK = Text(
    ru="исходящий платёж {key} возврата не закрыл: {why}", en="outgoing payment {key} closes no refund: {why}"
)
_REFUSED = Text(ru="сделка не взяла {key}: {why}", en="no deal took {key}: {why}")


def rows(
    planned: Sequence[Planned],
    notes: Sequence[Text],
    told: Sequence[tuple[KeptPayment, Taken]],
    paid_back: Sequence[tuple[BankPayment, Taken]],
    *,
    applied: bool,
    language: Language,
) -> dict[str, Any]:
    return {
        "applied": applied,
        "counts": {fate: sum(one.fate == fate for one in planned) for fate in _FATES},
        "notes": [note.to(language) for note in notes],
        "posted": sum(taken.ok for _, taken in told),
        "refused": [
            {"key": one.payment.key, "why": taken.words.to(language)} for one, taken in told if not taken.ok
        ],
        "refunds": [
            {
                "key": payment.key,
                "deal": taken.deal,
                "closed": taken.ok,
                "words": taken.words.to(language),
            }
            for payment, taken in paid_back
        ],
        "documents": [
            {
                "line": one.listed.line,
                "fate": one.fate,
                "deal": one.match.deal,
                "deal_line": one.match.line,
                "why": one.match.why.to(language),
                "candidates": [candidate.deal for candidate in one.match.candidates],
                **one.listed.payment.model_dump(
                    mode="json", include={"key", "amount", "currency", "day", "payer", "purpose"}
                ),
            }
            for one in planned
        ],
    }


def drawn(
    planned: Sequence[Planned],
    notes: Sequence[Text],
    told: Sequence[tuple[KeptPayment, Taken]],
    paid_back: Sequence[tuple[BankPayment, Taken]],
    *,
    applied: bool,
    language: Language,
) -> Iterator[RenderableType]:
    counts = Counter(one.fate for one in planned)
    parts = [worded(ru=_IN_ALL.ru, en=_IN_ALL.en, n=len(planned)).to(language)]
    parts += [f"{_FATES[fate].to(language)} {counts[fate]}" for fate in _FATES if counts[fate]]
    yield Prose("; ".join(parts))
    yield from (Prose(note.to(language)) for note in notes)
    if shown := [one for one in planned if _is_shown(one)]:
        yield _table(shown[:MOST], language)
        if len(shown) > MOST:
            yield Prose(worded(ru=_MORE.ru, en=_MORE.en, n=len(shown) - MOST).to(language))
    if applied:
        posted = sum(taken.ok for _, taken in told)
        yield Prose(worded(ru=_POSTED.ru, en=_POSTED.en, n=posted).to(language))
        for one, taken in told:
            if not taken.ok:
                yield Prose(
                    worded(ru=_REFUSED.ru, en=_REFUSED.en, key=one.payment.key, why=taken.words).to(language)
                )
    for payment, taken in paid_back:
        words = _PAID_BACK if taken.ok else _NOT_PAID_BACK
        said = {"key": payment.key, "deal": taken.deal, "why": taken.words}
        yield Prose(worded(ru=words.ru, en=words.en, **said).to(language))


def _is_shown(one: Planned) -> bool:
    """What goes to deals, what waits, and what was sent to a client: that may be a refund."""
    return one.fate in ("matched", "waits") or (one.fate == "sent" and bool(one.match.candidates))


def _table(shown: Sequence[Planned], language: Language) -> Rows:
    headers = {
        "ru": ("дата", "сумма", "от кого", "назначение", "сделка", "почему"),
        "en": ("date", "sum", "from whom", "purpose", "deal", "why"),
    }
    return Rows([_cells(one, language) for one in shown], headers[language], held=(0, 1))


def _cells(one: Planned, language: Language) -> tuple[str, ...]:
    payment, match = one.listed.payment, one.match
    line = Text(ru=f", позиция {match.line}", en=f", line {match.line}").to(language) if match.line else ""
    may_be = "; ".join(candidate_words(candidate, language) for candidate in match.candidates)
    return (
        day(payment.day, language) if payment.day else "",
        money(payment.amount, payment.currency, language),
        payment.payer,
        payment.purpose,
        f"{match.deal}{line}" if match.deal else "?" if one.fate == "waits" else "",
        match.why.to(language) + (f" ({may_be})" if may_be and not match.deal else ""),
    )
