"""The trail as a chain: what its digests are made of, and what they notice."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import facts
from domain.facts import Fact, chained, in_branches, live_branch, verify
from domain.facts.written import _json, json_bytes
from domain.words import Text

MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=timezone(timedelta(hours=3)))
ANNA = facts.Actor(person="anna", name='Анна "Ann" \\ Ivanova', behalf="petrov")


def said(text: str, at: datetime = MONDAY) -> Fact:
    return Fact.of(facts.CancelRequested(reason=text), at, ANNA)


def trail(*texts: str, after: Fact | None = None, at: datetime = MONDAY) -> list[Fact]:
    seq, prev = (after.seq, after.digest) if after else (0, "")
    told: list[Fact] = []
    for n, text in enumerate(texts, start=1):
        told.append(chained(said(text, at + timedelta(minutes=n)), seq + n, prev))
        prev = told[-1].digest
    return told


def test_the_canonical_form_is_these_bytes() -> None:
    """Written by hand: when this fails, every trail there is would look altered."""
    data = facts.PaymentReceived(
        payment='p-1 "x"\n',
        amount=Decimal("1E+3"),
        currency="RUB",
        day=date(2026, 11, 30),
        purpose="за сканер \x7f 👍",
        put={"line-1:balance": Decimal("2.50"), "line-1:advance": Decimal("997.5")},
    )
    fact = chained(Fact.of(data, MONDAY, ANNA, facts.Subject(2)), 7, "0123456789abcdef0123456789abcdef")
    expected = (
        '{"actor":{"behalf":"petrov","name":"Анна \\"Ann\\" \\\\ Ivanova","person":"anna"},'
        '"at":"2026-11-30T06:00:00.000000+00:00",'
        '"data":{"amount":"1000","currency":"RUB","day":"2026-11-30","payment":"p-1 \\"x\\"\\u000a",'
        '"purpose":"за сканер \x7f 👍","put":{"line-1:advance":"997.5","line-1:balance":"2.50"}},'
        '"kind":"payment.received","seq":7,"subject":"line 2"}'
    ).encode()
    assert facts.canonical(fact) == expected
    assert fact.digest == sha256(b"0123456789abcdef0123456789abcdef" + expected).hexdigest()[:32]


def test_a_fact_that_travelled_as_json_has_the_same_bytes() -> None:
    data = facts.MilestoneDue(
        id="line-1:balance",
        title=Text(ru="Остаток", en="Balance"),
        amount=Decimal("10.00"),
        outstanding=Decimal("10.00"),
        currency="RUB",
        due=MONDAY,
    )
    fact = chained(Fact.of(data, MONDAY + timedelta(microseconds=1)), 1, "")
    again = Fact.model_validate_json(fact.model_dump_json())
    assert facts.canonical(again) == facts.canonical(fact)
    assert verify([again]) == []
    assert again.read() == data.model_copy(update={"due": MONDAY.astimezone(UTC)})


@pytest.mark.parametrize("text", ["\ud83d", "\x00", "a\u2028b", "e\u0301"])
def test_odd_text_breaks_no_chain(text: str) -> None:
    [fact] = trail(text)
    assert verify([Fact.model_validate_json(fact.model_dump_json())]) == []


def test_a_whole_trail_has_no_break() -> None:
    told = trail("a", "b", "c")
    assert verify(told) == verify(told, told[-1].digest) == verify([]) == []


def test_each_kind_of_break_is_named_with_its_place() -> None:
    a, b, c, d = trail("a", "b", "c", "d")
    altered = b.model_copy(update={"data": {"reason": "B"}})
    assert verify([a, altered, c, d]) == [(2, "altered")]
    assert verify([a, b.model_copy(update={"at": b.at + timedelta(microseconds=1)}), c]) == [(2, "altered")]
    assert verify([a, b.model_copy(update={"data": {"reason": 1.5}}), c]) == [(2, "altered")]
    assert verify([a, chained(altered, 2, a.digest), c, d]) == [(3, "branch")]
    assert verify([a, c, d]) == [(2, "missing")]
    assert verify([b, c, d]) == [(1, "missing")]
    assert verify([a, b, b, c, d])[0] == (2, "order")
    assert verify([a, c, b, d])[:2] == [(2, "missing"), (2, "order")]
    assert verify([a, b, c], head=d.digest) == [(4, "cut")]
    assert verify([a, b.model_copy(update={"seq": 3}), c.model_copy(update={"seq": 2})])[0] == (3, "altered")


def test_after_a_reset_the_abandoned_branch_stays_before_the_new_one() -> None:
    a, b, c = trail("a", "b", "c")
    new = trail("b again", "c again", "d", after=a, at=MONDAY + timedelta(hours=1))
    placed = in_branches([a, b, c, *new], head=new[-1].digest)
    assert [(p.fact.data["reason"], p.abandoned) for p in placed] == [
        ("a", False),
        ("b", True),
        ("c", True),
        ("b again", False),
        ("c again", False),
        ("d", False),
    ]
    assert verify(live_branch([a, b, c, *new], new[-1].digest), new[-1].digest) == []


def test_two_resets_leave_two_branches() -> None:
    a, b, c = trail("a", "b", "c")
    second = trail("c again", "d again", after=b, at=MONDAY + timedelta(hours=1))
    third = trail("b now", after=a, at=MONDAY + timedelta(hours=2))
    placed = in_branches([*third, *second, c, b, a], head=third[-1].digest)
    assert [p.fact.data["reason"] for p in placed] == ["a", "b", "c", "c again", "d again", "b now"]
    assert [p.abandoned for p in placed] == [False, True, True, True, True, False]


def test_a_gap_makes_no_branch_of_what_came_before_it() -> None:
    a, b, _, d = trail("a", "b", "c", "d")
    live = live_branch([a, b, d], d.digest)
    assert live == [a, b, d]
    assert verify(live, d.digest) == [(3, "missing")]
    assert live_branch([], "") == []
    assert live_branch([a, b], "unknown") == [a, b]


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.sampled_from(['":1.5', "a,1e5", "[Infinity", "\x7f"]),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    )
)
def test_what_the_library_writes_is_what_the_canonical_form_says(value: object) -> None:
    assert json_bytes(value) == _json(value).encode(errors="surrogatepass")


@pytest.mark.parametrize("value", [1.5, -2.0, 1e300, float("nan"), float("inf"), -float("inf"), {1, 2}, b""])
def test_what_is_no_fact_has_no_canonical_form(value: object) -> None:
    for whole in (value, [1, value], {"a": value}, {"a": {"b": [value]}}):
        with pytest.raises(TypeError):
            json_bytes(whole)
