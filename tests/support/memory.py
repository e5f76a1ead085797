"""Deals that a test has open on the in-memory host: what people do to them, and what can be seen of them, at once.

    deal = world.open(an_order())
    deal.to("line-1:acceptance")        # the robot answers all that is asked before it
    deal.complete("line-1:acceptance", result="damaged", remarks="a scratch")
    assert deal.asked() == {"line-1:claim"}

The clock stands at `NOW` until a test moves it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pytest

from activities.files import read_document
from activities.playbook import load_playbook
from domain.deal.messages import MESSAGES, Message, Receipt
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState, DealSummary, LineState, ProcessState
from domain.facts import Fact, FactData, MessageRefused, live_branch, verify
from domain.playbook.book import StaffedPlaybook
from domain.playbook.forms import is_met
from domain.refusals import Refusal
from domain.view.deal_view import deal_view
from domain.view.model import DealView
from tests.support.rates import RatesSink
from tests.support.robot import Refused, Robot, Stuck, View
from tests.support.sinks import CrmSink, MailSink, RecordsSink, Sink
from workflows.names import line_id
from workflows.rehearsal import Process, Rehearsal, RehearsedDeal, Update

How = Literal["update", "signal"]
ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday, noon in Moscow
TODAY = NOW.date()
STEPS = 200  # rounds of the robot; a deal of three goods takes some twenty


@cache
def default_playbook() -> StaffedPlaybook:
    return load_playbook(ROOT / "playbooks" / "default.yaml", today=TODAY)


def today() -> date:
    """By the company's calendar: in the evening Moscow's day is the next one already."""
    return default_playbook().calendar.today(datetime.now(UTC))


def changed_playbook(**changes: Any) -> StaffedPlaybook:
    return StaffedPlaybook.model_validate(default_playbook().model_dump(mode="json") | changes)


def sample_order(name: str = "three-goods") -> dict[str, Any]:
    document = read_document(ROOT / "playbooks" / "orders" / f"{name}.yaml")
    assert isinstance(document, dict)
    return document


class World(Rehearsal):
    """Deals open with `book`. `crm`, `mail` and `records` can be switched off, and know what they were told."""

    crm: CrmSink  # type: ignore[assignment]
    mail: MailSink  # type: ignore[assignment]
    records: RecordsSink  # type: ignore[assignment]

    def __init__(self, longest_run: int = 10**9) -> None:
        super().__init__(default_playbook(), NOW, longest_run)
        self.book = default_playbook()
        self.crm, self.records = CrmSink(lambda: self.book), RecordsSink()
        self.mail = MailSink(lambda: self.book, lambda: self.now)
        self.rates = RatesSink()
        self.deals: list[OpenDeal] = []
        self.activities |= {
            "playbook.load": lambda _: self.book,
            "crm.deliver": self.crm,
            "mail.deliver": self.mail,
            "records.deliver": self.records,
            "rates.find": self.rates,
        }

    def open(self, order: Mapping[str, Any], number: str | None = None) -> "OpenDeal":  # type: ignore[override]
        opened = super().open(order, number or str(len(self.deals) + 1))
        self.deals.append(OpenDeal(self, opened.number))
        return self.deals[-1]

    @property
    def sinks(self) -> dict[str, Sink]:
        return {"crm": self.crm, "mail": self.mail, "records": self.records}

    def skip_to(self, moment: datetime) -> None:
        assert moment >= self.now
        self.run_until(moment)

    def skip_a_while(self) -> None:
        """So long that all that failed has been tried again."""
        self.skip(timedelta(minutes=5))

    def oversleep(self, time: timedelta) -> None:
        """Nobody is awake meanwhile: what falls due waits until something wakes its process."""
        self.now += time

    def check(self) -> None:
        """What must hold of every world at every moment: nothing has failed, and each deal's trail and memory are whole."""
        for id, error in self.failures:
            raise AssertionError(f"{id} failed: {error!r}") from error
        for deal in self.deals:
            deal.check()


