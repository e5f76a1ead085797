"""Those who are told of deals on the in-memory host: each can be down, can lose its answers, and knows what it has taken."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from activities.projections.crm import CrmPlan, plan_crm
from activities.projections.grouping import Grouped
from activities.projections.notices import plan_mail
from domain.deal.batches import FactBatch, RecordBatch
from domain.deal.pieces import acceptance_of, serials_of
from domain.deal.state import LineState
from domain.effects import CrmWrite, Delivered, Notice, Notify, Returned
from domain.facts import Fact
from domain.facts.branches import left_behind
from domain.playbook.book import Playbook
from domain.serials import SerialElsewhere, folded
from domain.words import LineStatus
from workflows.rehearsal import Down


class Sink:
    """What has a key that it knows is not taken twice, as the real ones do it; it must be the same as before.

    `down`: nothing gets through. `lose_answers`: that many deliveries are taken, and their answer is lost. `failed` counts both.
    """

    def __init__(self, items: Callable[[Any], Iterable[tuple[str, Any]]]) -> None:
        self._items = items
        self.down = False
        self.lose_answers = 0
        self.failed = 0
        self.taken: dict[str, Any] = {}

    def __call__(self, batch: Any) -> Delivered:
        if self.down:
            self.failed += 1
            raise Down("switched off")
        items = list(self._items(batch))
        for key, item in items:
            assert self.same(self.taken.setdefault(key, item), item), f"{key} was told twice, differently"
        if self.lose_answers > 0:
            self.lose_answers -= 1
            self.failed += 1
            raise Down("the answer was lost")
        return self.answer(batch, len(items))

    def answer(self, batch: Any, count: int) -> Delivered:
        return Delivered(count=count)

    def same(self, one: Any, other: Any) -> bool:
        return bool(one == other)

    def of(self, deal: str) -> list[Any]:
        """What it was told of one deal, in the order in which it was told."""
        return [item for item in self.taken.values() if item.deal == deal]

    def keys(self, deal: str) -> list[str]:
        return [key for key, item in self.taken.items() if item.deal == deal]


class CrmSink(Sink):
    """Knows the playbook of every deal. It makes of facts what the real one does."""

    def __init__(self, playbook: Callable[[], Playbook]) -> None:
        super().__init__(lambda batch: [(write.identity, write) for write in self._writes(batch)])
        self._playbook = playbook
        self._latest: tuple[FactBatch, CrmPlan] | None = None

    def _writes(self, batch: FactBatch) -> list[CrmWrite]:
        return self._telling(batch).writes.items

    def _telling(self, batch: FactBatch) -> CrmPlan:
        """Worked out once a batch: it is asked for what is written, and for what the answer says."""
        if self._latest is None or self._latest[0] is not batch:
            self._latest = batch, plan_crm(batch, batch.bringing(self._playbook()).deal)
        return self._latest[1]

    def same(self, one: CrmWrite, other: CrmWrite) -> bool:
        """A notice whose answer was lost, and which is made anew once the deal has another manager, was told to the one before."""
        if isinstance(one, Notify) and isinstance(other, Notify):
            return one.text == other.text
        if one.key != other.key:  # its place on another branch of the trail
            one = one.model_copy(update={"key": other.key})
        return super().same(one, other)

    def answer(self, batch: FactBatch, count: int) -> Delivered:
        shown = {
            name: digest for said in self._telling(batch).shown.values() for name, digest in said.items()
        }
        return Delivered(count=len(batch.facts), shown=shown)

    def sequence(self, deal: str) -> list[int]:
        """Of what was written because of facts, the places of these facts, in the order of writing."""
        about = (write for write in self.of(deal) if write.op not in ("fields", "line"))
        return [int(write.key.split(":")[1]) for write in about]


class MailSink(Sink):
    """Mail to one of the `bad` addresses is refused. `now` tells when it would go out."""

    def __init__(self, playbook: Callable[[], Playbook], now: Callable[[], datetime]) -> None:
        super().__init__(lambda batch: _by_key(n for n in self._mails(batch) if n.to_email not in self.bad))
        self._playbook, self._now = playbook, now
        self._latest: tuple[FactBatch, datetime, Grouped[Notice]] | None = None
        self.bad: set[str] = set()

    def same(self, one: Notice, other: Notice) -> bool:
        """A mail whose answer was lost is made anew, of the deal as it stands then."""
        return (one.kind, one.person) == (other.kind, other.person)

    def answer(self, batch: FactBatch, count: int) -> Delivered:
        telling = self._telling(batch)
        refused = {n.key: "550 no such user" for n in telling.items if n.to_email in self.bad}
        returned = tuple(
            Returned(item=telling.group_of(nth), person=n.person, email=n.to_email, reason="550 no such user")
            for nth, n in enumerate(telling.items)
            if n.to_email in self.bad
        )
        return Delivered(count=len(batch.all_facts), refused=refused, returned=returned)

    def sent(self, deal: str) -> list[tuple[str, str]]:
        """Kind and address of each mail."""
        notices: list[Notice] = self.of(deal)
        return [(notice.kind, notice.to_email) for notice in notices]

    def _mails(self, batch: FactBatch) -> list[Notice]:
        return self._telling(batch).items

    def _telling(self, batch: FactBatch) -> Grouped[Notice]:
        """Worked out once a batch, as it is at this moment."""
        now = self._now()
        if self._latest is None or self._latest[0] is not batch or self._latest[1] != now:
            self._latest = batch, now, plan_mail(batch, batch.bringing(self._playbook()).deal, now)
        return self._latest[2]


class RecordsSink(Sink):
    """Remembers each row as it was told last; an older batch must never come after a newer one."""

    def __init__(self) -> None:
        super().__init__(lambda batch: ((f"{batch.deal.deal}/{fact.key}", fact) for fact in batch.facts))
        self.batches: list[RecordBatch] = []
        self._lines: dict[tuple[str, int], LineState] = {}

    def __call__(self, batch: RecordBatch) -> Delivered:
        delivered = super().__call__(batch)
        self.batches.append(batch)
        return delivered

    def answer(self, batch: RecordBatch, count: int) -> Delivered:
        known = self.of(batch.deal.deal)
        digests = {"", *(fact.digest for fact in known)}
        assert all(fact.prev in digests for fact in batch.facts), "a fact without the one before it"
        left = left_behind(batch.facts, known) if batch.facts else None
        self._lines |= {(line.deal, line.number): line for line in batch.lines}
        found = [one for line in batch.lines for one in self._elsewhere(line)]
        return Delivered(count=count, abandoned=left, serials=tuple(found))

    def _elsewhere(self, line: LineState) -> Iterator[SerialElsewhere]:
        """As the records' query has it: of the same good, whichever was accepted first has the number."""
        own = {folded(serial): serial for serial in serials_of(line)}
        for (deal, number), other in self._lines.items() if own else ():
            is_other = (deal, number) != (line.deal, line.number) and other.good.sku == line.good.sku
            if not is_other or other.status is LineStatus.CANCELLED or _accepted(other) > _accepted(line):
                continue
            for there in serials_of(other):
                if serial := own.get(folded(there)):
                    place = {"deal": deal, "at_line": number, "there": there, "status": other.status}
                    yield SerialElsewhere.model_validate({"line": line.number, "serial": serial, **place})

    def of(self, deal: str) -> list[Fact]:
        """Of all branches."""
        return [fact for key, fact in self.taken.items() if key.startswith(f"{deal}/")]


def _accepted(line: LineState) -> tuple[str, str, int]:
    accepted = acceptance_of(line)
    return (str(accepted and accepted.closed_at), line.deal, line.number)


def _by_key(items: Iterable[Any]) -> list[tuple[str, Any]]:
    return [(item.key, item) for item in items]
