"""One good's own way, from its release to the last signature and kopeck. A line is nothing but process: no activities."""

import asyncio
from datetime import date, datetime
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.alarms import set_alarm
    from domain.facts import (
        DESK,
        CustomsHeld,
        CustomsReleased,
        EtaMoved,
        GoodsDamaged,
        LineStatusChanged,
        MilestoneDue,
        MilestonePaid,
    )
    from domain.forms import Form
    from domain.playbook import Gate, PaymentTerm, Trigger, shared
    from domain.routes import ROUTES
    from domain.state import LineState
    from domain.tasks import Assignment
    from domain.words import Availability, LineStatus, Source
    from workflows import messages
    from workflows.answering import fail_with_words
    from workflows.names import LINE_WORKFLOW
    from workflows.process import Renewal
    from workflows.reporting import Reporting


class WoundDown(Exception):
    """The deal is cancelled, and this line with it."""


@workflow.defn(name=LINE_WORKFLOW)
class OrderLine(Reporting):
    async def _pursue(self) -> None:  # the route, as the company would tell it
        await self._await_release()
        await self._place_order()  # or take it from stock
        await self._travel()
        await self._clear_customs()
        await self._receive()
        await self._ship()
        await self._settle()

    # --- the micro-processes ---------------------------------------------------------------------------------------

    async def _await_release(self) -> None:
        """The payment type's fields, the director's approval where goods go out before money comes in, the prepayment."""
        if not self._enter(LineStatus.AWAITING_RELEASE):
            return
        self._happened(Trigger.CONTRACT)
        if self.term.form:
            terms = self.open("payment-terms")
            await self.until(lambda: terms.closed, "the fields of the payment type")
        if self.term.credit:
            await self._agree_credit()
        await self.until(lambda: self._paid(Gate.ORDERING), "the prepayment")

    async def _agree_credit(self) -> None:
        while True:
            credit = self.ask(
                "credit",
                version=self._round("credit"),
                amount=self.state.amount,
                currency=self.state.currency,
                good=self.state.good.name,
            )
            await self.until(lambda: credit.closed, "the director's credit approval")
            if credit.approved:
                return
            revision = self.open("payment-terms", round=self._round("credit") + 1)
            await self.until(lambda: revision.closed, "new terms after the director's refusal")
            self._next_round("credit")

    async def _place_order(self) -> None:
        if not self._enter(LineStatus.PROCESSING):
            return
        if self.state.good.source is Source.STOCK:
            reservation = self.open("reservation")
            await self.until(lambda: reservation.closed, "the reservation in stock")
            return
        ordered = self.open("supplier-order")
        await self.until(lambda: ordered.closed, "the supplier's number and ready date")
        ready_at = self._end_of(ordered.answers["ready_on"])
        planned = self.state.book.calendar.after(
            ready_at, self.state.book.assignments["dispatch"].due_for(self.availability)
        )
        dispatched = self.open("dispatch", due_at=planned)
        await self.until(lambda: dispatched.closed, "the goods handed to the carrier")
        self.state.eta = self.state.eta or self._end_of(dispatched.answers["eta"])

    async def _travel(self) -> None:
        """Status checks begin when the ETA has passed, and go on until the goods have arrived."""
        if not self._enter(LineStatus.SENT):
            return
        while True:
            eta = self.state.eta or workflow.now()
            self.check_every("eta", eta)
            arrival = self.open("arrival", round=self._round("arrival"), due_at=eta)
            await self.until(lambda: arrival.closed, "the arrival")
            if arrival.answers["outcome"] != "delayed":
                break
            self.state.eta = self._end_of(arrival.answers["eta"])
            self.state.checks.pop("eta", None)
            moved = EtaMoved(
                eta=date.fromisoformat(arrival.answers["eta"]),
                before=self.state.book.calendar.today(eta),
                reason=arrival.answers.get("reason", ""),
            )
            self.record(moved, by=arrival.closed_by or DESK)
            self._next_round("arrival")
        self.state.checks.pop("eta", None)

    async def _clear_customs(self) -> None:
        """The declaration, then a status check every so often until the customs release the goods; a hold is on record."""
        if not self._enter(LineStatus.AT_CUSTOMS):
            return
        declared = self.open("customs-declaration")
        await self.until(lambda: declared.closed, "the customs declaration")
        self.check_every(
            "customs", self.state.book.calendar.after(workflow.now(), self.state.book.checks.customs)
        )
        while True:
            release = self.open("customs-release", round=self._round("customs-release"))
            await self.until(lambda: release.closed, "the customs release")
            if release.answers["outcome"] != "hold":
                break
            self.state.held = True
            self.record(CustomsHeld(reason=release.answers["reason"]), by=release.closed_by or DESK)
            self._next_round("customs-release")
        self.state.held = False
        self.state.checks.pop("customs", None)
        released = CustomsReleased(on=date.fromisoformat(release.answers["released_on"]))
        self.record(released, by=release.closed_by or DESK)

    async def _receive(self) -> None:
        """Acceptance at the warehouse; damaged goods go through a claim and are accepted again."""
        if not self._enter(LineStatus.AT_WAREHOUSE):
            return
        while True:
            acceptance = self.open("acceptance", round=self._round("acceptance"))
            await self.until(lambda: acceptance.closed, "the acceptance at the warehouse")
            if acceptance.answers["result"] == "accepted":
                break
            if self.state.damages < self._round("acceptance"):
                self.state.damages = self._round("acceptance")
                damaged = GoodsDamaged(remarks=acceptance.answers["remarks"])
                self.record(damaged, by=acceptance.closed_by or DESK)
            claim = self.open("claim", round=self._round("acceptance"))
            await self.until(lambda: claim.closed, "the claim for damaged goods")
            self._next_round("acceptance")
        self._happened(Trigger.READY_TO_SHIP)

    async def _ship(self) -> None:
        """Shipment control: nobody is even asked to ship before the payment gate is open."""
        if not self._enter(LineStatus.AT_WAREHOUSE):
            return
        await self.until(lambda: self._paid(Gate.SHIPPING), "the payment due before shipping")
        shipment = self.open("shipment")
        await self.until(lambda: shipment.closed, "the shipment to the client")
        self._enter(LineStatus.SHIPPED)
        self._happened(Trigger.SHIPPED)

    async def _settle(self) -> None:
        """Delivery confirmed, every document signed, every milestone paid: reminded until all three are so."""
        delivery = self.open("delivery")
        await self.until(lambda: delivery.closed, "the delivery to the client")
        self._happened(Trigger.ACCEPTED)
        await self.until(self._all_signed_and_paid, "signatures and payments")
        self.state.settled_at = workflow.now()
        self._enter(LineStatus.SETTLED)

    def _wind_down(self) -> None:
        reason = self.state.cancelled or ""
        self.withdraw_all(reason)
        before, self.state.status = self.state.status, LineStatus.CANCELLED
        self.record(LineStatusChanged(before=before, status=self.state.status, reason=reason))

    # --- the rules of a line ---------------------------------------------------------------------------------------

    @property
    def term(self) -> PaymentTerm:
        return self.state.book.payments[self.state.good.payment]

    @property
    def availability(self) -> Availability:
        return self.state.good.availability

    @property
    def quantity(self) -> int:
        return self.state.good.quantity

    def form(self, assignment: Assignment) -> Form:
        return self.term.form if assignment.kind == "payment-terms" else super().form(assignment)

    def _enter(self, status: LineStatus) -> bool:
        """Moves on to `status` if the route has it, never back; whether the line stands there now."""
        route = ROUTES[self.state.good.source]
        if status in route and route.index(status) > route.index(self.state.status):
            before, self.state.status = self.state.status, status
            self.record(LineStatusChanged(before=before, status=status))
        return self.state.status is status

    def _happened(self, trigger: Trigger) -> None:
        """An event that payments and documents count from: due dates are set, documents become ready, once."""
        if trigger in self.state.moments:
            return
        now = self.state.moments[trigger] = workflow.now()
        book = self.state.book
        for part in self.term.milestones:
            milestone = self.state.milestones[self.state.subject.id(part.id)]
            if milestone.trigger is not trigger:
                continue
            milestone.due_at = book.calendar.pay_day(now, part.offset)
            milestone.alarm = set_alarm(now, milestone.due_at, book.reminders, book.calendar)
            about = milestone.told(self.state.currency)
            self.record(MilestoneDue(**about, outstanding=milestone.outstanding, due=milestone.due_at))
        self.make_ready()
        self.mark_paid()

    def mark_paid(self) -> None:
        for milestone in self.state.milestones.values():
            if milestone.paid and milestone.paid_at is None:
                milestone.paid_at = workflow.now()
                self.record(MilestonePaid(**milestone.told(self.state.currency)))

    def _paid(self, gate: Gate) -> bool:
        return all(m.paid for m in self.state.milestones.values() if m.gate is gate)

    def _all_signed_and_paid(self) -> bool:
        return all(d.signed for d in self.state.documents.values()) and all(
            m.paid for m in self.state.milestones.values()
        )

    def _round(self, kind: str) -> int:
        return self.state.rounds.get(kind, 1)

    def _next_round(self, kind: str) -> None:
        self.state.rounds[kind] = self._round(kind) + 1

    def _end_of(self, day: str) -> datetime:
        return self.state.book.calendar.end_of(date.fromisoformat(day), workflow.now())

    # --- a line's runs -----------------------------------------------------------------------------------------------

    @workflow.init
    def __init__(self, *start: Any) -> None:  # whatever anybody starts it with: a bad start fails in words
        self._bad_start = ""
        try:
            self.state = LineState.model_validate(*start)
            self.state.playbook = shared(self.state.book)
            start[0].clear()  # the SDK keeps its inputs for as long as the line lives; the state has it all
        except Exception as error:
            self._bad_start = f"an order line is started by its deal, with its state: {type(error).__name__}"

    @workflow.run
    async def run(self, *start: Any) -> str:
        if self._bad_start:
            raise fail_with_words(self._bad_start)
        reporting = self.beside(self.report())
        try:
            await self._live_on()
        except Renewal:
            await workflow.wait_condition(workflow.all_handlers_finished)
            await self.stand_still()
            reporting.cancel()
            workflow.continue_as_new(self.state)
        return self.state.status.value

    async def _live_on(self) -> None:
        """An operator who cancels the workflow cancels the line: the deal hears of it."""
        try:
            await self._live()
        except asyncio.CancelledError:
            self.state.cancelled = self.state.cancelled or "cancelled in Temporal"
            await self._live()

    async def _live(self) -> None:
        try:
            if not self.state.status.final:
                await self._pursue()
        except WoundDown:
            self._wind_down()
        await self.until(lambda: not self.state.unreported, "the deal hears the last of this line")
        await workflow.wait_condition(workflow.all_handlers_finished)

    @property
    def interruption(self) -> Exception | None:
        if self.state.cancelled is not None and not self.state.status.final:
            return WoundDown()
        return super().interruption

    complete = messages.update("complete")
    complete_signal = messages.signal("complete")
    decide = messages.update("decide")
    decide_signal = messages.signal("decide")
    sign = messages.update("sign")
    sign_signal = messages.signal("sign")
