"""What follows from an amendment: money, assignments, supplier orders, documents, deadlines. Shown before it is sent, and to who decides."""

from collections.abc import Iterator
from datetime import datetime

from domain.base import LineNumber, Value
from domain.deal.amending.agreement import who_agrees
from domain.deal.amending.credit import outgrown
from domain.deal.amending.standing import Standing, obstacle, parties, standing
from domain.deal.documents import documents_of_line
from domain.deal.payments import Milestone, milestones_of
from domain.deal.state import DealState, LineState
from domain.money import ZERO, Sum
from domain.order.changes import Draft
from domain.order.order import OrderLine
from domain.wording import worded
from domain.words import Role, Text

TOLD = ("quantity", "unit_price")
"""Whoever works on a line that is ordered must be told of these."""


class Part(Value):
    """A milestone before and after; none of one that comes or goes. `stands`: the money on it now. `due_at`, if that is known."""

    line: LineNumber
    title: Text
    before: Sum | None = None
    after: Sum | None = None
    stands: Sum = ZERO
    due_at: datetime | None = None


class Paper(Value):
    """A document that is needed from then on, or needed no more."""

    line: LineNumber
    title: Text
    needed: bool


class Supplement(Value):
    """Somebody must be told that an ordered line is other than before; without `quantity` it is cancelled."""

    line: LineNumber
    name: str
    parties: tuple[Text, ...]
    quantity: int | None = None
    before: int

    @property
    def what(self) -> Text:
        if self.quantity is None:
            return Text(ru="отменена", en="is cancelled")
        if self.quantity == self.before:
            return Text(ru="другая цена", en="has another price")
        now, was = self.quantity, self.before
        return worded(ru="{now} шт. вместо {was}", en="{now} pcs instead of {was}", now=now, was=was)


class Effects(Value):
    """`freed`: what stands on milestones that become smaller or go; it pays what else is open, or waits as an advance. `anew`: lines whose
    payment terms are asked again; `credit`: whose credit the director decides anew."""

    roles: tuple[Role, ...]
    before: Sum
    after: Sum
    freed: Sum
    parts: tuple[Part, ...]
    papers: tuple[Paper, ...]
    supplements: tuple[Supplement, ...]
    started: tuple[LineNumber, ...]
    ended: tuple[LineNumber, ...]
    anew: tuple[LineNumber, ...]
    credit: tuple[LineNumber, ...] = ()


def effects_of(deal: DealState, after: Draft) -> Effects:
    before = deal.draft
    touched = [n for n in sorted({*before.lines, *after.lines}) if before.lines.get(n) != after.lines.get(n)]
    parts = tuple(part for n in touched for part in _parts(deal, n, after.lines.get(n)))
    return Effects(
        roles=who_agrees(deal, after),
        before=before.total,
        after=after.total,
        freed=sum((max(part.stands - (part.after or ZERO), ZERO) for part in parts), ZERO),
        parts=parts,
        papers=tuple(paper for n in touched for paper in _papers(deal, n, after.lines.get(n))),
        supplements=tuple(supplements(deal, after)),
        started=tuple(n for n in touched if n not in before.lines),
        ended=tuple(n for n in touched if n not in after.lines),
        credit=tuple(n for n in sorted(after.lines) if _is_decided_anew(deal, n, after)),
        anew=tuple(n for n in touched if _is_paid_otherwise(deal, before.lines.get(n), after.lines.get(n))),
    )


def supplements(deal: DealState, after: Draft) -> Iterator[Supplement]:
    for number, good in sorted(deal.draft.lines.items()):
        line, new = deal.lines[number], after.lines.get(number)
        if standing(line) is Standing.FREE or obstacle(line, new):
            continue
        if new and all(getattr(good, f) == getattr(new, f) for f in TOLD):
            continue
        quantity = new.quantity if new else None
        yield Supplement(
            line=number, name=good.name, parties=parties(line), quantity=quantity, before=good.quantity
        )


def _is_paid_otherwise(deal: DealState, old: OrderLine | None, new: OrderLine | None) -> bool:
    return bool(old and new and old.payment != new.payment and deal.book.payments[new.payment].form)


def _is_decided_anew(deal: DealState, number: LineNumber, after: Draft) -> bool:
    line, good = deal.lines.get(number), after.lines[number]
    if line is None or obstacle(line, good):
        return False
    turns_credit = good.payment != line.good.payment and deal.book.payments[good.payment].credit
    return turns_credit or outgrown(line, good, after.client, deal.book)


def _parts(deal: DealState, number: LineNumber, good: OrderLine | None) -> Iterator[Part]:
    line = deal.lines.get(number)
    now = dict(line.milestones) if line else {}
    then = milestones_of(number, good.amount, deal.book.payments[good.payment]) if good else {}
    for id in dict.fromkeys((*now, *then)):
        old, new = now.get(id), then.get(id)
        either = new or old
        if either and not (old and new and old.amount == new.amount):
            yield Part(
                line=number,
                title=either.title,
                before=old.amount if old else None,
                after=new.amount if new else None,
                stands=old.allocated if old else ZERO,
                due_at=_due(deal, line, new, good) if line and new and good else None,
            )


def _due(deal: DealState, line: LineState, part: Milestone, good: OrderLine) -> datetime | None:
    if part.trigger not in line.moments:
        return None
    term = next(t for t in deal.book.payments[good.payment].milestones if line.subject.id(t.id) == part.id)
    return deal.book.calendar.pay_day(line.moments[part.trigger], term.offset)


def _papers(deal: DealState, number: LineNumber, good: OrderLine | None) -> Iterator[Paper]:
    line = deal.lines.get(number)
    now = line.documents if line else {}
    then = documents_of_line(number, good, deal.book) if good else {}
    for id in dict.fromkeys((*now, *then)):
        if (id in now) != (id in then):
            yield Paper(line=number, title=(then.get(id) or now[id]).title, needed=id in then)
