"""A deal's trail as the records hold it: every branch of it."""

from collections.abc import Sequence

from domain.facts import Actor, Fact
from domain.words import Role
from records.reading import Reader, Row

_FACTS = "SELECT * FROM facts WHERE deal = :deal AND seq > :after ORDER BY seq, at"
_HEAD = "SELECT head FROM deals WHERE number = :deal"
_OTHERS = "SELECT seq, prev FROM facts WHERE deal = :deal AND seq IN :seqs AND digest NOT IN :ours"
_AT_ONCE = 500


def read(reader: Reader, deal: str, after_seq: int = 0) -> list[Fact]:
    """All facts after `after_seq`, of all branches."""
    return [_fact(row) for row in reader.rows(_FACTS, deal=deal, after=after_seq)]


def head(reader: Reader, deal: str) -> str:
    """The digest of the live branch's latest fact; empty if there is none."""
    found = reader.rows(_HEAD, deal=deal)
    return found[0]["head"] if found else ""


def forks(reader: Reader, deal: str, facts: Sequence[Fact]) -> bool:
    """Whether other facts than these go on from where these do."""
    for n in range(0, len(facts), _AT_ONCE):
        told = facts[n : n + _AT_ONCE]
        places = {(fact.seq, fact.prev) for fact in told}
        seqs, ours = [fact.seq for fact in told], [fact.digest for fact in told]
        others = reader.rows(_OTHERS, deal=deal, seqs=seqs, ours=ours)
        if any((row["seq"], row["prev"]) in places for row in others):
            return True
    return False


def _fact(row: Row) -> Fact:
    actor = Actor(
        person=row["person"],
        name=row["name"],
        role=Role(row["role"]) if row["role"] else None,
        behalf=row["behalf"],
    )
    return Fact(
        seq=row["seq"],
        at=row["at"],
        actor=actor,
        kind=row["kind"],
        subject=row["subject"],
        data=row["data"],
        prev=row["prev"],
        digest=row["digest"],
    )
