"""A bank's statement on its way to the deals: what of it is new, whose each payment is, and, once that is wanted, into the deals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from domain.bank.matching import Register
from domain.bank.payment import Candidate, Match
from domain.bank.statement import Listed, Statement, Way
from domain.wording import worded
from domain.words import Text
from records.bank_payments import BankPayments, KeptPayment
from starter.cashier import decided

Fate = Literal["matched", "waits", "known", "own", "sent"]

_OWN = Text(ru="между своими счетами", en="between the company's own accounts")
_SENT = Text(ru="исходящий платёж не клиенту", en="an outgoing payment, to no client")
_TO_CLIENT = Text(
    ru="ушло клиенту: возврат на эту сумму закроет --apply, иначе deal complete N",
    en="sent to a client: --apply closes a refund of this sum, else deal complete N",
)
_AGAIN = Text(ru="в этом файле уже был, строка {line}", en="it stands in this file already, at line {line}")
_IN_DEAL = Text(ru="уже учтён в сделке {deal}", en="counted already, in deal {deal}")
_WAITS = Text(ru="уже ждёт, чья он", en="it waits already for whose it is")
_ON_ITS_WAY = Text(ru="передаётся в сделку {deal}", en="on its way to deal {deal}")


class Planned(NamedTuple):
    """What becomes of a document of a statement: `matched` goes to the deal of its match, `waits` to the accountant."""

    listed: Listed
    fate: Fate
    match: Match


def plan(statement: Statement, kept: BankPayments, register: Register) -> list[Planned]:
    """Changes nothing. What the statement repeats, of itself or of what came before, is known."""
    incoming = [listed.payment for listed in statement.listed if listed.way is Way.IN]
    known = kept.known(incoming)
    seen: dict[str, int] = {}
    planned = []
    for listed in statement.listed:
        fate, match = _fate(listed, known.get(listed.payment.key), seen, register)
        planned.append(Planned(listed, fate, match))
    return planned


def _fate(
    listed: Listed, before: KeptPayment | str | None, seen: dict[str, int], register: Register
) -> tuple[Fate, Match]:
    payment = listed.payment
    if listed.way is Way.OWN:
        return "own", Match(why=_OWN)
    if listed.way is Way.OUT:
        clients = tuple(Candidate(deal=deal) for deal in register.of_client(payment.payer_inn))
        return "sent", Match(why=_TO_CLIENT if clients else _SENT, candidates=clients)
    if line := seen.get(payment.key):
        return "known", Match(why=worded(ru=_AGAIN.ru, en=_AGAIN.en, line=line))
    seen[payment.key] = listed.line
    if before is not None:
        return "known", Match(why=_before(before))
    match = register.match(payment)
    register.spend(payment, match)
    return ("matched" if match.deal else "waits"), match


def _before(before: KeptPayment | str) -> Text:
    if isinstance(before, str):
        return worded(ru=_IN_DEAL.ru, en=_IN_DEAL.en, deal=before)
    if before.status == "waiting":
        return _WAITS
    if before.status == "posting":
        return worded(ru=_ON_ITS_WAY.ru, en=_ON_ITS_WAY.en, deal=before.deal or "")
    return decided(before)


def keep(planned: Sequence[Planned], kept: BankPayments, at: datetime, by: str) -> None:
    """In one transaction: from then on what is matched is on its way, and the rest waits, whatever is interrupted."""
    new = [(one.listed.payment, one.match) for one in planned if one.fate in ("matched", "waits")]
    kept.put(new, at, by)
