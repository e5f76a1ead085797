"""Milestones sum to the total to the kopeck, and money put on them is neither lost nor made."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.deal.payments import Milestone, allocate, milestones_of
from domain.money import ZERO, Money, kopecks, vat_part
from domain.playbook.book import Playbook
from domain.playbook.terms import PaymentTerm
from domain.words import Text, Trigger

amounts = st.integers(1, 10**14).map(lambda n: Decimal(n) / 100)
TITLE = {"ru": "Часть", "en": "Part"}


def term(shares: list[str]) -> PaymentTerm:
    parts = [
        {"id": f"part-{n}", "title": TITLE, "share": share, "trigger": "contract", "offset": "1wd"}
        for n, share in enumerate(shares)
    ]
    balance = {"id": "balance", "title": TITLE, "trigger": "shipped", "offset": "30cd"}
    return PaymentTerm.model_validate({"title": TITLE, "milestones": [*parts, balance]})


@st.composite
def terms(draw: st.DrawFn) -> PaymentTerm:
    shares: list[str] = []
    left = 9999
    while left > 1 and len(shares) < 8 and draw(st.booleans()):
        share = draw(st.integers(1, left - 1))
        left -= share
        shares.append(str(Decimal(share) / 100))
    return term(shares)


@given(amounts, terms())
def test_milestones_sum_to_the_total_for_any_amount_and_term(amount: Decimal, paid_so: PaymentTerm) -> None:
    milestones = milestones_of(1, amount, paid_so)
    assert sum((m.amount for m in milestones.values()), ZERO) == amount
    assert all(m.amount >= ZERO and m.amount == kopecks(m.amount) for m in milestones.values())
    assert [m.id for m in milestones.values()] == [f"line-1:{part.id}" for part in paid_so.milestones]


@given(amounts)
def test_milestones_of_every_term_of_the_playbook_sum_to_the_total(
    playbook: Playbook, amount: Decimal
) -> None:
    for paid_so in playbook.payments.values():
        assert sum((m.amount for m in milestones_of(1, amount, paid_so).values()), ZERO) == amount


@pytest.mark.parametrize(
    ("amount", "shares", "parts"),
    [
        ("100.00", ["30", "30"], ["30.00", "30.00", "40.00"]),
        ("0.01", ["50"], ["0.01", "0.00"]),
        ("0.01", ["50", "49"], ["0.01", "0.00", "0.00"]),
        ("100.01", ["33.33", "33.33"], ["33.33", "33.33", "33.35"]),
        ("0.03", ["50"], ["0.02", "0.01"]),  # halves up
        ("1250000.00", [], ["1250000.00"]),
    ],
)
def test_shares_are_rounded_and_the_balance_takes_the_rest(
    amount: str, shares: list[str], parts: list[str]
) -> None:
    milestones = milestones_of(2, Decimal(amount), term(shares))
    assert [str(m.amount) for m in milestones.values()] == parts


@st.composite
def open_milestones(draw: st.DrawFn) -> list[Milestone]:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    found = []
    for n in range(draw(st.integers(0, 8))):
        amount = draw(amounts)
        paid = draw(st.sampled_from([ZERO, kopecks(amount / 3), amount]))
        due = draw(st.none() | st.integers(0, 90).map(lambda days: start + timedelta(days=days)))
        found.append(
            Milestone(
                id=f"m{n}",
                line=draw(st.integers(1, 5)),
                title=Text(ru="Часть", en="Part"),
                amount=amount,
                trigger=Trigger.CONTRACT,
                allocated=paid,
                due_at=due,
            )
        )
    return found


@given(amounts, open_milestones())
def test_allocation_neither_loses_nor_makes_a_kopeck(amount: Decimal, milestones: list[Milestone]) -> None:
    parts, left = allocate(amount, milestones)
    assert sum(parts.values(), ZERO) + left == amount
    owed = {m.id: m.outstanding for m in milestones}
    assert all(ZERO < part <= owed[id] for id, part in parts.items())
    assert left >= ZERO
    assert left == ZERO or parts == {id: part for id, part in owed.items() if part > ZERO}


@given(amounts, open_milestones())
def test_the_earliest_due_is_paid_first(amount: Decimal, milestones: list[Milestone]) -> None:
    parts, _ = allocate(amount, milestones)
    never = datetime.max.replace(tzinfo=UTC)
    ordered = sorted(
        (m for m in milestones if m.outstanding > ZERO), key=lambda m: (m.due_at or never, m.line)
    )
    assert list(parts) == [m.id for m in ordered[: len(parts)]]
    assert all(parts[m.id] == m.outstanding for m in ordered[: len(parts) - 1])


@pytest.mark.parametrize(
    ("amount", "rate", "vat"),
    [
        ("122.00", "22", "22.00"),
        ("98500.50", "22", "17762.39"),
        ("110", "10", "10.00"),
        ("100", None, "0.00"),
    ],
)
def test_the_vat_is_inside_the_price(amount: str, rate: str | None, vat: str) -> None:
    assert vat_part(Decimal(amount), Decimal(rate) if rate else None) == Decimal(vat)


def test_zero_per_cent_and_exempt_are_two_things(playbook: Playbook) -> None:
    assert playbook.vat["exempt"].rate is None
    assert "Без НДС" in playbook.vat["exempt"].title.ru


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity", "1e30", "12.345", "abc", ""])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Money).validate_python(amount)


@pytest.mark.parametrize(
    ("milestones", "words"),
    [
        ([{"share": "50"}], "exactly one milestone is the balance"),
        ([{}, {}], "exactly one milestone is the balance"),
        ([{"share": "60"}, {"share": "40"}, {}], "nothing is left for the balance"),
        ([{"id": "a", "share": "60"}, {"id": "a"}], "same id"),
        ([{"gate": "shipping", "trigger": "shipped"}], "shipping would wait for money that is due only once"),
        ([{"gate": "ordering", "trigger": "ready_to_ship"}], "ordering would wait for money"),
        ([], "at least 1 item"),
    ],
)
def test_a_payment_term_that_can_not_work_is_refused(milestones: list[dict[str, str]], words: str) -> None:
    usual = {"title": TITLE, "trigger": "contract", "offset": "1wd"}
    parts = [{"id": f"m{n}", **usual, **part} for n, part in enumerate(milestones)]
    with pytest.raises(ValidationError, match=words):
        PaymentTerm.model_validate({"title": TITLE, "milestones": parts})
