"""What people change of what is agreed, entered or due, by seeded dice, from what a board shows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from domain.deal.open_items import OpenItem, open_items
from domain.deal.state import DealState, LineState
from domain.words import Trigger
from tests.differential.answers import Chance
from tests.differential.orders import Habits
from tests.support.orders import DELIVERIES, PAYMENTS, QUANTITIES, SOURCES, a_good, a_part, in_steps

AMENDED = ("unit_price", "quantity", "payment", "source", "delivery")
"""Fields of a good that an amendment may change."""


class Change(NamedTuple):
    """A message: its name, the line it goes to, what it says."""

    name: str
    line: int | None
    content: dict[str, Any]


class Changes:
    def __init__(self, chance: Chance, habits: Habits) -> None:
        self._dice, self._happens, self._habits = chance.dice, chance.happens, habits

    def of(self, deal: DealState) -> Iterator[Change]:
        habits, happens = self._habits, self._happens
        if Trigger.CONTRACT in deal.moments and deal.active_lines:
            yield from self._of_what_is_agreed(deal)
        answered = _answered(deal)
        if answered and happens(habits.corrects, "corrected", 4):
            yield self._corrected(*self._dice.choice(answered), deal)
        if deal.ledger.payments and happens(habits.corrects / 2, "payment corrected"):
            yield self._payment_corrected(deal)
        items = [item for item in open_items(deal) if item.id]
        if items and happens(habits.reschedules, "rescheduled", 5):
            yield self._rescheduled(self._dice.choice(items), deal)
        waiting = _waiting_for_a_supplier(deal)
        if waiting and happens(habits.postpones, "postponed", 4):
            yield self._postponed(*self._dice.choice(waiting), deal)
        papers = [item for item in items if item.kind == "document"]
        if papers and happens(habits.refuses, "refused", 3):
            yield self._refused(self._dice.choice(papers))
        if happens(habits.waives, "waived", 1):
            about = {"document": "contract", "reason": "the clinic is known"}
            yield Change("waive", None, {"actor": self._dice.choice(("petrov", "ivanova")), **about})

    def _of_what_is_agreed(self, deal: DealState) -> Iterator[Change]:
        if self._happens(self._habits.amends, "amended", 3):
            yield self._amended(deal)
        many = [line for line in deal.active_lines if in_steps(line.good) > 1]
        if many and self._happens(self._habits.splits, "split"):
            yield self._split(self._dice.choice(many))

    def _amended(self, deal: DealState) -> Change:
        """One good is otherwise, or goes, or another one comes."""
        lines, dice = {line.number: line.good for line in deal.active_lines}, self._dice
        number = dice.choice(sorted(lines))
        field = dice.choice(AMENDED)
        another = a_good(
            sku=f"more-{dice.randint(1, 99)}",
            source=dice.choice(SOURCES),
            payment=dice.choice(PAYMENTS),
            delivery=dice.choice(DELIVERIES),
            **dice.choice(QUANTITIES),
            unit_price=f"{dice.randint(1, 2_000_000)}.{dice.randint(0, 99):02d}",
        )
        content: dict[str, Any] = {"settings": {f"line-{number}.{field}": str(another[field])}}
        match dice.choice(("set", "set", "remove", "whole")):
            case "remove" if len(lines) > 1:
                content = {"remove": [number]}
            case "whole" if len(lines) < 4:
                whole = [good.model_dump(mode="json", exclude={"rounding"}) for good in lines.values()]
                content = {"order": {"lines": [*whole, another]}}
        return Change("amend", None, {"actor": deal.manager, "reason": "it suits the clinic", **content})

    def _split(self, line: LineState) -> Change:
        part = a_part(line.good, self._dice.randint)
        about = {"line": line.number, "quantity": str(part), "reason": "they go ahead"}
        return Change("split", None, {"actor": "orlov", **about})

    def _corrected(self, line: int | None, entry: str, field: str, answer: str, deal: DealState) -> Change:
        """A day is another one, anything else has one more sign."""
        try:
            right = str(date.fromisoformat(answer) - timedelta(days=self._dice.choice((1, 1, 2))))
        except ValueError:
            right = f"{answer}1"
        about = {"entry": entry, "fields": {field: right}, "reason": "typed wrong"}
        return Change("correct", line, {"actor": self._dice.choice((deal.manager, "petrov")), **about})

    def _payment_corrected(self, deal: DealState) -> Change:
        payment = self._dice.choice(deal.ledger.payments)
        right = self._dice.choice(
            (
                {"amount": str(payment.amount + self._dice.choice((-1, 1)))},
                {"line": str(self._dice.choice(sorted(deal.lines)))},
                {"date": str(_today(deal) - timedelta(days=1))},
                {"purpose": "invoice 12"},
            )
        )
        about = {"entry": payment.id, "fields": right, "reason": "typed wrong"}
        return Change("correct", None, {"actor": "kuznetsova", **about})

    def _rescheduled(self, item: OpenItem, deal: DealState) -> Change:
        until = _today(deal) + timedelta(days=self._dice.choice((1, 2, 5, 20)))
        about = {"item": item.id, "until": str(until), "reason": "it takes longer"}
        return Change("reschedule", item.subject.line, {"actor": deal.manager, **about})

    def _postponed(self, line: int, what: str, deal: DealState) -> Change:
        day = _today(deal) + timedelta(days=self._dice.choice((1, 3, 9)))
        about = {"line": line, what: str(day), "reason": "the factory is late"}
        return Change("delay", line, {"actor": deal.manager, **about})

    def _refused(self, item: OpenItem) -> Change:
        about = {"document": item.id, "reason": "a piece is missing", "partly": self._dice.random() < 0.5}
        return Change("refuse", item.subject.line, {"actor": "client", **about})


def _answered(deal: DealState) -> list[tuple[int | None, str, str, str]]:
    """Of what was answered: the line, the assignment, the field and the answer."""
    return [
        (process.subject.line, asked.id, field, asked.answers[field])
        for process in (deal, *deal.lines.values())
        for asked in process.assignments.values()
        for field in sorted(asked.answers)
    ]


def _waiting_for_a_supplier(deal: DealState) -> list[tuple[int, str]]:
    """Lines, and which of their days a supplier or a carrier may move."""
    moved = {"dispatch": "ready_on", "arrival": "eta"}
    return [
        (line.number, moved[asked.kind])
        for line in deal.active_lines
        for asked in line.open_assignments
        if asked.kind in moved
    ]


def _today(deal: DealState) -> date:
    return deal.book.calendar.today(datetime.now(UTC))
