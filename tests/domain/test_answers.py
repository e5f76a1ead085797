"""Whose answer counts, and for which seat."""

import pytest

from domain.deal.answers import who_votes
from domain.deal.authority import Desk
from domain.deal.messages import Decide
from domain.deal.tasks import Approval, Awaiting, cast_vote
from domain.playbook.people import Substitute
from domain.refusals import Refusal
from domain.words import Role
from tests.factories import NOW, a_client, a_playbook, a_vote, an_approval

ASKED = (Awaiting(role=Role.DIRECTOR, person="petrov"), Awaiting(role=Role.ACCOUNTANT, person="sidorova"))


def vote(approval: Approval, desk: Desk, person: str) -> Role:
    message = Decide(id="1", actor=person, approval=approval.id, approve=True)
    seat, actor = who_votes(approval, message, desk)
    cast_vote(approval, a_vote(actor, role=seat.role))
    return seat.role


def test_a_substitute_of_two_who_are_asked_answers_for_each() -> None:
    """Or the second seat would stay empty for ever."""
    away = [
        Substitute(absent=absent, acts="orlov", since=NOW.date(), until=NOW.date())
        for absent in ("petrov", "sidorova")
    ]
    desk = Desk(
        a_playbook().model_copy(update={"substitutes": tuple(away)}), a_client(), "ivanova", NOW.date()
    )
    approval = an_approval(asked=ASKED)
    assert [vote(approval, desk, "orlov") for _ in range(2)] == [Role.DIRECTOR, Role.ACCOUNTANT]
    assert approval.approved


def test_an_answer_given_twice_is_refused() -> None:
    desk = Desk(a_playbook(), a_client(), "ivanova", NOW.date())
    approval = an_approval(asked=ASKED)
    vote(approval, desk, "petrov")
    with pytest.raises(Refusal, match="version 1 has its answer already: director"):
        vote(approval, desk, "petrov")
