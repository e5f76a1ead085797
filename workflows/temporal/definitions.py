"""The workflows as Temporal knows them: they start a process on its host, and go on in a next run where it must."""

from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.deal import opening
    from domain.deal.messages import Receipt
    from domain.deal.state import DealStart, DealState, DealSummary, LineState
    from domain.order.order import Order
    from domain.order.problems import BadOrder
    from domain.playbook.sharing import shared
    from workflows import deal, line
    from workflows.deal_case import DealCase
    from workflows.inbox import Inbox, Unreadable
    from workflows.line_case import LineCase
    from workflows.names import DEAL_WORKFLOW, LINE_WORKFLOW, deal_id
    from workflows.registry import DEAL_ACTS, LINE_ACTS
    from workflows.temporal.handlers import answer, check, put, takes
    from workflows.temporal.host import TemporalHost


class _Process:
    """What both have: an inbox, and words for a start that went wrong."""

    inbox: Inbox | None = None
    problem = ""

    @workflow.signal(dynamic=True)
    def misspelt(self, name: str, args: Sequence[RawValue]) -> None:
        """A signal that no handler knows: on record, instead of waiting unseen for ever."""
        put(self, name, args[0] if args else None)

    @workflow.update(dynamic=True)
    async def unknown(self, name: str, args: Sequence[RawValue]) -> Receipt:
        """An update that no handler knows: refused in the desk's words, by the validator already."""
        return await answer(self, name, args[0] if args else None)

    @unknown.validator
    def _check_unknown(self, name: str, args: Sequence[RawValue]) -> None:
        check(self, name, args[0] if args else None)

    def refuse_stray(self, name: str, error: Exception) -> None:
        """What came in a shape that no handler takes (see `guard`)."""
        if self.inbox:
            self.inbox.put(name, Unreadable(type(error).__name__, ""))


@workflow.defn(name=DEAL_WORKFLOW)
@takes(DEAL_ACTS, "report")
class Deal(_Process):
    @workflow.init
    def __init__(self, *start: Any) -> None:  # whatever anybody starts it with: a bad start fails in words
        try:
            begin = DealStart.model_validate(*start)
            order = Order.model_validate(begin.order or {})
            state = begin.state or opening.open_deal(begin.number, order, workflow.now())
            state.playbook = state.playbook and shared(state.playbook)
            state.people = state.people and shared(state.people)
        except Exception as error:
            why = type(error).__name__
            self.problem = f"a deal is started with its number and order (`deal start FILE`): {why}"
            return
        if workflow.info().workflow_id != deal_id(state.deal):
            self.problem = f"deal {state.deal} must have the workflow id {deal_id(state.deal)}"
            return
        self.case = DealCase(state, TemporalHost(state.deal), DEAL_ACTS, order)
        self.inbox = self.case.inbox

    @workflow.run
    async def run(self, *start: Any) -> DealSummary:
        if self.problem:
            raise _never_starts(self.problem)
        try:
            ended = await deal.live(self.case)
        except BadOrder as error:
            raise _never_starts(f"the order can't be taken: {error}") from None
        await _all_taken(self.case.inbox)
        state = self.case.state
        if not ended:
            workflow.continue_as_new(DealStart(number=state.deal, state=state))
        return state.summary(workflow.now())

    @workflow.query(description="The deal's whole state; `deal show N` draws it.")
    def show(self) -> DealState:
        return self.case.state


@workflow.defn(name=LINE_WORKFLOW)
@takes(LINE_ACTS, "from_deal")
class OrderLine(_Process):
    @workflow.init
    def __init__(self, *start: Any) -> None:
        try:
            state = LineState.model_validate(*start)
            state.playbook, state.people = shared(state.book.alone()), shared(state.book.staff())
            start[0].clear()  # the SDK keeps its inputs for as long as the line lives; the state has it all
        except Exception as error:
            self.problem = f"an order line is started by its deal, with its state: {type(error).__name__}"
            return
        self.case = LineCase(state, TemporalHost(state.deal), LINE_ACTS)
        self.inbox = self.case.inbox

    @workflow.run
    async def run(self, *start: Any) -> str:
        if self.problem:
            raise _never_starts(self.problem)
        ended = await line.live(self.case)
        await _all_taken(self.case.inbox)
        if not ended:
            workflow.continue_as_new(self.case.state)
        return self.case.state.status.value

    @workflow.query(description="The line's whole state.")
    def show(self) -> LineState:
        return self.case.state


async def _all_taken(inbox: Inbox) -> None:
    """Nothing may wait after this, or it is lost with the run."""
    await workflow.wait_condition(lambda: workflow.all_handlers_finished() and inbox.idle)


def _never_starts(problem: str) -> ApplicationError:
    """Ends a workflow that could never have started well, with words instead of an endless retry."""
    return ApplicationError(problem, type="BadStart", non_retryable=True)
