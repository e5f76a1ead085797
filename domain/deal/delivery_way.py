"""A line's way to its client, leg by leg, with the moment at which each leg ends.

A leg that is over ended when it did; one that is open ends at its deadline, or now if that has passed; one to come takes the lead
time of the playbook.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.calendar import Span
from domain.deal.line_orders import Awaited
from domain.deal.payments import Milestone
from domain.deal.state import LineState
from domain.deal.tasks import Approval, Assignment
from domain.playbook.book import Playbook
from domain.playbook.routes import Step
from domain.playbook.terms import Gate, signed
from domain.words import Trigger


class LegKind(StrEnum):
    """What a line waits for on a leg of its way."""

    TERMS = "terms"
    CONTRACT = "contract"
    CREDIT = "credit"
    SIGNATURE = "signature"
    PREPAYMENT = "prepayment"
    ORDER = "order"
    MAKING = "making"
    RESERVATION = "reservation"
    DISPATCH = "dispatch"
    TRANSIT = "transit"
    DECLARATION = "declaration"
    CUSTOMS = "customs"
    ACCEPTANCE = "acceptance"
    PAYMENT = "payment"
    SHIPMENT = "shipment"
    DELIVERY = "delivery"
    PLAN = "plan"
    AWAITED = "awaited"
    RENDERING = "rendering"


class Leg(NamedTuple):
    """`planned`: when it would end if it took the playbook's lead time."""

    kind: LegKind
    begins: datetime
    planned: datetime
    ends: datetime

    @property
    def excess(self) -> timedelta:
        return self.ends - self.planned


class Way:
    """The legs so far; `at` is where they have come to. `awaited`: the line that a service is rendered after."""

    def __init__(
        self, line: LineState, book: Playbook, now: datetime, contract_at: datetime, awaited: Awaited | None
    ) -> None:
        self.line, self.book, self.now, self.awaited = line, book, now, awaited
        self.calendar = book.calendar
        self.contract_at = self.at = contract_at
        self.legs: list[Leg] = []
        self.route = line.route or book.route(line.good.source)
        for step in self.route:
            _LEGS[step](self)

    @property
    def excess(self) -> timedelta:
        """By how much the legs take longer than planned."""
        return sum((max(leg.excess, timedelta()) for leg in self.legs), timedelta())

    def end_of(self, kind: LegKind) -> datetime | None:
        return next((leg.ends for leg in self.legs if leg.kind is kind), None)

    def add(self, kind: LegKind, planned: datetime, ends: datetime) -> None:
        self.legs.append(Leg(kind, self.at, planned, ends))
        self.at = ends

    def ask(self, leg: LegKind, kind: str, due: datetime | None = None) -> None:
        """Until a question is answered. `due`: where it has more time than its lead time."""
        planned = max(due or self.after(kind), self.at)
        self.add(leg, planned, self.end(self.asked(kind), planned))

    def end(self, asked: Assignment | Approval | None, planned: datetime) -> datetime:
        if asked is None:
            return max(planned, self.now)
        return asked.closed_at or max(asked.alarm.due_at, self.now)

    def asked(self, kind: str) -> Assignment | None:
        """Its latest round, as far as it counts."""
        rounds = [a for a in self.line.assignments.values() if a.kind == kind]
        return rounds[-1] if rounds and not rounds[-1].withdrawn else None

    def after(self, kind: str) -> datetime:
        """When this question's lead time is over."""
        return self.calendar.after(self.at, self.lead_time(kind))

    def lead_time(self, kind: str) -> Span:
        return self.book.assignment(kind).due_for(self.line.good.availability)

    def usual_day(self, kind: str, name: str) -> datetime:
        """The end of the day that a date of this question would say, if it said what the form suggests."""
        field = next((f for f in self.book.assignment(kind).form if f.name == name), None)
        day = self.calendar.today(self.at) + timedelta(days=field.days if field else 0)
        return self.calendar.end_of(day, self.at)

    def signatures(self, *gates: Gate) -> None:
        """Until the deal's papers are signed that these gates wait for."""
        waived, kinds = self.line.papers.waived, self.book.documents.items()
        due = {
            code: self.calendar.pay_day(self.contract_at, kind.due)
            for code, kind in kinds
            if kind.gate in gates and code not in waived
        }
        if due:
            signed_at = {code: self.line.moments.get(signed(code), max(due[code], self.now)) for code in due}
            self.add(LegKind.SIGNATURE, max(self.at, *due.values()), max(self.at, *signed_at.values()))

    def money(self, leg: LegKind, *gates: Gate) -> None:
        """Until all has come that these gates wait for."""
        if gated := [m for m in self.line.milestones.values() if m.gate in gates]:
            planned = max(self.at, *map(self._due, gated))
            self.add(leg, planned, max(self.at, *map(self._comes, gated)))

    def _comes(self, milestone: Milestone) -> datetime:
        if milestone.paid:
            return milestone.paid_at or self.at
        return max(self._due(milestone), self.now)

    def _due(self, milestone: Milestone) -> datetime:
        if milestone.due_at:
            return milestone.due_at
        since = self.contract_at if milestone.trigger is Trigger.CONTRACT else self.at
        term = self.book.payments[self.line.good.payment]
        offsets = {self.line.subject.id(part.id): part.offset for part in term.milestones}
        return self.calendar.pay_day(since, offsets[milestone.id])


