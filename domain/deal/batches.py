"""What activities are given: facts and rows, with what is needed to word them."""

from pydantic import field_serializer

from domain.base import Count, LineNumber, Value
from domain.deal.outbox import Resend
from domain.deal.state import DealState, LineState, ProcessState
from domain.facts import Fact
from domain.playbook.book import Playbook


def lean(process: ProcessState) -> dict[str, object]:
    """As JSON. Whoever reads it fills in what is left out: half of a deal is as it was at first."""
    return process.model_dump(mode="json", exclude_defaults=True)


class RecordBatch(Value):
    """What the records are told at once: the deal without its lines, the lines that changed, and the facts in order.

    `deal.revision` and each line's `revision` only grow: an older batch never overwrites a newer row.
    """

    deal: DealState
    lines: tuple[LineState, ...] = ()
    facts: tuple[Fact, ...] = ()

    @field_serializer("deal")
    def _lean(self, deal: DealState) -> dict[str, object]:
        return lean(deal)

    @field_serializer("lines")
    def _lean_lines(self, lines: tuple[LineState, ...]) -> list[dict[str, object]]:
        return [lean(line) for line in lines]


class FactBatch(Value):
    """What the CRM, or mail, is told at once: facts it has not heard, and the deal as it stands now.

    `version` is that of the playbook the deal keeps, which it brings along only for a worker that does not have it. `nth` tells
    facts apart that say the same. `shown` are digests of what the CRM shows, by field (`amount`) and by line (`line-3`): it is
    told what differs, and the answer says what it shows now.
    """

    deal: DealState
    version: str
    facts: tuple[Fact, ...] = ()
    nth: dict[int, Count] = {}
    again: tuple[Resend, ...] = ()
    shown: dict[str, str] = {}

    @field_serializer("deal")
    def _lean(self, deal: DealState) -> dict[str, object]:
        return lean(deal)

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        """All facts of it, in the order in which answers count them."""
        return (*(mail.fact for mail in self.again), *self.facts)

    def resent(self, item: int, person: str) -> Resend:
        """The mail about the `item`th of them, once more to this person."""
        fact = self.all_facts[item]
        nth = self.again[item].nth if item < len(self.again) else self.nth.get(fact.seq, 1)
        return Resend(fact=fact, nth=nth, person=person)

    def bringing(self, playbook: Playbook) -> "FactBatch":
        return self.model_copy(update={"deal": self.deal.model_copy(update={"playbook": playbook})})


class WatchedLines(Value):
    """Lines of one deal that are asked about. In the answer `lines` are those whose workflow no longer runs, `foreign` those
    under whose id a workflow runs that is not theirs."""

    deal: str
    lines: tuple[LineNumber, ...]
    foreign: tuple[LineNumber, ...] = ()
