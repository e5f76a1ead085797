"""What the CRM is told of a fact: what its declaration says, under keys of its own."""

from collections import Counter
from datetime import timedelta

import pytest

from activities.projections.crm import HOW_TO_ANSWER_ELSEWHERE, HOW_TO_DECIDE, crm_writes
from domain.capabilities import ALL, Capability
from domain.deal.state import DealState
from domain.effects import AddComment, Asks, CloseTask, Notify, OpenTask, SetFields, SetStage
from domain.facts import (
    FACTS,
    ApprovalApproved,
    ApprovalOpened,
    ApprovalReassigned,
    ApprovalRejected,
    AssignmentCompleted,
    AssignmentEscalated,
    AssignmentOpened,
    AssignmentReassigned,
    Crm,
    CrmCardChanged,
    CrmReturned,
    CustomsCheck,
    CustomsHeld,
    EtaCheck,
    EtaMoved,
    FactData,
    ReadyDateMoved,
    Ringing,
    StageChanged,
    audience,
)
from domain.playbook.book import Playbook
from domain.words import Stage, Target, Text
from tests.domain.examples import MOMENT, example
from tests.factories import a_deal, a_fact, a_line, an_approval, an_assignment

ORDER = {
    "id": "order",
    "assignment": "order",
    "title": Text(ru="Составить заказ", en="Compose the order"),
    "assignee": "ivanova",
    "due": MOMENT,
}
CONTRACT = {
    "id": "contract",
    "approval": "contract",
    "title": Text(ru="Договор", en="Contract"),
    "version": 2,
    "due": MOMENT,
}


FIRST = {"times": None, "count": 1}
"""Of what is said again and again, the first time."""
REPEATED = [kind for kind in FACTS.values() if issubclass(kind, Ringing | CustomsCheck | EtaCheck)]


@pytest.fixture
def deal(playbook: Playbook) -> DealState:
    return a_deal("7", playbook=playbook)


MOVES_WHAT_IS_OPEN = (EtaMoved, ReadyDateMoved)
"""Of a line where nothing is open there is no task to move: see `test_late_delivery`."""


@pytest.mark.parametrize("kind", FACTS.values(), ids=FACTS.keys())
def test_each_kind_tells_what_it_declares(deal: DealState, kind: type[FactData]) -> None:
    data = example(kind, full=True)
    if "approval" in kind.model_fields:
        data = data.model_copy(update=CONTRACT | {"voters": ("petrov",), "awaiting": ("petrov",)})
    if "assignment" in kind.model_fields:
        data = data.model_copy(update=ORDER)
    if kind is CrmCardChanged:
        data = data.model_copy(
            update={"change": "goods"}
        )  # of a card that is gone, say, only a notice can tell
    data = data.model_copy(update={name: first for name, first in FIRST.items() if name in kind.model_fields})
    ops = Counter(type(write) for write in crm_writes(a_fact(12, data), deal))
    assert ops[AddComment] == (Crm.COMMENT in kind.crm)
    assert ops[Notify] == (Crm.NOTIFY in kind.crm)
    assert bool(ops[SetStage]) == (Crm.STAGE in kind.crm or kind is CrmReturned)
    assert bool(ops[OpenTask]) == (Crm.OPEN_TASK in kind.crm and kind not in MOVES_WHAT_IS_OPEN)
    assert bool(ops[CloseTask]) == (Crm.CLOSE_TASK in kind.crm)


@pytest.mark.parametrize("kind", REPEATED)
def test_what_is_said_again_and_again_the_card_hears_once(deal: DealState, kind: type[FactData]) -> None:
    again = {name: 2 for name in FIRST if name in kind.model_fields}
    fact = a_fact(12, example(kind, full=True).model_copy(update=again))
    assert list(crm_writes(fact, deal)) == []
    assert audience(fact, "ivanova") == (Target.RECORDS, Target.MAIL)


def test_what_is_set_is_set_anew_on_another_branch_and_what_is_told_is_told_once(deal: DealState) -> None:
    """After a reset the same thing happens at another place and moment: the stage is put right again, nobody reads it twice."""
    facts = [
        a_fact(seq, StageChanged(stage=Stage.PREPAYMENT, before=Stage.NEW), at=MOMENT + timedelta(days=seq))
        for seq in (12, 14)
    ]
    (stage, comment), (stage_again, comment_again) = [list(crm_writes(fact, deal)) for fact in facts]
    assert isinstance(stage, SetStage)
    assert isinstance(comment, AddComment)
    assert stage.key == f"deal-7:12:{facts[0].digest[:8]}:stage"
    assert stage.identity != stage_again.identity
    assert comment.key != comment_again.key
    assert comment.identity == comment_again.identity


