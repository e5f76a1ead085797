"""Whose money it is: by a number in the purpose, then by account and INN, then by sum and due date. What is not certain waits.

Numbers come first, as a treasury, a lessor or a parent company pays with an INN of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from domain.bank.payment import BankPayment, Candidate, Debtor, Due, Match
from domain.bank.purpose import About, compact, numbers_in
from domain.money import kopecks
from domain.order.rate_clause import ROUBLES
from domain.wording import Cash, worded
from domain.words import Text, join

MOST_CANDIDATES = 5
BY_HAND = timedelta(days=3)
"""A payment that was entered by hand, and its line in a statement, may differ by so much."""

_BY_NUMBER = Text(ru="в назначении номер {number}", en="the purpose names {number}")
_BY_ACCOUNT = Text(ru="с этого счёта по ней уже платили", en="this account has paid for it before")
_BY_INN = Text(ru="ИНН плательщика — клиента", en="the payer's INN is the client's")
_BY_NAMED_PAYER = Text(ru="этот плательщик назван в заказе", en="the order names this payer")
_BY_PAYER = Text(ru="с этим ИНН по ней уже платили", en="this INN has paid for it before")
_BY_SUM = Text(ru="столько и ждут: {sum}", en="just this sum is awaited: {sum}")
_BY_DUE = Text(ru="из таких сумм к оплате выставлена одна", en="of such sums this one alone is due")
_ONLY = Text(ru="у клиента одна открытая сделка", en="it is the client's only open deal")

_SEVERAL = Text(
    ru="в назначении номера нескольких сделок: {deals}", en="the purpose names several deals: {deals}"
)
_UNKNOWN_NUMBER = Text(
    ru="в назначении счёт {number}: такого нет ни в одной открытой сделке",
    en="the purpose names invoice {number}, that no open deal has",
)
_OTHER_CLIENT = Text(
    ru="номер в назначении — сделки {deal}, а ИНН плательщика — клиента других сделок",
    en="the number in the purpose is of deal {deal}, the payer's INN of the client of others",
)
_NUMBER_ALONE = Text(
    ru="за сделку {deal} говорит один номер {number}: ни плательщик, ни сумма не её",
    en="number {number} alone speaks for deal {deal}: neither payer nor sum is its",
)
_CURRENCY = Text(ru="сделка {deal} в другой валюте", en="deal {deal} is in another currency")
_NO_RATE = Text(
    ru="сделка {deal} оплачивается по курсу, а курс этого дня ещё не известен",
    en="deal {deal} is paid by rate, and this day's rate is not known yet",
)
_FROM_SEVERAL = Text(
    ru="у плательщика несколько открытых сделок, и сумма не говорит, за какую это",
    en="the payer has several open deals, and the sum does not say for which this is",
)
_MORE = Text(
    ru="по сделке {deal} ждут меньше: {sum}, а номера сделки или счёта в назначении нет",
    en="deal {deal} awaits less: {sum}, and the purpose names neither deal nor invoice",
)
_NOBODY = Text(
    ru="ни номера сделки или счёта в назначении, ни клиента с таким счётом или ИНН",
    en="no number of a deal or an invoice in the purpose, and no client of this account or INN",
)
_BY_HAND = Text(
    ru="похоже на платёж {id}, внесённый в сделку {deal} вручную",
    en="it looks like payment {id}, that was entered in deal {deal} by hand",
)


class Register:
    """The open deals, by all that money is known by."""

    def __init__(self, debtors: Iterable[Debtor]) -> None:
        self._debtors = {debtor.deal: debtor for debtor in debtors}
        self._numbers: dict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
        self._deals: dict[str, str] = {}
        self._inns: dict[str, list[str]] = defaultdict(list)
        self._accounts: dict[str, list[str]] = defaultdict(list)
        self._sums: dict[object, list[str]] = defaultdict(list)
        for debtor in self._debtors.values():
            self._deals[compact(debtor.deal)] = debtor.deal
            for reference, lines in debtor.references.items():
                self._numbers[compact(reference)][debtor.deal] = lines
            for inn in _inns(debtor):
                self._inns[inn].append(debtor.deal)
            for account in debtor.accounts:
                self._accounts[account].append(debtor.deal)
            for amount in {due.outstanding for due in debtor.dues} | {debtor.outstanding}:
                self._sums[amount].append(debtor.deal)

    def match(self, payment: BankPayment) -> Match:
        found = self._by_number(payment) or self._by_payer(payment)
        return found if found.deal is None else self._unless_entered(payment, found)

    def of_client(self, inn: str) -> list[str]:
        """The open deals of a client."""
        return list(self._inns.get(inn, ())) if inn else []

    def spend(self, payment: BankPayment, match: Match) -> None:
        """Its deal awaits so much less: what comes after it is judged by what is left."""
        if match.deal is None or match.deal not in self._debtors:
            return
        debtor, left, dues = self._debtors[match.deal], payment.amount, list[Due]()
        if payment.currency != debtor.currency:
            if (applied := debtor.applied(payment)) is None:
                return
            left = kopecks(left / applied)
        for due in sorted(debtor.dues, key=lambda due: (due.line != match.line, due.due_on or date.max)):
            part = min(left, due.outstanding)
            left -= part
            if due.outstanding > part:
                dues.append(due.model_copy(update={"outstanding": due.outstanding - part}))
        self._debtors[debtor.deal] = debtor.model_copy(update={"dues": tuple(dues)})

    def _by_number(self, payment: BankPayment) -> Match | None:
        """None where the purpose says nothing of ours."""
        hits: dict[str, set[tuple[int, ...]]] = defaultdict(set)
        said: dict[str, str] = {}
        unknown: list[str] = []
        groups = list[set[str]]()
        for named in numbers_in(payment.purpose):
            of_it = self._meant(named.spellings, named.about)
            for deal, lines in of_it.items():
                hits[deal].add(lines)
                said.setdefault(deal, named.written)
            if of_it:
                groups.append(set(of_it))
            elif named.about is About.INVOICE:
                unknown.append(named.written)
        if not hits:
            return self._unknown_invoice(payment, unknown) if unknown else None
        agreed = set.intersection(*groups)
        if len(agreed) > 1:
            agreed = {d.deal for d in self._of_payer(payment) if d.deal in agreed} or agreed
        candidates = [
            self._candidate(payment, deal, hits[deal], said[deal]) for deal in sorted(agreed or hits)
        ]
        if len(agreed) != 1:
            return Match(why=_in(_SEVERAL, deals=", ".join(sorted(hits))), candidates=_most(candidates))
        if unknown:
            return Match(why=_in(_UNKNOWN_NUMBER, number=unknown[0]), candidates=_most(candidates))
        [candidate] = candidates
        number = said[candidate.deal]
        if number.isdigit() and len(candidate.reasons) == 1:
            return Match(why=_in(_NUMBER_ALONE, deal=candidate.deal, number=number), candidates=(candidate,))
        return self._if_it_can_be(payment, candidate)

    def _meant(self, spellings: Sequence[str], about: About) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for number in spellings:
            if about is not About.DEAL or not number.isdigit():
                found |= self._numbers.get(number, {})
            if number in self._deals and (about is not About.INVOICE or not number.isdigit()):
                found.setdefault(self._deals[number], ())
        return found

    def _candidate(
        self, payment: BankPayment, deal: str, lines: Collection[tuple[int, ...]], number: str
    ) -> Candidate:
        named = {line for group in lines for line in group} if all(lines) else set()
        line = named.pop() if len(named) == 1 else None
        reasons = (
            _in(_BY_NUMBER, number=number),
            *self._reasons(payment, self._debtors[deal].as_paid(payment)),
        )
        return Candidate(deal=deal, line=line, reasons=reasons)

    def _if_it_can_be(self, payment: BankPayment, candidate: Candidate) -> Match:
        debtor = self._debtors[candidate.deal]
        others = [d for d in self._named(self._inns, payment.payer_inn) if d.inn == payment.payer_inn]
        known = payment.payer_inn in _inns(debtor) or payment.account in debtor.accounts
        if others and not known:
            more = [Candidate(deal=d.deal, reasons=tuple(self._reasons(payment, d))) for d in others]
            why = _in(_OTHER_CLIENT, deal=candidate.deal)
            return Match(why=why, candidates=_most([candidate, *more]))
        if payment.currency not in (
            debtor.currency,
            ROUBLES,
        ):  # a deal may be paid in roubles at a rate: it says itself
            return Match(why=_in(_CURRENCY, deal=candidate.deal), candidates=(candidate,))
        return _certain(candidate)

    def _unknown_invoice(self, payment: BankPayment, unknown: Sequence[str]) -> Match:
        return Match(
            why=_in(_UNKNOWN_NUMBER, number=unknown[0]),
            candidates=self._hints(payment, self._of_payer(payment)),
        )

    def _by_payer(self, payment: BankPayment) -> Match:
        among = [debtor.as_paid(payment) for debtor in self._of_payer(payment)]
        fitting = [debtor for debtor in among if debtor.currency == payment.currency and debtor.dues]
        candidates = self._hints(payment, fitting or among)
        if not among:
            return Match(
                why=_NOBODY, candidates=self._hints(payment, self._named(self._sums, payment.amount))
            )
        if not fitting:
            other = [debtor for debtor in among if debtor.currency != payment.currency]
            if other:
                by_rate = other[0].by_rate and payment.currency == ROUBLES
                why = _in(_NO_RATE if by_rate else _CURRENCY, deal=other[0].deal)
                return Match(why=why, candidates=candidates)
            return self._more_than_awaited(payment, among[0], candidates)
        if len(fitting) == 1:
            [debtor] = fitting
            if payment.amount > debtor.outstanding:
                return self._more_than_awaited(payment, debtor, candidates)
            reasons = [*self._reasons(payment, debtor), *([_ONLY] if len(among) == 1 else [])]
            return _certain(
                Candidate(deal=debtor.deal, line=_line_of(payment, debtor), reasons=tuple(reasons))
            )
        return self._by_sum(payment, fitting, candidates)

    def _by_sum(
        self, payment: BankPayment, among: Sequence[Debtor], candidates: tuple[Candidate, ...]
    ) -> Match:
        just = [debtor for debtor in among if _awaits(debtor, payment)]
        due = [debtor for debtor in just if _is_due(debtor, payment)]
        chosen = just if len(just) == 1 else due
        if len(chosen) != 1:
            return Match(why=_FROM_SEVERAL, candidates=candidates)
        reasons = self._reasons(payment, chosen[0]) + ([_BY_DUE] if len(just) > 1 else [])
        line = _line_of(payment, chosen[0])
        return _certain(Candidate(deal=chosen[0].deal, line=line, reasons=tuple(reasons)))

    def _more_than_awaited(
        self, payment: BankPayment, debtor: Debtor, candidates: tuple[Candidate, ...]
    ) -> Match:
        left = Cash(debtor.outstanding, debtor.currency)
        return Match(why=_in(_MORE, deal=debtor.deal, sum=left), candidates=candidates)

    def _of_payer(self, payment: BankPayment) -> list[Debtor]:
        """Those whom both account and INN name, if there are any; else whom one of them does."""
        by_account = self._named(self._accounts, payment.account)
        by_inn = self._named(self._inns, payment.payer_inn)
        both = [debtor for debtor in by_inn if debtor in by_account]
        return both if len(both) == 1 and len(by_inn) == 1 else by_inn or by_account

    def _named(self, index: Mapping[Any, Sequence[str]], value: object) -> list[Debtor]:
        return [self._debtors[deal] for deal in index.get(value, ())] if value else []

    def _reasons(self, payment: BankPayment, debtor: Debtor) -> list[Text]:
        found = []
        if payment.account and payment.account in debtor.accounts:
            found.append(_BY_ACCOUNT)
        if payment.payer_inn and payment.payer_inn == debtor.inn:
            found.append(_BY_INN)
        elif payment.payer_inn and payment.payer_inn == debtor.payer_inn:
            found.append(_BY_NAMED_PAYER)
        elif payment.payer_inn and payment.payer_inn in debtor.inns:
            found.append(_BY_PAYER)
        if _awaits(debtor, payment):
            found.append(_in(_BY_SUM, sum=Cash(payment.amount, payment.currency)))
        return found

    def _hints(self, payment: BankPayment, among: Iterable[Debtor]) -> tuple[Candidate, ...]:
        found = [
            Candidate(
                deal=debtor.deal,
                line=_line_of(payment, debtor),
                reasons=tuple(self._reasons(payment, debtor)),
            )
            for debtor in among
        ]
        return _most(found)

    def _unless_entered(self, payment: BankPayment, match: Match) -> Match:
        """What a person has entered without its payment order comes again with the statement: that is for a person to say."""
        debtor = self._debtors[match.deal or ""]
        applied = debtor.applied(payment)
        amount = kopecks(payment.amount / applied) if applied else payment.amount
        for entered in debtor.entered:
            is_near = payment.day is None or abs(entered.day - payment.day) <= BY_HAND
            if not entered.key and entered.amount == amount and is_near:
                why = _in(_BY_HAND, id=entered.id, deal=debtor.deal)
                return match.model_copy(update={"deal": None, "line": None, "why": why})
        return match


def _inns(debtor: Debtor) -> set[str]:
    return {debtor.inn, debtor.payer_inn, *debtor.inns} - {""}


def _awaits(debtor: Debtor, payment: BankPayment) -> bool:
    if debtor.currency != payment.currency:
        return False
    return payment.amount in {due.outstanding for due in debtor.dues} | {debtor.outstanding}


def _is_due(debtor: Debtor, payment: BankPayment) -> bool:
    return any(due.due_on and due.outstanding == payment.amount for due in debtor.dues)


def _line_of(payment: BankPayment, debtor: Debtor) -> int | None:
    """The one line of which just this sum is due."""
    lines = {due.line for due in debtor.dues if due.due_on and due.outstanding == payment.amount}
    return lines.pop() if len(lines) == 1 and len(debtor.dues) > 1 else None


def _certain(candidate: Candidate) -> Match:
    why = join(candidate.reasons, "; ")
    return Match(deal=candidate.deal, line=candidate.line, why=why, candidates=(candidate,))


def _most(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Those for which the most speaks."""
    return tuple(sorted(candidates, key=lambda one: -len(one.reasons))[:MOST_CANDIDATES])


def _in(words: Text, **said: object) -> Text:
    return worded(ru=words.ru, en=words.en, **said)
