"""Random companies, orders and messages, and the ways in which a random deal is told things."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from domain.playbook.book import StaffedPlaybook
from domain.playbook.kinds import DEAL_MANAGER
from domain.refusals import Refusal
from domain.words import Role
from tests.support.memory import OpenDeal, World, changed_playbook, day, default_playbook
from tests.support.orders import DELIVERIES, PAYMENTS, SOURCES, a_good, a_lead, an_order
from tests.support.robot import Robot, View
from workflows.host import Unreachable

Content = dict[str, Any]
Said = tuple[str, int | None, Content]
"""A message: its name, the line it goes to, its content."""

ACTORS = ("ivanova", "sidorov", "petrov", "orlov", "kuznetsova", "client", "nobody", "director", "")

PROMISES: tuple[Content, ...] = (
    *({}, {}, {"deliver_by": day(40)}, {"deliver_by": day(5)}),
    *({"deliver_within": "30wd"}, {"deliver_within": "20cd", "deliver_from": "prepayment"}),
)
QUANTITIES: tuple[Content, ...] = (
    *({"quantity": n} for n in (1, 1, 3)),
    *({"quantity": "2.5", "unit": "кг"}, {"quantity": "0.375", "unit": "л"}),
)
goods = st.builds(
    lambda promise, much, **good: a_good(**good, **promise, **much),
    much=st.sampled_from(QUANTITIES),
    promise=st.sampled_from(PROMISES),
    source=st.sampled_from(SOURCES),
    payment=st.sampled_from(PAYMENTS),
    delivery=st.sampled_from(DELIVERIES),
    availability=st.sampled_from(("on_order", "available")),
    unit_price=st.decimals(Decimal("0.02"), Decimal("99999.99"), places=2).map(
        str
    ),  # 375 ml of it are a kopeck
)
orders = st.lists(goods, max_size=3).map(lambda lines: an_order(*lines) if lines else a_lead())


def companies() -> dict[str, StaffedPlaybook]:
    """As the company is; with people away now and then, in a circle; with two accountants and few reminders."""
    absences = (("petrov", "sidorov", 0, 9), ("sidorov", "orlov", 2, 30), ("kuznetsova", "ivanova", -5, 3))
    away = [{"absent": a, "acts": b, "since": day(n), "until": day(m)} for a, b, n, m in absences]
    people = default_playbook().model_dump(mode="json")["people"]
    second = {"name": "Нина Фролова", "email": "f@desk.example", "roles": ["accountant"]}
    seldom = {"before": [], "escalate_after": "2wd", "repeat": ["5wd"]}
    return {
        "as it is": default_playbook(),
        "people are away": changed_playbook(substitutes=away),
        "two accountants": changed_playbook(
            people=people | {"frolova": second}, reminders=seldom, promise={"with_director": True}
        ),
    }


def staffs(company: StaffedPlaybook) -> dict[str, Content]:
    """The people of a company another day: somebody came, left, is away, or all is as it was."""
    told = company.staff().model_dump(mode="json", exclude={"former"})
    here: Content = told["people"]
    there = here | {
        "zueva": {"name": "Анна Зуева", "email": "zueva@desk.example", "roles": ["director"]},
        "belov": {"name": "Олег Белов", "email": "belov@desk.example", "roles": ["logistics"]},
        "zimin": {"name": "Илья Зимин", "email": "zimin@desk.example", "roles": ["manager"]},
    }

    def without(*left: str, **more: Any) -> Content:
        people = {id: entry for id, entry in there.items() if id not in left}
        return {"people": people, "substitutes": [], **more}

    moved = here["petrov"] | {"email": "a.petrov@desk.example"}
    away = [{"absent": "petrov", "acts": "ivanova", "since": day(0), "until": day(40)}]
    return {
        "as they were": told,
        "more": without(substitutes=away),
        "logistics left": without("orlov"),
        "the director left": without("petrov"),
        "a manager left": without("ivanova", "zimin"),
        "managers left": without("ivanova", "sidorov", successors={"ivanova": "zimin"}),
        "it is open who manages": without("ivanova"),
        "an address": without() | {"people": there | {"petrov": moved}},
    }


def anything(deal: OpenDeal) -> st.SearchStrategy[tuple[str, Content]]:
    """A message of any kind, by anybody, about anything the deal has or ever had."""
    ids = ["dance", "line-9:shipment"]
    for process in (deal.state, *deal.state.lines.values()):
        ids += [*process.assignments, *process.approvals, *process.documents]

    def message(name: str, **content: Any) -> st.SearchStrategy[tuple[str, Content]]:
        return st.tuples(st.just(name), st.fixed_dictionaries(content))

    id, actor = st.sampled_from(ids), st.sampled_from(ACTORS)
    versions, lines = st.sampled_from((None, 1, 2, 9)), st.sampled_from((None, 1, 2, 9))
    amounts = st.sampled_from(("0", "-1", "1.005", "5.00", "1e30", "x"))
    files = st.builds(
        lambda name, n: {"name": name, "digest": f"{n:064x}", "size": 1000},
        st.sampled_from(("a.pdf", "b.docx", "run.exe")),
        st.integers(0, 30),
    )
    currencies, emails = (
        st.sampled_from(("RUB", "USD")),
        st.sampled_from(("anna@clinic.example", "x@y.example")),
    )
    settings = st.dictionaries(
        st.sampled_from(("line-1.quantity", "line-9.quantity", "lines[0].payment", "client.email", "dance")),
        st.sampled_from((None, "2", "0", "leasing", "b@clinic.example")),
        max_size=2,
    )
    return st.one_of(
        message("complete", actor=actor, assignment=id, fields=st.just({})),
        message("decide", actor=actor, approval=id, approve=st.booleans(), version=versions),
        message("ask", actor=actor, approval=id, question=st.just("?"), version=versions),
        message("sign", actor=actor, document=id),
        message("attach", actor=actor, document=id, file=files),
        message(
            "acknowledge", actor=actor, item=id, until=st.sampled_from((day(-1), day(3), day(40), day(400)))
        ),
        message("pay", actor=actor, amount=amounts, currency=currencies, line=lines),
        message("reverse", actor=actor, payment=st.sampled_from(("m-1", "m-9", "x")), reason=st.just("нет")),
        message(
            "split",
            actor=actor,
            line=st.sampled_from((1, 2, 9)),
            quantity=st.sampled_from(("0", "1", "1.5", "0,125", "x")),
        ),
        message("reassign", actor=actor, to=actor),
        message("order", actor=actor, order=st.just({"lines": []})),
        message("offer", actor=actor, settings=settings, version=versions),
        message("offer", actor=actor, order=st.one_of(st.just({"lines": []}), orders)),
        message("bounce", actor=st.just("mail"), email=emails),
    )


class Ways:
    """How people tell `deal` things. `taken` remembers what it took: repeated, it must have the effect of once."""

    world: World
    deal: OpenDeal

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Said] = []
        self._ids = 0

    def is_there(self, line: int | None) -> bool:
        process = self.deal.line_process(line) if line else self.deal.process
        return process is not None and process.outcome is None

    def say(self, name: str, **content: Any) -> str:
        """As the desk's client does: the code of the refusal, or nothing."""
        asked = ("assignment", "approval", "document", "item")
        about = next((content[what] for what in asked if content.get(what)), "")
        said = (name, line_of(about), content if "id" in content else self.new(**content))
        if not (refused := self.tell("update", said)):
            self.taken.append(said)
        return refused

    def tell(self, how: str, said: Said) -> str:
        """As an update or as a signal: the code of the refusal, or nothing."""
        name, line, content = said
        try:
            if how == "signal":
                before = len(self.deal.refused_facts())
                self.deal.signal(name, content, line)
                return "refused" if len(self.deal.refused_facts()) > before else ""
            self.deal.update(name, content, line).answer()
        except Refusal as refusal:
            return refusal.code
        except Unreachable:
            return "unreachable"
        return ""

    def answer_all(self, rounds: int, leave: Callable[[str], bool] = lambda id: False) -> bool:
        """As the robot does, until nothing is asked any more. Whether something was, in the last round."""
        desk = _RobotsDesk(self)
        robot = Robot(desk, self.deal.number, leave=leave)
        answers: list[Any] = []
        for _ in range(rounds):
            view = self.deal.view().json_ready()
            answers = [] if view["closed"] else list(robot.answers(view))
            for answer in answers:
                desk.at_once(answer())
        return bool(answers)

    def hire_a_director(self) -> None:
        """What a refusal says where the only one has put something to approval themselves."""
        told = self.deal.state.book.staff().model_dump(mode="json", exclude={"former"})
        hired = {"name": "Вера Ланская", "email": "lanskaya@desk.example", "roles": ["director"]}
        self.say("people", actor="operator", **told | {"people": told["people"] | {"lanskaya": hired}})

    def new(self, **content: Any) -> Content:
        self._ids += 1
        return {"id": f"m-{self._ids}", **content}

    def payment(self, amount: Decimal | str, line: int | None = None) -> Content:
        return self.new(actor="kuznetsova", currency="RUB", amount=str(amount), line=line)

    def answers(self) -> list[Said]:
        """One to everything that is open, as it should be."""
        view = self.deal.view()
        answers: list[Said] = []
        for asked in view.assignments:
            fields = {f.name: f.example for f in asked.form if f.required}
            content = self.new(actor=asked.assignee, assignment=asked.id, fields=fields)
            answers.append(("complete", line_of(asked.id), content))
        for approval in view.approvals:
            about = {"approval": approval.id, "approve": True, "version": approval.version}
            for ask in approval.awaiting:
                answers.append(("decide", line_of(approval.id), self.new(actor=ask.person, **about)))
        for milestone in view.milestones:
            if milestone.outstanding:
                answers.append(("pay", None, self.payment(milestone.outstanding, line=milestone.line)))
        return answers


