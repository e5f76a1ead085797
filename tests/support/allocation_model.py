"""Where money goes, as an accountant would tell it: the reference for `domain.deal.treasury`, in kopecks, and none of its code."""

from dataclasses import dataclass, field

FREE, GONE = "advance", "refunded"


@dataclass
class Part:
    """A milestone: what it costs, the day on which it falls due (none: not known yet), and what was forgiven of it."""

    id: str
    line: int
    amount: int
    due: int | None
    forgiven: int = 0


@dataclass
class Payment:
    line: int | None
    amount: int
    at: dict[str, int] = field(default_factory=dict)

    def put(self, place: str, amount: int) -> None:
        self.at[place] = self.at.get(place, 0) + amount
        if not self.at[place]:
            del self.at[place]


class Model:
    def __init__(self, parts: list[Part], tolerance: int) -> None:
        self.parts, self.tolerance = parts, tolerance
        self.payments: dict[str, Payment] = {}

    def rest(self, part: Part) -> int:
        return part.amount - part.forgiven - sum(p.at.get(part.id, 0) for p in self.payments.values())

    def _spread(self, payment: Payment, amount: int, line: int | None) -> None:
        known = sorted(self.parts, key=lambda part: (part.due is None, part.due or 0, part.line))
        for part in known:
            if line in (None, part.line) and (here := min(amount, self.rest(part))) > 0:
                payment.put(part.id, here)
                amount -= here
        payment.put(FREE, amount)

    def _spread_free(self) -> None:
        for payment in self.payments.values():
            if free := payment.at.pop(FREE, 0):
                self._spread(payment, free, payment.line)

    def pay(self, id: str, amount: int, line: int | None) -> None:
        self.payments[id] = Payment(line, amount)
        self._spread(self.payments[id], amount, line)

    def whole(self, id: str) -> bool:
        return GONE not in self.payments[id].at

    def reverse(self, id: str) -> None:
        del self.payments[id]
        self._spread_free()

    def correct(self, id: str, new: str, amount: int, line: int | None) -> None:
        wrong = self.payments.pop(id)
        if (amount, line) == (wrong.amount, wrong.line):
            self.payments[new] = wrong
        else:
            self.pay(new, amount, line)
        self._spread_free()

    def _from(self, id: str, line: int | None) -> list[str]:  # first what is free, or due last
        parts = [part for part in self.parts if part.line != line and part.id in self.payments[id].at]
        parts.sort(key=lambda part: -(part.due if part.due is not None else 10**9))
        free = [FREE] if line is not None and FREE in self.payments[id].at else []
        return free + [part.id for part in parts]

    def movable(self, id: str, line: int | None) -> int:
        there = sum(self.payments[id].at[place] for place in self._from(id, line))
        return there if line is None else min(there, sum(self.rest(p) for p in self.parts if p.line == line))

    def move(self, id: str, line: int | None, amount: int) -> None:
        payment, left = self.payments[id], amount
        for place in self._from(id, line):
            here = min(left, payment.at[place])
            payment.put(place, -here)
            left -= here
        payment.put(FREE, amount) if line is None else self._spread(payment, amount, line)

    def shift(self, source: str, target: str, amounts: dict[str, int]) -> None:
        for id, amount in amounts.items():
            self.payments[id].put(source, -amount)
            self.payments[id].put(target, amount)

    def forgivable(self, line: int) -> bool:
        rests = [self.rest(part) for part in self.parts if part.line == line]
        return not any(rests[:-1]) and 0 < rests[-1] <= self.tolerance

    def forgive(self, line: int) -> None:
        last = [part for part in self.parts if part.line == line][-1]
        last.forgiven += self.rest(last)
