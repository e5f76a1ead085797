"""Who may do what: every message × everybody × every stage, expected from what a message declares and from who is asked in person."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from domain.deal.messages import (
    Acknowledge,
    Ask,
    Attach,
    Bounce,
    Complete,
    Correct,
    Decide,
    Delay,
    Message,
    Move,
    Refund,
    Refuse,
    ReportCard,
    Reschedule,
    Reverse,
    Revert,
    Sign,
    Waive,
)
from domain.deal.state import LineState
from domain.refusals import Refusal
from domain.words import Role, Side
from tests.support.memory import OpenDeal, World, sample_order
from tests.support.orders import a_lead
from workflows.case import Case
from workflows.registry import DEAL_ACTS, LINE_ACTS

EVERYBODY = {
    "ivanova": Role.MANAGER,
    "petrov": Role.DIRECTOR,
    "orlov": Role.LOGISTICS,
    "kuznetsova": Role.ACCOUNTANT,
    "client": Role.CLIENT,
    "sidorov": None,  # a manager too, and not of this deal
}
OF_SYSTEMS = (Revert, ReportCard, Bounce)
"""Told by the desk's own adapters, never in a person's name."""
STAGES: dict[str, Callable[[World], OpenDeal]] = {
    "a lead": lambda world: world.open(a_lead()),
    "an order to compose": lambda world: _to(world.open(a_lead()), "order"),
    "the contract": lambda world: _to(world.open(sample_order()), "contract"),
    "terms of payment": lambda world: _to(world.open(sample_order()), "line-1:payment-terms"),
    "credit": lambda world: _to(world.open(sample_order()), "line-2:credit"),
    "customs": lambda world: _to(world.open(sample_order()), "line-1:customs-release"),
    "acceptance": lambda world: _to(world.open(sample_order()), "line-1:acceptance"),
}


class Try(NamedTuple):
    """`asked`: who may beside those that the message declares."""

    message: type[Message]
    case: Case[Any]
    content: dict[str, Any]
    asked: frozenset[str] = frozenset()


def _to(deal: OpenDeal, step: str) -> OpenDeal:
    deal.to(step)
    return deal


def tries(deal: OpenDeal) -> Iterator[Try]:
    """One of each message that has something to be about, on the deal and on each of its lines."""
    processes = [deal.process, *filter(None, map(deal.line_process, deal.state.lines))]
    for process in processes:
        case = process.case
        for message in DEAL_ACTS if process is deal.process else LINE_ACTS:
            if message not in OF_SYSTEMS:
                yield from _of(message, case)


def _of(message: type[Message], case: Case[Any]) -> Iterator[Try]:
    state, book = case.state, case.state.book
    match message:
        case _ if message is Complete:
            for asked in state.open_assignments:
                colleagues = [] if asked.role is Role.MANAGER else book.holders(asked.role)
                yield Try(message, case, {"assignment": asked.id}, frozenset({asked.assignee, *colleagues}))
        case _ if message is Correct:
            for answered in state.assignments.values():
                if answered.closed_by:
                    yield Try(message, case, {"entry": answered.id}, frozenset({answered.closed_by.person}))
        case _ if message is Reschedule:
            for asked in state.open_assignments:
                yield Try(message, case, {"item": asked.id}, frozenset({asked.assignee}))
        case _ if message is Acknowledge:
            for item in state.open_assignments[:1]:
                yield Try(message, case, {"item": item.id})
        case _ if message in (Decide, Ask):
            for approval in state.open_approvals:
                roles = {seat.role for seat in approval.awaiting}
                holders = {person for role in roles for person in _holders(role, case)}
                yield Try(message, case, {"approval": approval.id}, frozenset(holders))
        case _ if message in (Sign, Attach):
            for document in state.documents.values():
                roles = {document.role_of(side) for side in document.sides}
                holders = {person for role in roles for person in _holders(role, case)}
                yield Try(message, case, {"document": document.id}, frozenset(holders))
        case _ if message is Delay:  # it is always about a line
            if isinstance(state, LineState):
                yield Try(message, case, {"line": state.number})
        case _ if message is Refuse:
            for document in state.documents.values():
                asked = {"client"} if Side.CLIENT in document.sides else set()
                yield Try(message, case, {"document": document.id}, frozenset(asked))
        case _ if message is Waive:
            for document in state.documents.values():
                yield Try(message, case, {"document": document.id})
        case _ if message in (Reverse, Move, Refund):
            for payment in state.ledger.payments[:1]:
                yield Try(message, case, {"payment": payment.id})
        case _:
            yield Try(message, case, {})


def _holders(role: Role, case: Case[Any]) -> list[str]:
    if role is Role.CLIENT:
        return ["client"]
    return [case.state.manager] if role is Role.MANAGER else list(case.state.book.holders(role))


@pytest.mark.parametrize("stage", STAGES)
def test_everybody_may_what_is_theirs_and_nothing_else(world: World, stage: str) -> None:
    deal = STAGES[stage](world)
    tried = {one.message for one in tries(deal)}
    for one in tries(deal):
        for person, role in EVERYBODY.items():
            content = one.message.example | one.content | {"id": "t-1", "actor": person}
            act = (DEAL_ACTS if one.case is deal.process.case else LINE_ACTS)[one.message]
            try:
                act(one.case, one.message.model_validate(content))  # what it would do is not done
                code = ""
            except Refusal as refusal:
                code = refusal.code
            may = role in one.message.who or person in one.asked
            assert (code != "not_allowed") is may, (one.message.name, one.content, person, code)
    assert len(tried) >= 7, "most acts have something to be about at any stage"
