"""The ledger: every kopeck that came, went back or was moved, entry by entry. What stands where is a fold over the entries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field, model_validator

from domain.base import LineNumber, State, Value
from domain.deal.rates import PaidIn, WaitingPayment, roubles_of
from domain.facts import Actor
from domain.money import KOPECK, ZERO, Sum, kopecks

ADVANCE = "advance"
REFUNDED = "refunded"
WRITTEN_OFF = "written-off"
ACCOUNT = "account"
TO_REFUND = "to-refund:"
OTHER_DEAL = "deal:"
_NAMED = (ADVANCE, REFUNDED, WRITTEN_OFF, ACCOUNT)
"""Where money stands beside milestones, whose ids are the other places. What is written off is a surplus that the company keeps,
or, below zero, a rest that it forgives. `account` is kept on the client's account, beyond this deal; `to-refund:2` is put aside until
the second outgoing payment is made; `deal:1043` is given to that deal."""
_LEFT = (REFUNDED, WRITTEN_OFF, ACCOUNT)
FORGIVEN = ""
"""Whose money a rest is that was written off: of no payment."""

Places = dict[str, Sum]


def to_refund(number: int) -> str:
    return f"{TO_REFUND}{number}"


def other_deal(number: str) -> str:
    return f"{OTHER_DEAL}{number}"


def is_milestone(place: str) -> bool:
    return place not in _NAMED and not place.startswith((TO_REFUND, OTHER_DEAL))


def has_left(place: str) -> bool:
    """What stands there the deal has no more: it went back, to another deal or the client's account, or was written off."""
    return place in _LEFT or place.startswith(OTHER_DEAL)


def _went_on(place: str) -> bool:
    """It left in the currency in which it had come."""
    return place == REFUNDED or place.startswith(OTHER_DEAL)


class EntryKind(StrEnum):
    RECEIVED = "received"
    REVERSED = "reversed"
    CORRECTED = "corrected"
    REFUNDED = "refunded"
    MOVED = "moved"
    WRITTEN_OFF = "written_off"


_GONE = (EntryKind.REVERSED, EntryKind.CORRECTED)
"""What takes a payment away as a whole."""


class Entry(Value):
    """`amount` is taken from places and put on others; only received money comes from outside, only reversed money goes there.

    Corrected money was entered wrong: it is taken from wherever it stands, and received anew by the entry that `corrects` it.

    `payment` is the received entry whose money it is (of a received one, its own id); a rest that is forgiven is nobody's money.
    `day` is the value date. `line` is what the payer said it is for; `note` the payer's words, or the reason. `payer`, `payer_inn`,
    `account` are who sent a received one; `key` is what its payment order goes by (`domain.bank.keys`). `paid` is how money came, or
    went, that the deal counts in another currency.
    """

    kind: EntryKind
    id: str
    payment: str = ""
    amount: Sum = Field(gt=0)
    currency: str
    day: date
    put: Places = {}
    taken: Places = {}
    line: LineNumber | None = None
    note: str = ""
    corrects: str = ""
    paid: PaidIn | None = None
    payer: str = ""
    payer_inn: str = ""
    account: str = ""
    key: str = ""
    actor: Actor
    at: AwareDatetime

    @property
    def to_deal(self) -> str:
        """The deal that this money was moved to; none of other entries."""
        return next(
            (place.removeprefix(OTHER_DEAL) for place in self.put if place.startswith(OTHER_DEAL)), ""
        )

    @model_validator(mode="after")
    def _loses_no_kopeck(self) -> "Entry":
        put, taken = (sum(places.values(), ZERO) for places in (self.put, self.taken))
        if any(part <= 0 for part in (*self.put.values(), *self.taken.values())):
            raise ValueError("what is put or taken is more than nothing")
        if put != (ZERO if self.kind in _GONE else self.amount):
            raise ValueError(f"of {self.amount} {put} is put somewhere")
        if taken != (ZERO if self.kind is EntryKind.RECEIVED else self.amount):
            raise ValueError(f"of {self.amount} {taken} is taken from somewhere")
        return self

    def about(self) -> dict[str, Any]:
        """What every fact about it says."""
        return {"payment": self.payment, "amount": self.amount, "currency": self.currency}


