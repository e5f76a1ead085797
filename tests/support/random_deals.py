"""Deals in any state they can pass through, and some they should not: made by the domain's own functions from one seed."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.alarms import Alarm, Check, set_alarm
from domain.deal.authority import Desk
from domain.deal.messages import Pay
from domain.deal.opening import open_deal, take_order, take_playbook
from domain.deal.state import DealState, LineState, ProcessState
from domain.deal.tasks import Approval, Assignment, Awaiting, Vote, cast_vote
from domain.deal.treasury import take_payment
from domain.facts import Actor
from domain.order.order import Order, read_order
from domain.playbook.book import Playbook
from domain.playbook.kinds import MAIL_ADDRESS
from domain.playbook.routes import ROUTES, roll_up
from domain.words import LineStatus, Stage, Trigger
from tests.factories import NOW, fresh_number
from tests.support.orders import DELIVERIES, PAYMENTS, SOURCES, a_good, a_lead, an_order

ASKED_IN = {
    LineStatus.AWAITING_RELEASE: ("payment-terms",),
    LineStatus.PROCESSING: ("supplier-order", "reservation", "dispatch"),
    LineStatus.SENT: ("arrival",),
    LineStatus.AT_CUSTOMS: ("customs-declaration", "customs-release"),
    LineStatus.AT_WAREHOUSE: ("acceptance", "claim", "shipment"),
    LineStatus.SHIPPED: ("delivery",),
}
HAPPENED_BY = {
    Trigger.CONTRACT: LineStatus.AWAITING_RELEASE,
    Trigger.READY_TO_SHIP: LineStatus.AT_WAREHOUSE,
    Trigger.SHIPPED: LineStatus.SHIPPED,
    Trigger.ACCEPTED: LineStatus.SHIPPED,
}


class RandomDeal:
    """`deal`, its lines' `own` states (none: nobody asked them), and `now`, somewhere in the weeks after its start."""

    def __init__(self, seed: int, book: Playbook) -> None:
        self.dice = random.Random(seed)
        self.book = _with_deputies(book, self.dice)
        self.now = NOW + timedelta(minutes=self.dice.randrange(30 * 24 * 60))
        self.deal = open_deal(fresh_number(), self._order(), NOW)
        self.deal.revision = 1
        if self._chance(0.97):
            self._live()
        self.own = self._own()

    def _order(self) -> Order:
        goods = [
            a_good(
                source=self.dice.choice(SOURCES),
                payment=self.dice.choice(PAYMENTS),
                delivery=self.dice.choice(DELIVERIES),
                unit_price=f"{self.dice.randint(1, 2_000_000)}.{self.dice.randint(0, 99):02d}",
            )
            for _ in range(self.dice.randint(1, 4))
        ]
        raw: Mapping[str, Any] = a_lead() if self._chance(0.1) else an_order(*goods)
        return read_order(raw, self.book, NOW.date())

    def _live(self) -> None:
        take_playbook(self.deal, self.book)
        take_order(self.deal, self._order(), NOW)
        self.deal.manager = self.dice.choice(["ivanova", "sidorov"])
        self._perhaps_open(self.deal, "qualification", "order", "contract-revision", MAIL_ADDRESS)
        if self.deal.lines and self._chance(0.9):
            self._perhaps_ask(self.deal, "contract")
            self.deal.stage = Stage.CONTRACT_APPROVAL
        if self.deal.lines and self._chance(0.8):
            self._run_lines()
        self._perhaps_pay()
        if self._chance(0.15):
            self._close()

    def _run_lines(self) -> None:
        self._happen(self.deal, Trigger.CONTRACT)
        self._perhaps_ask(self.deal, "cancellation")
        for line in self.deal.lines.values():
            if self._chance(0.9):
                self.deal.started_lines.append(line.number)
                self._advance(line)
        self.deal.stage = roll_up(line.status for line in self.deal.lines.values())
        if self._chance(0.2):
            self._happen(self.deal, Trigger.ACCEPTED)

    def _advance(self, line: LineState) -> None:
        """Somewhere on its route; what it was asked there is open, done, or left open though the line was cancelled."""
        route = ROUTES[line.good.source]
        reached = self.dice.choice(route)
        for trigger, status in HAPPENED_BY.items():
            if route.index(status) <= route.index(reached) and self._chance(0.9):
                self._happen(line, trigger)
        self._perhaps_open(line, *ASKED_IN.get(reached, ()))
        if reached is LineStatus.AWAITING_RELEASE:
            self._perhaps_ask(line, "credit")
        if reached is LineStatus.AT_CUSTOMS:
            line.checks["customs"] = Check(next_at=self.now + timedelta(days=1))
        line.status = LineStatus.CANCELLED if self._chance(0.2) else reached
        if line.status is LineStatus.SETTLED:
            self._settle(line)
        line.revision = self.dice.randint(1, 20)
        line.updated_at = NOW + (self.now - NOW) * self.dice.random()

    def _close(self) -> None:
        self.deal.stage = self.dice.choice([Stage.PAID, Stage.LOST, Stage.CANCELLED])
        self.deal.closed_at = self.now
        for line in self.deal.lines.values():
            if self.deal.stage is Stage.PAID and line.status is not LineStatus.CANCELLED:
                self._settle(line)
            elif not line.status.final:
                line.status = LineStatus.CANCELLED

    def _settle(self, line: LineState) -> None:
        line.status, line.settled_at = LineStatus.SETTLED, self.now
        for assignment in line.assignments.values():
            assignment.closed_at = self.now
        for approval in line.approvals.values():
            approval.closed_at = self.now
        for document in line.documents.values():
            document.signed_at = self.now
        if line.paid < line.amount:
            self._pay(line.amount - line.paid, line.number)

    # --- what is asked -------------------------------------------------------------------------------------------------

    def _perhaps_open(self, process: ProcessState, *kinds: str) -> None:
        desk = Desk(self.book, self.deal.client, self.deal.manager, NOW.date())
        for kind in kinds:
            if self._chance(0.4):
                continue
            template, id = self.book.assignment(kind), process.subject.id(kind)
            assignee = desk.persons(template.role)[0]
            alarm = self._alarm(template.due)
            assignment = Assignment(
                id=id, kind=kind, title=template.title, assignee=assignee, role=template.role, alarm=alarm
            )
            assignment.closed_at = self.now if self._chance(0.4) else None
            process.assignments[id] = assignment

    def _perhaps_ask(self, process: ProcessState, kind: str) -> None:
        if self._chance(0.4):
            return
        desk = Desk(self.book, self.deal.client, self.deal.manager, NOW.date())
        template, id = self.book.approvals[kind], process.subject.id(kind)
        asked = tuple(Awaiting(role=role, person=desk.persons(role)[0]) for role in template.roles)
        approval = Approval(
            id=id,
            kind=kind,
            version=self.dice.randint(1, 3),
            title=template.title,
            asked=asked,
            alarm=self._alarm(template.due),
        )
        process.approvals[id] = approval
        for seat in asked:
            if not approval.closed and self._chance(0.4):
                actor = Actor(person=seat.person, name=seat.person, role=seat.role)
                vote = Vote(
                    role=seat.role, actor=actor, approve=self._chance(0.7), comment="нет", at=self.now
                )
                cast_vote(approval, vote)

    def _happen(self, process: ProcessState, trigger: Trigger) -> None:
        """Documents can be signed from now on, and payments are due."""
        process.moments[trigger] = NOW
        for document in process.documents.values():
            if document.available is trigger:
                document.alarm = self._alarm(self.book.documents[document.kind].due)
                document.signed_at = self.now if self._chance(0.4) else None
        if isinstance(process, LineState):
            for part in self.book.payments[process.good.payment].milestones:
                milestone = process.milestones[process.subject.id(part.id)]
                if part.trigger is trigger:
                    milestone.alarm = self._alarm(part.offset)
                    milestone.due_at = milestone.alarm.due_at

    def _perhaps_pay(self) -> None:
        while self.deal.active_lines and self._chance(0.4):
            amount = (self.deal.amount * self.dice.randint(1, 60) / 100).quantize(self.deal.amount)
            line = self.dice.choice([None, self.dice.choice(self.deal.active_lines).number])
            self._pay(amount, line)

    def _pay(self, amount: Decimal, line: int | None) -> None:
        id = f"bank-{len(self.deal.ledger.payments)}"
        pay = Pay(id=id, actor="kuznetsova", amount=amount, currency="RUB", line=line)
        payer = Actor(person="kuznetsova", name="Елена Кузнецова")
        take_payment(self.deal, pay, payer, self.now, self.now.date())

    def _alarm(self, due: Any) -> Alarm:
        opened_at = NOW + (self.now - NOW) * self.dice.random()
        due_at = self.book.calendar.after(opened_at, due)
        return set_alarm(opened_at, due_at, self.book.reminders, self.book.calendar)

    # --- the lines' own states ------------------------------------------------------------------------------------------

    def _own(self) -> list[LineState] | None:
        """Of those that run; some ahead of what they have reported, some silent."""
        if self._chance(0.4):
            return None
        running = [line for n in self.deal.started_lines if not (line := self.deal.lines[n]).status.final]
        return [self._ahead(line) for line in running if self._chance(0.85)]

    def _ahead(self, mirror: LineState) -> LineState:
        line = mirror.model_copy(deep=True)
        line.playbook = self.book.alone().for_line(line.good.payment, line.good.vat)
        line.people = self.book.staff()
        line.revision += self.dice.choice([-1, 0, 0, 1])
        if line.revision > mirror.revision:
            self._perhaps_open(line, *ASKED_IN.get(line.status, ()))
        return line

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share


def _with_deputies(book: Playbook, dice: random.Random) -> Playbook:
    """In half of the companies two people share a role."""
    if dice.random() < 0.5:
        return book
    deputy = book.people["kuznetsova"].model_copy(update={"name": "Вера Белова", "email": "b@desk.example"})
    return book.model_copy(update={"people": {**book.people, "belova": deputy}})


def a_random_deal(seed: int, book: Playbook) -> tuple[DealState, list[LineState] | None, datetime]:
    made = RandomDeal(seed, book)
    return made.deal, made.own, made.now
