"""Money that goes back to the client: put aside first, then paid out. Each refund has its number."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, count

from domain.deal.ledger import (
    ADVANCE,
    REFUNDED,
    TO_REFUND,
    Entry,
    EntryKind,
    allocations,
    balances,
    to_refund,
)
from domain.deal.messages import Refund
from domain.deal.shifts import Shift, shift
from domain.deal.state import DealState
from domain.deal.tasks import Assignment
from domain.facts import Actor
from domain.money import ZERO
from domain.playbook.forms import Form
from domain.playbook.kinds import REFUND
from domain.playbook.questions import RefundPaid
from domain.refusals import Refusal
from domain.wording import typed


def next_number(deal: DealState) -> int:
    """One that no refund of this deal ever had."""
    places = {place for entry in deal.ledger.entries for place in entry.put if place.startswith(TO_REFUND)}
    return max((_number(place) for place in places), default=0) + 1


def _number(place: str) -> int:
    return int(place.removeprefix(TO_REFUND))


def put_aside(deal: DealState) -> dict[int, Decimal]:
    """What waits to go back, by the refund's number, the earliest first."""
    stands = balances(deal.ledger.entries).items()
    return dict(sorted((_number(place), amount) for place, amount in stands if place.startswith(TO_REFUND)))


def asked_for(deal: DealState, number: int) -> Decimal:
    """As much as was put aside at first: whatever has become less of it since, nobody agreed to."""
    return sum((entry.put.get(to_refund(number), ZERO) for entry in _first(deal, number)), ZERO)


def _first(deal: DealState, number: int) -> list[Entry]:
    place = to_refund(number)
    return [
        e for e in deal.ledger.entries if place in e.put and e.kind is EntryKind.MOVED and ADVANCE in e.taken
    ]


def in_roubles(deal: DealState, number: int) -> Decimal:
    """What was put aside that came in roubles, as it goes back: each payment at its own rate."""
    stands = allocations(deal.ledger.entries)
    parts = ((p, stands[p.id].get(to_refund(number), ZERO)) for p in deal.ledger.payments if p.paid)
    return sum((deal.ledger.roubles(payment, amount) for payment, amount in parts if amount), ZERO)


def asked_by(deal: DealState, number: int) -> Actor:
    return _first(deal, number)[0].actor


def reason_of(deal: DealState, number: int) -> str:
    return _first(deal, number)[0].note


def begin_refund(
    deal: DealState, payment: Entry, message: Refund, actor: Actor, now: datetime, today: date
) -> list[Entry]:
    said = _aside(deal, message.id, actor, now, today, message.reason)
    free = allocations(deal.ledger.entries)[payment.id][ADVANCE]
    amount = deal.ledger.refunded_by(payment, message.amount, free) if message.amount else free
    return shift(deal, said, {payment.id: amount})


def put_all_aside(
    deal: DealState, id: str, actor: Actor, now: datetime, today: date, note: str
) -> list[Entry]:
    """All that is free."""
    return shift(deal, _aside(deal, id, actor, now, today, note))


def _aside(deal: DealState, id: str, actor: Actor, now: datetime, today: date, note: str) -> Shift:
    target = to_refund(next_number(deal))
    return Shift(EntryKind.MOVED, id, ADVANCE, target, actor, day=today, at=now, note=note)


def give_back(deal: DealState, number: int, by: Actor, now: datetime, today: date, note: str) -> list[Entry]:
    """It does not go to the client after all: it is free again."""
    id, source = f"{REFUND}:{number}", to_refund(number)
    return shift(deal, Shift(EntryKind.MOVED, id, source, ADVANCE, by, day=today, at=now, note=note))


def pay_out(
    deal: DealState, asked: Assignment, answers: Mapping[str, str], by: Actor, now: datetime
) -> list[Entry]:
    """The outgoing payment was made: what was put aside is the client's again."""
    paid = RefundPaid.read(answers)
    return pay_out_as(deal, number_of(asked), paid.payment, paid.paid_on, by, now)


def pay_out_as(
    deal: DealState, number: int, payment: str, day: date, by: Actor, now: datetime
) -> list[Entry]:
    source, note = to_refund(number), reason_of(deal, number)
    return shift(deal, Shift(EntryKind.REFUNDED, payment, source, REFUNDED, by, day=day, at=now, note=note))


def take_back(
    deal: DealState, asked: Assignment, by: Actor, now: datetime, today: date, note: str
) -> list[Entry]:
    """The outgoing payment was entered wrong: what it paid waits once more."""
    source = to_refund(number_of(asked))
    amounts: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in deal.ledger.entries:
        if REFUNDED in entry.put and source in entry.taken:
            amounts[entry.payment] += entry.amount
        elif REFUNDED in entry.taken and source in entry.put:
            amounts[entry.payment] -= entry.amount
    said = Shift(EntryKind.MOVED, f"{asked.id}:corrected", REFUNDED, source, by, day=today, at=now, note=note)
    return shift(deal, said, amounts)


def number_of(asked: Assignment) -> int:
    """`refund#2` pays the second."""
    return int(asked.id.partition("#")[2] or 1)


def check_paid(deal: DealState, asked: Assignment, answers: Mapping[str, str]) -> None:
    """Refuses an outgoing payment that has paid another refund, or that left before the money came."""
    if asked.kind != REFUND:
        return
    paid = RefundPaid.read(answers)
    if paid.payment in paid_by(deal, but=asked):
        raise Refusal(
            "already",
            en="outgoing payment {id} has paid another refund: give the number of this one",
            ru="платёж {id} уже закрыл другой возврат: укажите номер платежа по этому",
            id=typed(paid.payment),
        )
    came = [
        payment.day
        for payment in deal.ledger.payments
        if payment.id in {entry.payment for entry in _first(deal, number_of(asked))}
    ]
    if came and paid.paid_on < max(came):
        raise Refusal(
            "before_payment",
            en="the money came on {day}: it can't have gone back before",
            ru="деньги пришли {day}: вернуть их раньше нельзя",
            day=max(came),
        )


def paid_by(deal: DealState, but: Assignment | None = None) -> set[str]:
    """The outgoing payments that have closed refunds."""
    done = (asked for asked in deal.assignments.values() if asked.kind == REFUND and asked is not but)
    return {asked.answers["payment"] for asked in done if asked.answers}


def refund_form(form: Form, deal: DealState, id: str) -> Form:
    """Its example is a number that has closed no other refund."""
    known, own = paid_by(deal), f"/{id.partition('#')[2]}".rstrip("/")
    return tuple(
        field.model_copy(update={"example": _unused(f"{field.example}{own}", known)})
        if field.name == "payment"
        else field
        for field in form
    )


def _unused(first: str, known: Collection[str]) -> str:
    return next(n for n in chain([first], (f"{first}/{again}" for again in count(2))) if n not in known)
