"""The branches of a trail: an operator who resets the workflow abandons one, and a new one begins."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import AwareDatetime

from domain.base import Value
from domain.facts.envelope import Fact

_FIRST = datetime.min.replace(tzinfo=UTC)


class Abandoned(Value):
    """A branch of the trail that was left: the last fact it shares with the live one, when its own last fact happened, and how many it has."""

    since_seq: int
    at: AwareDatetime
    facts: int


class Placed(NamedTuple):
    fact: Fact
    abandoned: bool


def in_branches(facts: Sequence[Fact], head: str) -> list[Placed]:
    """All facts in the order to read them: where a branch was abandoned it comes first, then the live one, which ends at `head`."""
    live = {fact.digest for fact in live_branch(facts, head)}
    known = {fact.digest: fact for fact in facts}

    def place(fact: Fact) -> tuple[int, datetime, str, int, datetime]:
        if fact.digest in live:
            return fact.seq, _FIRST, "", 0, fact.at
        first = _first_abandoned(
            fact, known, live
        )  # comes after what both branches share, with all that followed it
        return first.seq - 1, first.at, first.digest, fact.seq, fact.at

    return [Placed(fact, abandoned=fact.digest not in live) for fact in sorted(facts, key=place)]


def live_branch(facts: Sequence[Fact], head: str) -> list[Fact]:
    """From the first fact to the one whose digest is `head`; over a gap it goes on with what there is before it."""
    known = {fact.digest: fact for fact in facts}
    fact = known.get(head) or _latest(facts)
    branch: list[Fact] = []
    while fact:
        branch.append(fact)
        before = known.get(fact.prev)
        fact = before if before and before.seq < fact.seq else _latest_before(facts, fact.seq)
    return branch[::-1]


def left_behind(told: Sequence[Fact], all: Sequence[Fact]) -> Abandoned | None:
    """What `told` abandons of `all`, if the first of them begins a branch beside another one: the latest of those."""
    ours = {fact.digest for fact in told}
    known = {fact.digest: fact for fact in all}
    begun = {(fact.seq, fact.prev) for fact in told}
    others = [fact for fact in all if fact.digest not in ours and (fact.seq, fact.prev) in begun]
    last = max(others, key=lambda fact: fact.at, default=None)
    if last is None:
        return None
    branch = [fact for fact in all if _first_abandoned(fact, known, {last.prev, *ours}) is last]
    return Abandoned(since_seq=last.seq - 1, at=max(fact.at for fact in branch), facts=len(branch))


def _first_abandoned(fact: Fact, known: dict[str, Fact], live: set[str]) -> Fact:
    while (before := known.get(fact.prev)) and before.digest not in live and before.seq < fact.seq:
        fact = before
    return fact


def _latest_before(facts: Sequence[Fact], seq: int) -> Fact | None:
    return _latest([fact for fact in facts if fact.seq < seq])


def _latest(facts: Sequence[Fact]) -> Fact | None:
    return max(facts, key=lambda fact: (fact.seq, fact.at), default=None)
