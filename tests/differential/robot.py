"""People who answer a deal, by seeded dice: well and badly, late, twice, with stale pages, as updates and as signals."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.deal.assignment_form import form_of
from domain.deal.open_items import OpenItem, open_items
from domain.deal.state import DealState
from tests.differential.answers import Answers, Chance
from tests.differential.board import Board
from tests.differential.changes import Changes
from tests.differential.noise import How, Noise, Sending
from tests.differential.orders import Case
from tests.differential.targets import RATE
from workflows.names import deal_id, line_id

KOPECK = Decimal("0.01")
AGAIN = 2.0
"""Seconds after which somebody answers again what still stands open."""


@dataclass
class Robot:
    """`day`: how many seconds a day lasts."""

    case: Case
    board: Board
    day: float
    answered: dict[str, float] = field(default_factory=dict)
    sent: int = 0

    def __post_init__(self) -> None:
        chance = Chance(self.case.seed)
        self.dice, self.happens = chance.dice, chance.happens
        self.noise = Noise(self.dice)
        self.answers = Answers(chance, self.case.habits, self.board.playbook)
        self.changes = Changes(chance, self.case.habits)

    # --- what is sent ------------------------------------------------------------------------------------------------

    def before_the_playbook(self) -> Iterator[Sending]:
        """What is said to a deal that has just been started."""
        if self.dice.random() < self.case.habits.early:
            yield self._to_deal("pay", actor="kuznetsova", amount="100.00", currency="RUB")
            yield self._to_deal("decide", actor="client", approval="contract", approve=True)
            form = self.board.playbook.assignment("qualification").form
            fields = self.answers.to("qualification", form, 1)
            yield self._to_deal("complete", actor="ivanova", assignment="qualification", fields=fields)
            yield self.noise.misspelt(deal_id(self.case.number))

    def next(self) -> Iterator[Sending]:
        """One round of answers to what stands open, with whatever people do besides."""
        deal = self.board.deal
        if deal is None or deal.playbook is None or deal.stage.final:
            return
        yield from self._besides(deal)
        items = [item for item in open_items(deal) if self._is_due(item)]
        self.dice.shuffle(items)
        for item in items:
            yield from self._answers(item, deal)

    def pause(self) -> float:
        """Seconds until the next thing is said: mostly none, now and then days."""
        if self.happens(self.case.habits.is_late, "late", most=4):
            return self.dice.uniform(0.5, 6) * self.day
        return self.dice.choice((0.0, 0.0, 0.01))

    def _is_due(self, item: OpenItem) -> bool:
        key = f"{item.id}/{item.version}/{item.amount}"
        if item.id is None or time.monotonic() - self.answered.get(key, 0.0) < AGAIN:
            return False
        self.answered[key] = time.monotonic()
        return True

    def words(self) -> str:
        deal = self.board.deal
        return f"{deal.stage}, {[(i.id, i.persons) for i in open_items(deal)]}" if deal else "not opened"

    # --- answers -----------------------------------------------------------------------------------------------------

    def _answers(self, item: OpenItem, deal: DealState) -> Iterator[Sending]:
        to = line_id(deal.deal, item.subject.line) if item.subject.line else deal_id(deal.deal)
        match item.kind:
            case "assignment":
                answer = self._completed(item, deal, to)
            case "approval":
                yield from self._decided(item, to)
                return
            case "document":
                *others, answer = self._signed(item, deal, to)
                yield from others
            case "payment":
                answer = self._paid(item, deal)
            case _:
                return
        yield answer
        if self.happens(self.case.habits.noise, "noise", most=6):
            yield self.noise.about(answer)

    def _completed(self, item: OpenItem, deal: DealState, to: str) -> Sending:
        process = deal.lines[item.subject.line] if item.subject.line else deal
        asked = process.assignments[item.id or ""]
        if asked.kind == "order":
            return self._to_deal("order", actor=asked.assignee, order=self.case.composed or {})
        line = deal.lines.get(item.subject.line or 0)
        form = form_of(deal, item.subject.line or 0, asked.kind, asked.id)
        fields = self.answers.to(asked.kind, form, line.good.quantity if line else 1)
        return self._say(to, "complete", actor=asked.assignee, assignment=asked.id, fields=fields)

    def _decided(self, item: OpenItem, to: str) -> Iterator[Sending]:
        for person in item.persons:
            approve = not self.happens(self.case.habits.rejects, f"rejected {item.title.en}", 2)
            comment = "" if approve else "the terms must be better"
            about = {"approval": item.id, "approve": approve, "comment": comment}
            version = item.version if self.dice.random() < 0.7 else None
            yield self._say(to, "decide", actor=person, version=version, **about)
            if self.happens(self.case.habits.noise, "stale", most=3):
                yield self._say(to, "decide", actor=person, version=item.version + 1, **about)

    def _signed(self, item: OpenItem, deal: DealState, to: str) -> Iterator[Sending]:
        """Each side for itself, or the manager enters all that is missing."""
        sides = list({ask.role: ask.person for ask in item.who}.values())
        for person in sides if self.dice.random() < 0.7 else [deal.manager]:
            yield self._say(to, "sign", actor=person, document=item.id)

    def _paid(self, item: OpenItem, deal: DealState) -> Sending:
        amount = item.amount or Decimal(1)
        if self.happens(self.case.habits.pays_oddly, "odd payments", most=4):
            part = amount * self.dice.choice((Decimal("0.4"), Decimal("1.3")))
            amount = max(part.quantize(KOPECK), KOPECK)
        if deal.rate:
            amount = (amount * deal.rate.applied(RATE)).quantize(KOPECK)
        line = item.subject.line if self.dice.random() < 0.6 else None
        return self._to_deal(
            "pay", actor="kuznetsova", amount=str(amount), currency=deal.pays_in, line=line, purpose="счёт"
        )

    # --- whatever people do besides ----------------------------------------------------------------------------------

    def _besides(self, deal: DealState) -> Iterator[Sending]:
        habits = self.case.habits
        if self.happens(habits.reassigns, "reassigned", 3):
            other = "sidorov" if deal.manager == "ivanova" else "ivanova"
            yield self._to_deal("reassign", actor="petrov", to=other)
        there = [entry.id for entry in deal.ledger.payments if not deal.ledger.reversal(entry.id)]
        if there and self.happens(habits.reverses, "reversed", 3):
            gone = {"payment": self.dice.choice(there), "reason": "the bank took it back"}
            yield self._to_deal("reverse", actor="kuznetsova", **gone)
        if self.happens(habits.is_late, "acknowledged", 2):
            yield from self._acknowledged(deal)
        if self.happens(habits.bounces, "bounced"):
            yield self._to_deal("bounce", actor="mail", email="orlov@dealwright.example", reason="550 gone")
        if self.happens(habits.cancels, "cancelled"):
            yield self._to_deal("cancel", actor=deal.manager, reason="the clinic has closed")
        if self.happens(habits.director_cancels, "cancelled", 1):
            yield self._to_deal("cancel", actor="petrov", reason="the director says so")
        if self.happens(habits.noise / 3, "turned back"):
            yield self._to_deal("revert", actor="crm", what="stage", subject="SHIPPED", by="Ольга")
        if deal.started_lines and self.happens(habits.terminates, "terminated", 1):
            yield Sending(line_id(deal.deal, self.dice.choice(deal.started_lines)), "", None, "terminate")
        if self.happens(habits.stops, "cancelled", 1):
            yield Sending(deal_id(deal.deal), "", None, "cancel")
        for change in self.changes.of(deal):
            to = line_id(deal.deal, change.line) if change.line else deal_id(deal.deal)
            yield self._say(to, change.name, **change.content)

    def _acknowledged(self, deal: DealState) -> Iterator[Sending]:
        """By the director, or somebody who may not."""
        for item in [item for item in open_items(deal) if item.id][:2]:
            to = line_id(deal.deal, item.subject.line) if item.subject.line else deal_id(deal.deal)
            until = deal.book.calendar.today(datetime.now(UTC)) + timedelta(days=self.dice.choice((1, 2, 5)))
            actor = self.dice.choice(("petrov", "petrov", "ivanova"))
            yield self._say(to, "acknowledge", actor=actor, item=item.id, until=until.isoformat())

    def _to_deal(self, name: str, /, **content: Any) -> Sending:
        return self._say(deal_id(self.case.number), name, **content)

    def _say(self, to: str, name: str, /, **content: Any) -> Sending:
        self.sent += 1
        how: How = "update" if self.dice.random() < 0.5 else "signal"
        return Sending(to, name, {"id": f"{self.case.number}-{self.sent}", **content}, how)
