"""`deal next`: a deal is answered at a terminal, question by question."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from domain.bank.payment import BankPayment, Match
from domain.deal.messages import Acknowledge, Complete, Decide, Sign
from domain.playbook.forms import FieldType
from domain.wording import day
from domain.words import Text
from records.bank_payments import BankPayments
from starter.cli.next import Session
from starter.cli.options import Lang
from starter.cli.terminal import Terminal
from starter.settings import load_settings
from tests.cli.conftest import ORDERS
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal, default_playbook, sample_order, today
from tests.support.memory_desk import MemoryDesk

MOST = 200  # lines a person types for one deal
DEFAULTS = ("Сумма (", "Дата платежа (", "Дата на документе (", "Дата счёта (", "Дата отгрузки (")
"""Enter takes what stands there."""


class Person(io.StringIO):
    """Types what the last prompt asks for: the given answers first, then what the playbook's examples are."""

    def __init__(self, *answers: str, stubborn: bool = False) -> None:
        super().__init__()
        self.screen = io.StringIO()
        self.typed = 0
        self._answers, self._stubborn = list(answers), stubborn

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        self.typed += 1
        assert self.typed < MOST, self.seen[-2000:]
        if not self._answers and self._stubborn:
            return ""
        answer = self._answers.pop(0) if self._answers else self._by_prompt(self.prompt)
        self.screen.write(f"{answer}\n")  # as a terminal echoes it
        return f"{answer}\n"

    @property
    def prompt(self) -> str:
        return self.screen.getvalue().splitlines()[-1].strip()

    @property
    def seen(self) -> str:
        return self.screen.getvalue()

    def _by_prompt(self, prompt: str) -> str:
        if "можно пропустить" in prompt or prompt.startswith(DEFAULTS):
            return ""
        if prompt.startswith("Номер платёжного поручения"):
            return str(self.typed)
        for title, answer in EXAMPLES.items():
            if prompt.startswith(title):
                return answer.format(quantity=(re.findall("× ([0-9]+)", self.seen) or [""])[-1])
        raise AssertionError(f"nobody knows what to answer to {prompt!r}")


def _examples() -> Iterator[tuple[str, str]]:
    book = default_playbook()
    yield "Файл заказа", str(ORDERS / "three-goods.yaml")
    yield "Ваше решение", "согласовать"
    forms = [question.form for question in book.assignments.values()]
    for form in (*forms, *(term.form for term in book.payments.values())):
        for field in form:
            if field.type is FieldType.DATE:
                yield field.title.ru, day(today() + timedelta(days=field.days), "ru")
            elif field.type is FieldType.CHOICE:
                yield field.title.ru, "1"
            elif field.type is FieldType.PIECES:
                yield field.title.ru, "SN-0001..SN-{quantity:0>4}"
            else:
                yield field.title.ru, field.example


EXAMPLES = dict(sorted(_examples(), key=lambda example: -len(example[0])))
"""Longer titles first: one may begin as another one does."""


@pytest.fixture
def sit(desk: MemoryDesk) -> "Sit":
    return Sit()


class Sit:
    """A sitting of one person, or of everybody, at a deal."""

    def __call__(self, deal: OpenDeal | None, person: Person, who: str | None = None) -> str:
        console = Console(file=person.screen, width=200, highlight=False)
        terminal = Terminal("ru", person, console)
        Session(load_settings(), Lang.RU, deal and deal.number, who, terminal).run()
        return person.seen


def test_a_lead_of_three_goods_goes_to_paid_by_next_alone(lead: OpenDeal, sit: Sit) -> None:
    seen = sit(lead, Person())
    assert lead.state.stage == "PAID", seen
    assert "Вопросов больше нет." in seen
    assert lead.view().totals.outstanding == 0


def test_a_person_is_asked_only_what_is_theirs(three_goods: OpenDeal, sit: Sit) -> None:
    three_goods.qualify()
    assert "Вопросов больше нет." in sit(three_goods, Person(), "orlov")
    sit(three_goods, Person("согласовать", ""), "petrov")
    assert [vote.actor.person for vote in three_goods.state.approvals["contract"].votes] == ["petrov"]