class OpenDeal(RehearsedDeal):
    world: World
    _seen: tuple[list[object], DealView] | None = None

    # --- what can be seen --------------------------------------------------------------------------------------------

    def view(self) -> DealView:
        """What `deal show` answers. Nothing changes but in an activation, or as time goes on: a second look is free until then."""
        processes = [p for p in self.world.processes.values() if p.number == self.number]
        as_of = [self.world.now, *((p.case, p.activations, p.outcome) for p in processes)]
        if self._seen is None or self._seen[0] != as_of:
            self._seen = as_of, deal_view(Snapshot(self.state, self.own_lines()), self.world.now, "en")
        return self._seen[1]

    def own_lines(self) -> list[LineState]:
        """The lines whose own processes can be asked."""
        processes = [self.line_process(number) for number in self.state.started_lines]
        return [p.case.state for p in processes if p and p.outcome in (None, "completed")]

    def line_process(self, number: int) -> Process | None:
        return self.world.processes.get(line_id(self.number, number))

    def line(self, number: int = 1) -> LineState:
        return super().line(number)

    @property
    def facts_told(self) -> list[Fact]:
        told = self.world.records.of(self.number)
        places = [fact.seq for fact in told]
        return told if len(set(places)) == len(places) else live_branch(told, self._told_head())

    def _told_head(self) -> str:
        """The digest of the last fact of this branch that the records have heard."""
        return self.state.outbox.facts[0].prev if self.state.outbox.records else self.state.head

    @property
    def trail(self) -> list[Fact]:
        """All facts, with those that the records have not heard yet."""
        told = {fact.seq for fact in self.facts_told}
        return [*self.facts_told, *(fact for fact in self.state.outbox.facts if fact.seq not in told)]

    def facts(self, *kinds: type[FactData]) -> list[Fact]:  # type: ignore[override]
        """The trail, of these kinds or all."""
        wanted = {kind.kind for kind in kinds}
        return [fact for fact in self.trail if not kinds or fact.kind in wanted]

    def read(self, kind: type[FactData]) -> list[Any]:
        """The data of all facts of this kind."""
        return [fact.read() for fact in self.facts(kind)]

    def story(self, *kinds: type[FactData]) -> list[str]:
        """The trail as short sentences: `ivanova assignment.completed line-1:acceptance`."""
        return [_sentence(fact) for fact in self.facts(*kinds)]

    def refused_facts(self) -> list[Fact]:
        return self.facts(MessageRefused)

    def asked(self) -> set[str]:
        """The ids of all assignments and approvals that are open."""
        return asked_in(self.view().json_ready())

    def result(self) -> DealSummary:
        """What the closed deal returns."""
        assert self.process.outcome == "completed", f"{self.process.outcome}: {self.describe()}"
        return self.state.summary(self.world.now)

    def describe(self) -> str:
        view = self.view()
        lines = ", ".join(f"{line.number} {line.status}" for line in view.lines)
        return f"deal {view.number} in {view.stage}; lines {lines or '—'}; open {sorted(self.asked())}"

    def check(self) -> None:
        trail = self.trail
        assert [fact.seq for fact in trail] == list(range(1, len(trail) + 1)), "the trail has gaps"
        assert verify(trail, self.state.head) == [], "the chain is broken"
        for state in (self.state, *self.own_lines()):
            _round_trips(state)

    # --- what people do ----------------------------------------------------------------------------------------------

    def say(self, name: str, *, id: str | None = None, **content: Any) -> Receipt:
        """As the desk's client sends it: to the line, if a line answers for it."""
        message = MESSAGES[name].model_validate({"id": id or uuid4().hex, **content})
        return self.send(message, addressee(message))

    def later(self, name: str, *, line: int | None = None, **content: Any) -> Update:
        """An update that need not be answered yet."""
        return self.update(name, {"id": uuid4().hex, **content}, line)

    def signals(self, *sent: tuple[str, Any], line: int | None = None) -> None:
        """Several signals that are there when the process wakes, as after a worker stood still."""
        process = self.process if line is None else self.line_process(line)
        assert process
        put = process.case.inbox.put
        process.activate(lambda: [put(name, raw) for name, raw in sent])
        self.world.settle()

    def tell(self, how: How, name: str, content: Mapping[str, Any], line: int | None = None) -> str:
        """Sends a message raw, as whoever does not use the desk's client: the code of its refusal, or nothing."""
        message = {"id": uuid4().hex, **content}
        if how == "signal":
            before = len(self.refused_facts())
            self.signal(name, message, line)
            refused = self.refused_facts()[before:]
            return refused[0].data["code"] if refused else ""
        try:
            self.update(name, message, line).answer()
        except Refusal as refusal:
            return refusal.code
        return ""

    def complete(self, assignment: str, actor: str | None = None, /, **fields: str) -> Receipt:
        """By its assignee, with the examples where a required field is not given."""
        view = self.view()
        asked = next((a for a in view.assignments if a.id == assignment), None)
        assert asked, f"{assignment} is not asked: {self.describe()}"
        answers = {f.name: f.example for f in asked.form if f.required and not f.required_when} | fields
        for f in asked.form:
            if f.required_when and is_met(f.required_when, answers):
                answers.setdefault(f.name, f.example)
        return self.say("complete", actor=actor or asked.assignee, assignment=assignment, fields=answers)

    def approve(self, approval: str, *actors: str) -> None:
        for actor in actors:
            self.say("decide", actor=actor, approval=approval, approve=True)

    def reject(self, approval: str, actor: str, comment: str) -> Receipt:
        return self.say("decide", actor=actor, approval=approval, approve=False, comment=comment)

    def pay(
        self, amount: str | Decimal, *, line: int | None = None, id: str | None = None, **more: Any
    ) -> Receipt:
        about = {"actor": "kuznetsova", "currency": "RUB", "amount": str(amount), "line": line} | more
        return self.say("pay", id=id, **about)

    def reverse(self, payment: str, reason: str = "отозван банком", **more: Any) -> Receipt:
        return self.say("reverse", payment=payment, **{"actor": "kuznetsova", "reason": reason} | more)

    def move(self, payment: str, line: int | None = None, amount: str | None = None, **more: Any) -> Receipt:
        about = {"actor": "kuznetsova", "payment": payment, "line": line, "amount": amount} | more
        return self.say("move", **about)

    def refund(self, payment: str, amount: str | None = None, **more: Any) -> Receipt:
        about = {"actor": "kuznetsova", "payment": payment, "amount": amount, "reason": "лишнее"} | more
        return self.say("refund", **about)

    def write_off(self, line: int, **more: Any) -> Receipt:
        return self.say(
            "write-off", **{"actor": "kuznetsova", "line": line, "reason": "комиссия банка"} | more
        )

    def split(self, line: int, quantity: int | str, actor: str = "orlov", **more: Any) -> Receipt:
        return self.say("split", **{"actor": actor, "line": line, "quantity": str(quantity)} | more)

    def sign(self, document: str, actor: str = "", **more: Any) -> Receipt:
        """By whoever is said, or by the manager, who has the paper with all signatures."""
        return self.say("sign", actor=actor or self.view().manager, document=document, **more)

    def sign_all(self) -> None:
        """All that can be signed now."""
        for document in self.view().documents:
            if document.can_sign:
                self.sign(document.id)

    def amend(self, actor: str = "ivanova", **content: Any) -> Receipt:
        return self.say("amend", actor=actor, **{"reason": "клиент попросил"} | content)

    def correct(self, entry: str, actor: str = "ivanova", reason: str = "опечатка", **fields: str) -> Receipt:
        return self.say("correct", actor=actor, entry=entry, fields=fields, reason=reason)

    def reschedule(self, item: str, until: str, actor: str = "ivanova", reason: str = "ждём") -> Receipt:
        return self.say("reschedule", actor=actor, item=item, until=until, reason=reason)

    def cancel(self, actor: str, reason: str = "the clinic has closed") -> Receipt:
        return self.say("cancel", actor=actor, reason=reason)

    def reassign(self, actor: str, to: str) -> Receipt:
        return self.say("reassign", actor=actor, to=to)

    def qualify(self) -> None:
        self.complete("qualification")

    def agree(self) -> None:
        """From the first minute until the contract is agreed and signed, and its lines run."""
        self.qualify()
        self.approve("contract", "client", "petrov")
        self.sign("contract")

    def skip(self, time: timedelta) -> None:
        self.world.skip(time)

    # --- the robot ---------------------------------------------------------------------------------------------------

    def to(self, *ids: str) -> DealView:
        """The robot answers everything but these assignments and approvals, until all of them are open."""
        self.robot(leave=lambda id: id in ids, until=lambda view: set(ids) <= asked_in(view))
        if "contract" not in ids and any(d.id == "contract" and d.can_sign for d in self.view().documents):
            self.sign("contract")  # so that no line waits for it
        return self.view()

    def robot(
        self,
        *,
        leave: Callable[[str], bool] = lambda id: False,
        until: Callable[[View], bool] = lambda view: False,
    ) -> View:
        """To `PAID`, or until `until` holds; what `leave` names is left unanswered. Nothing may be refused on the way."""
        robot = Robot(_Desk(self), self.number, leave=leave, until=until)
        before: View = {}
        for _ in range(STEPS):
            view = self.view().json_ready()
            if view["closed"] or until(view):
                return view
            for answer in robot.answers(view):
                _at_once(answer())
            if view == before:
                break
            before = view
        raise Stuck(self.describe())


