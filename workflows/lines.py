"""A deal's lines: started once, heard, told, and missed when they fall silent.

Lines outlive the deal's runs, so both sides talk by signals to workflow ids.
"""

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from domain.alarms import Check
from domain.deal import opening, places
from domain.deal.amending.standing import obstacle
from domain.deal.batches import WatchedLines
from domain.deal.delivery import awaited_by, contract_expected
from domain.deal.line_orders import Funds, LineOrder, NewTerms, Papers
from domain.deal.line_reports import LineReport
from domain.deal.pieces import serials_beside
from domain.deal.shipments import join_shipments, papers_for
from domain.deal.splits import Split
from domain.deal.state import DealState, LineState
from domain.facts import (
    DESK,
    FACTS,
    Fact,
    ForeignWorkflow,
    LineReopened,
    LineRestarted,
    LineSilent,
    Subject,
    heads,
)
from domain.order.changes import Draft
from domain.order.order import OrderLine
from domain.refusals import Refusal
from domain.words import LineStatus, Text
from workflows.activities import WATCH_LINES
from workflows.case import Case
from workflows.host import ActivityFailed, Started, Unreachable
from workflows.money import money_goes_along
from workflows.names import line_id
from workflows.splits import Splits, parts_are_its_own, splits_add_up, with_new_parts

AT_ONCE = 20  # lines started in one workflow task: two hundred would not fit into one transaction
A_MOMENT = timedelta(seconds=1)
TRIES = 10
SILENCE = "silent-lines"
GONE = Text(ru="его рабочего процесса больше нет", en="its workflow no longer runs")
FROM_LAST_REPORT = Text(ru="с последнего отчёта позиции", en="from the line's last report")


