"""The ledger: each entry once, and what stands where is a fold in which no kopeck is lost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.deal.ledger import (
    ADVANCE,
    REFUNDED,
    WRITTEN_OFF,
    Entry,
    EntryKind,
    Ledger,
    allocations,
    balances,
    funded_on,
    on_milestones,
)
from domain.money import ZERO
from tests.factories import NOW, SIDOROVA, a_payment

DAY = date(2026, 11, 23)
MILESTONES = ("line-1:prepayment", "line-1:balance", "line-2:all")


def an_entry(kind: EntryKind, id: str, amount: Decimal | str, **changes: object) -> Entry:
    known = {"currency": "RUB", "day": DAY, "actor": SIDOROVA, "at": NOW}
    return Entry(kind=kind, id=id, amount=Decimal(amount), **known | changes)


kopecks = st.integers(1, 10**6).map(lambda n: Decimal(n) / 100)


@st.composite
def places(draw: st.DrawFn, among: dict[str, Decimal]) -> dict[str, Decimal]:
    """A part of what stands on some of these."""
    chosen = draw(st.lists(st.sampled_from(sorted(among)), min_size=1, unique=True))
    return {p: Decimal(draw(st.integers(1, int(among[p] * 100)))) / 100 for p in chosen}


GONE = (EntryKind.REVERSED, EntryKind.CORRECTED)
"""What takes money out of the ledger."""


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Payments, and what became of them: moved, given back, written off, taken back. Some entries are told twice."""
    ledger = Ledger()
    for n in range(draw(st.integers(0, 25))):
        stands = allocations(ledger.entries)
        alive = {e.id: stands[e.id] for e in ledger.payments if stands.get(e.id)}
        for payment in alive:
            alive[payment] = {p: a for p, a in alive[payment].items() if p in (*MILESTONES, ADVANCE)}
        kind = draw(st.sampled_from(EntryKind))
        if kind is EntryKind.RECEIVED or not any(alive.values()):
            put = draw(st.dictionaries(st.sampled_from((*MILESTONES, ADVANCE)), kopecks, min_size=1))
            day = DAY + timedelta(days=draw(st.integers(-30, 30)))
            id = f"pp-{n}"
            entry = an_entry(EntryKind.RECEIVED, id, sum(put.values(), ZERO), payment=id, put=put, day=day)
        elif kind is EntryKind.WRITTEN_OFF and draw(st.booleans()):  # a rest that is forgiven
            rest = draw(kopecks)
            put, taken = {draw(st.sampled_from(MILESTONES)): rest}, {WRITTEN_OFF: rest}
            entry = an_entry(kind, f"e-{n}", rest, put=put, taken=taken)
        else:
            payment = draw(st.sampled_from([p for p, where in alive.items() if where]))
            taken = alive[payment] if kind in GONE else draw(places(alive[payment]))
            amount = sum(taken.values(), ZERO)
            target = {
                EntryKind.MOVED: draw(st.sampled_from((*MILESTONES, ADVANCE))),
                EntryKind.REFUNDED: REFUNDED,
                EntryKind.WRITTEN_OFF: WRITTEN_OFF,
            }.get(kind)
            put = {target: amount} if target else {}
            entry = an_entry(kind, f"e-{n}", amount, payment=payment, put=put, taken=taken)
        assert ledger.post(entry)
        if draw(st.booleans()):
            assert not ledger.post(draw(st.sampled_from(ledger.entries)))
    return ledger


@given(ledgers())
def test_no_kopeck_is_without_an_owner(ledger: Ledger) -> None:
    places = balances(ledger.entries)
    milestones = sum(on_milestones(places).values(), ZERO)
    rest = sum((places.get(place, ZERO) for place in (ADVANCE, REFUNDED, WRITTEN_OFF)), ZERO)
    came = ledger.total(EntryKind.RECEIVED) - sum((ledger.total(kind) for kind in GONE), ZERO)
    assert milestones + rest == came
    assert ledger.in_hand == milestones + places.get(ADVANCE, ZERO)
    assert places.get(REFUNDED, ZERO) == ledger.total(EntryKind.REFUNDED)


@given(ledgers(), st.randoms())
def test_what_stands_where_depends_on_the_entries_alone(ledger: Ledger, random: object) -> None:
    entries = list(ledger.entries)
    random.shuffle(entries)  # type: ignore[attr-defined]
    assert allocations(entries) == allocations(ledger.entries)
    assert funded_on(entries) == funded_on(ledger.entries)
    again = Ledger.model_validate_json(ledger.model_dump_json())
    assert again == ledger


@given(ledgers())
def test_money_stays_its_payments_own(ledger: Ledger) -> None:
    """What stands of a payment, wherever, is never more than came by it; nothing, once the bank took it back."""
    stands = allocations(ledger.entries)
    for payment in ledger.payments:
        held = stands.get(payment.id, {})
        assert all(amount > 0 for amount in held.values())
        gone = [e.amount for e in ledger.entries if e.kind in GONE and e.payment == payment.id]
        assert sum(held.values(), ZERO) == payment.amount - sum(gone, ZERO)


def test_the_same_entry_counts_once_and_ids_are_per_kind() -> None:
    ledger = Ledger()
    payment = a_payment("10.00", id="1")
    assert [ledger.post(payment), ledger.post(payment.model_copy(update={"note": "again"}))] == [True, False]
    taken = {"taken": {ADVANCE: Decimal(10)}, "payment": "1"}
    assert ledger.post(an_entry(EntryKind.REVERSED, "1", "10.00", **taken))
    assert (ledger.in_hand, len(ledger.entries)) == (ZERO, 2)


def test_a_milestone_is_funded_on_the_day_of_the_latest_money_that_stands_there() -> None:
    place = "line-1:balance"
    ledger = Ledger()
    for id, days in (("a", 0), ("b", 5), ("c", 9)):
        put = {place: Decimal(10)}
        ledger.post(a_payment("10.00", id=id, put=put, day=DAY + timedelta(days=days)))
    ledger.post(an_entry(EntryKind.REVERSED, "r", "10.00", payment="c", taken={place: Decimal(10)}))
    moved = {"taken": {place: Decimal(4)}, "put": {ADVANCE: Decimal(4)}, "payment": "b"}
    ledger.post(an_entry(EntryKind.MOVED, "m", "4.00", **moved))
    assert funded_on(ledger.entries) == {place: DAY + timedelta(days=5), ADVANCE: DAY + timedelta(days=5)}
    assert balances(ledger.entries) == {place: Decimal(16), ADVANCE: Decimal(4)}


@pytest.mark.parametrize(
    ("kind", "put", "taken"),
    [
        (EntryKind.RECEIVED, {ADVANCE: "9.99"}, {}),
        (EntryKind.RECEIVED, {ADVANCE: "10"}, {ADVANCE: "10"}),
        (EntryKind.REVERSED, {}, {ADVANCE: "9"}),
        (EntryKind.REVERSED, {ADVANCE: "10"}, {ADVANCE: "10"}),
        (EntryKind.MOVED, {ADVANCE: "10"}, {}),
        (EntryKind.MOVED, {ADVANCE: "10"}, {"line-1:balance": "11", "line-1:prepayment": "-1"}),
        (EntryKind.REFUNDED, {REFUNDED: "10"}, {ADVANCE: "1"}),
    ],
)
def test_an_entry_that_makes_or_loses_money_is_none(
    kind: EntryKind, put: dict[str, str], taken: dict[str, str]
) -> None:
    with pytest.raises(ValidationError):
        an_entry(kind, "1", "10.00", put=put, taken=taken)
