"""A deal played to its end on the virtual clock: the real process, with everybody answering as a cast does."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from domain.deal.state import ProcessState
from domain.facts import Subject
from domain.order.order import Order
from domain.playbook.book import StaffedPlaybook
from domain.refusals import Refusal
from domain.words import Text
from workflows.cast import Answer, Cast
from workflows.rehearsal import Rehearsal, RehearsedDeal

LONGEST = timedelta(days=3650)
"""What is not over by then will never be."""


class Stuck(Exception):
    """The deal does not get to its end this way."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def rehearse(order: Order, playbook: StaffedPlaybook, start: datetime, cast: Cast) -> RehearsedDeal:
    """The deal as it would end. Raises `Stuck` if it would not."""
    deal = Rehearsal(playbook, start).open(order, order.number or "1")
    play(deal, cast)
    return deal


def play(deal: RehearsedDeal, cast: Cast) -> None:
    """To the end of the deal, from where it stands."""
    world, planned = deal.world, _Plan(deal, cast)
    last = world.now + LONGEST
    while not (deal.process.outcome or world.failures):
        answer = planned.next()
        at = min((at for at in (world.next_moment(), answer and answer.at) if at), default=last)
        if at >= last:
            raise Stuck(_NEVER)
        world.run_until(at)
        if (answer := planned.next()) and answer.at <= world.now:
            planned.carry_out(answer)
    if world.failures:
        raise world.failures[0][1]


_NEVER = Text(
    ru="Сделка так не закончится и за десять лет.", en="The deal would not come to an end in ten years."
)


class _Plan:
    """The answers to come. Of a process, they are looked for anew only when it has moved."""

    def __init__(self, deal: RehearsedDeal, cast: Cast) -> None:
        self._deal, self._cast = deal, cast
        self._seen: dict[Subject, tuple[int, Answer | None]] = {}
        self._sent = 0

    def next(self) -> Answer | None:
        return _first(filter(None, map(self._first_of, self._processes())))

    def carry_out(self, answer: Answer) -> None:
        state, subject = self._deal.state, answer.item.subject
        process = self._deal.line(subject.line) if subject.line else state
        today = state.book.calendar.today(self._deal.world.now)
        self._sent += 1
        message = self._cast.message(answer, process, state, f"answer-{self._sent}", today)
        self._seen.pop(subject, None)
        try:
            self._deal.send(message, subject.line if message.of_lines else None)
        except Refusal as refused:
            raise Stuck(refused.text) from None

    def _processes(self) -> Iterator[ProcessState]:
        yield self._deal.state
        yield from self._deal.lines

    def _first_of(self, process: ProcessState) -> Answer | None:
        revision, first = self._seen.get(process.subject, (-1, None))
        if revision != process.revision:
            first = _first(self._cast.answers(process, self._deal.state))
            self._seen[process.subject] = process.revision, first
        return first


def _first(answers: Iterable[Answer]) -> Answer | None:
    return min(answers, key=lambda a: (a.at, a.item.subject.line or 0, a.item.id or ""), default=None)