class Lines:
    def __init__(self, deal: Case[DealState]) -> None:
        self._deal = deal
        self._draining = self._starting = False
        self._looking = False
        self._being_started: set[int] = set()
        self._splits = Splits(deal, self._send, self._start_part, self._go_on_split)

    def begin(self) -> None:
        self._loop = self._deal.host.background(self._watch())

    async def drain(self) -> None:
        self._draining = True
        await self._deal.pause(lambda: not self.busy)
        self._loop.cancel()

    @property
    def busy(self) -> bool:
        return self._looking or bool(self._being_started)

    # --- from the deal to its lines ----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Starts every line that has not been started, in order, a handful at a time; they are watched from the first on."""
        self._watch_silence()
        self._starting, tried = True, set[int]()
        try:
            while waiting := [line for line in self._to_start() if line.number not in tried][:AT_ONCE]:
                for line in waiting:
                    tried.add(line.number)
                    self._deal.host.background(
                        self._start(line)
                    )  # an operator's cancelling leaves none half started
                await self._deal.pause(lambda: not self._being_started)
        finally:
            self._starting = False

    def _to_start(self) -> list[LineState]:
        lines = self._deal.state.lines.values()
        return [line for line in lines if line.number not in self.running and not line.status.final]

    def _watch_silence(self) -> None:
        """Of lines that have closed none can fall silent, unless one is reopened."""
        if self._deal.state.all_lines_closed():
            self._deal.state.checks.pop(SILENCE, None)
            return
        book = self._deal.state.book
        self._deal.check_every(SILENCE, book.calendar.after(self._deal.now, book.checks.silent_line))

    async def _start(self, line: LineState) -> None:
        self._being_started.add(line.number)
        try:
            await self._start_and_tell(line)
        finally:
            self._being_started.discard(line.number)

    async def _start_again(self, line: LineState) -> None:
        """Its workflow may still be ending. If it takes too long, the watch over silent lines tries again."""
        deal = self._deal
        try:
            for _ in range(TRIES):
                if await self._start_and_tell(line, anew=True) or self._draining:
                    return
                await deal.host.wait(lambda: self._draining, deal.now + A_MOMENT, "a line ends, to go on")
        finally:
            self._being_started.discard(line.number)

    async def _start_and_tell(self, line: LineState, *, anew: bool = False) -> bool:
        """Whether it runs; started `anew`, what runs under its id must not be there."""
        state = self._deal.state
        book = state.book.alone().for_line(line.good.payment, line.good.vat)
        manager = line.manager if line.reported else state.manager
        about: dict[str, Any] = {"playbook": book, "people": state.people}
        papers = self._papers_for(line, serials_beside(state))
        about |= {"manager": manager, "client": state.client, "named": state.named, "papers": papers}
        about["funds_revision"] = state.funds_revision
        allocated, people = _allocated(line), state.people
        started = await self._deal.host.start_line(line.model_copy(update=about))
        if started is Started.RUNS_ALREADY and (anew or not await self._is_ours(line.number)):
            return False
        if line.number not in state.started_lines:
            state.started_lines.append(line.number)
            line.papers = papers
            if started is Started.RUNS_ALREADY:  # it was there before this branch of the deal's life
                line.papers = Papers()
                self._send(LineOrder(line=line.number, name="report_all"))
            state.funds[line.number] = allocated
            known = started is Started.NEW and not line.reported and state.people is people
            self._tell_what_it_missed(line.number, manager, people_known=known)
        return True

    def _tell_what_it_missed(self, number: int, manager: str, *, people_known: bool) -> None:
        """What the deal decided while the line was being started, or was gone."""
        state = self._deal.state
        self.fund({number})
        self.tell_papers()
        if manager != state.manager:
            self._send(LineOrder(line=number, name="handed_over", manager=state.manager, actor=DESK))
        for role, to in state.named.items():  # again, it changes nothing
            self._send(LineOrder(line=number, name="handed_over", role=role, manager=to, actor=DESK))
        if not people_known:  # it may run by others, or begin with questions to somebody who has left
            self._send(LineOrder(line=number, name="people", actor=DESK))
        self.answer_terms([number])
        self._splits.order_again(number)
        self._tell_terms(number)
        if state.closing:
            self._send(LineOrder(line=number, name="wind_down", reason=state.closing.reason))

    async def _is_ours(self, number: int) -> bool:
        """Whether what runs under the line's id is the line. If not, it is told; and tried again at every check of silence."""
        deal = self._deal
        try:
            found = await deal.host.ask(WATCH_LINES, WatchedLines(deal=deal.state.deal, lines=(number,)))
        except ActivityFailed:
            return False
        if number not in found.foreign:
            return True
        if deal.once(f"foreign line {number}"):
            id = line_id(deal.state.deal, number)
            deal.record(ForeignWorkflow(line=number, workflow_id=id, assignee=deal.state.manager))
        return False

    def _start_part(self, part: LineState) -> None:
        self._being_started.add(part.number)
        self._deal.host.background(self._start(part))
        self._watch_silence()

    def _go_on_split(self, lines: Collection[int]) -> None:
        """They hear what waited until they were split."""
        self.fund(lines)
        for number in lines:
            self._tell_terms(number)

    def order_split(self, split: Split) -> None:
        self._splits.order(split)

    def hear_of_splits(self, facts: Iterable[Fact]) -> None:
        self._splits.hear(facts)

    def fund(self, lines: Iterable[int]) -> None:
        """Tells lines what stands on their milestones now, zero included, where they have not heard it yet. A line that is to be split
        hears it once it is: until then the deal counts by other sums."""
        state = self._deal.state
        state.funds_revision += 1
        for number in sorted(lines):
            state.dirty_lines.append(number)
            line = state.lines[number]
            allocated = _allocated(line)
            is_other = state.funds.get(number) != allocated or _is_of_other_days(line)
            if number in state.started_lines and is_other and not state.awaited_splits(number):
                state.funds[number] = allocated
                funds = Funds(revision=state.funds_revision, allocated=allocated, funded_on=_funded_on(line))
                self._send(LineOrder(line=number, name="funds", funds=funds))
        self.reopen_unpaid()

    def tell_papers(self) -> None:
        """Tells lines what is new of papers, and of serial numbers, that are not their own."""
        state = self._deal.state
        join_shipments(state)
        serials = serials_beside(state)
        for number in state.started_lines:
            line, papers = state.lines[number], self._papers_for(state.lines[number], serials)
            if not line.status.final and line.papers != papers:
                line.papers = papers
                self._send(LineOrder(line=number, name="papers", papers=papers))

    def _papers_for(self, line: LineState, serials: Mapping[int, Mapping[str, int]]) -> Papers:
        state, now = self._deal.state, self._deal.now
        follows = awaited_by(line, state.lines, state.book, now, contract_expected(state, now))
        return papers_for(state, line.number, follows, serials.get(line.number, {}))

    def reopen_unpaid(self) -> None:
        """A line that was settled with money that has gone, maybe before it heard of it, is started again in its last step."""
        state = self._deal.state
        settled = [line for line in state.lines.values() if line.status is LineStatus.SETTLED]
        for line in settled if not state.closing else ():
            if not line.outstanding or line.number not in state.started_lines:
                continue
            reopened = LineReopened(line=line.number, outstanding=line.outstanding, currency=state.currency)
            self._deal.record(reopened)
            line.status, line.settled_at = LineStatus.SHIPPED, None
            line.passed = len(line.route) - 1
            state.started_lines.remove(line.number)
            self._being_started.add(line.number)
            self._deal.host.background(self._start_again(line))
            self._watch_silence()

    def wind_down(self, reason: Text) -> None:
        """A line that is being started is told once it has started."""
        for line in self._deal.state.lines.values():
            if line.number not in self.running:
                line.status, line.cancelled = LineStatus.CANCELLED, reason
                self._deal.state.dirty_lines.append(line.number)
        self.tell_all(lambda number: LineOrder(line=number, name="wind_down", reason=reason))
        self._watch_silence()

    def amend(self, number: int, terms: NewTerms) -> None:
        """The line hears it, and tells when it has taken it; one that was never started is as it will be at once."""
        state = self._deal.state
        if number in self.running or state.lines[number].reported:
            before = state.amending.get(number)
            revision = max(state.lines[number].terms, before.revision if before else 0) + 1
            state.amending[number] = terms.model_copy(update={"revision": revision})
            self._tell_terms(number)
            return
        self._amend_before_start(state.lines[number], terms)
        state.dirty_lines.append(number)

    def _amend_before_start(self, line: LineState, terms: NewTerms) -> None:
        deal, state = self._deal, self._deal.state
        with money_goes_along(deal, self._draft_with(line.number, terms.good)) as put:
            if terms.good is None:
                line.status, line.cancelled = LineStatus.CANCELLED, terms.reason
            else:
                opened = opening.open_line(state, line.number, terms.good, deal.now)
                state.lines[line.number] = opened.model_copy(update={"revision": line.revision + 1})
        self.fund(places.lines_of(state, *put))

    def _draft_with(self, number: int, good: OrderLine | None) -> Draft:
        """What is sold with this good as that line; with none, without the line."""
        state = self._deal.state
        others = {line.number: line.good for line in state.active_lines if line.number != number}
        return state.draft.model_copy(update={"lines": others | ({number: good} if good else {})})

    def _tell_terms(self, number: int) -> None:
        """A line that is to be split hears of an amendment once it is."""
        state = self._deal.state
        if (terms := state.amending.get(number)) and not state.awaited_splits(number):
            self._send(LineOrder(line=number, name="amended", amended=terms))

    def start_new(self) -> None:
        """Lines that came with an amendment."""
        for line in self._to_start() if not self._starting else ():
            self._being_started.add(line.number)
            self._deal.host.background(self._start(line))
        self._watch_silence()

    def ask_for_whole_reports(self) -> None:
        """An operator has reset the deal: the lines know better how they stand."""
        self.tell_all(lambda number: LineOrder(line=number, name="report_all"))

    def _apply(self, report: LineReport, known: LineState) -> None:
        """Money that stood on milestones of a payment type that the line has no more goes to those that it has now. That of parts which
        the report tells of is divided once they are taken."""
        deal, state, change = self._deal, self._deal.state, report.change
        if change.terms < known.terms:  # an operator has reset the line to before it heard
            self._amend_again(known)
        good = with_new_parts(report, change.good, state) if change.good else known.good
        ends = change.status is LineStatus.CANCELLED and known.number in state.amending
        is_other = ends or (good.payment, good.amount) != (known.good.payment, known.good.amount)
        if not is_other:
            change.apply(known)
            self._has_heard(known)
            return
        with money_goes_along(deal, self._draft_with(known.number, None if ends else good)) as put:
            change.apply(known)
            self._has_heard(known)
        self.fund({known.number, *places.lines_of(state, *put)})

    def _has_heard(self, line: LineState) -> None:
        """Of terms that it takes for others, which it heard in a branch of the deal's life that was left, it is told once more."""
        state = self._deal.state
        terms = state.amending.get(line.number)
        if terms is None or line.terms < terms.revision:
            return
        if line.good == terms.good or line.status.final or obstacle(line, terms.good):
            del state.amending[line.number]
        else:
            self.amend(line.number, terms)

    def _amend_again(self, known: LineState) -> None:
        state = self._deal.state
        again = NewTerms(
            revision=known.terms,
            version=state.in_force,
            good=known.good,
            client=state.client,
            reason=FROM_LAST_REPORT,
            actor=DESK,
        )
        state.amending.setdefault(known.number, again)
        self._tell_terms(known.number)

    def answer_terms(self, numbers: Iterable[int]) -> None:
        """Lines that wait for the contract with another payment type hear whether it is agreed."""
        contract = self._deal.state.approvals.get("contract")
        if contract is None or contract.outcome not in ("approved", "rejected"):
            return
        agreed = contract.approved
        comment = "" if agreed else contract.votes[-1].comment
        for number in numbers:
            if self._deal.state.lines[number].agreement == "asked":
                self._send(LineOrder(line=number, name="terms", agreed=agreed, comment=comment))

    def _put_right(self, report: LineReport, stands: dict[str, Any]) -> None:
        """A line may have heard of other money, in a branch of the deal's life that was left. `stands`: what it takes to be there."""
        state = self._deal.state
        state.funds_revision = max(state.funds_revision, report.change.funds_revision)
        state.funds[report.line] = stands
        self.fund({report.line})

    def tell_all(self, order: Callable[[int], LineOrder]) -> None:
        for line in self._deal.state.lines.values():
            if not line.status.final:
                self._send(order(line.number))

    def _send(self, order: LineOrder) -> None:
        waiting = self._deal.state.outbox.lines
        if order.line in self._deal.state.started_lines and order not in waiting:
            waiting.append(order)

    def waiting(self) -> bool:
        """Whether a line has something to hear. While lines are being started none is told anything."""
        return bool(self._deal.state.outbox.lines) and not self._being_started

    @property
    def running(self) -> set[int]:
        """Those that have been started, and those that are being."""
        return {*self._deal.state.started_lines, *self._being_started}

    async def tell(self) -> None:
        """Tells a line the first order that waits."""
        order = self._deal.state.outbox.lines.pop(0)
        if order.name == "people":
            order = order.model_copy(update={"people": self._deal.state.people})
        if order.amended and (good := order.amended.good):
            book = self._deal.state.book.alone().for_line(good.payment, good.vat)
            order = order.model_copy(update={"payments": book.payments, "vat": book.vat})
        with suppress(Unreachable):  # the line has closed; if it should not have, the watch finds it
            await self._deal.host.send(order.line, "from_deal", order)

    # --- from the lines to their deal --------------------------------------------------------------------------------

    def take(self, raw: Any) -> tuple[Fact, ...]:
        """Mirrors a line's state; the facts that are new, each once, however often it is told. Raises Refusal.

        A line's first report may come before the word that it has started. What does not follow on what the deal has heard makes it
        ask for all.
        """
        state = self._deal.state
        report = read_report(raw, state, self.running)
        known = state.lines[report.line]
        digests = heads(report.after, report.facts)
        if known.reported_digest not in digests and not report.whole:
            self._send(LineOrder(line=report.line, name="report_all"))
            return ()
        facts = report.facts[
            digests.index(known.reported_digest) if known.reported_digest in digests else 0 :
        ]
        known.reported += len(facts)
        known.reported_digest = digests[-1]
        stands = {id: milestone.allocated for id, milestone in report.change.milestones.items()}
        if self._splits.is_behind(report):
            self._splits.order_again(report.line, all=True)
        elif report.whole or report.change.revision >= known.revision:
            self._apply(report, known)
            self._splits.take(report)
        if report.whole:
            self._put_right(report, stands)
        self._watch_silence()
        state.updated_at = self._deal.now
        state.revision += 1
        if report.line not in state.dirty_lines:
            state.dirty_lines.append(report.line)
        return facts

    async def _watch(self) -> None:
        """Looks after lines that have been silent; one that an operator terminated goes on from its last report."""
        while True:
            await self._deal.host.wait(
                lambda: self._due() is not None and not self._draining and self._deal.quiet
            )
            if check := self._due():
                check.seen = check.count
                self._looking = True
                await self._look_after(self._silent())
                self._looking = False

    def _due(self) -> Check | None:
        check = self._deal.state.checks.get(SILENCE)
        return check if check is not None and check.count > check.seen else None

    def _silent(self) -> tuple[int, ...]:
        state = self._deal.state
        since = state.book.calendar.before(self._deal.now, state.book.checks.silent_line)
        started = (state.lines[number] for number in state.started_lines)
        return tuple(line.number for line in started if not line.status.final and line.updated_at <= since)

    async def _look_after(self, silent: tuple[int, ...]) -> None:
        state = self._deal.state
        for line in self._to_start():
            if not self._starting:
                await self._start(line)
        if not silent:
            return
        try:
            asked = WatchedLines(deal=state.deal, lines=silent)
            found = await self._deal.host.ask(WATCH_LINES, asked, "are the silent lines still running?")
        except ActivityFailed:
            return  # asked again at the next round
        for number in (*found.lines, *found.foreign):
            line = state.lines[number]
            self._deal.record(
                LineSilent(line=number, since=line.updated_at, assignee=state.manager, reason=GONE)
            )
            state.started_lines.remove(number)
            await self._start(line)
            if number in state.started_lines:
                self._deal.record(LineRestarted(line=number, reason=FROM_LAST_REPORT))


