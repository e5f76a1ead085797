"""Bank payments on their way to deals: each to the one it is for, and kept for a person where that is not certain, or the deal says no."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from pydantic import ValidationError

from domain.bank.keys import came_from
from domain.bank.matching import Register
from domain.bank.payment import BankPayment, Candidate, Debtor, Kind, Match
from domain.deal.field_labels import FIELD_LABELS
from domain.deal.ledger import EntryKind
from domain.deal.messages import Message, Pay, Receipt, Reverse
from domain.deal.state import DealState
from domain.deal.transfers import recalled
from domain.money import ZERO
from domain.refusals import Refusal
from domain.wording import Cash, typed, worded
from domain.wording.invalid import summary
from domain.words import Text, join, same
from records.bank_payments import BankPayments, KeptPayment
from records.postings import recall
from starter.answers import MessageRefused
from starter.errors import NotFoundError, RefusedError

AT_ONCE = 8
"""Payments that are told to deals at the same time."""
_OF_THE_PAYER = {"payer", "payer_inn", "account", "document", "document_date", "debited"}
_THERE_ALREADY = {"already", "same_id_other_content"}

_WAITS = Text(
    ru="{why}. Платёж ждёт, чья он: deal money unmatched",
    en="{why}. The payment waits for whose it is: deal money unmatched",
)
_HAS_IT = Text(ru="уже учтён в сделке {deal}", en="counted already, in deal {deal}")
_DISMISSED = Text(ru="отложен: {reason}", en="set aside: {reason}")
_TAKEN_BACK = Text(ru="банк отозвал его: {reason}", en="the bank took it back: {reason}")
_REFUSED_BY = Text(ru="сделка {deal} не взяла: {why}", en="deal {deal} did not take it: {why}")
_NEVER_CAME = Text(
    ru="платёж {payment} не приходил ни в одну сделку", en="payment {payment} has come to no deal"
)
_IN_SEVERAL = Text(
    ru="платёж {payment} есть в нескольких сделках: {deals}",
    en="payment {payment} is in several deals: {deals}",
)
_NOT_TAKEN = Text(
    ru="деньги из сделки {source} сделка {deal} не взяла: {why}",
    en="deal {deal} did not take this money of deal {source}: {why}",
)
_NOT_GIVEN_UP = Text(
    ru="банк отозвал деньги сделки {source}, а сделка {deal} их не отдаёт: {why}",
    en="the bank took money of deal {source} back, and deal {deal} does not give it up: {why}",
)
_RECALLED = Text(
    ru="из этих денег {sum} переданы сделкам {deals}: там их отзывают",
    en="{sum} of it had gone to deals {deals}: it is taken back there",
)
_FIRST_THERE = Text(
    ru="сами деньги ещё в пути к сделке: отзовут, как придут",
    en="the money itself is still on its way to its deal: it is taken back once it is there",
)
_NO_SUCH = Text(
    ru="Такого платежа нет: {key}. Какие ждут, покажет deal money unmatched.",
    en="There is no such payment: {key}. Those that wait: deal money unmatched.",
)
_DECIDED = Text(ru="О платеже {key} уже решено: {what}.", en="Payment {key} is decided already: {what}.")
_OUTGOING = Text(
    ru="Это исходящий платёж: сделке его не дать. Возврат клиенту отмечают в его задании: deal complete N.",
    en="This payment is outgoing: no deal takes it. A refund is answered in its assignment: deal complete N.",
)


class Desk(Protocol):
    async def state(self, number: str) -> Any: ...

    async def send(self, number: str, message: Message) -> Receipt: ...


class Taken(NamedTuple):
    """`ok`: a deal has it, or it is known that none will. Else it waits for a person."""

    ok: bool
    words: Text
    deal: str | None = None


class Cashier:
    """Raises what makes sense to try again: UnreachableError, RecordsUnavailable; MessageRefused only if it is too early."""

    def __init__(
        self,
        desk: Callable[[], Awaitable[Desk]],
        kept: BankPayments,
        register: Callable[[], Register],
        actor: str,
    ) -> None:
        self.desk, self.kept, self._register, self._actor = desk, kept, register, actor

    async def take(self, payment: BankPayment) -> Taken:
        """As somebody tells of it. A payment counts once, in one deal."""
        if payment.kind is Kind.REVERSED:
            return await self._take_reversal(payment)
        known = (await asyncio.to_thread(self.kept.known, [payment])).get(payment.key)
        if isinstance(known, KeptPayment) and is_decided(known, payment.deal):
            return Taken(True, decided(known), known.deal)
        if isinstance(known, str) and known != payment.deal and (payment.order_key or not payment.deal):
            return Taken(not payment.deal, worded(ru=_HAS_IT.ru, en=_HAS_IT.en, deal=known), known)
        match = await asyncio.to_thread(self._matched, payment)
        return await self._give(payment, match)

    def _matched(self, payment: BankPayment) -> Match:
        return (
            Match(deal=payment.deal, line=payment.line, why=same(""))
            if payment.deal
            else self._register().match(payment)
        )

    async def _take_reversal(self, payment: BankPayment) -> Taken:
        """The deal that has the payment hears of it; one that waits for whose it is waits no more, one that was set aside is no deal's."""
        now, of = datetime.now(UTC), await asyncio.to_thread(self.kept.find, payment.reverses)
        if of and of.status == "waiting" and payment.deal in ("", of.payment.deal):
            words = _taken_back(payment)
            await asyncio.to_thread(self.kept.dismiss, of.payment, self._actor, words.ru, now)
            return Taken(True, words)
        has = await asyncio.to_thread(self.kept.holders, payment.reverses)
        if of and of.status == "dismissed" and not has:
            return Taken(True, decided(of))
        if deal := payment.deal or (has[0] if len(has) == 1 else ""):
            return await self._give(payment, Match(deal=deal, why=same("")))
        never, several = _NEVER_CAME if not has else _IN_SEVERAL, ", ".join(has)
        words = worded(ru=never.ru, en=never.en, payment=typed(payment.reverses), deals=several)
        return await self._give(payment, Match(why=words, candidates=tuple(Candidate(deal=d) for d in has)))

    async def _give(self, payment: BankPayment, match: Match, by: str = "") -> Taken:
        now = datetime.now(UTC)
        if match.deal is None:
            await asyncio.to_thread(self.kept.put, [(payment, match)], now)
            return Taken(False, worded(ru=_WAITS.ru, en=_WAITS.en, why=match.why), payment.deal or None)
        try:
            desk, message = await self.desk(), message_of(payment, match.line, by or self._actor)
            receipt = await desk.send(match.deal, message)
        except (MessageRefused, NotFoundError, RefusedError, Refusal) as error:
            if _is(error, "too_early"):
                raise
            if await self._has(payment, match.deal, error):
                await asyncio.to_thread(self.kept.posted, [payment], now)
                return Taken(False, error.text, match.deal)
            return await self._refused(payment, match.deal, error)
        await asyncio.to_thread(self.kept.posted, [payment], now)
        words = Text(ru=receipt.words_ru, en=receipt.words_en)
        return Taken(True, join([words, *await self._take_back(payment, match.deal)], "; "), match.deal)

    async def _take_back(self, payment: BankPayment, deal: str) -> list[Text]:
        """The bank's word that it took the payment back may have come first."""
        if payment.kind is not Kind.RECEIVED:
            return []
        gone = await asyncio.to_thread(self.kept.reversals_of, payment)
        taken = [
            (one.payment, await self._give(one.payment, Match(deal=deal, why=same(""))))
            for one in gone
            if one.payment.deal in ("", deal)
        ]
        return [_taken_back(reversal) if told.ok else told.words for reversal, told in taken]

    async def _has(self, payment: BankPayment, deal: str, refusal: Exception) -> bool:
        """Whether the deal that refuses it has it already: one that has closed says so of what it took before, too."""
        if _is(refusal, "already") or (_is(refusal, *_THERE_ALREADY) and not came_from(payment.key)):
            return True
        state = await self._state(deal)
        return state is not None and is_entered(state, payment)

    async def _state(self, deal: str) -> DealState | None:
        try:
            state: DealState = (await (await self.desk()).state(deal)).deal
        except (NotFoundError, RefusedError):
            return None
        return state

    async def _refused(self, payment: BankPayment, deal: str, refusal: Exception) -> Taken:
        why = _stopped(refusal.text)  # type: ignore[attr-defined]
        if payment.kind is Kind.REVERSED and _is(refusal, "closed"):
            elsewhere = await self._recall(payment, deal)
            if elsewhere and elsewhere.whole:
                return Taken(True, elsewhere.words, deal)
            why = join([why, elsewhere.words], "; ") if elsewhere else why
        if source := came_from(payment.key):
            said = _NOT_TAKEN if payment.kind is Kind.RECEIVED else _NOT_GIVEN_UP
            why = worded(ru=said.ru, en=said.en, source=source, deal=deal, why=why)

        def keep() -> None:
            now = datetime.now(UTC)
            guessed = self._register().match(payment.model_copy(update={"deal": ""}))
            waiting = Match(why=why, candidates=guessed.candidates)
            self.kept.put([(payment, waiting)], now)
            self.kept.keep(payment, deal, waiting, now)

        await asyncio.to_thread(keep)
        return Taken(False, worded(ru=_WAITS.ru, en=_WAITS.en, why=why), deal)

    async def _recall(self, payment: BankPayment, deal: str) -> "Elsewhere | None":
        """A deal that has closed gives nothing back; what of the payment other deals have is on its way back there."""
        state, now = await self._state(deal), datetime.now(UTC)
        came = state.ledger.latest(payment.reverses) if state and state.stage.final else None
        if state is None or came is None:
            return None
        found = list(recalled(state, came.id, payment.day or now.date(), payment.purpose or "—"))
        if not found:
            return None
        await asyncio.to_thread(self.kept.put, [recall(one, deal) for one in found], now, self._actor)
        total = sum((one.amount for one in found), ZERO)
        deals = ", ".join(dict.fromkeys(one.to for one in found))
        sum_ = Cash(total, came.currency)
        words = worded(ru=_RECALLED.ru, en=_RECALLED.en, sum=sum_, deals=deals)
        return Elsewhere(words, total == came.amount)

    async def assign(self, key: str, deal: str, line: int | None) -> Receipt:
        """To the deal that a person names. Repeated it is safe: the deal knows the payment by its key. Raises RefusedError, NotFoundError."""
        kept = await asyncio.to_thread(find, self.kept, key)
        if kept.payment.kind is Kind.SENT:
            raise RefusedError(_OUTGOING)
        message = message_of(kept.payment, line, self._actor)
        now = datetime.now(UTC)
        if not await asyncio.to_thread(self.kept.begin, kept.payment, deal, line, self._actor, now):
            raise RefusedError(worded(ru=_DECIDED.ru, en=_DECIDED.en, key=typed(key), what=decided(kept)))
        try:
            receipt = await (await self.desk()).send(deal, message)
        except (MessageRefused, NotFoundError, RefusedError) as error:
            now = datetime.now(UTC)
            if await self._has(kept.payment, deal, error):
                await asyncio.to_thread(self.kept.posted, [kept.payment], now)
            else:
                why = worded(ru=_REFUSED_BY.ru, en=_REFUSED_BY.en, deal=deal, why=_stopped(error.text))
                waiting = Match(why=why, candidates=kept.match.candidates)
                await asyncio.to_thread(self.kept.keep, kept.payment, deal, waiting, now)
            raise
        await asyncio.to_thread(self.kept.posted, [kept.payment], datetime.now(UTC))
        await self._take_back(kept.payment, deal)
        return receipt

    async def resume(self, most: int | None = None) -> list[tuple[KeptPayment, Taken]]:
        """Tells deals what is on its way to them, the oldest first: what a command that was interrupted had decided, and what deals
        give to each other, too.

        Reversals come after all payments: what has not come can't be taken back. Raises what makes sense to try again, once all had
        their turn.
        """
        on_way = await asyncio.to_thread(self.kept.on_the_way, most)
        reversals = [one for one in on_way if one.payment.kind is Kind.REVERSED]
        payments = [one for one in on_way if one.payment.kind is not Kind.REVERSED]
        payments.sort(key=lambda one: one.deal or "")  # a deal hears of all at once, and tells the world once
        return [*await self._give_all(payments), *await self._give_all(reversals)]

    async def _give_all(self, those: Sequence[KeptPayment]) -> list[tuple[KeptPayment, Taken]]:
        turns = asyncio.Semaphore(AT_ONCE)

        async def give(one: KeptPayment) -> tuple[KeptPayment, Taken]:
            async with turns:
                try:
                    return one, await self._resume(one)
                except MessageRefused as too_early:  # it stays on its way
                    return one, Taken(False, too_early.text, one.deal)

        told, failed = list[tuple[KeptPayment, Taken]](), list[BaseException]()
        for outcome in await asyncio.gather(*map(give, those), return_exceptions=True):
            failed.append(outcome) if isinstance(outcome, BaseException) else told.append(outcome)
        if failed:
            raise failed[0]
        return told

    async def _resume(self, one: KeptPayment) -> Taken:
        if not came_from(one.payment.reverses):
            return await self._give(one.payment, one.match, one.by)
        of = await asyncio.to_thread(self.kept.find, one.payment.reverses)
        if of is None or of.status == "posted":
            # to the deal that was meant, or to another that it was given to
            deal = (of and of.deal) or one.deal
            return await self._give(one.payment, one.match.model_copy(update={"deal": deal}), one.by)
        now, words = datetime.now(UTC), _taken_back(one.payment)
        waited = of.status == "dismissed" or await asyncio.to_thread(
            self.kept.dismiss, of.payment, one.by or self._actor, words.ru, now
        )
        if not waited:  # on its way to a deal: that comes first
            return Taken(False, _FIRST_THERE, of.deal)
        await asyncio.to_thread(self.kept.posted, [one.payment], now)
        return Taken(True, words)


