"""How a line is split: the deal orders it, the line cuts, the deal takes what was cut off, divides the money and starts the part.

Each split has a number of its own, that of the part. The order may be told twice, or told to a line that runs anew from its last
report: the line cuts once for a number, and the deal starts a number once.
"""

from collections.abc import Callable, Collection, Iterable

from domain.base import LineNumber
from domain.deal.line_orders import LineOrder
from domain.deal.line_reports import LineReport
from domain.deal.parts import serials
from domain.deal.splits import Split
from domain.deal.splitting import divide_money, divided, next_number
from domain.deal.state import DealState, LineState, Part
from domain.facts import Fact, LineSplit, SplitRefused
from domain.goods.quantity import Number, total
from domain.money import ZERO
from domain.order.order import OrderLine
from domain.words import LineStatus
from workflows.case import Case
from workflows.money import record_moved


class Splits:
    """`send` tells a line something, `start` starts a part, `tell` tells lines what waited until they were split."""

    def __init__(
        self,
        deal: Case[DealState],
        send: Callable[[LineOrder], None],
        start: Callable[[LineState], None],
        tell: Callable[[Collection[int]], None],
    ) -> None:
        self._deal, self._send, self._start, self._tell = deal, send, start, tell

    def order(self, split: Split) -> None:
        """From now on the number is taken."""
        state = self._deal.state
        state.splits.append(split)
        state.gone_lines.append(split.number)
        self._send(LineOrder(line=split.line, name="split", split=split))

    def order_again(self, line: int, *, all: bool = False) -> None:
        """To a line that may not have heard it; `all`, to one that has forgotten what it had cut off."""
        state = self._deal.state
        known = [split for split in state.splits if split.line == line]
        for split in known if all else state.awaited_splits(line):
            self._send(LineOrder(line=line, name="split", split=split))

    def is_behind(self, report: LineReport) -> bool:
        """Whether the line, which an operator has reset, knows nothing of a part that goes on without it."""
        return report.change.good is not None and bool(_forgotten(report, self._deal.state))

    def take(self, report: LineReport) -> None:
        """The parts that are new."""
        state = self._deal.state
        new = _new(report, state)
        for n in range(len(new)):
            self._take(state.lines[report.line], new[n:])

    def _take(self, line: LineState, parts: list[Part]) -> None:
        """The first of them."""
        deal, state, split, own = self._deal, self._deal.state, parts[0].split, parts[0].line
        state.splits = [*(known for known in state.splits if known.number != split.number), split]
        state.gone_lines = [number for number in state.gone_lines if number != split.number]
        state.lines[own.number] = own
        state.dirty_lines += [line.number, own.number]
        left = total([line.good.quantity, *(later.line.good.quantity for later in parts[1:])])
        deal.record(
            LineSplit(
                line=line.number,
                part=own.number,
                quantity=own.good.quantity,
                unit=own.good.unit,
                left=left,
                status=own.status,
                serials=serials(own),
                reason=split.reason,
            ),
            by=split.actor,
        )
        record_moved(deal, divide_money(state, [part.line for part in parts], split, deal.now, deal.today))
        self._put_into_offer(line, left, own)
        if state.closing:
            own.status, own.cancelled = LineStatus.CANCELLED, state.closing.reason
        else:
            self._start(own)
        self._tell([line.number])

    def _put_into_offer(self, line: LineState, left: Number, part: LineState) -> None:
        """What is agreed stays, and its digest with it: the offer has the same goods in more lines. So it is with an amendment that is
        still being agreed, or that the line has not heard of yet."""
        state = self._deal.state
        offers, terms = state.offers, state.amending.get(line.number)
        if offers and (good := offers[-1].lines.get(line.number)):
            lines = offers[-1].lines | divided(good, line.number, left, part.number)
            offers[-1] = offers[-1].model_copy(update={"lines": dict(sorted(lines.items()))})
        if terms:
            goods = divided(terms.good, line.number, left, part.number) if terms.good else {}
            for number in (line.number, part.number):
                state.amending[number] = terms.model_copy(update={"good": goods.get(number)})
        if original := state.originals.get(line.number):
            state.originals |= divided(original, line.number, left, part.number)

    def hear(self, facts: Iterable[Fact]) -> None:
        """What lines could not split, and what they wait for."""
        state = self._deal.state
        refused = {data.part for fact in facts if isinstance(data := fact.read(), SplitRefused)}
        self._drop(refused | {split.number for split in state.splits if state.lines[split.line].status.final})
        for line in state.active_lines:
            if line.number in state.amending:
                continue  # it is split as it will be
            if line.missing and not any(split.rest for split in state.awaited_splits(line.number)):
                self.order(_rest_of(line, next_number(state)))

    def _drop(self, numbers: set[int]) -> None:
        """Of those that are waited for."""
        state = self._deal.state
        dropped = [s for s in state.splits if s.number in numbers and s.number not in state.lines]
        if dropped:
            state.splits = [split for split in state.splits if split not in dropped]
            self._tell({split.line for split in dropped})


def _rest_of(line: LineState, number: int) -> Split:
    """What has not come, on behalf of whoever accepted the others."""
    accepted = line.assignments[line.subject.id("acceptance", line.rounds.get("acceptance", 1))]
    return Split(line=line.number, number=number, quantity=line.missing, actor=accepted.by, rest=True)


def splits_add_up(report: LineReport, line: LineState, deal: DealState) -> bool:
    """Whether the line has as much as it must, with what it has cut off and what it has forgotten to have cut off."""
    good, forgotten = report.change.good, _forgotten(report, deal)
    if good is None or not parts_are_its_own(report, line.good, deal):
        return False
    whole = with_new_parts(report, good, deal)
    if not forgotten and whole.amount != line.good.amount:
        return False
    return whole.quantity == total([line.good.quantity, *(split.quantity for split in forgotten)])


def parts_are_its_own(report: LineReport, good: OrderLine, deal: DealState) -> bool:
    """Whether each new part is of this good."""
    return all(_is_part_of(report.line, good, part, deal) for part in _new(report, deal))


def with_new_parts(report: LineReport, good: OrderLine, deal: DealState) -> OrderLine:
    """The reported good, with the parts that the deal has not heard of before."""
    if not (new := [part.line.good for part in _new(report, deal)]):
        return good
    all = (good, *new)
    return good.of(total(each.quantity for each in all), sum((each.amount for each in all), ZERO))


def _new(report: LineReport, deal: DealState) -> list[Part]:
    return [part for part in report.parts if part.split.number not in deal.lines]


def _forgotten(report: LineReport, deal: DealState) -> list[Split]:
    started = (split for split in deal.splits if split.line == report.line and split.number in deal.lines)
    return [split for split in started if split.number not in report.change.cut]


def _is_part_of(line: LineNumber, good: OrderLine, part: Part, deal: DealState) -> bool:
    own, split = part.line, part.split
    as_whole = own.good.of(good.quantity, good.amount).model_copy(update={"payment": good.payment})
    kept = (*own.assignments, *own.approvals, *own.documents, *own.milestones)
    return (
        as_whole == good
        and (own.deal, own.number, own.split_from) == (deal.deal, split.number, line)
        and own.good.quantity > 0
        and own.playbook is None
        and own.people is None
        and all(id.startswith(f"line-{own.number}:") for id in kept)
    )
