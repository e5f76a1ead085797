"""What happened and somebody has not heard yet."""

from collections.abc import Iterable

from domain.base import Count, State, Value
from domain.deal.line_orders import LineOrder
from domain.facts import Fact
from domain.facts.content import content
from domain.words import Target


class Resend(Value):
    """Mail about a fact that did not reach a person: it goes to the address that was `corrected` by this assignment."""

    fact: Fact
    nth: Count = 1
    person: str
    corrected: str = ""


class Outbox(State):
    """What the world has not been told yet.

    `facts` are those that somebody has not heard; `records`, `crm` and `mail` are the places of those each has still to hear.
    `again` is mail to be sent once more, `lines` what lines must hear. `shown` are digests of what the CRM shows; `said` counts
    what facts said, by `content`, and `nth` keeps of the facts which time it was, where it was not the first.
    """

    facts: list[Fact] = []
    records: list[Count] = []
    crm: list[Count] = []
    mail: list[Count] = []
    again: list[Resend] = []
    lines: list[LineOrder] = []
    shown: dict[str, str] = {}
    said: dict[str, Count] = {}
    nth: dict[int, Count] = {}

    @property
    def empty(self) -> bool:
        return not (self.facts or self.again or self.lines)

    @property
    def size(self) -> int:
        """Of the facts, in bytes."""
        return sum(len(fact.model_dump_json().encode()) for fact in self.facts)

    def put(self, fact: Fact, targets: Iterable[Target]) -> None:
        self.facts.append(fact)
        for target in targets:
            self.awaited(target).append(fact.seq)
        if not {Target.CRM, Target.MAIL}.isdisjoint(targets):
            self.said[said] = nth = self.said.get(said := content(fact), 0) + 1
            if nth > 1:
                self.nth[fact.seq] = nth

    def awaited(self, target: Target) -> list[Count]:
        """The places of the facts that this target has still to hear."""
        match target:
            case Target.RECORDS:
                return self.records
            case Target.CRM:
                return self.crm
            case Target.MAIL:
                return self.mail

    def unheard(self, target: Target) -> list[Fact]:
        awaited = set(self.awaited(target))
        return [fact for fact in self.facts if fact.seq in awaited]

    def heard(self, target: Target, count: int) -> None:
        """The first so many of those it had to hear."""
        del self.awaited(target)[:count]
        awaited = {*self.records, *self.crm, *self.mail}
        self.facts = [fact for fact in self.facts if fact.seq in awaited]
        self.nth = {seq: nth for seq, nth in self.nth.items() if seq in awaited}