def _taken_back(reversal: BankPayment) -> Text:
    return worded(ru=_TAKEN_BACK.ru, en=_TAKEN_BACK.en, reason=reversal.purpose)


class Debtors(Protocol):
    """The records, as far as money is matched by them."""

    def debtors(self) -> list[Debtor]: ...


def cashier_of(desk: Desk, kept: BankPayments, records: Debtors, actor: str) -> Cashier:
    async def at_desk() -> Desk:
        return desk

    return Cashier(at_desk, kept, lambda: Register(records.debtors()), actor)


class Elsewhere(NamedTuple):
    """What is taken back in other deals; `whole`: that is all of the payment."""

    words: Text
    whole: bool


def is_entered(deal: DealState, payment: BankPayment) -> bool:
    """Whether its ledger has just this money, or this reversal, under this number."""
    if payment.kind is Kind.REVERSED:
        return deal.ledger.find(EntryKind.REVERSED, payment.key) is not None
    came = deal.ledger.find(EntryKind.RECEIVED, payment.key)
    waits = next((one for one in deal.ledger.waiting if one.id == payment.key), None)
    amount = waits.amount if waits else came and (came.paid.amount if came.paid else came.amount)
    return amount == payment.amount


def find(kept: BankPayments, key: str) -> KeptPayment:
    found = kept.find(key)
    if found is None:
        raise NotFoundError(worded(ru=_NO_SUCH.ru, en=_NO_SUCH.en, key=typed(key)))
    return found