def _allocated(line: LineState) -> dict[str, Any]:
    return {milestone.id: milestone.allocated for milestone in line.milestones.values()}


def _is_of_other_days(line: LineState) -> bool:
    """Whether it has told of being paid on other days than the ledger says."""
    return any(m.paid_on and m.funded_on and m.paid_on != m.funded_on for m in line.milestones.values())


def _funded_on(line: LineState) -> dict[str, date]:
    return {
        milestone.id: milestone.funded_on for milestone in line.milestones.values() if milestone.funded_on
    }


def read_report(raw: Any, deal: DealState, running: Container[int]) -> LineReport:
    """A report of one of the deal's running lines, whole; raises the Refusal of anything that none of them could have told."""
    try:
        report = LineReport.model_validate(raw)
    except ValueError as error:
        raise _not_a_report(type(error).__name__) from None
    line = deal.lines.get(report.line)
    if line is None or report.line not in running:
        raise _not_a_report(f"line {report.line} does not run")
    if report.change.revision < len(report.facts):
        raise _not_a_report("it has more facts than the line")
    for fact in report.facts:
        try:
            may = FACTS[fact.kind].line_reports and fact.subject == str(Subject(report.line)) and fact.read()
        except (KeyError, ValueError):
            may = None
        if not may:
            raise _not_a_report(f"no line tells {fact.kind[:100]!r}")
    own = f"line-{report.line}:"
    kept = (
        report.change.assignments,
        report.change.approvals,
        report.change.documents,
        report.change.milestones,
    )
    if any(not id.startswith(own) or item.id != id for items in kept for id, item in items.items()):
        raise _not_a_report("it tells of what is not its own")
    if not _is_its_good(report, line, deal):
        raise _not_a_report("it tells of another good")
    return report


def _is_its_good(report: LineReport, line: LineState, deal: DealState) -> bool:
    """A line may come to another payment type of its playbook, and parts may be split from it; all else of its good is the order's, or an
    amendment's. Of one that has heard of other amendments than the deal, which it may before it reports, or after an operator's reset,
    it is enough that the playbook knows its terms."""
    change, good = report.change, report.change.good
    if good is None:
        return not report.parts
    if good.payment not in deal.book.payments or good.delivery not in deal.book.deliveries:
        return False
    if good.vat not in deal.book.vat:
        return False
    if change.terms != line.terms:
        return parts_are_its_own(report, good, deal)
    as_known = good.of(line.good.quantity, line.good.amount).model_copy(update={"payment": line.good.payment})
    return as_known == line.good and splits_add_up(report, line, deal)


def _not_a_report(why: str) -> Refusal:
    return Refusal(
        "malformed",
        en=f"only the deal's lines may send this: {why}",
        ru="так пишут только позиции сделки, и только о своём",
    )
