"""A deal's lines: started once, heard, told, and missed when they fall silent.

Lines outlive the deal's runs (`ParentClosePolicy.ABANDON`), so both sides talk by signals to workflow ids.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ActivityError, ApplicationError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from domain.facts import LineRestarted, LineSilent
    from domain.state import Funds, LineOrder, LineReport, LineState, WatchedLines
    from domain.words import LineStatus, Text
    from workflows import ports
    from workflows.names import DEAL_NUMBER, LINE_WORKFLOW, line_id

if TYPE_CHECKING:
    from workflows.deal import Deal

AT_ONCE = 20  # lines started in one workflow task: two hundred would not fit into one transaction
SILENCE = "silent-lines"
GONE = Text(ru="в Temporal он больше не работает", en="Temporal no longer runs it")
FROM_REPORT = Text(ru="продолжает с последнего отчёта", en="it goes on from its last report")


class Lines:
    def __init__(self, deal: "Deal") -> None:
        self._deal = deal
        self._standing_still = False
        self._busy = 0
        self._starting = False

    def begin(self) -> None:
        self._loop = self._deal.beside(self._watch())

    async def stand_still(self) -> None:
        self._standing_still = True
        await workflow.wait_condition(lambda: not self._busy)
        self._loop.cancel()

    def rest(self) -> None:
        """All lines have closed: none can fall silent any more."""
        self._deal.state.checks.pop(SILENCE, None)

    # --- from the deal to its lines ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Starts every line that has not been started, in order, a handful at a time."""
        state = self._deal.state
        waiting = [line for line in state.lines.values() if line.number not in state.started_lines]
        self._starting = True
        try:
            for n in range(0, len(waiting), AT_ONCE):
                await asyncio.gather(*(self._start(line) for line in waiting[n : n + AT_ONCE]))
        finally:
            self._starting = False
        silent_at = state.book.calendar.after(workflow.now(), state.book.checks.silent_line)
        self._deal.check_every(SILENCE, silent_at)

    async def _start(self, line: LineState) -> None:
        state = self._deal.state
        book = state.book.for_line(line.good.payment, line.good.vat)
        line = line.model_copy(update={"playbook": book, "manager": state.manager, "client": state.client})
        with suppress(WorkflowAlreadyStartedError):  # it runs already: an earlier run of the deal started it
            child = await workflow.start_child_workflow(
                LINE_WORKFLOW,
                line,
                id=line_id(state.deal, line.number),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=f"{line.good.sku} {line.good.source.value} / {line.good.payment} / {line.good.delivery}",
                search_attributes=TypedSearchAttributes([SearchAttributePair(DEAL_NUMBER, state.deal)]),
            )
            child.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # its reports tell
        if line.number not in state.started_lines:
            state.started_lines.append(line.number)
            self.fund({line.number})  # money that came while it was being started

    def fund(self, lines: Iterable[int]) -> None:
        """Tells lines what stands on their milestones now."""
        state = self._deal.state
        state.funds_revision += 1
        for number in sorted(lines):
            state.dirty_lines.append(number)
            allocated = {m.id: m.allocated for m in state.lines[number].milestones.values()}
            if any(allocated.values()):
                funds = Funds(revision=state.funds_revision, allocated=allocated)
                self._send(LineOrder(line=number, name="funds", funds=funds))

    def wind_down(self, reason: str) -> None:
        for line in self._deal.state.lines.values():
            if line.number not in self._deal.state.started_lines:
                line.status, line.cancelled = LineStatus.CANCELLED, reason
                self._deal.state.dirty_lines.append(line.number)
        self.tell_all(lambda number: LineOrder(line=number, name="wind_down", reason=reason))

    def tell_all(self, order: Callable[[int], LineOrder]) -> None:
        for line in self._deal.state.lines.values():
            if not line.status.final:
                self._send(order(line.number))

    def _send(self, order: LineOrder) -> None:
        if order.line in self._deal.state.started_lines:
            self._deal.state.outbox.lines.append(order)

    def waiting(self) -> bool:
        """Whether a line has something to hear. While lines are being started none is told anything."""
        return bool(self._deal.state.outbox.lines) and not self._starting

    async def tell(self) -> None:
        """Tells a line the first order that waits."""
        orders = self._deal.state.outbox.lines
        line = workflow.get_external_workflow_handle(line_id(self._deal.state.deal, orders[0].line))
        with suppress(ApplicationError):  # the line has closed; if it should not have, the watch finds it
            await line.signal("from_deal", orders[0])
        orders.pop(0)

    # --- from the lines to their deal ------------------------------------------------------------------------------

    def take(self, report: LineReport) -> None:
        """Mirrors a line's state and gives its facts their place in the trail; each once, however often it is told."""
        state = self._deal.state
        known = state.lines.get(report.line)
        if known is None:
            return
        facts = report.facts[max(known.reported - report.first, 0) :]
        known.reported = max(known.reported, report.first + len(report.facts))
        if report.change.revision >= known.revision:
            report.change.apply(known)
        state.updated_at = workflow.now()
        state.revision += 1
        if report.line not in state.dirty_lines:
            state.dirty_lines.append(report.line)
        for fact in facts:
            self._deal.take_fact(fact)
        self._deal.follow_lines()

    async def _watch(self) -> None:
        """Looks after lines that have been silent; one that an operator terminated goes on from its last report."""
        seen = 0
        while True:
            await workflow.wait_condition(lambda: self._rounds() > seen and not self._standing_still)
            seen = self._rounds()
            self._busy += 1
            await self._look_after(self._silent())
            self._busy -= 1

    def _rounds(self) -> int:
        check = self._deal.state.checks.get(SILENCE)
        return check.count if check else 0

    def _silent(self) -> tuple[int, ...]:
        state = self._deal.state
        since = state.book.calendar.before(workflow.now(), state.book.checks.silent_line)
        started = (state.lines[number] for number in state.started_lines)
        return tuple(line.number for line in started if not line.status.final and line.updated_at <= since)

    async def _look_after(self, silent: tuple[int, ...]) -> None:
        if not silent:
            return
        try:
            gone = await workflow.execute_activity(
                ports.watch_lines,
                WatchedLines(deal=self._deal.state.deal, lines=silent),
                start_to_close_timeout=timedelta(seconds=60),
                schedule_to_close_timeout=timedelta(hours=1),
                summary="are the silent lines still running?",
            )
        except ActivityError:
            return  # asked again at the next round
        for number in gone.lines:
            state = self._deal.state
            since = state.lines[number].updated_at
            self._deal.record(LineSilent(line=number, since=since, reason=GONE, assignee=state.manager))
            self._deal.state.started_lines.remove(number)
            await self._start(self._deal.state.lines[number])
            self._deal.record(LineRestarted(line=number, reason=FROM_REPORT))
