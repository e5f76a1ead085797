"""What an agreement is, as simply as can be: a yes of both to what is offered now, and to what changes it of who loses by it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

Goods = dict[int, "Good"]
VOTERS = frozenset({CLIENT := "client", DIRECTOR := "petrov"})
DUE = {"prepaid_100": (100,) * 4, "prepaid_50": (50, 100, 100, 100), "instalments": (30, 30, 100, 100), "leasing": (20, 20, 20, 100),
       "deferred_30": (0, 0, 100, 100), "letter_of_credit": (0, 0, 100, 100), "state_contract": (0,) * 4, "corporate_contract": (0,) * 4}  # fmt: skip
"""Per cent that the client must have paid at the contract, the readiness, the shipment and the acceptance."""


class Good(NamedTuple):
    price: Decimal
    quantity: int
    payment: str
    rest: str


@dataclass
class Round:
    version: int
    goods: Goods
    needed: frozenset[str] = VOTERS
    voted: set[str] = field(default_factory=set)
    rejected: bool = False

    @property
    def agreed(self) -> bool:
        return self.needed <= self.voted

    @property
    def awaited(self) -> frozenset[str]:
        return frozenset() if self.rejected else self.needed - self.voted


class Agreement:
    def __init__(self, offered: Goods) -> None:
        self.contract, self.amendment = Round(1, offered), Round(0, {}, frozenset())
        self.in_force, self.seen_by_director, self.last = offered, offered, 1

    @property
    def asked(self) -> Round:
        return self.amendment if self.amendment.awaited else self.contract

    def offer(self, goods: Goods) -> bool:
        """Whether it may be: whatever was said of what was offered, or of what was to be amended, counts no more."""
        if goods == (self.in_force if self.contract.agreed else self.contract.goods):
            return False
        self.last += 1
        if self.contract.agreed:
            self.amendment = Round(self.last, goods, self.who_agrees(goods))
            self.look(self.amendment)
        else:
            self.contract = Round(self.last, goods)
        return True

    def revise(self) -> bool:
        if rejected := self.contract.rejected:
            self.last += 1
            self.contract = Round(self.last, self.contract.goods)
        return rejected

    def withdraw(self) -> bool:
        is_open, self.amendment = bool(self.amendment.awaited), Round(0, {}, frozenset())
        return is_open

    def vote(self, who: str, version: int, *, approve: bool) -> bool:
        """Whether the vote counts: each once, and only on the version of now."""
        asked = self.asked
        if version != asked.version or who not in asked.awaited:
            return False
        asked.voted |= {who} if approve else set()
        asked.rejected = not approve
        self.look(asked)
        return True

    def look(self, asked: Round) -> None:
        if asked.agreed:
            self.in_force = asked.goods
            self.seen_by_director = asked.goods if DIRECTOR in asked.needed else self.seen_by_director

    def who_agrees(self, goods: Goods) -> frozenset[str]:
        old, sold = self.in_force, (self.in_force, self.seen_by_director, goods)
        was, seen, now = (sum((g.price * g.quantity for g in of.values()), Decimal()) for of in sold)
        both = [(old[n], goods[n]) for n in old.keys() & goods.keys()]
        loses = old.keys() != goods.keys() or now > was or any(is_worse(*pair) for pair in both)
        beyond = abs(now - seen) * 100 > seen * 5 or any(a.payment != b.payment for a, b in both)
        return frozenset(who for who, is_asked in ((CLIENT, loses), (DIRECTOR, beyond)) if is_asked)


def is_worse(old: Good, new: Good) -> bool:
    dearer = new.price > old.price or new.price * new.quantity > old.price * old.quantity
    before, after = DUE[old.payment], DUE[new.payment]
    gains = before != after and all(then >= now for then, now in zip(before, after, strict=True))
    otherwise = (old.payment != new.payment and not gains) or new.rest != old.rest
    return dearer or otherwise or new.quantity < old.quantity
