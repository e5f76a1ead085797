"""Where the deal's money goes: entries of its ledger, and what they change on milestones. What may be is `money_checks`."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from domain.deal.ledger import (
    ADVANCE,
    FORGIVEN,
    OTHER_DEAL,
    WRITTEN_OFF,
    Entry,
    EntryKind,
    allocations,
    balances,
    funded_on,
    has_left,
    is_milestone,
    on_milestones,
)
from domain.deal.messages import Correct, Move, Pay, Reverse
from domain.deal.payments import allocate, milestones_of
from domain.deal.rates import WaitingPayment
from domain.deal.state import DealState
from domain.facts import DESK, Actor
from domain.money import ZERO, kopecks
from domain.order.changes import Draft
from domain.words import LineStatus


def take_payment(deal: DealState, message: Pay, actor: Actor, now: datetime, today: date) -> Entry:
    """Counts the payment and puts it on milestones; what is left over is an advance."""
    amount = kopecks(message.amount)
    payment = Entry(
        kind=EntryKind.RECEIVED,
        id=message.id,
        payment=message.id,
        amount=amount,
        currency=message.currency,
        day=message.day or today,
        put=paid_for(deal, amount, message.line),
        line=message.line,
        note=message.purpose,
        **sender(message),
        actor=actor,
        at=now,
    )
    post(deal, payment)
    return payment


def reverse_payment(
    deal: DealState, payment: Entry, message: Reverse, actor: Actor, now: datetime, today: date
) -> Entry:
    """Takes a payment from wherever its money stands, other deals among it: they are told to give it up."""
    entry = Entry(
        kind=EntryKind.REVERSED,
        id=message.id,
        payment=payment.id,
        amount=payment.amount,
        currency=payment.currency,
        day=message.day or today,
        taken=in_hand(deal, payment) | moved_away(deal, payment),
        note=message.reason,
        paid=payment.paid,
        actor=actor,
        at=now,
    )
    post(deal, entry)
    return entry


def correct_payment(
    deal: DealState,
    payment: Entry,
    right: Pay,
    message: Correct,
    actor: Actor,
    now: datetime,
    today: date,
) -> tuple[Entry, Entry]:
    """Takes a payment away as it was entered, and takes it in as it should have been. Where neither its amount nor its line is
    another, its money stands where it stood."""
    amount = kopecks(right.amount)
    common: dict[str, Any] = {"currency": payment.currency, "actor": actor, "at": now}
    undone = undo_payment(deal, payment, message, actor, now, today)
    stood, id = undone.taken, corrected_id(deal, payment)
    stays = (amount, right.line) == (payment.amount, payment.line)
    entered = Entry(
        kind=EntryKind.RECEIVED,
        id=id,
        payment=id,
        amount=amount,
        day=right.day or payment.day,
        put=stood if stays else _placed(deal, amount, right.line),
        line=right.line,
        note=right.purpose,
        corrects=payment.id,
        **sender(payment),
        **common,
    )
    post(deal, entered)
    return undone, entered


def sender(payment: Pay | Entry | WaitingPayment) -> dict[str, Any]:
    """Who paid, and what the payment order goes by."""
    return {name: getattr(payment, name) for name in ("payer", "payer_inn", "account", "key")}


def undo_payment(
    deal: DealState, payment: Entry, message: Correct, actor: Actor, now: datetime, today: date
) -> Entry:
    """Takes it away from wherever its money stands: it was entered wrong."""
    undone = Entry(
        kind=EntryKind.CORRECTED,
        id=message.id,
        payment=payment.id,
        amount=payment.amount,
        currency=payment.currency,
        day=today,
        taken=in_hand(deal, payment),
        note=message.reason,
        paid=payment.paid,
        actor=actor,
        at=now,
    )
    post(deal, undone)
    return undone


def corrected_id(deal: DealState, payment: Entry) -> str:
    """`pp-118/2`: the bank's own number, and which entry of it this is."""
    first = payment
    while first.corrects and (before := deal.ledger.find(EntryKind.RECEIVED, first.corrects)):
        first = before
    ids = (f"{first.id[:90]}/{n}" for n in count(2))
    return next(id for id in ids if not deal.ledger.find(EntryKind.RECEIVED, id))


