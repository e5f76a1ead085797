"""Whether the portal, the records and the workflows tell the same of every deal. What the portal holds is counted by its own
books, with codes typed by hand."""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from temporalio.client import WorkflowExecutionStatus

from activities.projections.crm import crm_writes
from adapters.crm.bitrix24.text import marked_of
from domain.deal.state import DealState
from domain.effects import AddComment, OpenTask, identity_of
from domain.facts import CrmReturned, DeliveryRefused, Fact, MessageRefused
from domain.words import LineStatus, Stage
from tests.conformance.bitrix24_stand import STAGES
from tests.doubles.bitrix24 import DEAL, Double
from tests.faults.judge import check_money, check_trail, differences, repetitions
from tests.faults.portal_deals import Life
from tests.faults.portal_desk import PortalDesk
from tests.faults.real_desk import eventually
from tests.support.histories import failed_tasks
from workflows.names import deal_id, line_id

COMPLETED = 5
STATUSES = {LineStatus.SETTLED: "SUCCESS", LineStatus.CANCELLED: "FAIL"}
AT_ONCE = 8


async def check_all(real: PortalDesk, life: Life) -> None:
    """`AssertionError` says which promise was broken."""
    books = Books(real.portal)
    assert len(real.portal.state.deals()) == len(life.numbers), "a deal was made twice"
    at_once, workflows = asyncio.Semaphore(AT_ONCE), set[str]()

    async def check(number: str) -> None:
        async with at_once:
            state = (await real.desk.state(number)).deal
        facts = real.records.log(number)
        check_trail(facts, state)
        assert state.stage is life.numbers[number].ending
        if state.stage is Stage.PAID:
            check_money(facts, state)
            assert {line.status for line in state.lines.values()} == {LineStatus.SETTLED}
        check_records(real, state)
        workflows.update([deal_id(number), *(line_id(number, line) for line in state.started_lines)])
        books.check(state, facts, life)
        returned = [fact.data["done"] for fact in facts if fact.kind == CrmReturned.kind]
        assert returned == ["stage"] * life.numbers[number].dragged, f"{number}: {returned} came back"
        refused = {fact.kind for fact in facts} & {MessageRefused.kind, DeliveryRefused.kind}
        assert not refused, f"{number}: {refused}"

    await asyncio.gather(*map(check, life.numbers))
    await check_workflows(real, workflows)
    await check_inbox(real, life)


def check_records(real: PortalDesk, state: DealState) -> None:
    archived = real.records.snapshot(state.deal)
    assert archived
    kept, lines = archived
    assert differences(kept, state) == {}
    assert [line.number for line in lines] == list(state.lines)
    for line in lines:
        assert differences(line, state.lines[line.number]) == {}


async def check_workflows(real: PortalDesk, expected: set[str]) -> None:
    """One for each deal and each line that began, completed, none of whose tasks ever failed."""
    found = [run async for run in real.stack.client.list_workflows('WorkflowId STARTS_WITH "deal-"')]
    assert Counter(run.id for run in found) == Counter(expected)
    assert {run.status for run in found} == {WorkflowExecutionStatus.COMPLETED}
    at_once = asyncio.Semaphore(AT_ONCE)

    async def check(id: str, run_id: str) -> None:
        async with at_once:
            history = await real.stack.client.get_workflow_handle(id, run_id=run_id).fetch_history()
        assert failed_tasks(history, may_be_late=True) == []

    await asyncio.gather(*(check(run.id, run.run_id) for run in found))


async def check_inbox(real: PortalDesk, life: Life) -> None:
    """Everything that came is dealt with, the schedule's own look at the portal too, which comes when it will. Deals that no event told of were found by looking, each began once."""
    await eventually(lambda: not real.inbox.waiting().events)
    for number, case in life.numbers.items():
        if case.in_portal:
            began = [e for e in real.inbox.events(deal=number, limit=500) if "started" in e.outcome.en]
            assert len(began) == 1, f"{number} began {len(began)} times"
            assert case.told or began[0].source == "poll"


class Books:
    """What the portal holds, by the deal."""

    def __init__(self, portal: Double) -> None:
        state = portal.state
        self._portal = portal
        self._lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self._tasks: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self._marks: dict[int, list[str]] = defaultdict(list)
        [kind] = state.types.values()
        for item in state.of_type(kind.entity_type).values():
            self._lines[item["parentId2"]].append(item)
        for task in state.tasks.values():
            self._tasks[int(task["ufCrmTask"][0].removeprefix("D_"))].append(task)
        for comment in state.comments.values():
            if comment["entityType"] == DEAL:
                self._marks[comment["entityId"]] += re.findall(r"^· (\S+)$", comment["text"], re.MULTILINE)

        self._asked: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for message in state.messages.values():
            for number, task in re.findall(r"\n· (\S+) (\S+) \d+$", message.text):
                self._asked[number].append((task, bool(message.buttons)))
        assert any(self._asked.values()), "nobody was asked in the chat"

    def check(self, state: DealState, facts: Sequence[Fact], life: Life) -> None:
        number = state.deal
        [deal] = life.people.deals(number)
        nth = repetitions(facts, state)
        writes = [write for fact in facts for write in crm_writes(fact, state, nth.get(fact.seq, 1))]
        stands = deal["stageId"].partition(":")[2]
        assert stands == STAGES[state.stage], f"{number} stands in {stands}"
        self._check_lines(deal["id"], state)
        opened = [write for write in writes if isinstance(write, OpenTask)]
        self._check_tasks(deal["id"], number, {write.task for write in opened})
        self._check_chat(number, {write.task for write in opened if write.in_chat})
        told = Counter(write.identity for write in writes if isinstance(write, AddComment))
        assert Counter(map(identity_of, self._marks[deal["id"]])) == told, f"{number}: comments"

    def _check_lines(self, id: int, state: DealState) -> None:
        shown = {item["xmlId"]: item["stageId"].partition(":")[2] for item in self._lines[id]}
        assert shown == {f"dealwright:{state.deal}:{n}": STATUSES[li.status] for n, li in state.lines.items()}
        assert len(self._lines[id]) == len(state.lines), f"{state.deal}: a line twice"

    def _check_chat(self, number: str, asked: set[str]) -> None:
        """Each question at most once (what is over before it is told is not asked), and none still has buttons."""
        told = Counter(task for task, _ in self._asked[number])
        assert set(told) <= asked
        assert set(told.values()) <= {1}, f"{number}: asked twice in the chat"
        assert not any(buttons for _, buttons in self._asked[number]), f"{number}: buttons of what is over"

    def _check_tasks(self, id: int, number: str, opened: set[str]) -> None:
        tasks = Counter(marked_of(task["description"]) for task in self._tasks[id])
        assert tasks == Counter(f"dealwright:{number}:{task}" for task in opened)
        left = [marked_of(task["description"]) for task in self._tasks[id] if task["status"] != COMPLETED]
        assert left == [], f"{number}: tasks still open"
