"""Facts as people read them."""

import re
from decimal import Decimal

import pytest

from domain.facts import (
    DESK,
    FACTS,
    Actor,
    ApprovalVoted,
    AssignmentCompleted,
    AssignmentReminded,
    CustomsReleased,
    DealPaid,
    DocumentSigned,
    EtaMoved,
    FactData,
    LineSilent,
    LineStatusChanged,
    MilestoneDue,
    StageChanged,
    Subject,
)
from domain.playbook.book import Playbook
from domain.view.sentences import sentence
from domain.words import Language, LineStatus, Role, Side, Stage, Text
from tests.domain.examples import MOMENT, example
from tests.factories import IVANOVA, a_fact

UPD = DocumentSigned(
    id="line-1:upd", title=Text(ru="УПД", en="UPD"), on=MOMENT.date(), sides=(Side.OURS, Side.CLIENT)
)


def said(data: FactData, language: Language, book: Playbook | None = None, **changes: object) -> str:
    return sentence(a_fact(1, data, **changes), language, book=book).replace("\xa0", " ")


@pytest.mark.parametrize("full", [True, False], ids=["full", "minimal"])
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", FACTS.values(), ids=FACTS.keys())
def test_every_kind_reads_well_with_all_data_and_with_the_least(
    kind: type[FactData], language: Language, full: bool
) -> None:
    words = said(example(kind, full=full), language)
    assert words[0].isupper() or not words[0].isalpha()
    assert not re.search(r"[{}\[\]]|None|True", words), "a blank of the template"
    assert not re.search(r"  | [,:;)]|\( ?\)|«»|“”|[—:,] ?[—:,]|[—:, ]$", words), "a missing word"
    assert not re.search(
        r"\d{4}-\d\d-\d\d|\d\.\d\d?$| RUB" if language == "ru" else r"\d{4}-\d\d-\d\d", words
    )
    assert language == "ru" or not re.search(r"[а-яё]", words, re.IGNORECASE)


def test_a_sentence_says_what_about_whom_and_by_whom(playbook: Playbook) -> None:
    answers = {"result": "accepted", "serial_numbers": "A1, A2", "checked_on": "2026-12-01"}
    done = AssignmentCompleted(
        id="line-2:acceptance",
        assignment="acceptance",
        title=Text(ru="Принять товар", en="Accept the goods"),
        assignee="sokolov",
        due=MOMENT,
        answers=answers,
    )
    where = {"subject": str(Subject(2)), "actor": IVANOVA}
    assert said(done, "en", playbook, **where) == (
        "Line 2: “Accept the goods” is done: Result: accepted; Serial numbers: A1, A2; 1 Dec 2026"
        " — Мария Иванова"
    )
    assert said(done, "ru", playbook, **where).startswith(
        "Позиция 2: выполнено «Принять товар»: Результат приёмки: принят; Серийные номера: A1, A2"
    )
    assert "выполнено «Принять товар»: принят; A1, A2; 01.12.2026" in said(done, "ru", **where), "no titles"


def test_people_are_named_where_the_playbook_is_there(playbook: Playbook) -> None:
    asked = AssignmentReminded(
        id="a", assignment="order", title=Text(ru="Заказ", en="Order"), assignee="ivanova", due=MOMENT
    )
    assert playbook.people["ivanova"].name in said(asked, "ru", playbook)
    assert "ivanova" in said(asked, "ru")
    for_petrov = Actor(person="orlov", name="Олег Орлов", behalf="petrov")
    name = playbook.people["petrov"].name
    words = f"“UPD” of 1 Dec 2026 is signed (our side, the client) — Олег Орлов (for {name})"
    assert said(UPD, "en", playbook, actor=for_petrov) == words
    words = f"Подписан документ «УПД» от 01.12.2026 (наша сторона, клиент) — Олег Орлов (за {name})"
    assert said(UPD, "ru", playbook, actor=for_petrov) == words


def test_the_desk_itself_is_not_named() -> None:
    moved = StageChanged(stage=Stage.CUSTOMS, before=Stage.ORDER_SENT)
    assert said(moved, "ru", actor=DESK) == "Стадия «Таможенное оформление» (была «Заказ отправлен»)"


def test_codes_amounts_dates_and_moments_are_words() -> None:
    due = MilestoneDue(
        id="m",
        title=Text(ru="Предоплата", en="Prepayment"),
        amount=Decimal("1250000.50"),
        outstanding=Decimal("1250000.50"),
        currency="RUB",
        due=MOMENT,
    )
    assert said(due, "ru") == "К оплате «Предоплата»: 1 250 000,50 ₽, срок 01.12.2026 18:00"
    assert said(due, "en") == "“Prepayment” is to be paid: ₽1,250,000.50, due 1 Dec 2026 18:00"
    status = LineStatusChanged(status=LineStatus.SHIPPED, before=LineStatus.AT_WAREHOUSE)
    assert said(status, "en") == "Status “shipped to the client” (was “at the warehouse”)"
    vote = ApprovalVoted(
        id="contract",
        approval="contract",
        title=Text(ru="Договор", en="Contract"),
        version=2,
        due=MOMENT,
        role=Role.DIRECTOR,
        answer="reject",
        comment="reject",
    )
    assert said(vote, "ru") == "Директор: против «Договор», версия 2 — «reject»"
    assert said(CustomsReleased(on=MOMENT.date()), "en") == "Customs has released the goods on 1 Dec 2026"


def test_words_that_were_missing_are_there() -> None:
    paid = DealPaid(amount=Decimal("100.00"), paid=Decimal("99.50"), forgiven=Decimal("0.50"), currency="RUB")
    assert said(paid, "ru").endswith("списано 0,50 ₽")
    assert "списано" not in said(paid.model_copy(update={"forgiven": None}), "ru")
    moved = EtaMoved(eta=MOMENT.date(), before=MOMENT.date(), reason="шторм")
    assert said(moved, "ru") == "Новая ожидаемая дата 01.12.2026 (была 01.12.2026): шторм"
    silent = LineSilent(line=2, since=MOMENT, reason=Text(ru="остановлен", en="stopped"), assignee="ivanova")
    assert said(silent, "en") == "The process of line 2 is silent since 1 Dec 2026 18:00: stopped"


def test_a_fact_that_can_not_be_read_is_named_all_the_same() -> None:
    broken = a_fact(1, UPD).model_copy(update={"data": {"title": 5}})
    assert sentence(broken, "ru") == "Запись не читается"
    assert sentence(a_fact(1, UPD, kind="no.such"), "en") == "This fact can't be read"


@pytest.mark.parametrize("odd", ["{title}", "[x]", "{", "a\nb"])
def test_what_people_wrote_is_no_template(odd: str) -> None:
    assert odd in said(
        DocumentSigned(id="d", title=Text(ru=odd, en=odd), on=MOMENT.date(), sides=(Side.CLIENT,)), "ru"
    )
