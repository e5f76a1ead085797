"""Facts: what a declaration may not say, and what becomes of data on its way into the envelope and back."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from domain.facts import (
    FACTS,
    AssignmentOpened,
    BadDeclaration,
    DealLost,
    Fact,
    FactData,
    LineStatusChanged,
    Mail,
    MilestoneDue,
    To,
)
from domain.words import LineStatus, NoticeKind, Text
from tests.domain.examples import MOMENT, example


def a_missing_word() -> None:
    class Lacks(FactData):
        kind = "x.lacks"
        sentence = Text(ru="пришло {amount}", en="{amount} came")


def another_word_in_each_language() -> None:
    class Differs(FactData):
        kind = "x.differs"
        sentence = Text(ru="пришло[ от {who}]", en="it came[ on {day}]")

        who: str = ""
        day: str = ""


def a_word_in_one_language_only() -> None:
    class Half(FactData):
        kind = "x.half"
        sentence = Text(ru="пришло {reason}", en="it came")

        reason: str


def a_word_that_may_be_missing() -> None:
    class Gap(FactData):
        kind = "x.gap"
        sentence = Text(ru="пришло: {reason}", en="it came: {reason}")

        reason: str = ""


def a_bracket_that_closes_nothing() -> None:
    class Open(FactData):
        kind = "x.open"
        sentence = Text(ru="пришло[ {reason}", en="it came [{reason}]")

        reason: str


def a_kind_declared_twice() -> None:
    class Again(FactData):
        kind = DealLost.kind
        sentence = Text(ru="снова", en="again")


def no_sentence() -> None:
    class Silent(FactData):
        kind = "x.silent"


def an_amount_without_currency() -> None:
    class Bare(FactData):
        kind = "x.bare"
        sentence = Text(ru="пришло", en="it came")

        amount: Decimal | None = None


def mail_to_nobody() -> None:
    class Unsent(FactData):
        kind = "x.unsent"
        sentence = Text(ru="пришло", en="it came")
        mail = Mail(NoticeKind.DEAL_LOST, (To.ASSIGNEE,))


@pytest.mark.parametrize(
    ("declare", "problem"),
    [
        (a_missing_word, "needs 'amount', the data lacks it"),
        (another_word_in_each_language, "only one language says"),
        (a_word_in_one_language_only, "only one language says 'reason'"),
        (a_word_that_may_be_missing, "'reason' may be missing"),
        (a_bracket_that_closes_nothing, "opens or closes nothing"),
        (a_kind_declared_twice, "DealLost is declared under this kind already"),
        (no_sentence, "has no sentence"),
        (an_amount_without_currency, "without its currency"),
        (mail_to_nobody, "mail goes to the assignee, whom the data lacks"),
    ],
)
def test_a_declaration_that_contradicts_itself_fails_at_import(
    declare: Callable[[], None], problem: str
) -> None:
    before = dict(FACTS)
    with pytest.raises(BadDeclaration, match=problem):
        declare()
    assert before == FACTS


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", FACTS.values(), ids=FACTS.keys())
def test_data_is_read_as_it_was_recorded(kind: type[FactData], full: bool) -> None:
    data = example(kind, full=full)
    fact = Fact.model_validate_json(Fact.of(data, MOMENT).model_dump_json())
    assert fact.read() == data


def test_the_data_of_an_envelope_is_plain_and_without_what_is_empty() -> None:
    data = MilestoneDue(
        id="line-1:balance",
        title=Text(ru="Остаток", en="Balance"),
        amount=Decimal("10.00"),
        outstanding=Decimal("0.00"),
        currency="RUB",
        due=MOMENT,
    )
    assert Fact.of(data, MOMENT).data == {
        "id": "line-1:balance",
        "title": {"ru": "Остаток", "en": "Balance"},
        "amount": "10.00",
        "outstanding": "0.00",
        "currency": "RUB",
        "due": "2026-12-01T15:00:00.000000+00:00",
    }
    status = LineStatusChanged(status=LineStatus.SENT, before=LineStatus.PROCESSING)
    assert Fact.of(status, MOMENT).data == {"status": "SENT", "before": "PROCESSING"}


@pytest.mark.parametrize(
    ("kind", "data"), [("no.such", {}), ("deal.paid", {}), ("milestone.due", {"amount": "much"})]
)
def test_what_is_no_fact_is_told_as_a_value_error(kind: str, data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no\.such|validation error"):
        Fact(at=MOMENT, kind=kind, data=data).read()


def test_the_client_hears_of_a_line_only_when_it_is_shipped() -> None:
    mailed = {
        status: LineStatusChanged(status=status, before=LineStatus.AWAITING_RELEASE).mailed("ivanova")
        for status in LineStatus
    }
    assert {status for status, mail in mailed.items() if mail} == {LineStatus.SHIPPED}


def test_nobody_is_asked_to_pay_what_is_paid_already() -> None:
    due = example(MilestoneDue, full=True)
    assert due.mailed("ivanova")
    assert due.model_copy(update={"outstanding": Decimal("0.00")}).mailed("ivanova") is None


def test_the_manager_gets_no_mail_of_a_next_step_of_their_own() -> None:
    asked = AssignmentOpened(
        id="a", assignment="dispatch", title=Text(ru="О", en="D"), assignee="ivanova", due=MOMENT
    )
    assert asked.mailed("ivanova") is None
    assert asked.mailed("petrov")
    assert asked.model_copy(update={"assignment": "order"}).mailed("ivanova")
