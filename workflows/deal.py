"""A deal, from its first minute to paid: the main process of DESIGN §1."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from domain import opening, treasury
    from domain.authority import Action
    from domain.facts import DESK, Actor, Fact, FactKind, titled
    from domain.messages import Cancel, Complete, Compose, Pay, Reassign, Receipt
    from domain.order import BadOrder, Order, read_order
    from domain.crm import crm_writes
    from domain.notices import notices
    from domain.playbook import Trigger
    from domain.refusals import Refusal
    from domain.routes import roll_up
    from domain.state import Closing, DealStart, DealState, DealSummary, LineOrder, LineReport
    from domain.tasks import Assignment
    from domain.words import LineStatus, Role, Stage, Text
    from workflows import messages, ports
    from workflows.delivery import Deliveries
    from workflows.lines import Lines
    from workflows.names import DEAL_WORKFLOW, deal_id
    from workflows.process import Effect, Process, Renewal, fail_with_words


class Ended(Exception):
    """The deal is lost or cancelled."""


@workflow.defn(name=DEAL_WORKFLOW)
class Deal(Process[DealState]):
    @workflow.init
    def __init__(self, start: RawValue = cast(RawValue, None)) -> None:
        self._bad_start = ""
        try:
            begin = workflow.payload_converter().from_payload(start.payload, DealStart)
            self._order = Order.model_validate(begin.order or {})
            self.state = begin.state or opening.open_deal(begin.number, self._order, workflow.now())
            if workflow.info().workflow_id != deal_id(self.state.deal):
                self._bad_start = f"deal {self.state.deal} must have the workflow id {deal_id(self.state.deal)}"
        except Exception as error:
            self._bad_start = f"a deal is started with its number and order (`deal start FILE`): {type(error).__name__}"
            self.state = opening.open_deal("?", Order(), workflow.now())
        self.lines = Lines(self)
        self.deliveries = Deliveries(self)

    @workflow.run
    async def run(self, start: RawValue = cast(RawValue, None)) -> DealSummary:
        if self._bad_start:
            raise fail_with_words(self._bad_start)
        await self._open_deal()
        self.deliveries.begin()
        self.lines.begin()
        try:
            await self._live()
        except Renewal:
            await self._stand_still()
            workflow.continue_as_new(DealStart(number=self.state.deal, state=self.state))
        await self._stand_still()
        return self._summary()

    async def _live(self) -> None:
        try:
            if not self.state.stage.final:
                await self._pursue()
        except Ended:
            self._ending = True
            await self._wind_down()
        await self.until(lambda: self.deliveries.done, "the CRM, mail and the records catch up")

    async def _pursue(self) -> None:  # the main process, as the company would tell it
        await self._qualify_client()
        await self._compose_order()  # passes at once when the deal came with its lines
        await self._agree_contract()
        await self._run_lines()  # in parallel; the stage follows the slowest one
        await self._close()

    # --- the micro-processes ---------------------------------------------------------------------------------------

    async def _open_deal(self) -> None:
        """Takes the playbook's version of today, and checks the order against it; a deal keeps both."""
        if self.state.playbook is not None:
            return
        playbook = await workflow.execute_activity(
            ports.load_playbook, start_to_close_timeout=timedelta(seconds=30), summary="the playbook of today"
        )
        try:
            today = playbook.calendar.today(workflow.now())
            raw = self._order.model_dump(mode="json", exclude_none=True)
            order = read_order(raw, playbook, today, in_workflow=True)
        except BadOrder as error:
            raise fail_with_words(f"the order can't be taken: {error}") from None
        opening.take_playbook(self.state, playbook)
        opening.take_order(self.state, order, workflow.now())
        self.record(FactKind.DEAL_OPENED, manager=self.state.manager, lines=len(self.state.lines), wish=self.state.wish[:1000])

    async def _qualify_client(self) -> None:
        question = self.open("qualification")
        await self.until(lambda: question.closed, "the client's qualification")
        if question.answers["outcome"] == "disqualified":
            self.state.closing = self.state.closing or Closing(stage=Stage.LOST, reason=question.answers["reason"])
        if not self.state.qualified:
            self.state.qualified = True
            self.record(FactKind.CLIENT_QUALIFIED, question.closed_by or DESK, outcome=question.answers["outcome"])

    async def _compose_order(self) -> None:
        if not self.state.lines:
            self.open("order")
            await self.until(lambda: bool(self.state.lines), "the order's lines")

    async def _agree_contract(self) -> None:
        """Rounds: the client and the director answer the same version together; a rejection asks the manager for the next one."""
        if Trigger.CONTRACT in self.state.moments:
            return
        self._move_to(Stage.CONTRACT_APPROVAL)
        while True:
            version = self.state.contract_version
            question = self.ask("contract", version=version, amount=str(self.state.amount), currency=self.state.currency)
            await self.until(lambda: question.closed, f"answers to version {version} of the contract")
            if question.approved:
                break
            revision = self.open("contract-revision", round=version, comment=question.votes[-1].comment)
            await self.until(lambda: revision.closed, f"version {version + 1} of the contract")
            self.state.contract_version += 1
        self.state.moments[Trigger.CONTRACT] = workflow.now()
        self.record(FactKind.CONTRACT_AGREED, version=version)
        self.make_ready()

    async def _run_lines(self) -> None:
        self.follow_lines()
        await self.lines.start()
        await self.until(lambda: all(line.status.final for line in self.state.lines.values()), "the lines")

    async def _close(self) -> None:
        await self.until(lambda: all(d.signed for d in self.state.documents.values()), "the deal's own documents")
        if not self.state.stage.final:
            self._end(Stage.PAID, FactKind.DEAL_PAID, paid=self.state.received, amount=self.state.amount, currency=self.state.currency)

    async def _wind_down(self) -> None:
        """Ends the deal before it is paid: its lines first, then what is still asked of people."""
        closing = self.state.closing
        assert closing is not None
        self.lines.wind_down(closing.reason)
        await self.until(lambda: all(line.status.final for line in self.state.lines.values()), "the lines' end")
        self.withdraw_all(closing.reason)
        kind = FactKind.DEAL_LOST if closing.stage is Stage.LOST else FactKind.DEAL_CANCELLED
        self._end(closing.stage, kind, closing.actor or DESK, reason=closing.reason)

    def _end(self, stage: Stage, kind: FactKind, actor: Actor = DESK, **about: Any) -> None:
        self.state.closed_at = workflow.now()
        self._move_to(stage)
        self.record(kind, actor, **about)

    async def _stand_still(self) -> None:
        """Before a run ends: all handlers have finished, and nothing is on its way out."""
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self.deliveries.stand_still()
        await self.lines.stand_still()

    def _summary(self) -> DealSummary:
        state = self.state
        return DealSummary(
            number=state.deal,
            stage=state.stage,
            reason=state.closing.reason if state.closing else None,
            amount=state.amount,
            paid=state.received,
            advance=state.advance,
            currency=state.currency,
            opened_at=state.opened_at,
            closed_at=state.closed_at or workflow.now(),
        )

    # --- the trail -------------------------------------------------------------------------------------------------

    def take_fact(self, fact: Fact) -> None:
        """Gives the fact its place in the deal's one trail, and puts what the world must hear of it into the outbox."""
        self.state.seq += 1
        fact = fact.model_copy(update={"seq": self.state.seq})
        self.state.outbox.records.append(fact)
        self.state.outbox.crm += crm_writes(fact, self.state)
        self.state.outbox.mail += notices(fact, self.state)

    def _move_to(self, stage: Stage) -> None:
        if stage is not self.state.stage:
            before, self.state.stage = self.state.stage, stage
            self.record(FactKind.STAGE_CHANGED, stage=stage, **{"from": before})

    def follow_lines(self) -> None:
        """The deal's stage is where its slowest active line stands; its closing act is due once all goods are delivered."""
        if self.state.closing or self.state.stage.final or Trigger.CONTRACT not in self.state.moments:
            return
        self._move_to(roll_up(line.status for line in self.state.lines.values()))
        if Trigger.ACCEPTED not in self.state.moments and all(Trigger.ACCEPTED in line.moments for line in self.state.active_lines):
            self.state.moments[Trigger.ACCEPTED] = workflow.now()
            self.make_ready()
            self.nudge()

    @property
    def interruption(self) -> Exception | None:
        if self.state.closing and not self.state.stage.final and not self._ending:
            return Ended()
        return super().interruption

    _ending = False

    # --- messages --------------------------------------------------------------------------------------------------

    def check_answers(self, assignment: Assignment, answers: dict[str, str]) -> None:
        if assignment.kind == "order":
            raise Refusal("use_order", en="send the order itself: deal order N FILE", ru="пришлите сам заказ: deal order N FILE")

    def plan_order(self, message: Compose) -> Effect:
        state = self.state
        actor = self.desk.authorize(Action.COMPOSE, self.desk.identify(message.actor))
        if state.lines or state.closing:
            raise Refusal("closed", en="the order has its lines already", ru="заказ уже составлен")
        try:
            order = read_order(message.order, state.book, self.today, known_client=state.client, in_workflow=True)
        except BadOrder as error:
            raise Refusal("bad_order", en=str(error), ru=str(error)) from None
        if not order.lines:
            raise Refusal("bad_order", en="lines: is missing: the order needs at least one", ru="lines: нет ни одной строки заказа")
        if order.number not in (None, state.deal):
            raise Refusal("bad_order", en=f"number: this is deal {state.deal}", ru=f"number: это сделка {state.deal}")

        def compose() -> Text:
            opening.take_order(state, order, workflow.now())
            treasury.use_advances(state)
            asked = state.assignments.get("order")
            if asked and not asked.closed:
                asked.closed_at, asked.closed_by = workflow.now(), actor
                self.record(FactKind.ASSIGNMENT_COMPLETED, actor, id=asked.id, **titled(asked.title), assignee=asked.assignee)
            state.dirty_lines = sorted(state.lines)
            self.record(FactKind.ORDER_COMPOSED, actor, lines=len(state.lines), amount=state.amount, currency=state.currency)
            return Text(ru=f"Заказ составлен: строк {len(state.lines)}", en=f"The order has {len(state.lines)} lines")

        return compose

    def plan_pay(self, message: Pay) -> Effect:
        state = self.state
        actor = self.desk.authorize(Action.PAY, self.desk.identify(message.actor))
        treasury.check_payment(state, message, self.today)
        if state.stage.final:
            raise Refusal("closed", en="the deal is closed", ru="сделка закрыта")

        def pay() -> Text:
            payment, rest = treasury.take_payment(state, message, actor, workflow.now(), self.today)
            about = {"currency": payment.currency, "payment": payment.id}
            put = "; ".join(f"{id}: {amount}" for id, amount in payment.allocations.items())
            self.record(
                FactKind.PAYMENT_RECEIVED, actor, **about, amount=payment.amount, day=payment.day, purpose=payment.purpose, put=put
            )
            if rest:
                self.record(FactKind.PAYMENT_ADVANCE, actor, **about, amount=rest)
            self.lines.fund({int(id.removeprefix("line-").split(":")[0]) for id in payment.allocations})
            left = f", advance {rest}" if rest else ""
            return Text(ru=f"Платёж {payment.amount} {payment.currency} учтён" + (f", аванс {rest}" if rest else ""), en=f"Payment of {payment.amount} {payment.currency} counted{left}")

        return pay

    def plan_reassign(self, message: Reassign) -> Effect:
        actor = self.desk.authorize(Action.REASSIGN, self.desk.identify(message.actor))
        managers = self.state.book.holders(Role.MANAGER)
        if message.to not in managers:
            raise Refusal(
                "not_a_manager", en=f"{message.to!r} is no manager: one of {', '.join(managers)}", ru=f"{message.to!r} — не менеджер: есть {', '.join(managers)}"
            )
        if message.to == self.state.manager:
            raise Refusal("already", en=f"{message.to} is the deal's manager already", ru=f"{message.to} уже ведёт сделку")

        def reassign() -> Text:
            before = self.state.manager
            self.hand_over(actor, message.to)
            self.record(FactKind.DEAL_REASSIGNED, actor, to=message.to, **{"from": before})
            self.lines.tell_all(lambda line: LineOrder(line=line, name="handed_over", manager=message.to, actor=actor))
            return Text(ru=f"Сделку ведёт {self.desk.name(message.to)}", en=f"{self.desk.name(message.to)} is the deal's manager")

        return reassign

    def plan_cancel(self, message: Cancel) -> Effect:
        state = self.state
        actor = self.desk.authorize(Action.CANCEL, self.desk.identify(message.actor))
        if state.closing or state.stage.final:
            raise Refusal("closed", en="the deal is ending already", ru="сделка уже закрывается")
        on_the_way = any(line.status is not LineStatus.AWAITING_RELEASE for line in state.active_lines)
        if not on_the_way or Role.DIRECTOR in self._roles(actor):
            return lambda: self._call_off(message.reason, actor)
        asked = state.approvals.get("cancellation")
        if asked and not asked.closed:
            raise Refusal("already", en="the director is asked about cancelling already", ru="отмена уже на согласовании у директора")

        def request() -> Text:
            state.cancel_reason = message.reason
            self.record(FactKind.CANCEL_REQUESTED, actor, reason=message.reason)
            self.ask("cancellation", version=asked.version + 1 if asked else 1, reason=message.reason)
            self.nudge()
            return Text(ru="Отмена на согласовании у директора", en="The director is asked to approve the cancelling")

        return request

    def plan_decide(self, message: Any) -> Effect:
        decide = super().plan_decide(message)

        def then() -> Text:
            words = decide()
            cancellation = self.state.approvals.get("cancellation")
            if cancellation and cancellation.approved and not self.state.closing:
                self._call_off(self.state.cancel_reason or "", cancellation.votes[-1].actor)
            return words

        return then

    def _call_off(self, reason: str, actor: Actor) -> Text:
        self.state.closing = Closing(stage=Stage.CANCELLED, reason=reason, actor=actor)
        return Text(ru="Сделка отменяется", en="The deal is being cancelled")

    def _roles(self, actor: Actor) -> tuple[Role, ...]:
        person = self.state.book.people.get(actor.behalf or actor.person)
        return person.roles if person else ()

    def plan(self, name: str, message: Any) -> Callable[[], Receipt]:
        if isinstance(message, Complete) or name in ("decide", "sign"):
            about = getattr(message, "assignment", None) or getattr(message, "approval", None) or getattr(message, "document", "")
            if about.startswith("line-"):
                line = about.split(":")[0].removeprefix("line-")
                where = f"{workflow.info().workflow_id}-line-{line}"
                raise Refusal("wrong_workflow", en=f"{about} is answered at the line's own workflow, {where}", ru=f"{about}: отвечать нужно в процессе строки, {where}")
        return super().plan(name, message)

    @workflow.signal(description="From an order line: its state, and what happened to it.")
    def report(self, message: RawValue = cast(RawValue, None)) -> None:
        try:
            report = workflow.payload_converter().from_payload(message.payload, LineReport)
        except (AttributeError, ValidationError, ValueError):
            self.refuse("report", message, Refusal("malformed", en="only the deal's lines send this", ru="это шлют только строки"))
            return
        self.lines.take(report)

    @workflow.query(description="The deal's whole state; `deal show N` draws it.")
    def show(self) -> DealState:
        return self.state

    order = messages.update("order")
    order_signal = messages.signal("order")
    complete = messages.update("complete")
    complete_signal = messages.signal("complete")
    decide = messages.update("decide")
    decide_signal = messages.signal("decide")
    pay = messages.update("pay")
    pay_signal = messages.signal("pay")
    sign = messages.update("sign")
    sign_signal = messages.signal("sign")
    reassign = messages.update("reassign")
    reassign_signal = messages.signal("reassign")
    cancel = messages.update("cancel")
    cancel_signal = messages.signal("cancel")
