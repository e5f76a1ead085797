"""Nothing is lost and nothing changes, however often a process goes on in a next run, and whatever comes late."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.playbook import load_playbook
from domain.deal.assignment_form import form_of
from domain.deal.messages import Complete, Decide, Message, Pay, Sign
from domain.deal.open_items import OpenItem, open_items
from domain.deal.state import DealState
from domain.facts import Fact
from starter.rooms import ROOT
from tests.support.memory import World
from tests.support.orders import a_good, an_order
from workflows.names import line_id
from workflows.rehearsal import Arrival, Kind, Process, Rehearsal, RehearsedDeal

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
BOOK = load_playbook(ROOT / "playbooks" / "default.yaml", today=NOW.date())
ORDER = an_order(
    a_good(source="import", payment="prepaid_50"),
    a_good(source="dealer", payment="deferred_30", delivery="carrier"),
    a_good(),
)


class Unpunctual(Rehearsal):
    """What comes to a process from inside comes up to a minute late, by seeded dice; each of a kind in its order."""

    def __init__(self, seed: int, longest_run: int = 10**9) -> None:
        super().__init__(BOOK, NOW, longest_run)
        self._dice = random.Random(seed)
        self._last: dict[tuple[str, Arrival], datetime] = {}

    def bring(
        self,
        to: Process,
        what: Arrival,
        job: Callable[[], object],
        at: datetime | None = None,
        needed: Callable[[], bool] = lambda: True,
    ) -> None:
        late = (at or self.now) + timedelta(seconds=self._dice.choice((0, 0, 1, 60)))
        if what.kind is Kind.WORD:
            late = self._last[to.id, what] = max(late, self._last.get((to.id, what), late))
        super().bring(to, what, job, late, needed)


def test_the_trail_is_the_same_however_often_the_deal_and_its_lines_renew() -> None:
    whole = told(paid(Rehearsal(BOOK, NOW)))
    for longest in (6, 9, 15, 24):
        deal = paid(Rehearsal(BOOK, NOW, longest_run=longest))
        assert deal.process.runs > 2
        assert told(deal) == whole, f"runs of {longest}"


@pytest.mark.parametrize("seed", range(20))
def test_a_deal_is_paid_and_nobody_refused_whatever_comes_late(seed: int) -> None:
    deal = paid(Unpunctual(seed, longest_run=random.Random(seed).choice((12, 30, 10**9))))
    assert [fact.data for fact in deal.facts if fact.kind in ("message.refused", "line.silent")] == []


def paid(world: Rehearsal) -> RehearsedDeal:
    """Everybody answers what is open once an hour."""
    deal = world.open(ORDER, "7")
    for hour in range(60):
        if deal.process.outcome:
            break
        for item in open_items(deal.state):
            for message in answers(item, deal.state, f"{hour}/{item.id}"):
                deal.signal(message.name, message.model_dump(mode="json", by_alias=True), _owner(item))
        world.skip(timedelta(hours=1))
    assert world.failures == []
    assert (deal.process.outcome, deal.state.stage) == ("completed", "PAID")
    return deal


def answers(item: OpenItem, deal: DealState, id: str) -> Iterator[Message]:
    match item.kind:
        case "assignment":
            fields = _examples(item, deal)
            yield Complete(id=id, actor=item.persons[0], assignment=item.id or "", fields=fields)
        case "approval":
            for person in item.persons:
                yield Decide(id=f"{id}/{person}", actor=person, approval=item.id or "", approve=True)
        case "document":
            yield Sign(id=id, actor=item.persons[0], document=item.id or "")
        case "payment" if item.amount:
            yield Pay(id=id, actor="kuznetsova", amount=item.amount, currency="RUB", line=item.subject.line)


def _examples(item: OpenItem, deal: DealState) -> dict[str, Any]:
    number, id = item.subject.line or 0, item.id or ""
    line = deal.lines.get(number)
    form = form_of(deal, number, (line or deal).assignments[id].kind, id)
    today, quantity = BOOK.calendar.today(NOW), line.good.quantity if line else 1
    return {f.name: f.example_for(today, quantity) for f in form if f.required or f.required_when}


def _owner(item: OpenItem) -> int | None:
    """A line takes the answers to its own questions; money comes to the deal."""
    return None if item.kind == "payment" else item.subject.line


def told(deal: RehearsedDeal) -> list[tuple[Any, ...]]:
    return [_words(fact) for fact in deal.facts]


def _words(fact: Fact) -> tuple[Any, ...]:
    return (fact.at, fact.kind, fact.subject, fact.actor.person, fact.data)


class Ageing(Rehearsal):
    """Once it has `aged`, the histories of first runs are long."""

    aged = False

    def is_long(self, process: Process) -> bool:
        return self.aged and process.runs == 1


def test_a_long_history_ends_a_run_where_something_happens_and_not_by_itself() -> None:
    world = Ageing(BOOK, NOW)
    process = world.open(ORDER, "7").process
    world.aged = True
    process.activate(lambda: None)
    world.settle()
    assert process.runs == 1
    process.activate(lambda: process.case.inbox.put("aprove", {}))
    world.settle()
    assert process.runs == 2


class SlowStarts(World):
    """The second line starts (or the deal hears of it) a minute late."""

    slow = Kind.START

    def bring(
        self,
        to: Process,
        what: Arrival,
        job: Callable[[], object],
        at: datetime | None = None,
        needed: Callable[[], bool] = lambda: True,
    ) -> None:
        second = to.id.endswith("line-2") if self.slow is Kind.START else what.nth == 2
        if what.kind is self.slow and second:
            at = self.now + timedelta(minutes=1)
        super().bring(to, what, job, at, needed)


@pytest.mark.parametrize("slow", [Kind.START, Kind.STARTED])
def test_a_deal_cancelled_while_it_starts_its_lines_leaves_none_behind(slow: Kind) -> None:
    world = SlowStarts()
    world.slow = slow
    deal = world.open(an_order(a_good(), a_good()))
    deal.agree()
    deal.process.cancel()
    world.skip(timedelta(hours=1))
    assert deal.result().stage == "CANCELLED"
    assert {process.outcome for process in world.processes.values()} == {"completed"}


def test_a_line_lost_while_the_others_were_being_started_keeps_no_deal_from_its_end() -> None:
    world = SlowStarts()
    world.slow = Kind.STARTED
    deal = world.open(an_order(a_good(), a_good()))
    deal.agree()
    world.processes[line_id(deal.number, 1)].terminate()
    deal.process.cancel()
    world.skip(timedelta(days=7))
    assert deal.result().stage == "CANCELLED"


class SlowAnswers(World):
    """Activities answer a minute late; first runs are `long`."""

    slow = long = False

    def bring(
        self,
        to: Process,
        what: Arrival,
        job: Callable[[], object],
        at: datetime | None = None,
        needed: Callable[[], bool] = lambda: True,
    ) -> None:
        if self.slow and what.kind in (Kind.ANSWER, Kind.SENT):
            at = self.now + timedelta(minutes=1)
        super().bring(to, what, job, at, needed)

    def is_long(self, process: Process) -> bool:
        return self.long and process.runs == 1


@pytest.mark.parametrize("cancelled", ["deal", "line"])
def test_who_is_cancelled_between_two_runs_winds_down_in_the_next(cancelled: str) -> None:
    world = SlowAnswers()
    deal = world.open(an_order(a_good()))
    deal.agree()
    world.slow = True
    process = deal.process if cancelled == "deal" else world.processes[line_id(deal.number, 1)]
    for world.long in (False, True):
        process.activate(lambda: process.case.inbox.put("aprove", {}))
        world.settle()
    assert process.runs == 1, "it waits for what is under way"
    process.cancel()
    world.skip(timedelta(hours=1))
    assert process.runs == 2
    assert deal.result().stage == "CANCELLED"
    assert {process.outcome for process in world.processes.values()} == {"completed"}
