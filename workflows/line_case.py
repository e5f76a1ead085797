"""The verbs of a line's steps: enter a status, note an event that payments and papers count from, look at a gate."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from domain.alarms import set_alarm
from domain.deal.assignment_form import terms_form
from domain.deal.documents import Document, documents_of_line
from domain.deal.messages import Message
from domain.deal.payments import Milestone, milestones_of
from domain.deal.state import LineOrder, LineState
from domain.deal.tasks import Assignment
from domain.facts import (
    Actor,
    Fact,
    LineStatusChanged,
    MilestoneDue,
    MilestonePaid,
    MilestoneUnpaid,
    PaymentTypeChosen,
)
from domain.playbook.book import Event, Gate, PaymentTerm, Trigger, shared, signed
from domain.playbook.forms import Form
from domain.refusals import Refusal
from domain.words import LineStatus, Text
from workflows.case import CANCELLED, Case
from workflows.host import Host
from workflows.inbox import Act, Inbox
from workflows.reports import Reports
from workflows.staffing import follow_people, hand_over

UNPAID = Text(ru="оплаты больше нет", en="the payment is there no more")


class WoundDown(Exception):
    """The deal is cancelled, and this line with it."""


class LineCase(Case[LineState]):
    def __init__(self, state: LineState, host: Host, acts: Mapping[type[Message], Act]) -> None:
        super().__init__(state, host)
        self.quantity = state.good.quantity
        self.availability = state.good.availability
        self._gated: dict[str, tuple[Gate, ...]] = {}
        self.reports = Reports(state, host, lambda: self.quiet)
        self.inbox = Inbox(self, acts, {"from_deal": self._hear_deal})

    def begin(self) -> None:
        self.reports.begin()
        self.inbox.begin()
        self.host.background(self.mark_changes())
        if Trigger.CONTRACT in self.state.moments:
            self.note_papers()
            self.note_money()  # that came while nobody ran this line

    async def drain(self) -> None:
        """Before a run ends: no report is under way, and what came meanwhile is taken."""
        await self.reports.drain()
        await self.inbox.drain()

    def take_fact(self, fact: Fact) -> None:
        self.state.unreported.append(fact)

    @property
    def interruption(self) -> BaseException | None:
        if self.state.cancelled is not None and not self.state.status.final:
            return WoundDown()
        return super().interruption

    def call_off(self, reason: Text) -> None:
        """Whatever waits is interrupted, and the line winds down."""
        self.state.cancelled = self.state.cancelled or reason

    def cancelled(self) -> None:
        self.call_off(CANCELLED)

    def wind_down(self) -> None:
        self.withdraw_all(self.state.cancelled)
        self._change_status(LineStatus.CANCELLED, self.state.cancelled)

    # --- the verbs ---------------------------------------------------------------------------------------------------

    def enter(self, status: LineStatus) -> None:
        if status is not self.state.status:
            self._change_status(status)

    def _change_status(self, status: LineStatus, reason: Text | None = None) -> None:
        before, self.state.status = self.state.status, status
        self.record(LineStatusChanged(status=status, before=before, reason=reason))

    def happened(self, event: Event, on: date | None = None) -> None:
        """An event that payments and documents count from, on the day its paper says: due dates are set, documents become
        ready, once."""
        if event in self.state.moments:
            return
        calendar = self.state.book.calendar
        self.state.moments[event] = calendar.moment_of(on, self.now)
        self.state.untold = True
        self._set_due(event)
        self.make_ready()
        self.note_money()

    def _set_due(self, event: Event) -> None:
        for part in self.term.milestones:
            milestone = self.state.milestones[self.state.subject.id(part.id)]
            if milestone.trigger == event:
                calendar = self.state.book.calendar
                milestone.due_at = calendar.pay_day(self.state.moments[event], part.offset)
                self._watch(milestone)
                about = {**milestone.about(self.state.currency), "outstanding": milestone.outstanding}
                self.record(MilestoneDue(**about, due=milestone.due_at))

    def choose_payment(self, payment: str, by: Actor) -> None:
        """Another payment type, with its milestones, gates and documents. It holds once the contract is agreed with it."""
        state, before = self.state, self.term
        for paid in [milestone for milestone in state.milestones.values() if milestone.paid_at]:
            self.record(MilestoneUnpaid(**paid.about(state.currency), outstanding=paid.amount))
        state.good = state.good.model_copy(update={"payment": payment})
        state.agreement, state.refusal = "asked", ""
        state.milestones = milestones_of(state.number, state.amount, self.term)
        documents = documents_of_line(state.number, state.good, state.book)
        state.documents = {id: state.documents.get(id, document) for id, document in documents.items()}
        self.record(PaymentTypeChosen(before=before.title, after=self.term.title), by=by)
        for event in state.moments:
            self._set_due(event)
        self.make_ready()
        self.note_money()
        self.reports.report_all()

    def why_refused(self) -> str:
        if self.state.agreement == "refused":
            return self.state.refusal
        return self.state.approvals[self.state.subject.id("credit")].votes[-1].comment

    def note_money(self) -> None:
        """Puts on record which milestones the money that stands on them has paid, and which it pays no longer."""
        for milestone in self.state.milestones.values():
            if milestone.paid and milestone.paid_at is None:
                milestone.paid_at, milestone.paid_on = self.now, milestone.funded_on or self.today
                about = {**milestone.about(self.state.currency), "days_late": self._days_late(milestone)}
                self.record(MilestonePaid(**about, on=milestone.paid_on))
            elif not milestone.paid and milestone.paid_at is not None:
                milestone.paid_at = milestone.paid_on = None
                self._watch(milestone)
                self.record(
                    MilestoneUnpaid(**milestone.about(self.state.currency), outstanding=milestone.outstanding)
                )
        self._close_gates()
        self.wake()

    def _days_late(self, milestone: Milestone) -> int | None:
        """From the last day to pay until the value date of the money, whenever it was entered."""
        calendar = self.state.book.calendar
        if milestone.due_at is None or milestone.paid_on is None or calendar.pace:
            return None
        late = (milestone.paid_on - calendar.today(milestone.due_at)).days
        return late if late > 0 else None

    def paid(self, *gates: Gate) -> bool:
        return all(m.paid for m in self.state.milestones.values() if m.gate in gates)

    def may_pass(self, *gates: Gate) -> bool:
        """Paid, and signed: of the deal's papers each that a gate waits for, unless the director lets lines go on before it."""
        return self.paid(*gates) and self.signed(*gates)

    def signed(self, *gates: Gate) -> bool:
        papers, kinds = self.state.papers, self.state.book.documents.items()
        there = {*papers.signed, *papers.waived}
        return all(code in there for code, kind in kinds if kind.gate in gates)

    def note_papers(self) -> None:
        """What follows from papers that are not this line's own, each once."""
        papers = self.state.papers
        for code, on in papers.signed.items():
            self.happened(signed(code), on=on)
        for code in papers.returned:
            self.happened(signed(code))
        for code, document in papers.shared.items():
            self._share(self.state.documents.get(self.state.subject.id(code)), document)
        self.make_ready()

    def _share(self, own: Document | None, document: str) -> None:
        if own is None or own.settled:
            return
        papers, own.shared_with = self.state.papers, document
        if own.kind in papers.signed:
            own.signed_at, own.signed_on = self.now, papers.signed[own.kind]
        own.returned = own.kind in papers.returned
        self.state.untold = True

    def may_ask_for(self, document: Document) -> bool:
        """Of those per shipment the deal knows whether they are this line's own."""
        per_shipment = self.state.book.documents[document.kind].per_shipment
        return not per_shipment or (self.state.papers.shipped and not document.shared_with)

    def paper_settled(self, document: Document) -> None:
        self.happened(signed(document.kind), on=document.signed_on)

    async def answered_behind(self, *gates: Gate, kind: str) -> Assignment:
        """Asks once these gates are open, and waits for the answer. If money goes before it has come, the gate closes again: the
        question is withdrawn, and asked anew when the money is back."""
        while True:
            round = self.state.rounds.get(kind, 1)
            if self.state.subject.id(kind, round) not in self.state.assignments:
                await self.until(
                    lambda: self.may_pass(*gates), f"the payment and the signature before {kind}"
                )
            asked = self.open(kind, round=round)
            self._gated[asked.id] = gates
            self._close_gates()
            await self.until(lambda: asked.closed, f"an answer to {asked.id}")
            del self._gated[asked.id]
            if not asked.withdrawn:
                return asked

    def _close_gates(self) -> None:
        for id, gates in self._gated.items():
            asked = self.state.assignments[id]
            if not asked.closed and not self.paid(*gates):
                self.state.rounds[asked.kind] = self.state.rounds.get(asked.kind, 1) + 1
                self.withdraw(asked, UNPAID)

    def all_signed_and_paid(self) -> bool:
        documents, milestones = self.state.documents.values(), self.state.milestones.values()
        return all(d.settled for d in documents) and all(m.paid for m in milestones)

    def security_due(self) -> datetime | None:
        """When a security of the contract must be back: so long after the client's last signature. None if there is none."""
        asked = [a for a in self.state.assignments.values() if a.kind == "payment-terms" and a.closed]
        if not (self.term.security_return and asked and asked[-1].answers.get("security")):
            return None
        days = [d.signed_on for d in self.state.documents.values() if d.signed_on]
        calendar = self.state.book.calendar
        ended = calendar.moment_of(max(days, default=None), self.now)
        return calendar.pay_day(ended, self.term.security_return)

    def end_of(self, day: date) -> datetime:
        return self.state.book.calendar.end_of(day, self.now)

    @property
    def term(self) -> PaymentTerm:
        return self.state.book.payments[self.state.good.payment]

    def form(self, assignment: Assignment) -> Form:
        if assignment.kind == "payment-terms":
            return terms_form(self.state, self.state.book, assignment.id)
        return super().form(assignment)

    def _watch(self, milestone: Milestone) -> None:
        if milestone.due_at:
            book = self.state.book
            due_at = max(milestone.due_at, self.now)
            grace = book.reminders.payment_grace
            milestone.alarm = set_alarm(self.now, due_at, book.reminders, book.calendar, grace=grace)

    def _hear_deal(self, raw: Any) -> None:
        """What the deal tells its line: money (absolute amounts, zero included), a new manager, people, the end."""
        try:
            order = LineOrder.model_validate(raw)
        except ValueError:
            raise Refusal(
                "malformed", en="only the deal may send this", ru="так пишет только сделка"
            ) from None
        match order.name:
            case "funds" if order.funds and order.funds.revision > self.state.funds_revision:
                self.state.funds_revision = order.funds.revision
                for id, amount in order.funds.allocated.items():
                    if id in self.state.milestones:
                        self.state.milestones[id].allocated = amount
                        self.state.milestones[id].funded_on = order.funds.funded_on.get(id)
                self.note_money()
            case "wind_down":
                self.call_off(order.reason or CANCELLED)
            case "handed_over" if order.actor:
                hand_over(self, order.manager, order.actor)
            case "people" if order.people and order.actor:
                self.state.people = shared(order.people)
                follow_people(self, order.actor)
            case "terms" if self.state.agreement == "asked":
                self.state.agreement = "" if order.agreed else "refused"
                self.state.refusal = order.comment
                self.state.untold = True
                self.wake()
            case "papers" if order.papers:
                self.state.papers = order.papers
                if Trigger.CONTRACT in self.state.moments:
                    self.note_papers()
                self.wake()
            case "report_all":
                self.reports.report_all()
