"""A deal, from its first minute to paid: the main process of DESIGN §1."""

import asyncio
from datetime import timedelta
from typing import Any, cast

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import opening
    from domain.crm import crm_writes
    from domain.facts import (
        DESK,
        Actor,
        ClientQualified,
        ContractAgreed,
        DealCancelled,
        DealLost,
        DealOpened,
        DealPaid,
        Fact,
        FactData,
        StageChanged,
        chained,
    )
    from domain.notices import notices
    from domain.order import BadOrder, Order, read_order
    from domain.playbook import Trigger, shared
    from domain.refusals import Refusal
    from domain.routes import roll_up
    from domain.state import Closing, DealStart, DealSummary
    from domain.tasks import Assignment
    from domain.words import Stage
    from workflows import ports
    from workflows.answering import fail_with_words
    from workflows.deal_messages import DealMessages
    from workflows.delivery import Deliveries
    from workflows.lines import Lines
    from workflows.names import DEAL_WORKFLOW, deal_id
    from workflows.process import Renewal


class Ended(Exception):
    """The deal is lost or cancelled."""


@workflow.defn(name=DEAL_WORKFLOW)
class Deal(DealMessages):
    async def _pursue(self) -> None:  # the main process, as the company would tell it
        await self._qualify_client()
        await self._compose_order()  # passes at once when the deal came with its lines
        await self._agree_contract()
        await self._run_lines()  # in parallel; the stage follows the slowest one
        await self._close()

    # --- the micro-processes -----------------------------------------------------------------------------------------

    async def _qualify_client(self) -> None:
        question = self.open("qualification")
        await self.until(lambda: question.closed, "the client's qualification")
        outcome, reason = question.answers["outcome"], question.answers.get("reason", "")
        if not self.state.qualified:
            self.state.qualified = True
            said = ClientQualified.model_validate({"outcome": outcome, "reason": reason})
            self.record(said, by=question.closed_by or DESK)
        if outcome == "disqualified":
            self.state.closing = Closing(stage=Stage.LOST, reason=reason, actor=question.closed_by)
            raise Ended

    async def _compose_order(self) -> None:
        if not self.state.lines:
            self.open("order")
            await self.until(lambda: bool(self.state.lines), "the order's lines")

    async def _agree_contract(self) -> None:
        """Rounds: client and director answer one version together; a rejection asks the manager for the next one."""
        if Trigger.CONTRACT in self.state.moments:
            return
        self._move_to(Stage.CONTRACT_APPROVAL)
        while True:
            version = self.state.contract_version
            question = self.ask(
                "contract", version=version, amount=self.state.amount, currency=self.state.currency
            )
            await self.until(lambda: question.closed, f"answers to version {version} of the contract")
            if question.approved:
                break
            revision = self.open("contract-revision", round=version, comment=question.votes[-1].comment)
            await self.until(lambda: revision.closed, f"version {version + 1} of the contract")
            self.state.contract_version += 1
        self.state.moments[Trigger.CONTRACT] = workflow.now()
        self.record(ContractAgreed(version=version))
        self.make_ready()

    async def _run_lines(self) -> None:
        self.follow_lines()
        await self.lines.start()
        await self.until(self.state.all_lines_closed, "the lines")
        self.lines.rest()
        if not self.state.active_lines:
            self.state.closing = Closing(stage=Stage.CANCELLED, reason="every line was cancelled")
            raise Ended

    async def _close(self) -> None:
        await self.until(self.state.all_signed, "the deal's own documents")
        if self.state.edition >= 2:
            self.withdraw_all("paid")
        state = self.state
        paid = DealPaid(
            paid=state.received, amount=state.amount, advance=state.advance, currency=state.currency
        )
        self._end(Stage.PAID, paid)

    async def _wind_down(self, closing: Closing) -> None:
        """Ends the deal before it is paid: its lines first, then what is still asked of people."""
        self.lines.wind_down(closing.reason)
        await self.until(self.state.all_lines_closed, "the lines' end")
        self.withdraw_all(closing.reason)
        ended = DealLost if closing.stage is Stage.LOST else DealCancelled
        self._end(closing.stage, ended(reason=closing.reason), by=closing.actor or DESK)

    def follow_lines(self) -> None:
        """The deal's stage is where its slowest active line stands; its own closing act, once all goods are delivered."""
        if self.state.closing or self.state.stage.final or Trigger.CONTRACT not in self.state.moments:
            return
        self._move_to(roll_up(line.status for line in self.state.lines.values()))
        delivered = all(Trigger.ACCEPTED in line.moments for line in self.state.active_lines)
        if delivered and Trigger.ACCEPTED not in self.state.moments:
            self.state.moments[Trigger.ACCEPTED] = workflow.now()
            self.make_ready()
            self.nudge()

    def check_fields(self, assignment: Assignment, fields: dict[str, object]) -> dict[str, str]:
        if assignment.kind == "order":
            raise Refusal(
                "use_order",
                en="send the order itself: deal order N FILE",
                ru="нужен заказ: deal order N FILE",
            )
        return super().check_fields(assignment, fields)

    # --- a deal's runs -----------------------------------------------------------------------------------------------

    @workflow.init
    def __init__(self, *start: Any) -> None:  # whatever anybody starts it with: a bad start fails in words
        self._bad_start = ""
        self._order = Order()
        try:
            begin = DealStart.model_validate(*start)
            self._order = Order.model_validate(begin.order or {})
            self.state = begin.state or opening.open_deal(
                begin.number, self._order, workflow.now(), begin.edition
            )
            self.state.playbook = self.state.playbook and shared(self.state.playbook)
            if workflow.info().workflow_id != deal_id(self.state.deal):
                self._bad_start = (
                    f"deal {self.state.deal} must have the workflow id {deal_id(self.state.deal)}"
                )
        except Exception as error:
            why = type(error).__name__
            self._bad_start = f"a deal is started with its number and order (`deal start FILE`): {why}"
            self.state = opening.open_deal("?", self._order, workflow.now())
        self.lines = Lines(self)
        self.deliveries = Deliveries(self)

    @workflow.run
    async def run(self, *start: Any) -> DealSummary:
        if self._bad_start:
            raise fail_with_words(self._bad_start)
        await self._open_deal()
        self.deliveries.begin()
        self.lines.begin()
        try:
            await self._live_on()
        except Renewal:
            await self._stand_still()
            workflow.continue_as_new(
                DealStart(number=self.state.deal, edition=self.state.edition, state=self.state)
            )
        await self._stand_still()
        return self.state.summary(workflow.now())

    async def _open_deal(self) -> None:
        """Takes the playbook's version of today, and checks the order against it; the deal keeps both."""
        if self.state.playbook is not None:
            return
        playbook = await workflow.execute_activity(
            ports.load_playbook, start_to_close_timeout=timedelta(seconds=30), summary="the playbook of today"
        )
        try:
            raw = self._order.model_dump(mode="json", exclude_none=True)
            order = read_order(raw, playbook, playbook.calendar.today(workflow.now()), in_workflow=True)
        except BadOrder as error:
            raise fail_with_words(f"the order can't be taken: {error}") from None
        opening.take_playbook(self.state, playbook)
        opening.take_order(self.state, order, workflow.now())
        origin = self.state.origin
        self.record(
            DealOpened(
                manager=self.state.manager,
                wish=self.state.wish[:1000],
                playbook=playbook.version,
                lines=len(self.state.lines),
                origin=f"{origin.source} {origin.ref}".strip() if origin else "",
                missing=tuple(what[:100] for what in origin.missing[:20]) if origin else (),
            )
        )

    async def _live_on(self) -> None:
        """An operator who cancels the workflow calls the deal off: it ends in order, and nothing is left running."""
        try:
            await self._live()
        except asyncio.CancelledError:
            by = Actor(person="operator", name="Temporal operator")
            self.state.closing = self.state.closing or Closing(
                stage=Stage.CANCELLED, reason="cancelled in Temporal", actor=by
            )
            await self._live()

    async def _live(self) -> None:
        try:
            if not self.state.stage.final:
                await self._pursue()
        except Ended:
            self._ending = True
            await self._wind_down(cast(Closing, self.state.closing))
        await self.until(lambda: self.deliveries.done, "the CRM, mail and the records catch up")

    _ending = False

    @property
    def interruption(self) -> Exception | None:
        if self.state.closing and not self.state.stage.final and not self._ending:
            return Ended()
        return super().interruption

    async def _stand_still(self) -> None:
        """Before a run ends: all handlers have finished, and nothing is on its way out."""
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self.deliveries.stand_still()
        await self.lines.stand_still()

    def _end(self, stage: Stage, data: FactData, by: Actor = DESK) -> None:
        self.state.closed_at = workflow.now()
        self._move_to(stage)
        self.record(data, by=by)

    # --- the trail ---------------------------------------------------------------------------------------------------

    def take_fact(self, fact: Fact) -> None:
        """Gives the fact its place in the deal's one trail, and puts what the world must hear of it into the outbox."""
        self.state.seq += 1
        fact = chained(fact, self.state.seq, self.state.head)
        self.state.head = fact.digest
        self.state.outbox.records.append(fact)
        self.state.outbox.crm.extend(crm_writes(fact, self.state))
        self.state.outbox.mail.extend(notices(fact, self.state))

    def _move_to(self, stage: Stage) -> None:
        if stage is not self.state.stage:
            before, self.state.stage = self.state.stage, stage
            self.record(StageChanged(before=before, stage=stage))
