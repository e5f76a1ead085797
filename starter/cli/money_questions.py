"""Money nobody knows, asked of the accountant at a terminal: whose it is."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from domain.wording import money
from domain.words import Language, Text
from starter.cli.bank_drawing import candidate_words, what, why
from starter.cli.ending import run_async
from starter.cli.options import Lang, plain_number
from starter.cli.output import busy
from starter.cli.progress import ASKING
from starter.cli.terminal import Later, Terminal, Wrong
from starter.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from domain.deal.messages import Receipt
    from records.bank_payments import KeptPayment
    from starter.settings import Settings

_WHOSE = Text(ru="Чьи это деньги?", en="Whose money is it?")
_GIVE = Text(ru="сделка {deal}", en="deal {deal}")
_ANOTHER = Text(ru="другая сделка", en="another deal")
_NOBODYS = Text(ru="ничьи: отложить", en="no deal's: set it aside")
_NUMBER = Text(ru="Номер сделки", en="The deal's number")
_REASON = Text(ru="Почему", en="Why")
_NEEDED = Text(ru="нужен ответ", en="an answer is needed")
_ASIDE = Text(ru="Отложено.", en="Set aside.")
_WAITS = Text(ru="ждёт: {why}", en="it waits: {why}")
_OTHER, _NO_DEAL = "another-deal", "no-deal"


class MoneySitting:
    """`person` is who says it. What is refused, or left for later, waits on."""

    def __init__(self, settings: "Settings", lang: Lang, terminal: Terminal, person: str) -> None:
        self._settings, self._lang = settings, lang
        self._terminal, self._person = terminal, person
        self._language: Language = lang.language

    def run(self) -> bool:
        """Whether some was left. Raises EOFError."""
        some_left = False
        for one in self._waiting():
            try:
                self._ask(one)
            except Later:
                some_left = True
        return some_left

    def _waiting(self) -> "list[KeptPayment]":
        from starter.cli.bank_money import open_kept

        with open_kept(self._settings) as kept:
            return [one for one in kept.open() if one.status == "waiting" and one.payment.kind != "sent"]

    def _ask(self, one: "KeptPayment") -> None:
        self._terminal.head(*self._head(one))
        chosen = self._terminal.choose(_WHOSE.to(self._language), self._choices(one))
        try:
            if chosen == _NO_DEAL:
                self._set_aside(one, self._terminal.ask(_REASON.to(self._language), self._something))
            else:
                number = chosen
                if chosen == _OTHER:
                    number = self._terminal.ask(_NUMBER.to(self._language), self._something)
                self._give(one, plain_number(number) or number)
        except (RefusedError, NotFoundError) as refused:
            self._terminal.say(refused.to(self._language), "red")

    def _head(self, one: "KeptPayment") -> Iterator[str]:
        language, payment = self._language, one.payment
        amount = money(payment.amount, payment.currency, language) if payment.amount else ""
        yield " ".join(filter(None, (f"{what(one, language)}:", amount or payment.reverses)))
        yield " · ".join(filter(None, (payment.payer, payment.payer_inn, payment.purpose))) or payment.key
        yield _WAITS.to(language).format(why=why(one).to(language))
        yield from (f"  {candidate_words(one_of, language)}" for one_of in one.match.candidates)

    def _choices(self, one: "KeptPayment") -> Mapping[str, str]:
        language = self._language
        deals = {c.deal: _GIVE.to(language).format(deal=c.deal) for c in one.match.candidates}
        return {**deals, _OTHER: _ANOTHER.to(language), _NO_DEAL: _NOBODYS.to(language)}

    def _give(self, one: "KeptPayment", number: str) -> None:
        from starter.cli.bank_money import open_cashier

        line = next((c.line for c in one.match.candidates if c.deal == number), None)

        async def work() -> "Receipt":
            with open_cashier(self._settings, self._lang, self._person) as cashier:
                return await cashier.assign(one.payment.key, number, line)

        with busy(ASKING):
            receipt = run_async(work())
        self._terminal.say(receipt.words_ru if self._language == "ru" else receipt.words_en, "green")

    def _set_aside(self, one: "KeptPayment", reason: str) -> None:
        from starter import cashier
        from starter.cli.bank_money import open_kept

        with open_kept(self._settings) as kept:
            cashier.dismiss(kept, one.payment.key, self._person, reason)
        self._terminal.say(_ASIDE.to(self._language), "green")

    def _something(self, answer: str) -> str:
        if not answer:
            raise Wrong(_NEEDED.to(self._language))
        return answer
