"""What a fact asks of one reader: the question, and the command that answers it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from shlex import quote
from typing import NamedTuple

from activities.projections.enclosures import line_of
from domain.deal.authority import CLIENT, Desk
from domain.deal.messages import Acknowledge, Complete, Compose, Decide, Message, Pay, Sign
from domain.deal.open_items import persons
from domain.deal.state import DealState
from domain.deal.tasks import Assignment
from domain.effects import Asks
from domain.facts import (
    AboutApproval,
    AboutAssignment,
    AboutDocument,
    AboutMilestone,
    ApprovalEscalated,
    ApprovalRejected,
    AssignmentEscalated,
    CustomsCheck,
    DocumentEscalated,
    EtaCheck,
    Fact,
    FactData,
    GoodsDamaged,
    MilestoneEscalated,
)
from domain.placeholders import placeholder
from domain.refusals import Refusal
from domain.view.commands import FILE, PAYMENT
from domain.words import Language, Role

_FOLLOWED_BY = {EtaCheck: "arrival", CustomsCheck: "customs-release", GoodsDamaged: "claim"}
_ESCALATED = AssignmentEscalated | ApprovalEscalated | DocumentEscalated | MilestoneEscalated
_REVISED_BY = {"contract": "contract-revision", "credit": "payment-terms"}


class Question(NamedTuple):
    """`command` answers it, without its actor; `asks` is what a page answers. `asked` in person are these."""

    message: type[Message]
    asked: Sequence[str]
    command: str = ""
    asks: Asks | None = None


def asks_of(fact: Fact, data: FactData, deal: DealState, reader: str, desk: Desk) -> Asks | None:
    """The question of which this very reader may answer on a page; a client sees there what to pay, and how."""
    question = _question(fact, data, deal)
    if question is None or not (_pays(question, reader) or _may(question, reader, desk)):
        return None
    return question.asks


def how_to_answer(fact: Fact, data: FactData, deal: DealState, reader: str, desk: Desk) -> str:
    """The command by which this reader answers what the fact asks for; empty where they may not. A client has a page for it."""
    question = _question(fact, data, deal)
    if question is None or not question.command or reader == CLIENT or not _may(question, reader, desk):
        return ""
    return f"deal {question.command} --as {reader}"


def acknowledges(data: FactData, reader: str, desk: Desk) -> Asks | None:
    """What is overdue, where this very reader may say that they know."""
    if not isinstance(data, _ESCALATED) or not _may(Question(Acknowledge, ()), reader, desk):
        return None
    return Asks(kind="escalation", question=data.id, version=data.times or 1)


def how_to_acknowledge(data: FactData, deal: DealState, reader: str, desk: Desk, language: Language) -> str:
    """The command by which they say so of all that is overdue in the deal; empty where they may not."""
    if acknowledges(data, reader, desk) is None:
        return ""
    day = placeholder("Дата" if language == "ru" else "Date")
    return f"deal acknowledge {deal.deal} --until {quote(day)} --as {reader}"


def signers(roles: Iterable[Role], deal: DealState) -> list[str]:
    """All who can give or enter one of the signatures that are asked for."""
    return list(dict.fromkeys(person for role in roles for person in persons(role, deal)))


def _pays(question: Question, reader: str) -> bool:
    return question.message is Pay and reader == CLIENT


def _may(question: Question, reader: str, desk: Desk) -> bool:
    try:
        desk.authorize(question.message, desk.identify(reader), question.asked)
    except Refusal:
        return False
    return True


def _question(fact: Fact, data: FactData, deal: DealState) -> Question | None:
    match data:
        case AboutApproval(awaiting=(_, *_) as awaiting):
            asks = Asks(kind="approval", question=data.id, version=data.version)
            which = f" --version {data.version}" if data.version > 1 else ""
            return Question(Decide, awaiting, f"decide {deal.deal} {data.id} 'approve|reject'{which}", asks)
        case AboutAssignment(assignment="order"):
            asks = Asks(kind="order", question=data.id)
            command = f"order {deal.deal} '{FILE[deal.book.language]}'"
            return Question(Compose, (data.assignee,), command, asks)
        case AboutAssignment():
            return _to_complete(deal, data.id, data.assignee)
        case AboutDocument() if roles := getattr(data, "signers", None):
            asks = Asks(kind="document", question=data.id)
            return Question(Sign, signers(roles, deal), f"sign {deal.deal} {data.id}", asks)
        case AboutMilestone() if due := getattr(data, "outstanding", None):
            asks = Asks(kind="payment", question=data.id)
            return _to_pay(fact, due, deal)._replace(asks=asks)
    following = _follows(fact, data, deal)
    return _to_complete(deal, following.id, following.assignee) if following else None


def _to_pay(fact: Fact, due: Decimal, deal: DealState) -> Question:
    line, number = line_of(fact, deal), quote(PAYMENT[deal.book.language])
    command = f"pay {deal.deal} --amount {due:.2f} --line {line.number} --id {number}" if line else ""
    return Question(Pay, (), command)


def _to_complete(deal: DealState, id: str, assignee: str) -> Question:
    asks = Asks(kind="assignment", question=id)
    return Question(Complete, (assignee,), f"complete {deal.deal} {id}", asks)


def _follows(fact: Fact, data: FactData, deal: DealState) -> Assignment | None:
    """The open assignment by which somebody answers what the fact only tells."""
    kind = _REVISED_BY.get(data.approval) if isinstance(data, ApprovalRejected) else _FOLLOWED_BY.get(type(data))  # fmt: skip
    process = line_of(fact, deal) or deal
    found = [asked for asked in process.open_assignments if asked.kind == kind]
    return found[-1] if found else None
