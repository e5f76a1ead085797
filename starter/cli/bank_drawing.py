"""Money nobody knows in rows: as a table, and as JSON."""

from collections.abc import Iterable
from typing import Any

from domain.bank.payment import Candidate, Kind
from domain.wording import day, money
from domain.words import Language, Text, join
from records.bank_payments import KeptPayment
from starter.cli.layout import Rows

KINDS = {
    Kind.RECEIVED: Text(ru="пришло", en="received"),
    Kind.REVERSED: Text(ru="отозвано банком", en="taken back by the bank"),
    Kind.SENT: Text(ru="ушло", en="sent"),
}
_ON_ITS_WAY = Text(ru="передаётся в сделку {deal}", en="on its way to deal {deal}")


def unmatched_rows(found: Iterable[KeptPayment], language: Language) -> list[dict[str, Any]]:
    return [
        {
            **one.payment.model_dump(mode="json"),
            "status": one.status,
            "why": why(one).to(language),
            "received_at": one.received_at.isoformat(),
            "candidates": [
                {"deal": c.deal, "line": c.line, "reasons": [reason.to(language) for reason in c.reasons]}
                for c in one.match.candidates
            ],
        }
        for one in found
    ]


def unmatched_drawn(found: Iterable[KeptPayment], language: Language) -> Rows:
    headers = {
        "ru": ("платёж", "что", "сумма", "от кого", "назначение", "почему ждёт", "чьё может быть"),
        "en": ("payment", "what", "sum", "from whom", "purpose", "why it waits", "whose it may be"),
    }
    rows = [
        (
            one.payment.key,
            what(one, language),
            money(one.payment.amount, one.payment.currency, language) if one.payment.amount else "",
            " ".join(filter(None, [one.payment.payer, one.payment.payer_inn])),
            one.payment.purpose,
            why(one).to(language),
            "; ".join(candidate_words(candidate, language) for candidate in one.match.candidates),
        )
        for one in found
    ]
    return Rows(rows, headers[language], held=(2,))


def why(one: KeptPayment) -> Text:
    if one.status != "posting":
        return one.match.why
    deal = one.deal or ""
    return Text(ru=_ON_ITS_WAY.ru.format(deal=deal), en=_ON_ITS_WAY.en.format(deal=deal))


def candidate_words(candidate: Candidate, language: Language) -> str:
    """`1042: the payer's INN is the client's`."""
    reasons = join(candidate.reasons, ", ").to(language)
    return f"{candidate.deal}: {reasons}" if reasons else candidate.deal


def what(one: KeptPayment, language: Language) -> str:
    on = day(one.payment.day, language) if one.payment.day else ""
    what = f"{KINDS[one.payment.kind].to(language)} {on}".strip()
    return f"{what}: {one.payment.reverses}" if one.payment.reverses else what