def dismiss(kept: BankPayments, key: str, by: str, reason: str) -> None:
    """No deal's. Raises RefusedError, NotFoundError."""
    one = find(kept, key)
    if not kept.dismiss(one.payment, by, reason, datetime.now(UTC)):
        raise RefusedError(worded(ru=_DECIDED.ru, en=_DECIDED.en, key=typed(key), what=decided(one)))


def is_decided(kept: KeptPayment, deal: str) -> bool:
    """Whether it is not for `deal` to take it, whoever says so now."""
    return kept.status in ("posted", "dismissed") or (kept.status == "posting" and kept.deal != deal)


def decided(kept: KeptPayment) -> Text:
    if kept.status == "dismissed":
        return worded(ru=_DISMISSED.ru, en=_DISMISSED.en, reason=kept.reason)
    return worded(ru=_HAS_IT.ru, en=_HAS_IT.en, deal=kept.deal or "")


def message_of(payment: BankPayment, line: int | None, actor: str) -> Message:
    """What its deal is told; of the payer what can be right. Raises Refusal for what no deal would take."""
    common = {"id": payment.key, "actor": actor, "day": payment.day}
    if payment.kind is Kind.REVERSED:
        return _valid(Reverse, {**common, "payment": payment.reverses, "reason": payment.purpose or "—"})
    content = payment.model_dump(include={"amount", "currency", "purpose", *_OF_THE_PAYER})
    return _valid(Pay, {**common, **content, "line": line})


def _valid(kind: type[Message], content: dict[str, object]) -> Message:
    for _ in range(2):
        try:
            return kind.model_validate(content)
        except ValidationError as error:
            wrong = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
            if not wrong or not wrong <= _OF_THE_PAYER:
                raise _malformed(error) from None
            content = {name: value for name, value in content.items() if name not in wrong}
    return kind.model_validate(content)


def _malformed(error: ValidationError) -> Refusal:
    words = summary(error, most=5, names=FIELD_LABELS)
    return Refusal("malformed", ru="Не подходит: {wrong}", en="Does not fit: {wrong}", wrong=words)


def _is(error: Exception, *codes: str) -> bool:
    return getattr(error, "code", None) in codes


def _stopped(words: Text) -> Text:
    return Text(ru=words.ru.rstrip("."), en=words.en.rstrip("."))