def test_what_is_wrong_is_said_at_once_and_the_field_is_asked_again(
    three_goods: OpenDeal, desk: MemoryDesk, sit: Sit
) -> None:
    three_goods.to("line-1:supplier-order", "line-2:supplier-order", "line-3:reservation")
    past, ahead = "2020-01-01", datetime.now(UTC).date() + timedelta(days=10)
    seen = sit(three_goods, Person("", "PO-1", past, "завтра", day(ahead, "ru"), stubborn=True), "ivanova")
    wrong = [line.strip() for line in seen.splitlines() if "✘" in line]
    assert wrong[0].startswith("✘ нужен ответ")
    assert len(wrong) == 3
    [message] = desk.sent
    assert isinstance(message, Complete)
    assert message.fields == {"supplier_order": "PO-1", "ready_on": ahead.isoformat()}


def test_fields_that_the_answers_do_not_ask_for_are_not_asked(
    lead: OpenDeal, desk: MemoryDesk, sit: Sit
) -> None:
    seen = sit(lead, Person("не подходит", "", "Нет денег"), "ivanova")
    [message] = desk.sent
    assert isinstance(message, Complete)
    assert message.fields == {"outcome": "disqualified", "reason": "Нет денег"}
    assert "Бюджет" not in seen
    assert lead.state.wish in seen


def test_a_rejection_needs_a_comment(three_goods: OpenDeal, desk: MemoryDesk, sit: Sit) -> None:
    three_goods.qualify()
    seen = sit(three_goods, Person("2", "", "дорого", stubborn=True), "petrov")
    [message] = desk.sent
    assert isinstance(message, Decide)
    assert (message.approve, message.comment, message.version) == (False, "дорого", 1)
    assert "Всего 2 906 402,00 ₽" in seen.replace("\N{NO-BREAK SPACE}", " ")


def test_a_question_can_be_left_for_later(three_goods: OpenDeal, desk: MemoryDesk, sit: Sit) -> None:
    assert "отложенные на потом" in sit(three_goods, Person("/", stubborn=True), "ivanova")
    assert desk.sent == []


def test_what_the_deal_refuses_is_said_and_asked_again(
    three_goods: OpenDeal, desk: MemoryDesk, sit: Sit
) -> None:
    three_goods.to("line-1:supplier-order", "line-2:supplier-order", "line-3:reservation")
    three_goods.reverse(three_goods.state.ledger.payments[0].id)
    used = three_goods.state.ledger.payments[0].id
    person = Person("", "", used, "", "1 250 000,00 ₽", "", "119", "", stubborn=True)
    seen = sit(three_goods, person, "kuznetsova")
    assert "уже использован" in seen
    assert [payment.id for payment in three_goods.state.ledger.payments][-1] == "119"


def test_the_date_on_the_paper_is_todays_unless_another_is_said(
    three_goods: OpenDeal, desk: MemoryDesk, sit: Sit
) -> None:
    three_goods.qualify()
    three_goods.approve("contract", "client", "petrov")
    sit(three_goods, Person(""), "client")
    [message] = desk.sent
    assert isinstance(message, Sign)
    assert message.signed_on == three_goods.state.book.calendar.today(datetime.now(UTC))


@pytest.mark.parametrize("command", [["next", "1"], ["complete", "1"], ["next", "--all"]])
def test_without_a_terminal_it_says_so(three_goods: OpenDeal, command: list[str]) -> None:
    outcome = run_deal(*command, "--as", "ivanova")
    assert outcome.code == 2
    assert "-o json" in outcome.err