def in_hand(deal: DealState, payment: Entry) -> dict[str, Decimal]:
    """Where a payment's money stands, as far as the deal still has it."""
    places = allocations(deal.ledger.entries)[payment.id]
    return {place: amount for place, amount in places.items() if not has_left(place)}


def moved_away(deal: DealState, payment: Entry) -> dict[str, Decimal]:
    """What of a payment other deals have."""
    places = allocations(deal.ledger.entries)[payment.id]
    return {place: amount for place, amount in places.items() if place.startswith(OTHER_DEAL)}


def put_advances(deal: DealState, now: datetime, today: date) -> list[Entry]:
    """Moves advances to milestones that are open to them: there were none when the money came, or they have become open again."""
    moved: list[Entry] = []
    stands = allocations(deal.ledger.entries)
    for payment in deal.ledger.payments:
        free = stands[payment.id].get(ADVANCE, ZERO)
        put = paid_for(deal, free, payment.line) if free > ZERO else {}
        used = free - put.pop(ADVANCE, ZERO)
        if used:
            moved.append(_move_by_desk(deal, payment.id, {ADVANCE: used}, put, now, today))
    return moved


def free_money(deal: DealState, draft: Draft, now: datetime, today: date) -> list[Entry]:
    """Before this draft takes the place of the one before: money that would stand on a milestone which is gone, or smaller, becomes an
    advance, the latest first."""
    terms = deal.book.payments
    sums = {
        id: milestone.amount
        for number, good in draft.lines.items()
        for id, milestone in milestones_of(number, good.amount, terms[good.payment]).items()
    }
    return _free_beyond(deal, sums, now, today)


def free_cancelled(deal: DealState, now: datetime, today: date) -> list[Entry]:
    """Money on milestones of lines that are cancelled becomes an advance."""
    gone = {
        id for line in deal.lines.values() if line.status is LineStatus.CANCELLED for id in line.milestones
    }
    stands = on_milestones(balances(deal.ledger.entries))
    return _free_beyond(deal, {p: ZERO if p in gone else stood for p, stood in stands.items()}, now, today)


def _free_beyond(deal: DealState, sums: Mapping[str, Decimal], now: datetime, today: date) -> list[Entry]:
    """What stands on milestones beyond these sums. A rest that was forgiven there is owed, or gone, with its milestone."""
    moved: list[Entry] = []
    stands = on_milestones(balances(deal.ledger.entries))
    beyond = {p: stood - sums.get(p, ZERO) for p, stood in stands.items() if stood > sums.get(p, ZERO)}
    if not beyond:
        return []
    places = allocations(deal.ledger.entries)
    for payment in (FORGIVEN, *(payment.id for payment in reversed(deal.ledger.payments))):
        taken = {}
        for place, amount in on_milestones(places.get(payment, {})).items():
            if part := min(amount, beyond.get(place, ZERO)):
                taken[place] = part
                beyond[place] -= part
        if taken:
            to = ADVANCE if payment else WRITTEN_OFF
            moved.append(_move_by_desk(deal, payment, taken, {to: sum(taken.values(), ZERO)}, now, today))
    return moved


def restate(deal: DealState) -> None:
    """What stands on the milestones of now, by the ledger."""
    amounts, days = balances(deal.ledger.entries), funded_on(deal.ledger.entries)
    for milestone in (m for line in deal.lines.values() for m in line.milestones.values()):
        milestone.allocated = amounts.get(milestone.id, ZERO)
        milestone.funded_on = days.get(milestone.id)