def test_who_says_the_same_a_second_time_is_heard_a_second_time(deal: DealState) -> None:
    fact = a_fact(12, CustomsHeld(reason="a"))
    told = [write.identity for nth in (1, 2) for write in crm_writes(fact, deal, nth)]
    assert len(set(told)) == len(told) == 4


def test_the_stage_of_then_is_shown_before_the_stage_of_now(deal: DealState) -> None:
    """The CRM was down while the deal went on: it is told each stage in its turn."""
    deal.stage = Stage.PAID
    write = next(crm_writes(a_fact(3, StageChanged(stage=Stage.PREPAYMENT, before=Stage.NEW)), deal))
    assert isinstance(write, SetStage)
    assert write.stage is Stage.PREPAYMENT


def test_an_assignment_opens_a_task_and_its_answers_close_it(deal: DealState) -> None:
    asked, _ = crm_writes(a_fact(1, AssignmentOpened(**ORDER, comment="срочно")), deal)
    assert isinstance(asked, OpenTask)
    assert (asked.task, asked.title, asked.person) == ("order@1:ivanova", "Составить заказ", "ivanova")
    assert asked.description.startswith("срочно")
    done = AssignmentCompleted(**ORDER | {"assignment": "acceptance"}, answers={"result": "damaged"})
    closed, _ = crm_writes(a_fact(2, done), deal)
    assert isinstance(closed, CloseTask)
    assert (closed.task, closed.comment) == ("order@1:ivanova", "Результат приёмки: повреждён")


def test_a_handed_over_assignment_moves_from_one_person_to_the_other(deal: DealState) -> None:
    moved = AssignmentReassigned(**ORDER | {"assignee": "sidorov"}, before="ivanova")
    closed, opened, _ = crm_writes(a_fact(1, moved), deal)
    assert isinstance(closed, CloseTask)
    assert isinstance(opened, OpenTask)
    assert (closed.task, opened.task) == ("order@1:ivanova", "order@1:sidorov")


def test_an_approval_is_a_task_of_each_who_is_awaited_but_the_client(deal: DealState) -> None:
    asked, _ = crm_writes(a_fact(1, ApprovalOpened(**CONTRACT, awaiting=("client", "petrov"))), deal)
    assert isinstance(asked, OpenTask)
    assert (asked.task, asked.asks, asked.form) == ("contract@2:petrov", "contract", ())
    closed, _ = crm_writes(
        a_fact(2, ApprovalRejected(**CONTRACT, voters=("client", "petrov"), comment="дорого")), deal
    )
    assert isinstance(closed, CloseTask)
    assert (closed.task, closed.comment) == ("contract@2:petrov", "дорого")


def test_an_approval_asked_of_somebody_else_moves_from_one_to_the_other(deal: DealState) -> None:
    moved = ApprovalReassigned(
        **CONTRACT, awaiting=("client", "sidorov"), before="petrov", successor="sidorov"
    )
    closed, opened, _ = crm_writes(a_fact(1, moved), deal)
    assert isinstance(closed, CloseTask)
    assert isinstance(opened, OpenTask)
    assert (closed.task, opened.task, opened.asks) == ("contract@2:petrov", "contract@2:sidorov", "contract")


def test_an_approval_is_asked_in_the_chat_in_the_language_of_whom_it_asks(playbook: Playbook) -> None:
    petrov = playbook.people["petrov"].model_copy(update={"language": "en"})
    book = playbook.model_copy(update={"people": {**playbook.people, "petrov": petrov}})
    deal = a_deal("7", playbook=book)
    asked, comment = crm_writes(a_fact(1, ApprovalOpened(**CONTRACT, awaiting=("client", "petrov"))), deal)
    assert isinstance(asked, OpenTask)
    assert isinstance(comment, AddComment)
    assert comment.text.startswith("На согласовании «Договор»")
    assert asked.in_chat
    assert asked.in_chat.asks == Asks(kind="approval", question="contract", version=2)
    head, said = asked.in_chat.text.split("\n")
    assert head == f"Deal 7: {deal.client.name}"
    assert said.startswith("“Contract”, version 2")
    closed, _ = crm_writes(a_fact(2, ApprovalApproved(**CONTRACT, voters=("client", "petrov"))), deal)
    assert isinstance(closed, CloseTask)
    assert closed.in_chat == "“Contract” is approved, version 2"