def _release(way: Way) -> None:
    line, book = way.line, way.book
    asked = way.asked("payment-terms")
    if line.agreement == "asked" and asked and asked.closed_at:
        way.at = max(way.at, asked.closed_at)
        planned = way.calendar.after(way.at, book.approvals["contract"].due)
        way.add(LegKind.CONTRACT, planned, max(planned, way.now))
        way.add(LegKind.TERMS, way.after("payment-terms"), way.after("payment-terms"))
    elif asked or book.payments[line.good.payment].form:
        way.ask(LegKind.TERMS, "payment-terms")
    if book.payments[line.good.payment].credit:
        planned = way.calendar.after(way.at, book.approvals["credit"].due)
        credit = line.approvals.get(line.subject.id("credit"))
        way.add(LegKind.CREDIT, planned, way.end(None if credit and credit.rejected else credit, planned))
    way.signatures(Gate.ORDERING)
    way.money(LegKind.PREPAYMENT, Gate.ORDERING)


def _order(way: Way) -> None:
    way.ask(LegKind.ORDER, "supplier-order")
    planned = way.usual_day("supplier-order", "ready_on")
    ready = way.line.ready_at or planned
    way.add(LegKind.MAKING, planned, max(ready, way.at))
    way.ask(LegKind.DISPATCH, "dispatch", way.calendar.after(ready, way.lead_time("dispatch")))


def _reserve(way: Way) -> None:
    way.ask(LegKind.RESERVATION, "reservation")


def _travel(way: Way) -> None:
    ordered = way.end_of(LegKind.DISPATCH)
    planned = way.usual_day("dispatch", "eta") if ordered else way.at
    asked, due = way.asked("arrival"), way.line.eta or planned
    way.add(LegKind.TRANSIT, planned, way.end(asked, max(due, way.at)))


def _customs(way: Way) -> None:
    way.ask(LegKind.DECLARATION, "customs-declaration")
    way.ask(LegKind.CUSTOMS, "customs-release")


def _receive(way: Way) -> None:
    planned, claim = way.after("acceptance"), way.asked("claim")
    if claim and not claim.closed:  # the goods are accepted anew
        settled = max(claim.alarm.due_at, way.now)
        way.add(LegKind.ACCEPTANCE, planned, way.calendar.after(settled, way.lead_time("acceptance")))
    else:
        way.ask(LegKind.ACCEPTANCE, "acceptance")


def _ship(way: Way) -> None:
    way.signatures(Gate.SHIPPING)
    way.money(LegKind.PAYMENT, Gate.ORDERING, Gate.SHIPPING)
    way.ask(LegKind.SHIPMENT, "shipment")


def _render(way: Way) -> None:
    way.ask(LegKind.PLAN, "service-plan")
    agreed = way.line.ready_at or way.usual_day("service-plan", "agreed_on")
    way.signatures(Gate.SHIPPING)
    way.money(LegKind.PAYMENT, Gate.ORDERING, Gate.SHIPPING)
    if there := way.awaited:
        planned, expected = (way.calendar.end_of(on, way.at) for on in (there.planned, there.expected))
        way.add(LegKind.AWAITED, max(planned, way.at), max(expected, way.at))
    way.ask(LegKind.RENDERING, "service-rendered", agreed if agreed > way.at else None)


def _deliver(way: Way) -> None:
    if Step.RENDER in way.route:
        way.at = way.line.moments.get(Trigger.ACCEPTED, way.at)
        return
    way.at = way.line.moments.get(Trigger.SHIPPED, way.at)
    due = way.calendar.after(way.at, delivery_time(way.line, way.book))
    way.ask(LegKind.DELIVERY, "delivery", due)
    way.at = way.line.moments.get(Trigger.ACCEPTED, way.at)


def delivery_time(line: LineState, book: Playbook) -> Span:
    """What its delivery method takes from the warehouse to the client; else what the question about it does."""
    return book.deliveries[line.good.delivery].takes or book.assignment("delivery").due_for(
        line.good.availability
    )


_LEGS: dict[Step, Callable[[Way], None]] = {
    Step.RELEASE: _release,
    Step.ORDER: _order,
    Step.RESERVE: _reserve,
    Step.TRAVEL: _travel,
    Step.CUSTOMS: _customs,
    Step.RECEIVE: _receive,
    Step.SHIP: _ship,
    Step.RENDER: _render,
    Step.SETTLE: _deliver,
}
