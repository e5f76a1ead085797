"""A deal that a test has open: what people do to it, and what can be seen of it."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, cast
from uuid import uuid4

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.deal.messages import MESSAGES, Receipt
from domain.deal.state import DealState, DealSummary, LineState
from domain.facts import Fact
from domain.facts import MessageRefused as Refused
from domain.playbook.forms import is_met
from domain.view.model import DealView
from starter.answers import MessageRefused
from tests.support.desks import InProcess
from tests.support.robot import Robot, View
from tests.support.waiting import PATIENCE, eventually
from workflows.names import deal_id, line_id

if TYPE_CHECKING:
    from tests.support.stand import Stand

How = Literal["update", "signal"]


class OpenDeal:
    def __init__(self, stand: "Stand", number: str) -> None:
        self.stand = stand
        self.number = number

    # --- what can be seen ----------------------------------------------------------------------------------------

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.stand.client.get_workflow_handle(deal_id(self.number))

    def line_handle(self, line: int) -> WorkflowHandle[Any, Any]:
        return self.stand.client.get_workflow_handle(line_id(self.number, line))

    async def view(self) -> DealView:
        return await self.stand.desk.show(self.number)

    async def state(self) -> DealState:
        state: DealState = await self.handle.query("show", result_type=DealState)
        return state

    async def answered(self) -> DealState:
        """The state, asked again while a workflow task is under way."""
        return (await self.stand.desk.state(self.number)).deal

    async def line(self, number: int = 1) -> LineState:
        state: LineState = await self.line_handle(number).query("show", result_type=LineState)
        return state

    async def until(self, holds: Callable[[DealView], object]) -> DealView:
        return await eventually(self.view, holds, words=_describe)

    async def until_asked(self, id: str) -> DealView:
        """Until this assignment or approval is open."""
        return await self.until(lambda view: id in _open(view))

    async def stage(self, stage: str) -> DealView:
        return await self.until(lambda view: view.stage == stage)

    async def asked(self) -> set[str]:
        """The ids of all that is open, once nothing moves any more."""
        await self.quiet()
        return _open(await self.view())

    async def quiet(self) -> DealState:
        """The deal's state once its lines have reported all, and the records know it."""
        return cast(DealState, await eventually(self._if_quiet))

    async def caught_up(self) -> DealState:
        """The deal's state once the CRM and mail know all of it, too."""
        return await eventually(self.quiet, lambda state: state.outbox.empty)

    async def _if_quiet(self) -> DealState | None:
        told = await self._told_by_lines()
        state = await self.state()
        waiting = state.outbox.records or state.outbox.lines
        if told is None or waiting or any(state.lines[n].reported < count for n, count in told.items()):
            return None
        return state

    async def _told_by_lines(self) -> dict[int, int] | None:
        """How many facts each running line has told; none while one has more to tell."""
        lines = (await self.stand.desk.state(self.number)).own or {}
        if any(line.unreported for line in lines.values()):
            return None
        return {number: line.reported for number, line in lines.items()}

    async def facts(self, *kinds: str) -> list[Fact]:
        """The trail as the records have it, of these kinds or all; in order, and without a gap."""
        await self.quiet()
        facts = self.stand.records.facts(self.number)
        assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1)), "the trail has gaps"
        return [fact for fact in facts if not kinds or fact.kind in kinds]

    async def story(self, *kinds: str) -> list[str]:
        """The trail as short sentences: `ivanova assignment.completed line-1:acceptance`."""
        return [_sentence(fact) for fact in await self.facts(*kinds)]

    async def refused_facts(self) -> list[Fact]:
        return await self.facts(Refused.kind)

    async def result(self) -> DealSummary:
        async with asyncio.timeout(PATIENCE):
            handle = self.stand.client.get_workflow_handle(deal_id(self.number), result_type=DealSummary)
            summary: DealSummary = await handle.result()
            return summary

    # --- what people do --------------------------------------------------------------------------------------------

    async def send(self, name: str, *, id: str | None = None, **content: Any) -> Receipt:
        message = MESSAGES[name].model_validate({"id": id or uuid4().hex, **content})
        return await self.stand.desk.send(self.number, message)

    async def signal(
        self, name: str, *, id: str | None = None, line: int | None = None, **content: Any
    ) -> None:
        """The same message as a plain signal; only its facts tell what came of it."""
        handle = self.line_handle(line) if line else self.handle
        await handle.signal(name, {"id": id or uuid4().hex, **content})

    async def tell(self, how: How, name: str, content: Mapping[str, Any], line: int | None = None) -> str:
        """Sends a message raw, as whoever does not use the desk's client: the code of its refusal, or nothing."""
        handle = self.line_handle(line) if line else self.handle
        message = {"id": uuid4().hex, **content}
        if how == "signal":
            before = len(await self.refused_facts())
            await handle.signal(name, message)
            await handle.query("show")  # the signal has been taken
            refused = (await self.refused_facts())[before:]
            return refused[0].data["code"] if refused else ""
        try:
            await handle.execute_update(name, message)
        except WorkflowUpdateFailedError as error:
            return str(cast(ApplicationError, error.cause).details[0]["code"])
        return ""

    async def complete(self, assignment: str, actor: str | None = None, /, **fields: str) -> Receipt:
        """By its assignee, with the examples where a required field is not given."""
        view = await self.until_asked(assignment)
        asked = next(a for a in view.assignments if a.id == assignment)
        answers = {f.name: f.example for f in asked.form if f.required and not f.required_when} | fields
        for f in asked.form:
            if f.required_when and is_met(f.required_when, answers):
                answers.setdefault(f.name, f.example)
        return await self.send(
            "complete", actor=actor or asked.assignee, assignment=assignment, fields=answers
        )

    async def approve(self, approval: str, *actors: str) -> None:
        await self.until_asked(approval)
        for actor in actors:
            await self.send("decide", actor=actor, approval=approval, approve=True)

    async def reject(self, approval: str, actor: str, comment: str) -> Receipt:
        await self.until_asked(approval)
        return await self.send("decide", actor=actor, approval=approval, approve=False, comment=comment)

    async def pay(
        self, amount: str | Decimal, *, line: int | None = None, id: str | None = None, **more: Any
    ) -> Receipt:
        about = {"actor": "kuznetsova", "currency": "RUB", "amount": str(amount), "line": line} | more
        return await self.send("pay", id=id, **about)

    async def cancel(self, actor: str, reason: str = "the clinic has closed") -> Receipt:
        return await self.send("cancel", actor=actor, reason=reason)

    async def reassign(self, actor: str, to: str) -> Receipt:
        return await self.send("reassign", actor=actor, to=to)

    async def qualify(self) -> None:
        await self.complete("qualification")

    async def agree(self) -> None:
        """From the first minute until the contract is agreed and signed, and its lines run."""
        await self.qualify()
        await self.approve("contract", "client", "petrov")
        await self.until(lambda view: view.stage not in ("NEW", "CONTRACT_APPROVAL"))
        await self.send("sign", actor=(await self.view()).manager, document="contract")
        await self.quiet()

    # --- the robot ---------------------------------------------------------------------------------------------------

    async def to(self, *ids: str) -> DealView:
        """The robot answers everything but these assignments and approvals, until all of them are open."""
        await self.robot(leave=lambda id: id in ids, until=lambda view: set(ids) <= asked_in(view))
        view = await self.view()
        if "contract" not in ids and any(d.id == "contract" and d.can_sign for d in view.documents):
            await self.send("sign", actor=view.manager, document="contract")  # so that no line waits for it
        return await self.view()

    async def robot(
        self,
        *,
        leave: Callable[[str], bool] = lambda id: False,
        until: Callable[[View], bool] = lambda view: False,
    ) -> View:
        """To `PAID`, or until `until` holds; what `leave` names is left unanswered. Nothing may be refused on the way."""
        robot = Robot(InProcess(self.stand.desk), self.number, leave=leave, until=until, seconds=PATIENCE)
        view = await robot.run()
        assert robot.refusals == []
        return view


@contextmanager
def refused(code: str, *words: str) -> Iterator[None]:
    """The desk must say no, for this reason and with these words in it."""
    with pytest.raises(MessageRefused) as caught:
        yield
    assert caught.value.code == code, caught.value.words
    assert caught.value.text.ru.strip()
    for word in words:
        assert word in caught.value.text.en, caught.value.text.en


def _open(view: DealView) -> set[str]:
    return {a.id for a in view.assignments} | {a.id for a in view.approvals}


def asked_in(view: View) -> set[str]:
    return {asked["id"] for asked in (*view["assignments"], *view["approvals"])}


def _describe(view: DealView) -> str:
    lines = ", ".join(f"{line.number} {line.status}" for line in view.lines)
    return f"deal {view.number} in {view.stage}; lines {lines or '—'}; open {sorted(_open(view))}"


def _sentence(fact: Fact) -> str:
    actor = f"{fact.actor.person} for {fact.actor.behalf}" if fact.actor.behalf else fact.actor.person
    about = next((fact.data[name] for name in ("id", "status", "stage", "message") if name in fact.data), "")
    subject = "" if fact.subject == "deal" or about.startswith("line-") else fact.subject
    return " ".join(filter(None, [actor, fact.kind, subject, about]))