def _move_by_desk(
    deal: DealState,
    payment: str,
    taken: dict[str, Decimal],
    put: dict[str, Decimal],
    now: datetime,
    today: date,
) -> Entry:
    """A move that nobody has asked for."""
    entry = Entry(
        kind=EntryKind.MOVED,
        id=_own_id(deal),
        payment=payment,
        amount=sum(taken.values(), ZERO),
        currency=deal.currency,
        day=today,
        put=put,
        taken=taken,
        actor=DESK,
        at=now,
    )
    post(deal, entry)
    return entry


def _own_id(deal: DealState) -> str:
    """Of a move that nobody has asked for."""
    ids = (f"desk:{n}" for n in count(len(deal.ledger.entries) + 1))
    return next(id for id in ids if not deal.ledger.find(EntryKind.MOVED, id))


def move_money(
    deal: DealState, payment: Entry, message: Move, actor: Actor, now: datetime, today: date
) -> Entry:
    """Takes free money first, then what pays the latest due, and puts it on the line's open milestones, or keeps it as an advance."""
    amount = movable(deal, payment, message.line) if message.amount is None else kopecks(message.amount)
    entry = Entry(
        kind=EntryKind.MOVED,
        id=message.id,
        payment=payment.id,
        amount=amount,
        currency=payment.currency,
        day=today,
        put=_placed(deal, amount, message.line) if message.line else {ADVANCE: amount},
        taken=_taken(deal, payment, amount, message.line),
        note=message.reason,
        actor=actor,
        at=now,
    )
    post(deal, entry)
    return entry


def movable(deal: DealState, payment: Entry, line: int | None) -> Decimal:
    """As much of a payment as can be moved to a line, or to the advance."""
    free = sum(_elsewhere(deal, payment, line).values(), ZERO)
    return free if line is None else min(free, deal.lines[line].outstanding)


def _elsewhere(deal: DealState, payment: Entry, line: int | None) -> dict[str, Decimal]:
    target = deal.lines[line].milestones.keys() if line else {ADVANCE}
    """What is put aside for a refund stays there."""
    places = in_hand(deal, payment).items()
    return {p: amount for p, amount in places if p not in target and (p == ADVANCE or is_milestone(p))}


def _taken(deal: DealState, payment: Entry, amount: Decimal, line: int | None) -> dict[str, Decimal]:
    milestones = {m.id: m for each in deal.lines.values() for m in each.milestones.values()}

    def late_first(place: str) -> tuple[bool, float]:
        due = milestones[place].due_at if place in milestones else None
        return place in milestones, -due.timestamp() if due else float("-inf")

    taken: dict[str, Decimal] = {}
    places = _elsewhere(deal, payment, line)
    for place in sorted(places, key=late_first):
        part = min(places[place], amount - sum(taken.values(), ZERO))
        taken |= {place: part} if part > ZERO else {}
    return taken


def _placed(deal: DealState, amount: Decimal, line: int | None) -> dict[str, Decimal]:
    """Where so much money goes, of the milestones that are open now to what is for this line, or for none."""
    put, rest = allocate(amount, [m for m in deal.milestones if line in (None, m.line)])
    return {**put, ADVANCE: rest} if rest else put


def paid_for(deal: DealState, amount: Decimal, line: int | None) -> dict[str, Decimal]:
    """Where money goes that the payer sent for this line, or for none: what was invoiced for a line is for its parts, too. What is due
    comes first, and the line itself before its parts."""
    parts = parts_of(deal, line) if line else set()
    if not parts:
        return _placed(deal, amount, line)
    put: dict[str, Decimal] = {}
    for is_due in (True, False):
        for lines in ({line}, parts):
            open_now = [m for m in deal.milestones if m.line in lines and bool(m.due_at) is is_due]
            more, amount = allocate(amount, open_now)
            put |= more
    return {**put, ADVANCE: amount} if amount else put


def parts_of(deal: DealState, line: int) -> set[int]:
    """The lines that were split from it, and from those: what was invoiced for the whole is for them, too."""
    own = {part.number for part in deal.lines.values() if part.split_from == line}
    return own.union(*(parts_of(deal, part) for part in own))


def post(deal: DealState, entry: Entry) -> None:
    deal.ledger.post(entry)
    restate(deal)