class _RobotsDesk:
    """Serves `robot.Desk`: what is refused is so because an answer just before has changed what is asked."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways

    def at_once(self, answer: Any) -> None:
        with suppress(StopIteration):
            answer.send(None)

    async def show(self, number: str) -> View:
        return self._ways.deal.view().json_ready()

    async def complete(self, number: str, id: str, *, actor: str, fields: dict[str, str], key: str) -> None:
        if id == "order":
            self._ways.say("order", actor=actor, order={"lines": [a_good()]})
        elif id.startswith(DEAL_MANAGER):
            manager = self._ways.deal.state.book.holders(Role.MANAGER)[0]
            self._ways.say("complete", actor=actor, assignment=id, fields={"manager": manager})
        else:
            self._ways.say("complete", actor=actor, assignment=id, fields=fields)

    async def decide(
        self, number: str, id: str, *, actor: str, approve: bool, version: int, key: str
    ) -> None:
        refused = self._ways.say("decide", actor=actor, approval=id, approve=approve, version=version)
        if refused == "own_request":
            self._ways.hire_a_director()

    async def pay(self, number: str, *, amount: str, currency: str, line: int, actor: str, key: str) -> None:
        self._ways.say("pay", **self._ways.payment(amount, line))

    async def sign(self, number: str, id: str, *, actor: str, side: str, key: str) -> None:
        self._ways.say("sign", actor=actor, document=id, side=side)


def line_of(id: str) -> int | None:
    return int(id.partition(":")[0].removeprefix("line-")) if id.startswith("line-") else None