class Ledger(State):
    """Only ever appended to, each entry once by its kind and id. `waiting` payments become entries once their rate is known."""

    entries: list[Entry] = []
    waiting: list[WaitingPayment] = []

    def post(self, entry: Entry) -> bool:
        """Whether it is new."""
        if self.find(entry.kind, entry.id):
            return False
        self.entries.append(entry)
        return True

    def find(self, kind: EntryKind, id: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.kind is kind and entry.id == id), None)

    @property
    def payments(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind is EntryKind.RECEIVED]

    def same_order(self, key: str) -> Entry | WaitingPayment | None:
        """The payment that came by the payment order of this key, whatever id it was entered by."""
        came: list[Entry | WaitingPayment] = [*self.payments, *self.waiting]
        return next((payment for payment in came if key and key in (payment.key, payment.id)), None)

    @property
    def standing(self) -> list[Entry]:
        """The payments as they were corrected last, those that the bank took back among them."""
        wrong = {entry.payment for entry in self.entries if entry.kind is EntryKind.CORRECTED}
        return [payment for payment in self.payments if payment.id not in wrong]

    def latest(self, id: str) -> Entry | None:
        """The payment that came under this number, as it was corrected last."""
        found = self.find(EntryKind.RECEIVED, id)
        while found and (right := next((p for p in self.payments if p.corrects == found.id), None)):
            found = right
        return found

    def reversal(self, payment: str) -> Entry | None:
        """The entry by which a payment was taken away as a whole: the bank took it back, or it was entered wrong."""
        return next((e for e in self.entries if e.kind in _GONE and e.payment == payment), None)

    def roubles(self, payment: Entry, amount: Decimal) -> Decimal:
        """The roubles that go back for `amount` of a payment that came in roubles: at its own rate, and all of it for all."""
        if payment.paid is None:
            return amount
        places = allocations(self.entries)[payment.id].items()
        before = sum((amount for place, amount in places if _went_on(place)), ZERO)
        until = roubles_of(payment.paid, before + amount, payment.amount)
        return until - roubles_of(payment.paid, before, payment.amount)

    def refunded_by(self, payment: Entry, sent: Decimal, free: Decimal) -> Decimal:
        """What goes from the `free` money of a payment when so much is sent back in the currency it came in."""
        if payment.paid is None:
            return sent
        if sent == self.roubles(payment, free):
            return free
        return min(free, max(kopecks(sent * payment.amount / payment.paid.amount), KOPECK))

    def total(self, kind: EntryKind) -> Decimal:
        return sum((entry.amount for entry in self.entries if entry.kind is kind), ZERO)

    @property
    def in_hand(self) -> Decimal:
        """What stands on milestones, as an advance, or aside for a refund: came, or was forgiven, and has not left the deal."""
        return sum((amount for place, amount in balances(self.entries).items() if not has_left(place)), ZERO)

    @property
    def forgiven(self) -> Decimal:
        """What was not paid, and never will be: rests that were written off."""
        return -allocations(self.entries).get(FORGIVEN, {}).get(WRITTEN_OFF, ZERO)


def allocations(entries: Iterable[Entry]) -> dict[str, dict[str, Decimal]]:
    """Where each payment's money stands now: payment → place → amount. Places that have become empty are left out."""
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for entry in entries:
        for place, amount in entry.put.items():
            found[entry.payment][place] += amount
        for place, amount in entry.taken.items():
            found[entry.payment][place] -= amount
    return {
        payment: {place: amount for place, amount in places.items() if amount}
        for payment, places in found.items()
    }


def on_milestones(places: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {place: amount for place, amount in places.items() if is_milestone(place)}


def balances(entries: Iterable[Entry]) -> dict[str, Decimal]:
    """How much stands on each place; together as much as came and was not taken back."""
    found: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for places in allocations(entries).values():
        for place, amount in places.items():
            found[place] += amount
    return {place: amount for place, amount in found.items() if amount}


def funded_on(entries: Iterable[Entry]) -> dict[str, date]:
    """The value date of the latest money that stands on each place: a milestone that is paid was paid on that day."""
    entries = list(entries)
    days = {entry.id: entry.day for entry in entries if entry.kind is EntryKind.RECEIVED}
    found: dict[str, date] = {}
    for payment, places in allocations(entries).items():
        for place in places if payment in days else ():
            found[place] = max(days[payment], found.get(place, days[payment]))
    return found
