"""A deal's trail as the records hold it: every branch of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_

from domain.facts import Actor, Fact
from domain.words import Role
from records.columns import DEALS, FACTS

_AT_ONCE = 500


def read(connection: Connection, deal: str, after_seq: int = 0) -> list[Fact]:
    """All facts after `after_seq`, of all branches."""
    query = select(FACTS).where(FACTS.c.deal == deal, FACTS.c.seq > after_seq)
    return [_fact(row) for row in connection.execute(query.order_by(FACTS.c.seq, FACTS.c.at))]


def head(connection: Connection, deal: str) -> str:
    """The digest of the live branch's latest fact; empty if there is none."""
    return connection.scalar(select(DEALS.c.head).where(DEALS.c.number == deal)) or ""


def forks(connection: Connection, deal: str, facts: Sequence[Fact]) -> bool:
    """Whether other facts than these go on from where these do."""
    for n in range(0, len(facts), _AT_ONCE):
        places = [(fact.seq, fact.prev) for fact in facts[n : n + _AT_ONCE]]
        ours = [fact.digest for fact in facts[n : n + _AT_ONCE]]
        others = select(FACTS.c.seq).where(
            FACTS.c.deal == deal, tuple_(FACTS.c.seq, FACTS.c.prev).in_(places), FACTS.c.digest.not_in(ours)
        )
        if connection.execute(others.limit(1)).first():
            return True
    return False


def _fact(row: Row[Any]) -> Fact:
    actor = Actor(
        person=row.person, name=row.name, role=Role(row.role) if row.role else None, behalf=row.behalf
    )
    return Fact(
        seq=row.seq,
        at=row.at,
        actor=actor,
        kind=row.kind,
        subject=row.subject,
        data=row.data,
        prev=row.prev,
        digest=row.digest,
    )
