"""The verbs of a line's steps: enter a status, note an event that payments and papers count from, look at a gate."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from domain.alarms import set_alarm
from domain.base import Count
from domain.deal.amending.credit import outgrown
from domain.deal.amending.standing import Standing, obstacle, standing
from domain.deal.assignment_form import terms_form
from domain.deal.certificates import with_certificate
from domain.deal.documents import Document, documents_of_line
from domain.deal.line_orders import LineOrder, NewTerms
from domain.deal.lots import short_lived, with_tracking
from domain.deal.messages import Message
from domain.deal.parts import cut
from domain.deal.payments import Milestone, milestones_of
from domain.deal.splits import Split
from domain.deal.splitting import why_not
from domain.deal.state import LineState, Part
from domain.deal.tasks import Assignment
from domain.facts import (
    Actor,
    EtaMoved,
    Fact,
    LineAmended,
    LineKept,
    LineStatusChanged,
    LotShortLived,
    MilestoneDue,
    MilestonePaid,
    MilestoneUnpaid,
    PaymentTypeChosen,
    SplitRefused,
)
from domain.order.changes import Draft, changes
from domain.order.order import OrderLine
from domain.playbook.forms import Form
from domain.playbook.kinds import MAIL_ADDRESS, OBLIGATION, QUESTION
from domain.playbook.routes import Step
from domain.playbook.sharing import shared
from domain.playbook.terms import Event, Gate, PaymentTerm, signed
from domain.refusals import Refusal
from domain.words import LineStatus, Role, Source, Text, Trigger, same
from workflows.case import CANCELLED, Case
from workflows.credit import AMENDED, ask_credit_anew, ask_terms_anew
from workflows.host import Host
from workflows.inbox import Act, Inbox
from workflows.late_delivery import watch_promise
from workflows.letter_of_credit import watch_letter_of_credit
from workflows.reports import Reports
from workflows.staffing import follow_people, give_role, hand_over

UNPAID = Text(ru="оплаты больше нет", en="the payment is there no more")


class WoundDown(Exception):
    """The deal is cancelled, and this line with it."""


class Restarted(Exception):
    """The line goes on from the step that it has gone back to."""


class LineCase(Case[LineState]):
    def __init__(self, state: LineState, host: Host, acts: Mapping[type[Message], Act]) -> None:
        super().__init__(state, host)
        self.availability = state.good.availability
        self._gated: dict[str, tuple[Gate, ...]] = {}
        self.looking_up: Count = 0
        self.reports = Reports(state, host, lambda: self.quiet)
        self.inbox = Inbox(self, acts, {"from_deal": self._hear_deal})

    @property
    def quantity(self) -> int:
        return self.state.good.quantity

    def begin(self) -> None:
        self.reports.begin()
        self.inbox.begin()
        self.host.background(self.mark_changes())
        if self.state.split_from and self.once("begun"):
            self.make_ready()  # its papers, as far as they were not signed before
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
        if self.state.restarted and self.state.cancelled is None:
            return Restarted()
        return super().interruption

    @property
    def may_renew(self) -> bool:
        """Not while an answer is awaited: the next run would ask anew."""
        return not self.looking_up

    def call_off(self, reason: Text) -> None:
        """Whatever waits is interrupted, and the line winds down."""
        self.state.cancelled = self.state.cancelled or reason

    def cancelled(self) -> None:
        self.call_off(CANCELLED)

    def wind_down(self) -> None:
        self.withdraw_all(self.state.cancelled)
        self._change_status(LineStatus.CANCELLED, self.state.cancelled)

    def turn_back(self, step: Step, reason: str) -> None:
        """To a step that was passed too early; what was asked since is asked anew once it is passed again."""
        later = [a for a in self.state.open_assignments if a.kind not in (QUESTION, MAIL_ADDRESS, OBLIGATION)]
        for asked in later:
            self.state.rounds[asked.kind] = self.state.rounds.get(asked.kind, 1) + 1
            self.withdraw(asked, same(reason))
        self.state.passed = self.state.route.index(step)
        self.state.restarted = True
        self.wake()

    # --- the verbs ---------------------------------------------------------------------------------------------------

    def enter(self, status: LineStatus) -> None:
        if status is not self.state.status:
            self._change_status(status)

    def look_ahead(self) -> None:
        watch_promise(self)
        watch_letter_of_credit(self)

    def _change_status(self, status: LineStatus, reason: Text | None = None) -> None:
        before, self.state.status = self.state.status, status
        of_service = Source.SERVICE if self.state.good.source is Source.SERVICE else None
        self.record(LineStatusChanged(status=status, before=before, reason=reason, source=of_service))

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
            if milestone.trigger != event:
                continue
            before = milestone.due_at
            due_at = milestone.due_at = self.state.book.calendar.pay_day(
                self.state.moments[event], part.offset
            )
            if before != due_at and not (before and milestone.paid):
                self._watch(milestone)
                about = {**milestone.about(self.state.currency), "outstanding": milestone.outstanding}
                self.record(MilestoneDue(**about, due=due_at))

    def correct_day(self, event: Event, on: date | None) -> None:
        """It happened on another day than was entered: what counts from it is due otherwise, and told again."""
        if on is None or event not in self.state.moments:
            return
        self.state.moments[event] = self.state.book.calendar.moment_of(on, self.now)
        self.state.untold = True
        self._set_due(event)
        self.redate(event)

    def tell_of_lots(self) -> None:
        """Of each that is not good for long, once."""
        for lot in short_lived(self.state, self.state.book.lots, self.today):
            if self.once(f"short lot {lot.number} {lot.expires_on}"):
                self.record(LotShortLived(lot=lot.number, quantity=lot.quantity, until=lot.expires_on))

    def correct_eta(self, eta: date, reason: str, by: Actor) -> None:
        """The goods are expected on another day than was entered."""
        self.state.untold = True
        if "eta" not in self.state.checks:
            self.state.eta = self.end_of(eta)
            return
        due_at = self.move_eta(eta, by, reason)
        self.check_every("eta", due_at)
        self.put_off("arrival", due_at, reason, by=by)

    def move_eta(self, eta: date, by: Actor, reason: str = "") -> datetime:
        """The goods are expected on another day: until its end, which is returned, nobody checks on them."""
        before = self.state.eta and self.state.book.calendar.today(self.state.eta)
        self.record(EtaMoved(eta=eta, before=before, reason=reason), by=by)
        self.state.checks.pop("eta", None)
        self.state.eta = due_at = self.end_of(eta)
        return due_at

    def choose_payment(self, payment: str, by: Actor) -> None:
        """Another payment type, with its milestones, gates and documents. It holds once the contract is agreed with it."""
        state, before = self.state, self.term
        state.good = state.good.model_copy(update={"payment": payment})
        state.agreement, state.refusal = "asked", ""
        self.record(PaymentTypeChosen(before=before.title, after=self.term.title), by=by)
        self._restate(kept=False)

    def _restate(self, *, kept: bool) -> None:
        """Milestones and documents as the good has them now. `kept`: the payment type is the same, so what is due stays due."""
        state, before = self.state, self.state.milestones
        state.milestones = milestones_of(state.number, state.amount, self.term)
        if kept:
            sums = {id: {"amount": part.amount} for id, part in state.milestones.items()}
            state.milestones = {id: before[id].model_copy(update=sums[id]) for id in sums}
        else:
            for paid in [part for part in before.values() if part.paid_at]:
                self.record(MilestoneUnpaid(**paid.about(state.currency), outstanding=paid.amount))
            for event in state.moments:
                self._set_due(event)
        documents = documents_of_line(state.number, state.good, state.book)
        state.documents = {id: state.documents.get(id, document) for id, document in documents.items()}
        self.make_ready()
        self.note_money()
        self.reports.report_all()

    def amend(self, terms: NewTerms, books: dict[str, Any]) -> None:
        """What was agreed about this line has changed: it goes on by its new terms, from a step back where they ask for it. `books`:
        what of the playbook they need."""
        state, good = self.state, terms.good
        anew = good is not None and outgrown(state, good, terms.client, state.book)
        state.terms, state.client = terms.revision, terms.client
        state.untold = True
        if good == state.good:
            if anew:
                self._ask_credit_anew(terms.actor)
        elif why := obstacle(state, good):
            self.record(LineKept(version=terms.version, reason=why), by=terms.actor)
            self.reports.report_all()
        elif good is None:
            self.call_off(terms.reason)
        else:
            self._take_terms(terms, good, books, credit_anew=anew)
        self.wake()

    def _take_terms(
        self, terms: NewTerms, good: OrderLine, books: dict[str, Any], *, credit_anew: bool
    ) -> None:
        state, before = self.state, self.state.good
        if state.playbook:
            state.playbook = shared(state.playbook.model_copy(update=books))
        state.good, state.agreement, state.refusal = good, "", ""
        self.availability = good.availability
        of_it = changes(
            Draft(client=state.client, currency=state.currency, lines={state.number: before}),
            Draft(client=state.client, currency=state.currency, lines={state.number: good}),
        )
        self.record(
            LineAmended(version=terms.version, changes=of_it, currency=state.currency), by=terms.actor
        )
        if good.payment != before.payment:
            ask_terms_anew(self)
        if good.source != before.source:
            state.route = state.book.route(good.source)
        if (good.payment, good.source) != (before.payment, before.source):
            self._step_back()
        if credit_anew:
            self._ask_credit_anew(terms.actor)
        self._restate(kept=good.payment == before.payment)
        self.look_ahead()  # another date may be promised, and no timer rings for that

    def _ask_credit_anew(self, by: Actor) -> None:
        ask_credit_anew(self, by)
        self._step_back()

    def _step_back(self) -> None:
        """Before anything is ordered the line is released anew; before it is shipped, shipment control begins anew."""
        state = self.state
        step = state.route[state.passed]
        if standing(state) is Standing.FREE:
            state.passed = 0
        elif step is not Step.SHIP:
            return
        for asked in state.open_assignments:
            if asked.id in self._gated:
                state.rounds[asked.kind] = state.rounds.get(asked.kind, 1) + 1
                self.withdraw(asked, AMENDED)
        state.restarted = True

    def note_money(self) -> None:
        """Puts on record which milestones the money that stands on them has paid, and which it pays no longer."""
        for milestone in self.state.milestones.values():
            if milestone.paid and milestone.paid_at is None:
                milestone.paid_at, milestone.paid_on = self.now, milestone.funded_on or self.today
                about = {**milestone.about(self.state.currency), "days_late": self._days_late(milestone)}
                self.record(MilestonePaid(**about, on=milestone.paid_on))
            elif milestone.paid and milestone.funded_on and milestone.paid_on != milestone.funded_on:
                milestone.paid_on = milestone.funded_on
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
            self._note_signature(code, on)
        for code in papers.returned:
            self.happened(signed(code))
        for own in self.state.documents.values():
            if document := papers.shared.get(own.kind):
                self._share(own, document)
            elif not own.settled:
                own.shared_with = ""
        self.make_ready()

    def _share(self, own: Document, document: str) -> None:
        if own.settled and not own.shared_with:
            return
        papers, own.shared_with = self.state.papers, document
        if own.kind in papers.signed:
            own.signed_at, own.signed_on = own.signed_at or self.now, papers.signed[own.kind]
        own.returned = own.kind in papers.returned
        self.state.untold = True

    def may_ask_for(self, document: Document) -> bool:
        """Of those per shipment the deal knows whether they are this line's own."""
        per_shipment = self.state.book.documents[document.kind].per_shipment
        return not per_shipment or (self.state.papers.shipped and not document.shared_with)

    def paper_settled(self, document: Document) -> None:
        self._note_signature(document.kind, document.signed_on)

    def _note_signature(self, code: str, on: date | None) -> None:
        """What counts from this paper counts from its last signature, on another day if that was entered wrong."""
        known = self.state.moments.get(signed(code))
        if known and on != self.state.book.calendar.today(known):
            self.correct_day(signed(code), on)
        self.happened(signed(code), on=on)

    async def answered_behind(self, *gates: Gate, kind: str, due_at: datetime | None = None) -> Assignment:
        """Asks once these gates are open, and waits for the answer, by `due_at` if that is still to come. If money goes before it has come, the gate closes again: the
        question is withdrawn, and asked anew when the money is back."""
        while True:
            round = self.state.rounds.get(kind, 1)
            if self.state.subject.id(kind, round) not in self.state.assignments:
                await self.until(
                    lambda: self.may_pass(*gates), f"the payment and the signature before {kind}"
                )
            asked = self.open(kind, round=round, due_at=due_at if due_at and due_at > self.now else None)
            self._gated[asked.id] = gates
            self._close_gates()
            try:
                await self.until(lambda: asked.closed, f"an answer to {asked.id}")
            finally:
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
        form = with_certificate(self.state, assignment.kind, super().form(assignment))
        return with_tracking(self.state, assignment.kind, form)

    def _watch(self, milestone: Milestone) -> None:
        if milestone.due_at:
            book = self.state.book
            due_at = max(milestone.due_at, self.now)
            grace = book.reminders.payment_grace
            milestone.alarm = set_alarm(self.now, due_at, book.reminders, book.calendar, grace=grace)

    def open(
        self,
        kind: str,
        *,
        round: int = 1,
        due_at: datetime | None = None,
        comment: str = "",
        title: Text | None = None,
    ) -> Assignment:
        """What was asked of the line that this one was split from is due when it was there."""
        due_at = self.state.deadlines.pop(self.state.subject.id(kind, round), due_at)
        return super().open(kind, round=round, due_at=due_at, comment=comment, title=title)

    def split(self, order: Split) -> None:
        """Cuts off what the deal says, once; the next report tells how the part begins."""
        state = self.state
        if order.number in state.cut:
            return
        if reason := why_not(state, order):
            refused = SplitRefused(
                line=state.number, part=order.number, quantity=order.quantity, reason=reason
            )
            self.record(refused)
            return
        state.parts.append(Part(split=order, line=cut(state, order, self.now)))
        state.revision += 1
        state.updated_at = self.now
        self.changed()
        self.note_money()
        self.reports.report_all()

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
            case "handed_over" if order.actor and order.role is not Role.MANAGER:
                give_role(self, order.role, order.manager, order.actor)
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
            case "split" if order.split:
                self.split(order.split)
            case "amended" if order.amended and order.amended.revision > self.state.terms:
                self.amend(order.amended, {"payments": order.payments, "vat": order.vat})
            case "papers" if order.papers:
                self.state.papers, before = order.papers, self.state.papers
                if order.papers.follows != before.follows:
                    self.look_ahead()  # it is forecast otherwise, and no timer rings for that
                if Trigger.CONTRACT in self.state.moments:
                    self.note_papers()
                self.wake()
            case "report_all":
                self.reports.report_all()