class _Desk:
    """Serves `robot.Desk`: what the robot wants refused is a fault of the test."""

    def __init__(self, deal: OpenDeal) -> None:
        self._deal = deal

    async def show(self, number: str) -> View:
        return self._deal.view().json_ready()

    async def complete(self, number: str, id: str, *, actor: str, fields: dict[str, str], key: str) -> None:
        self._say("complete", id=key, actor=actor, assignment=id, fields=fields)

    async def decide(
        self, number: str, id: str, *, actor: str, approve: bool, version: int, key: str
    ) -> None:
        self._say("decide", id=key, actor=actor, approval=id, approve=approve, version=version)

    async def pay(self, number: str, *, amount: str, currency: str, line: int, actor: str, key: str) -> None:
        self._say("pay", id=key, actor=actor, amount=amount, currency=currency, line=line)

    async def sign(self, number: str, id: str, *, actor: str, side: str, key: str) -> None:
        self._say("sign", id=key, actor=actor, document=id, side=side)

    def _say(self, name: str, **content: Any) -> None:
        try:
            self._deal.say(name, **content)
        except Refusal as refusal:
            raise Refused(str(refusal)) from refusal


@contextmanager
def refused(code: str, *words: str) -> Iterator[None]:
    """The desk must say no, for this reason and with these words in it."""
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code, caught.value.text.en
    assert caught.value.text.ru.strip()
    for word in words:
        assert word in caught.value.text.en, caught.value.text.en


