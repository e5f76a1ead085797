"""The verbs of a deal's steps and acts: move to a stage, make an offer, follow the lines, end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.deal import opening
from domain.deal.documents import Document
from domain.deal.messages import Message
from domain.deal.stage import stage_of
from domain.deal.state import AMENDMENT, Closing, DealState, Drafted
from domain.deal.tasks import Approval, Assignment
from domain.facts import (
    DESK,
    OPERATOR,
    Actor,
    AmendmentDropped,
    ContractAgreed,
    DealOpened,
    Fact,
    FactData,
    OfferMade,
    PaymentTypeChosen,
    StageChanged,
    audience,
    chained,
)
from domain.order.changes import Draft
from domain.order.offer import Offer, make_offer
from domain.order.order import Order, read_order
from domain.playbook.forms import Form
from domain.refusals import Refusal
from domain.words import Source, Stage, Text, Trigger
from workflows.activities import LOAD_PLAYBOOK
from workflows.acts.ask import drop_questions
from workflows.case import CANCELLED, Case
from workflows.deliveries import Deliveries
from workflows.host import Host
from workflows.inbox import Act, Inbox
from workflows.lines import Lines
from workflows.rates import Rates
from workflows.surplus import see_to_money
from workflows.vat import watch_vat

OTHER_TERMS = Text(
    ru="договор согласуют с другим типом оплаты", en="the contract is being agreed with another payment type"
)
NEW_OFFER = Text(ru="есть новое предложение", en="there is a new offer")
MOST_CARRIED = 1_000_000
"""Bytes of facts that a next run may begin with: with more of them its input might not go through the server's 2 MB. The run
goes on meanwhile: its history has room for days."""


class Ended(Exception):
    """The deal is lost or cancelled."""


class DealCase(Case[DealState]):
    def __init__(
        self, state: DealState, host: Host, acts: Mapping[type[Message], Act], order: Order | None = None
    ) -> None:
        super().__init__(state, host)
        self._order = order or Order()
        self._winding_down = False
        self.lines = Lines(self)
        self.deliveries = Deliveries(self, self.lines)
        self.rates = Rates(self, self.lines)
        self.inbox = Inbox(self, acts, {"report": self._hear_line})

    async def begin(self) -> None:
        self.inbox.begin()
        self.host.background(self.mark_changes())
        await self._open_deal()
        self.deliveries.begin()
        self.lines.begin()
        self.rates.begin()

    async def drain(self) -> None:
        """Before a run ends: nothing is on its way out, and what came meanwhile is taken."""
        await self.lines.drain()
        await self.deliveries.drain()
        await self.rates.drain()
        await self.inbox.drain()

    async def _open_deal(self) -> None:
        """Takes the playbook's version of today, and checks the order against it; the deal keeps both."""
        if self.state.playbook is not None:
            return
        playbook = await self.host.ask(LOAD_PLAYBOOK, None, "the playbook of today")
        raw = self._order.model_dump(mode="json", exclude_none=True)
        order = read_order(raw, playbook, playbook.calendar.today(self.now), in_workflow=True)
        opening.take_playbook(self.state, playbook)
        opening.take_order(self.state, order, self.now)
        origin = self.state.origin
        self.record(
            DealOpened(
                manager=self.state.manager,
                playbook=playbook.version,
                lines=len(self.state.lines),
                wish=self.state.wish[:1000],
                origin=f"{origin.source} {origin.ref}".strip() if origin else "",
                missing=origin.missing if origin else (),
            )
        )

    # --- the trail ---------------------------------------------------------------------------------------------------

    def take_fact(self, fact: Fact) -> None:
        """Gives the fact its place in the deal's one trail. Who hears of it is decided here; in which words, when it is told."""
        state = self.state
        fact = chained(fact, state.seq + 1, state.head)
        state.seq, state.head = fact.seq, fact.digest
        state.outbox.put(fact, audience(fact, state.manager))

    # --- the verbs ---------------------------------------------------------------------------------------------------

    def move_to(self, stage: Stage) -> None:
        if stage is not self.state.stage:
            before, self.state.stage = self.state.stage, stage
            alone = Source.SERVICE if self.state.sources == {Source.SERVICE} else None
            self.record(StageChanged(stage=stage, before=before, source=alone))

    def make_offer(self, version: int) -> Offer:
        """The offer of this version: the one there is, or what the draft says now. Of those before it the outlines stay."""
        state = self.state
        if len(state.offers) < version:
            before = state.offers[state.in_force - 1] if state.offers else None  # none in force: the last
            self.next_offer(state.draft, before, state.drafted.comment)
        return state.offers[version - 1]

    def next_offer(self, draft: Draft, before: Draft | None, comment: str) -> Offer:
        """The next version. Besides it that one keeps its goods which is in force."""
        state = self.state
        offer = make_offer(len(state.offers) + 1, draft, before, comment)
        earlier = (o if o.version == state.in_force else o.outline() for o in state.offers)
        state.offers = [*earlier, offer]
        self.record(
            OfferMade(
                version=offer.version,
                digest=offer.digest,
                amount=offer.amount,
                currency=offer.currency,
                lines=len(offer.lines),
            )
        )
        return offer

    def happened(self, trigger: Trigger, at: datetime | None = None) -> None:
        """An event that the deal's own documents wait for, once; a line may correct when it was."""
        if trigger not in self.state.moments:
            self.state.moments[trigger] = at or self.now
            self.make_ready()
        elif at and self.state.moments[trigger] != at:
            self.state.moments[trigger] = at
            self.redate(trigger)

    def paper_settled(self, document: Document) -> None:
        self.lines.tell_papers()

    def follow_lines(self) -> None:
        """The deal's stage is where its slowest active line stands; its own closing act, once all goods are delivered."""
        state = self.state
        if state.closing or state.stage.final or Trigger.CONTRACT not in state.moments:
            return
        self.move_to(stage_of(state))
        accepted = [line.moments.get(Trigger.ACCEPTED) for line in state.active_lines]
        if accepted and all(accepted):
            self.happened(Trigger.ACCEPTED, at=max(moment for moment in accepted if moment))

    def call_off(self, reason: Text, by: Actor | None) -> None:
        """Whatever waits is interrupted, and the deal winds down."""
        if not self.state.closing and not self.state.stage.final:
            self.state.closing = Closing(stage=Stage.CANCELLED, reason=reason, actor=by)

    def cancelled(self) -> None:
        self.call_off(CANCELLED, OPERATOR)

    def end_early(self, stage: Stage, reason: Text, by: Actor | None = None) -> None:
        self.state.closing = self.state.closing or Closing(stage=stage, reason=reason, actor=by)
        raise Ended

    def wind_down(self) -> Closing:
        """From here on nothing interrupts the end."""
        self._winding_down = True
        if self.state.closing is None:
            raise AssertionError("a deal winds down for a reason")
        return self.state.closing

    def end(self, stage: Stage, data: FactData, by: Actor = DESK) -> None:
        self.state.closed_at = self.now
        self.move_to(stage)
        self.record(data, by=by)

    @property
    def interruption(self) -> BaseException | None:
        if self.state.closing and not self.state.stage.final and not self._winding_down:
            return Ended()
        return super().interruption

    @property
    def may_renew(self) -> bool:
        return not self.lines.busy and self.state.outbox.size < MOST_CARRIED

    def form(self, assignment: Assignment) -> Form:
        if assignment.kind == "order":
            raise Refusal(
                "use_order",
                en="send the order itself: deal order N FILE",
                ru="нужен заказ: deal order N FILE",
            )
        return super().form(assignment)

    def put_contract(self, round: int) -> Approval:
        """This version of the contract, put to all who must agree."""
        offer = self.make_offer(round)
        return self.put_to_approval(
            "contract",
            by=self.state.drafted.by or self.put_by(None),
            round=round,
            digest=offer.digest,
            amount=offer.amount,
            currency=offer.currency,
        )

    def _agree_anew(self, by: Actor) -> None:
        """A line has come to another payment type, which is to be agreed as all else was; its lines go on meanwhile."""
        contract = self.state.approvals["contract"]
        if not contract.closed:
            self.withdraw_approval(contract, NEW_OFFER, by=by)
        self.withdraw_amendment(OTHER_TERMS, by)
        self.state.drafted = Drafted(by=by)
        self.put_contract(self.state.contract_version + 1)

    def withdraw_amendment(self, why: Text, by: Actor) -> None:
        """What it would have changed, if one is open, stays as it was agreed."""
        asked = self.state.approvals.get(AMENDMENT)
        if asked and not asked.closed:
            self.withdraw_approval(asked, why, by=by)
            drop_questions(self, asked, by)
            self.drop_amendment(asked, why, by)

    def drop_amendment(self, asked: Approval, why: Text, by: Actor) -> None:
        dropped = AmendmentDropped(
            version=asked.version, digest=asked.digest, in_force=self.state.in_force, reason=why
        )
        self.record(dropped, by=by)

    def agreed(self, version: int) -> None:
        self.state.in_force = version
        self.record(ContractAgreed(version=version))

    def hear_contract(self) -> None:
        """Of a contract that was put to approval again: the lines that wait for it hear the answer."""
        contract = self.state.approvals.get("contract")
        if contract is None or not contract.closed or Trigger.CONTRACT not in self.state.moments:
            return
        waiting = [line.number for line in self.state.active_lines if line.agreement == "asked"]
        if waiting and contract.approved:
            self.agreed(contract.version)
        self.lines.answer_terms(waiting)

    def follow_up(self) -> None:
        see_to_money(self)

    def look_ahead(self) -> None:
        watch_vat(self)
        see_to_money(self)

    def _hear_line(self, raw: Any) -> None:
        chosen: Actor | None = None
        facts = self.lines.take(raw)
        for fact in facts:
            self.take_fact(fact)
            chosen = fact.actor if fact.kind == PaymentTypeChosen.kind else chosen
        if chosen:
            self._agree_anew(chosen)
        self.lines.hear_of_splits(facts)
        self.lines.tell_papers()
        self.lines.reopen_unpaid()
        self.follow_lines()
        self.look_ahead()
        self.wake()