def test_complete_asks_the_form_of_the_one_that_is_named(
    three_goods: OpenDeal, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from starter.cli.app import commands_app

    three_goods.to("line-1:supplier-order", "line-2:supplier-order", "line-3:reservation")
    monkeypatch.setattr("starter.cli.terminal.at_terminal", lambda: True)
    typed = "РЗВ-1\nБ-1\n"
    outcome = CliRunner().invoke(
        commands_app(), ["complete", "1", "reservation", "--as", "orlov", "--id", "k"], input=typed
    )
    assert outcome.exit_code == 0, outcome.output
    [message] = desk.sent
    assert isinstance(message, Complete)
    assert (message.id, message.assignment) == ("k", "line-3:reservation")
    assert message.fields == {"reservation": "РЗВ-1", "place": "Б-1"}


@pytest.mark.usefixtures("recorded")
def test_over_all_deals_the_most_urgent_comes_first_and_money_is_the_accountants(
    desk: MemoryDesk, sit: Sit
) -> None:
    later, sooner = desk.world.open(sample_order()), desk.world.open(sample_order("stock-only"))
    later.agree()
    sooner.to("line-1:shipment")
    for payment in sooner.state.ledger.payments:
        sooner.reverse(payment.id)
    later.to("line-1:supplier-order", "line-2:supplier-order", "line-3:reservation")
    for payment in later.state.ledger.payments:
        later.reverse(payment.id)
    sit(None, Person(), "accountant")
    assert {message.name for message in desk.sent} == {"pay"}
    assert later.view().totals.paid > 0
    assert sooner.view().totals.outstanding == 0


@pytest.mark.usefixtures("recorded")
def test_a_director_is_asked_of_each_deal_at_last_whether_they_know_of_what_others_are_late_with(
    desk: MemoryDesk, sit: Sit
) -> None:
    deals = [desk.world.open(sample_order()) for _ in range(2)]
    deals[0].to("contract")
    deals[1].to("line-1:supplier-order", "line-2:credit")
    desk.world.skip(timedelta(days=12))
    until = day(deals[0].state.book.calendar.today(desk.world.now) + timedelta(days=5), "ru")
    first = ("согласовать", "", "", "вчера", "01.01.2020", until, "ждём")
    person = Person(*first, "согласовать", "", until, "", stubborn=True)
    seen = sit(None, person, "petrov")
    assert "Вопросов больше нет." in seen, seen
    assert seen.index("Ваше решение") < seen.index("вы в курсе")
    wrong = [line for line in seen.splitlines() if "✘" in line]
    assert ["дата" in line for line in wrong] == [True, True, False]
    told = [message for message in desk.sent if isinstance(message, Acknowledge)]
    assert {(message.actor, day(message.until, "ru")) for message in told} == {("petrov", until)}
    assert [message.comment for message in told] == ["ждём", "ждём", ""]
    asked = len(desk.sent)
    assert "Вопросов больше нет." in sit(None, Person(stubborn=True), "petrov")
    assert len(desk.sent) == asked


def test_whether_they_know_can_be_left_for_later(three_goods: OpenDeal, desk: MemoryDesk, sit: Sit) -> None:
    desk.world.skip(timedelta(days=12))
    assert "отложенные на потом" in sit(three_goods, Person("/", stubborn=True), "petrov")
    assert "Вопросов больше нет." in sit(three_goods, Person(stubborn=True), "orlov")
    assert desk.sent == []


# --- money nobody knows ----------------------------------------------------------------------------------------------


def waits(url: str, key: str, **said: Any) -> None:
    kept = BankPayments(url)
    payment = BankPayment.model_validate({"key": key, "amount": "1000.00", "currency": "RUB", **said})
    why = Text(ru="нет сделки 777", en="there is no deal 777")
    kept.put([(payment, Match(why=why, candidates=said.pop("candidates", ())))], datetime.now(UTC))
    kept.close()


def still_waiting(url: str) -> list[str]:
    kept = BankPayments(url)
    found = [one.payment.key for one in kept.open()]
    kept.close()
    return found


@pytest.mark.usefixtures("recorded")
def test_the_accountant_is_asked_whose_money_it_is(three_goods: OpenDeal, sit: Sit, tmp_path: Path) -> None:
    three_goods.qualify()
    url = f"sqlite:///{tmp_path / 'records.db'}"
    waits(url, "PP-1", purpose="за томограф", payer="ООО «Образец»")
    waits(url, "PP-2")
    waits(url, "PP-3")
    assert "Чьи" not in sit(None, Person(), "orlov")
    answers = ("другая сделка", "777", "/", "2", "", "ошибка банка")
    seen = sit(None, Person(*answers), "kuznetsova")
    assert "ООО «Образец» · за томограф" in seen
    assert "ждёт: нет сделки 777" in seen
    assert "There is no deal 777" in seen, "refused, and it waits on"
    assert "Остались только вопросы, отложенные на потом." in seen
    assert still_waiting(url) == ["PP-1", "PP-2"]
    sit(None, Person("1", three_goods.number, "/"), "kuznetsova")
    assert still_waiting(url) == ["PP-2"]
    [payment] = three_goods.state.ledger.payments
    assert (payment.id, payment.actor.person) == ("PP-1", "kuznetsova")
    sit(None, Person(stubborn=True), "kuznetsova")
    assert still_waiting(url) == ["PP-2"]
