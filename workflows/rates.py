"""Roubles that came for prices in another currency: the Bank of Russia's rate is asked for, again and again, and meanwhile of the
accountant; once it is known, what waited for it is counted."""

from datetime import date, timedelta

from domain.deal import by_rate, places
from domain.deal.ledger import Entry
from domain.deal.money_corrections import read_rate
from domain.deal.rate_words import question_title
from domain.deal.rates import Rate, RateAsked, RateFound, WaitingPayment
from domain.deal.state import DealState
from domain.deal.tasks import Assignment
from domain.facts import PaymentAwaitsRate
from domain.playbook.kinds import RATE
from domain.words import Text
from workflows.activities import FIND_RATE
from workflows.case import Case
from workflows.host import ActivityFailed
from workflows.lines import Lines
from workflows.money import record_received

AGAIN = timedelta(hours=1)
"""Between two looks for a rate that was not there."""
KNOWN = Text(ru="курс стал известен", en="the rate is known now")
NOBODY_WAITS = Text(ru="платёж больше не ждёт курса", en="the payment waits for the rate no more")


class Rates:
    def __init__(self, deal: Case[DealState], lines: Lines) -> None:
        self._deal, self._lines = deal, lines
        self._asking: set[date] = set()
        self._draining = False

    def begin(self) -> None:
        """A next run takes up what the one before was looking for."""
        for day in sorted({day for one in self._deal.state.ledger.waiting for day in self._missing(one)}):
            self._look_for(day)

    async def drain(self) -> None:
        self._draining = True
        if self._asking:
            self._deal.host.stop_asking()
        await self._deal.pause(lambda: not self._asking)

    def await_for(self, waiting: WaitingPayment) -> Entry | None:
        """The payment, if it could be counted at once: its rate is known."""
        missing = self._missing(waiting)
        if not missing:
            return self._count(waiting)
        self._deal.record(
            PaymentAwaitsRate(
                payment=waiting.id,
                amount=waiting.amount,
                currency=waiting.currency,
                day=waiting.day,
                rate_on=missing[0],
            ),
            by=waiting.actor,
        )
        for day in missing:
            self._look_for(day)
        return None

    def drop(self, waiting: WaitingPayment) -> None:
        """It will never be counted: the bank took it back."""
        self._deal.state.ledger.waiting.remove(waiting)
        for day in waiting.days:
            if not self._awaited(day):
                self._withdraw(day, NOBODY_WAITS)
        self._deal.wake()

    def take(self, day: date, rate: Rate) -> None:
        """All that waited for this day's rate is counted, in the order in which it came."""
        state = self._deal.state
        state.rates[day] = rate
        self._withdraw(day, KNOWN)
        for waiting in [one for one in state.ledger.waiting if day in one.days and not self._missing(one)]:
            self._count(waiting)
        self._deal.wake()

    def _missing(self, waiting: WaitingPayment) -> list[date]:
        return [day for day in waiting.days if day not in self._deal.state.rates]

    def _count(self, waiting: WaitingPayment) -> Entry:
        state = self._deal.state
        payment = by_rate.take_waiting(state, waiting, state.rates[waiting.rate_day], self._deal.now)
        record_received(self._deal, payment)
        self._lines.fund(places.lines_of(self._deal.state, payment))
        return payment

    def _look_for(self, day: date) -> None:
        if day not in self._asking and not self._draining:
            self._asking.add(day)
            self._deal.host.background(self._find(day))

    async def _find(self, day: date) -> None:
        try:
            while self._awaited(day) and not self._draining:
                found = await self._ask_bank(day)
                await self._deal.host.wait(lambda: self._deal.at_rest)
                self._deal.ring_due()
                if not self._awaited(day):
                    return
                if found.rate:
                    self.take(day, found.rate)
                elif not self._draining:
                    self._ask_accountant(day)
                    later = self._deal.now + AGAIN
                    until = "the rate is looked for again"
                    await self._deal.host.wait(lambda: self._draining or not self._awaited(day), later, until)
        finally:
            self._asking.discard(day)

    async def _ask_bank(self, day: date) -> RateFound:
        asked = RateAsked(currency=self._deal.state.currency, day=day)
        try:
            return await self._deal.host.ask(FIND_RATE, asked, f"the rate of {asked.currency} of {day}")
        except ActivityFailed as failed:
            return RateFound(why=str(failed))

    def _awaited(self, day: date) -> bool:
        return any(day in self._missing(waiting) for waiting in self._deal.state.ledger.waiting)

    def _open_question(self, day: date) -> Assignment | None:
        state = self._deal.state
        return next((a for a in state.open_assignments if state.rate_questions.get(a.id) == day), None)

    def _ask_accountant(self, day: date) -> None:
        state = self._deal.state
        if self._open_question(day) is None:
            round = len(state.rate_questions) + 1
            asked = self._deal.open(RATE, round=round, title=question_title(state.currency, day))
            state.rate_questions[asked.id] = day

    def _withdraw(self, day: date, why: Text) -> None:
        if asked := self._open_question(day):
            self._deal.withdraw(asked, why)


def check_rate(assignment: Assignment, answers: dict[str, str]) -> None:
    """Raises the Refusal of an answer that is no rate."""
    if assignment.kind == RATE:
        read_rate(answers["rate"])


def take_rate(state: DealState, rates: Rates, assignment: Assignment) -> None:
    """The accountant has entered the rate that payments wait for."""
    if assignment.kind == RATE:
        day = state.rate_questions[assignment.id]
        rates.take(day, Rate(value=read_rate(assignment.answers["rate"]), set_on=day, by_hand=True))