def test_what_is_no_approval_or_only_stands_there_again_is_not_asked_in_the_chat(
    deal: DealState, playbook: Playbook
) -> None:
    assignment, _ = crm_writes(a_fact(1, AssignmentOpened(**ORDER)), deal)
    state = a_deal("7", playbook=playbook, approvals=[an_approval()])
    back = CrmReturned(done="answer", id="contract", what=Text(ru="ответ", en="answer"))
    again = next(write for write in crm_writes(a_fact(1, back), state) if isinstance(write, OpenTask))
    assert isinstance(assignment, OpenTask)
    assert (assignment.in_chat, again.in_chat) == (None, None)


def test_an_escalation_notifies_whom_it_names_and_a_hold_the_manager(deal: DealState) -> None:
    late = AssignmentEscalated(**ORDER, to="petrov")
    notices = [
        next(write for write in crm_writes(a_fact(1, data), deal) if isinstance(write, Notify))
        for data in (late, CustomsHeld(reason="код"))
    ]
    assert [notice.person for notice in notices] == ["petrov", "ivanova"]


def test_where_people_have_no_tasks_the_card_says_what_is_to_be_done(deal: DealState) -> None:
    can = ALL - {Capability.TASKS}
    [asked, said] = crm_writes(a_fact(1, AssignmentOpened(**ORDER)), deal, can=can)
    assert isinstance(asked, AddComment)
    assert asked.text.startswith("Составить заказ (Ольга Иванова, до ")
    assert asked.identity != said.identity
    done = AssignmentCompleted(**ORDER, answers={})
    assert [write.op for write in crm_writes(a_fact(2, done), deal, can=can)] == ["comment"]


def test_where_nobody_can_be_notified_the_card_tells_it_unless_it_does_anyway(deal: DealState) -> None:
    can = ALL - {Capability.NOTICES}
    deleted, goods = (
        CrmCardChanged(change=change, what=Text(ru="удалена", en="deleted"))
        for change in ("deleted", "goods")
    )
    [told] = crm_writes(a_fact(1, deleted), deal, can=can)
    assert isinstance(told, AddComment)
    assert told.text.startswith("Ольга Иванова: ")
    [once] = crm_writes(a_fact(2, goods), deal, can=can)
    assert isinstance(once, AddComment)


@pytest.mark.parametrize(
    ("subject", "can", "by_mail"),
    [
        ("deal", ALL, False),
        ("line 1", ALL, False),
        ("deal", ALL - {Capability.LINE_CARDS}, False),
        ("line 1", ALL - {Capability.LINE_CARDS}, True),
        ("deal", ALL - {Capability.TASKS}, True),
    ],
)
def test_who_can_t_answer_on_the_card_is_sent_to_his_mail(
    playbook: Playbook, subject: str, can: frozenset[Capability], by_mail: bool
) -> None:
    deal = a_deal("7", [a_line(1)], playbook=playbook)
    fact = a_fact(1, ApprovalOpened(**CONTRACT, awaiting=("petrov",)), subject=subject)
    told = next(iter(crm_writes(fact, deal, can=can)))
    words = told.description if isinstance(told, OpenTask) else getattr(told, "text", "")
    assert (HOW_TO_ANSWER_ELSEWHERE.ru in words, HOW_TO_DECIDE.ru in words) == (by_mail, not by_mail)


def test_the_crm_is_put_right(deal: DealState, playbook: Playbook) -> None:
    def told(done: str, id: str, **changes: object) -> list[object]:
        state = a_deal("7", playbook=playbook, **changes)
        data = CrmReturned.model_validate({"done": done, "id": id, "what": Text(ru="стадия", en="stage")})
        return [write for write in crm_writes(a_fact(1, data), state) if not isinstance(write, AddComment)]

    [stage] = told("stage", "PAID")
    assert isinstance(stage, SetStage)
    assert stage.stage is deal.stage
    [manager] = told("manager", "petrov")
    assert isinstance(manager, SetFields)
    assert manager.fields == {"manager": "ivanova"}
    [task] = told("task", "order@1:ivanova", assignments=[an_assignment("order")])
    assert isinstance(task, OpenTask)
    asked = told("answer", "contract", approvals=[an_approval()])
    assert [write.person for write in asked if isinstance(write, OpenTask)] == ["petrov"]
