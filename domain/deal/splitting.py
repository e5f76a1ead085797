"""Whether a line may be split, under which number the part goes on, and where its money goes; see `parts` for how it is cut."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from domain.base import MAX_LINE_NUMBER
from domain.deal import treasury
from domain.deal.ledger import Entry, EntryKind, allocations
from domain.deal.messages import SplitLine
from domain.deal.parts import share
from domain.deal.splits import Split
from domain.deal.state import DealState, LineState
from domain.facts import Actor
from domain.goods.quantity import Number, decimals_of, exact, total
from domain.goods.units import UNITS
from domain.money import ZERO
from domain.order.order import OrderLine
from domain.refusals import Refusal
from domain.wording import Measured, worded
from domain.words import LineStatus, Text, Trigger

GONE_OUT = (LineStatus.SHIPPED, LineStatus.SETTLED, LineStatus.CANCELLED)


def check_split(deal: DealState, message: SplitLine, actor: Actor) -> Split:
    """The split, under a number that no line ever had. Refuses what leaves nothing to split, or would change what is agreed."""
    _check_agreed(deal)
    line = deal.lines.get(message.line)
    if line is None:
        raise Refusal(
            "no_line",
            en="the deal has no line {line} (there are: {lines})",
            ru="в сделке нет позиции {line} (есть: {lines})",
            line=message.line,
            lines=[str(active.number) for active in deal.active_lines] or "—",
        )
    if line.status in GONE_OUT:
        raise Refusal(
            "gone_out",
            en="line {line} is in “{status}”: only what has not been shipped can be split",
            ru="позиция {line} — «{status}»: делить можно только то, что ещё не отгружено",
            line=line.number,
            status=line.status,
        )
    left = exact(line.good.quantity - total(split.quantity for split in deal.awaited_splits(line.number)))
    if not 0 < message.quantity < left or decimals_of(message.quantity) > UNITS[line.good.unit].decimals:
        raise _bad_quantity(message.quantity, line, left)
    if deal.amendment or line.number in deal.amending:
        raise Refusal(
            "not_agreed",
            en="an amendment is being agreed, or has just been: split the line once it is in force",
            ru="согласуется изменение договора или его только что согласовали: разделите позицию, когда оно вступит в силу",
        )
    number = next_number(deal)
    if number > MAX_LINE_NUMBER:
        en, ru = "this deal has had too many lines", "в этой сделке было слишком много позиций"
        raise Refusal("bad_quantity", en=en, ru=ru)
    return Split(
        line=line.number,
        number=number,
        quantity=exact(message.quantity),
        reason=message.reason,
        actor=actor,
    )


def _check_agreed(deal: DealState) -> None:
    if deal.closing or deal.stage.final:
        raise Refusal("closed", en="the deal is ending already", ru="сделка уже закрывается")
    if Trigger.CONTRACT not in deal.moments:
        raise Refusal(
            "not_agreed",
            en="the contract is not agreed yet: change the lines themselves, deal offer N FILE",
            ru="договор ещё не согласован: измените сами позиции, deal offer N ФАЙЛ",
        )
    contract = deal.approvals.get("contract")
    if contract and not contract.closed:
        raise Refusal(
            "not_agreed",
            en="the contract is being agreed anew (version {version}): split the line once it is, or change what is offered, deal offer",
            ru="договор согласуется заново (версия {version}): разделите позицию после этого или измените предложение, deal offer",
            version=contract.version,
        )


def _bad_quantity(quantity: Decimal, line: LineState, left: Number) -> Refusal:
    unit = line.good.unit
    about = {"line": line.number, "left": Measured(left, unit), "unit": UNITS[unit].name}
    said = str(quantity)[:30]
    if line.good.has_pieces and left < 2:
        return Refusal(
            "bad_quantity",
            en="line {line} is {left}: there is nothing to split",
            ru="в позиции {line} всего {left}: делить нечего",
            **about,
        )
    if line.good.has_pieces:
        return Refusal(
            "bad_quantity",
            en="{quantity} will not do: a whole number of the unit “{unit}” from 1 to {most}, for line {line} has {left} and keeps one at least",
            ru="{quantity} не подходит: нужно целое число единиц «{unit}» от 1 до {most} — в позиции {line} {left}, и хотя бы одна остаётся",
            quantity=said,
            most=left - 1,
            **about,
        )
    return Refusal(
        "bad_quantity",
        en="{quantity} will not do: line {line} has {left}, and keeps some of it; of the unit “{unit}” there are at most {decimals} decimals",
        ru="{quantity} не подходит: в позиции {line} {left}, и часть остаётся; у единицы «{unit}» не больше {decimals} знаков после запятой",
        quantity=said,
        decimals=UNITS[unit].decimals,
        **about,
    )


def next_number(deal: DealState) -> int:
    """One that no line of this deal ever had."""
    return max((*deal.lines, *deal.gone_lines), default=0) + 1


def divided(good: OrderLine, number: int, left: Number, part: int) -> dict[int, OrderLine]:
    """What is sold as `good`, after a `part` was split from line `number`: the line, which has so much `left`, has of it what it can, the
    part the rest."""
    kept, rest = good.divided(min(good.quantity, left))
    return {n: each for n, each in ((number, kept), (part, rest)) if each.quantity}


def why_not(line: LineState, split: Split) -> Text | None:
    """What of the line itself stands against it, when it gets there."""
    if line.cancelled or line.status in GONE_OUT:
        return worded(ru="она уже «{status}»", en="it is in “{status}” by now", status=line.status)
    if split.quantity >= line.good.quantity:
        return worded(ru="в ней {left}", en="it has {left}", left=line.good.measured)
    if split.quantity != line.missing if split.rest else line.missing:
        return Text(
            ru="то, что пришло, уже отделяется от остального", en="what came is being split from the rest"
        )
    return None


def divide_money(
    deal: DealState, parts: Sequence[LineState], split: Split, now: datetime, today: date
) -> list[Entry]:
    """Moves the share of the first of `parts` from the milestones of the line it was split from to its own, the latest payments first.
    What was paid is paid on both. The other parts were split off after it, and have their shares still to come."""
    moved: list[Entry] = []
    wanted = _wanted(deal.lines[split.line], parts)
    stands = allocations(deal.ledger.entries)
    for payment in reversed(deal.ledger.payments):
        taken, put = dict[str, Decimal](), dict[str, Decimal]()
        for (place, own), rest in wanted.items():
            if amount := min(stands[payment.id].get(place, ZERO), rest):
                taken[place] = put[own] = amount
                wanted[place, own] -= amount
        if taken:
            moved.append(_moved(payment, split, taken, put, now, today))
    for entry in moved:
        deal.ledger.post(entry)
    treasury.restate(deal)
    return moved


def _wanted(line: LineState, parts: Sequence[LineState]) -> dict[tuple[str, str], Decimal]:
    """How much goes from which milestone to which."""
    sums = [[milestone.amount for milestone in each.milestones.values()] for each in (line, *parts[1:])]
    kept = [sum(amounts, ZERO) for amounts in zip(*sums, strict=True)]
    both = zip(line.milestones.values(), parts[0].milestones.values(), kept, strict=True)
    return {(m.id, own.id): share(m.allocated, rest, own.amount) for m, own, rest in both}


def _moved(
    payment: Entry,
    split: Split,
    taken: dict[str, Decimal],
    put: dict[str, Decimal],
    now: datetime,
    today: date,
) -> Entry:
    return Entry(
        kind=EntryKind.MOVED,
        id=f"split:{split.number}:{payment.id}",
        payment=payment.id,
        amount=sum(taken.values(), ZERO),
        currency=payment.currency,
        day=today,
        put=put,
        taken=taken,
        note=split.reason,
        actor=split.actor,
        at=now,
    )
