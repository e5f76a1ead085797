"""The trail as a chain: each fact carries the digest of the one before it, so that none can be altered, lost or moved unseen."""

import hashlib
from collections.abc import Iterable
from typing import Literal, NamedTuple

from domain.facts.envelope import Fact
from domain.facts.written import json_bytes, written

LENGTH = 32  # hex digits


def canonical(fact: Fact) -> bytes:
    """The fact's content, without its digests. Equal for equal facts, under every version of every library."""
    return json_bytes(
        {
            "seq": fact.seq,
            "at": written(fact.at),
            "actor": {name: written(value) for name, value in fact.actor if value is not None},
            "kind": fact.kind,
            "subject": fact.subject,
            "data": fact.data,
        }
    )


def digest(fact: Fact) -> str:
    return hashlib.sha256(fact.prev.encode() + canonical(fact)).hexdigest()[:LENGTH]


def chained(fact: Fact, seq: int, prev: str) -> Fact:
    """The fact at its place: after the one whose digest is `prev`; the first one after none."""
    placed = fact.model_copy(update={"seq": seq, "prev": prev})
    return placed.model_copy(update={"digest": digest(placed)})


def heads(before: str, facts: Iterable[Fact]) -> list[str]:
    """Which digest what a line told has before and after each of these facts; the places in the deal's trail are left out of it."""
    told = [before]
    for fact in facts:
        said = canonical(fact.model_copy(update={"seq": 0}))
        told.append(hashlib.sha256(told[-1].encode() + said).hexdigest()[:LENGTH])
    return told


class Break(NamedTuple):
    """Where a trail is not what the deal recorded, and how."""

    seq: int
    what: Literal["altered", "missing", "order", "branch", "cut"]


def verify(facts: Iterable[Fact], head: str = "") -> list[Break]:
    """What is wrong with one branch, from its first fact; the first break comes first. `head` is the digest it must end with."""
    breaks: list[Break] = []
    seq, prev = 0, ""
    for fact in facts:
        if not intact(fact):
            breaks.append(Break(fact.seq, "altered"))
        if fact.seq <= seq:
            breaks.append(Break(fact.seq, "order"))
        elif fact.seq > seq + 1:
            breaks.append(Break(seq + 1, "missing"))
        elif fact.prev != prev:
            breaks.append(Break(fact.seq, "branch"))
        seq, prev = fact.seq, fact.digest
    if head and prev != head:
        breaks.append(Break(seq + 1, "cut"))
    return breaks


def intact(fact: Fact) -> bool:
    """Whether its digest is that of what it says."""
    try:
        return digest(fact) == fact.digest
    except TypeError:  # data that no deal writes
        return False
