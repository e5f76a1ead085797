"""The messages that only a deal takes: the order, money, a new manager, the end; and the reports of its lines."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from domain import opening, treasury
    from domain.authority import Action
    from domain.facts import (
        Actor,
        AssignmentCompleted,
        CancelRequested,
        DealReassigned,
        OrderComposed,
        PaymentAdvance,
        PaymentReceived,
    )
    from domain.messages import Cancel, Complete, Compose, Decide, Message, Pay, Reassign, Receipt, Sign
    from domain.order import BadOrder, Order, read_order
    from domain.refusals import Refusal
    from domain.state import Closing, DealState, LineOrder, LineReport
    from domain.words import LineStatus, Role, Stage, Text
    from workflows import messages
    from workflows.answering import Effect, only_within
    from workflows.corrections import Corrections
    from workflows.messages import NOTHING

if TYPE_CHECKING:
    from workflows.lines import Lines


class DealMessages(Corrections):
    lines: "Lines"

    def plan(self, name: str, message: Message) -> Callable[[], Receipt]:
        about = _subject_of(message)
        if about.startswith("line-"):
            where = f"{workflow.info().workflow_id}-{about.split(':')[0]}"
            raise Refusal(
                "wrong_workflow",
                en=f"{about} is answered at the line's own workflow, {where}",
                ru=f"{about}: отвечать нужно в процессе строки, {where}",
            )
        return super().plan(name, message)

    def plan_order(self, message: Compose) -> Effect:
        state = self.state
        actor = self.desk.authorize(Action.COMPOSE, self.desk.identify(message.actor))
        order = self._read_order(message)

        def compose() -> Text:
            opening.take_order(state, order, workflow.now())
            treasury.use_advances(state)
            asked = state.assignments.get("order")
            if asked and not asked.closed:
                asked.closed_at, asked.closed_by = workflow.now(), actor
                self.record(AssignmentCompleted(**asked.told()), by=actor)
            composed = OrderComposed(lines=len(state.lines), amount=state.amount, currency=state.currency)
            self.record(composed, by=actor)
            return Text(
                ru=f"Заказ составлен: строк {len(state.lines)}", en=f"The order has {len(state.lines)} lines"
            )

        return compose

    def _read_order(self, message: Compose) -> Order:
        state = self.state
        if state.lines or state.closing:
            raise Refusal("closed", en="the order has its lines already", ru="заказ уже составлен")
        try:
            order = read_order(
                message.order, state.book, self.today, known_client=state.client, in_workflow=True
            )
        except BadOrder as error:
            raise Refusal("bad_order", en=str(error), ru=str(error)) from None
        if not order.lines:
            raise Refusal(
                "bad_order",
                en="lines: is missing: the order needs at least one",
                ru="lines: нет ни одной строки",
            )
        if order.number not in (None, state.deal):
            raise Refusal(
                "bad_order", en=f"number: this is deal {state.deal}", ru=f"number: это сделка {state.deal}"
            )
        return order

    def plan_pay(self, message: Pay) -> Effect:
        state = self.state
        actor = self.desk.authorize(Action.PAY, self.desk.identify(message.actor))
        treasury.check_payment(state, message, self.today)

        def pay() -> Text:
            payment, rest = treasury.take_payment(state, message, actor, workflow.now(), self.today)
            received = PaymentReceived(
                payment=payment.id,
                amount=payment.amount,
                currency=payment.currency,
                day=payment.day,
                purpose=payment.purpose,
                put=payment.allocations,
            )
            self.record(received, by=actor)
            if rest:
                advance = PaymentAdvance(payment=payment.id, amount=rest, currency=payment.currency)
                self.record(advance, by=actor)
            self.lines.fund({state.milestone(id).line for id in payment.allocations})
            ru, en = (f", аванс {rest}", f", {rest} of it an advance") if rest else ("", "")
            paid = f"{payment.amount} {payment.currency}"
            return Text(ru=f"Платёж {paid} учтён{ru}", en=f"Payment of {paid} counted{en}")

        return pay

    def plan_reassign(self, message: Reassign) -> Effect:
        actor = self.desk.authorize(Action.REASSIGN, self.desk.identify(message.actor))
        to = message.to
        managers = self.state.book.holders(Role.MANAGER)
        if to not in managers:
            there = ", ".join(managers)
            raise Refusal(
                "not_a_manager",
                en=f"{to!r} is no manager: one of {there}",
                ru=f"{to!r} — не менеджер: есть {there}",
            )
        if to == self.state.manager:
            raise Refusal("already", en=f"{to} is the deal's manager already", ru=f"{to} уже ведёт сделку")

        def reassign() -> Text:
            before = self.state.manager
            self.hand_over(to, by=actor)
            self.record(DealReassigned(before=before, to=to), by=actor)
            self.lines.tell_all(
                lambda line: LineOrder(line=line, name="handed_over", manager=to, actor=actor)
            )
            name = self.desk.name(to)
            return Text(ru=f"Сделку ведёт {name}", en=f"{name} is the deal's manager")

        return reassign

    def plan_cancel(self, message: Cancel) -> Effect:
        """The manager alone may call a deal off while nothing is on its way; from then on the director must approve."""
        state = self.state
        actor = self.desk.authorize(Action.CANCEL, self.desk.identify(message.actor))
        if state.closing or state.stage.final:
            raise Refusal("closed", en="the deal is ending already", ru="сделка уже закрывается")
        on_its_way = any(line.status is not LineStatus.AWAITING_RELEASE for line in state.active_lines)
        if not on_its_way or (actor.behalf or actor.person) in state.book.holders(Role.DIRECTOR):
            return lambda: self._call_off(message.reason, actor)
        asked = state.approvals.get("cancellation")
        if asked and not asked.closed:
            raise Refusal(
                "already",
                en="the director is asked about cancelling already",
                ru="отмена уже на согласовании",
            )

        def request() -> Text:
            state.cancel_reason = message.reason
            self.record(CancelRequested(reason=message.reason), by=actor)
            self.ask("cancellation", version=asked.version + 1 if asked else 1, reason=message.reason)
            self.nudge()
            return Text(
                ru="Отмена на согласовании у директора", en="The director is asked to approve the cancelling"
            )

        return request

    def plan_decide(self, message: Decide) -> Effect:
        decide = super().plan_decide(message)

        def then() -> Text:
            words = decide()
            cancellation = self.state.approvals.get("cancellation")
            if (
                cancellation
                and cancellation.approved
                and not self.state.closing
                and not self.state.stage.final
            ):
                self._call_off(self.state.cancel_reason or "", cancellation.votes[-1].actor)
            return words

        return then

    def _call_off(self, reason: str, actor: Actor) -> Text:
        self.state.closing = Closing(stage=Stage.CANCELLED, reason=reason, actor=actor)
        return Text(ru="Сделка отменяется", en="The deal is being cancelled")

    @workflow.signal(description="From an order line: its state, and what happened to it.")
    def report(self, message: RawValue = NOTHING) -> None:
        try:
            report = workflow.payload_converter().from_payload(message.payload, LineReport)
        except (AttributeError, ValidationError, ValueError):
            self.refuse("report", message, only_within(Text(ru="строки сделки", en="the deal's lines")))
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
    turn_back = messages.update("turn_back")
    turn_back_signal = messages.signal("turn_back")
    bounce = messages.update("bounce")
    bounce_signal = messages.signal("bounce")


def _subject_of(message: Message) -> str:
    match message:
        case Complete():
            return message.assignment
        case Decide():
            return message.approval
        case Sign():
            return message.document
    return ""