def asked_in(view: View) -> set[str]:
    return {asked["id"] for asked in (*view["assignments"], *view["approvals"])}


def day(days: int) -> str:
    """A date so many days from the day on which the clock starts, as people write it."""
    moment: date = TODAY + timedelta(days=days)
    return moment.isoformat()


def business(state: DealState | LineState) -> dict[str, Any]:
    """All of a state that a refused message may not touch."""
    talk = {"revision", "updated_at", "seq", "head", "outbox", "funds_revision"}
    talk |= {"unreported", "reported", "reported_digest"}
    told = {"playbook_recorded", "dirty_lines"}
    kept = state.model_dump(exclude=talk | told | {"playbook", "lines"})
    mirrors = state.lines.values() if isinstance(state, DealState) else ()
    if isinstance(state, DealState):
        kept[
            "started_lines"
        ].sort()  # a next run looks after silent lines first, and starts one anew that is gone
    return kept | {"lines": [business(mirror) | {"manager": ""} for mirror in mirrors]}


def _at_once(answer: Any) -> None:
    """Runs what never waits."""
    try:
        answer.send(None)
    except StopIteration:
        return
    raise AssertionError("the in-memory desk answers at once")


def addressee(message: Message) -> int | None:
    """What a line owns, the line answers for: `line-1:customs-release`."""
    line = re.match(r"line-(\d{1,4}):", message.about) if message.of_lines else None
    return int(line[1]) if line else None


def _round_trips(state: ProcessState) -> None:
    lean = state.model_copy(update={"playbook": None})
    assert type(lean).model_validate_json(lean.model_dump_json()) == lean, (
        f"the memory of {state.subject} is not whole"
    )


def _sentence(fact: Fact) -> str:
    actor = f"{fact.actor.person} for {fact.actor.behalf}" if fact.actor.behalf else fact.actor.person
    about = next((fact.data[name] for name in ("id", "status", "stage", "message") if name in fact.data), "")
    subject = "" if fact.subject == "deal" or about.startswith("line-") else fact.subject
    return " ".join(filter(None, [actor, fact.kind, subject, about]))
