"""Acts by hand: how few a deal takes, and how they are written."""

import json

import pytest

from domain.deal.messages import Complete, Sign
from domain.wording import day
from tests.cli.conftest import ORDERS, Run
from tests.starter.conftest import Outcome, run_deal
from tests.support.memory import OpenDeal, today
from tests.support.memory import day as day_from_now
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import a_good, an_order

MOST_ACTS = 20
TODAY = day(today(), "ru")


class Hand:
    """Types commands about one deal, and counts them."""

    def __init__(self, done: Run) -> None:
        self._done = done
        self.acts = 0

    def __call__(self, *words: str) -> Outcome:
        self.acts += 1
        return self._done(*words)


def test_a_lead_of_three_goods_is_brought_to_paid_by_hand_in_twenty_acts(desk: MemoryDesk, done: Run) -> None:
    deal = Hand(done)
    n = deal("start", str(ORDERS / "lead.yaml")).out.strip()
    qualified = (
        "outcome=qualified",
        "need=УЗИ",
        "budget=3 млн",
        "decision_maker=главврач",
        "delivery_region=Москва",
    )
    deal("complete", n, "qual", *fields(*qualified), "--as", "ivanova")
    deal("order", n, str(ORDERS / "three-goods.yaml"), "--as", "ivanova")
    deal("decide", n, "contract", "approve", "--as", "client")
    deal("decide", n, "contract", "approve", "--as", "petrov")
    deal("sign", n, "contract", "--as", "ivanova")
    terms = fields("invoice=СЧ-7", f"invoiced_on={TODAY}", "credit_limit=5 000 000")
    deal("complete", n, "payment-terms", "--lines", "all", *terms, "--as", "ivanova")
    deal("decide", n, "credit", "approve", "--as", "petrov")
    deal("pay", n, "--amount", "1 262 400,00 ₽", "--id", "118", "--as", "accountant")
    ordered = fields("supplier_order=PO-1", f"ready_on={TODAY}")
    deal("complete", n, "supplier-order", "--lines", "1,2", *ordered, "--as", "ivanova")
    deal("complete", n, "reservation", *fields("reservation=РЗВ-1", "place=Б-1"), "--as", "orlov")
    sent = fields("carrier=ДП", "waybill=27-01", f"eta={TODAY}")
    deal("complete", n, "dispatch", "--lines", "1,2", *sent, "--as", "ivanova")
    arrived = fields("outcome=прибыл", f"arrived_on={TODAY}")
    deal("complete", n, "arrival", "--lines", "1,2", *arrived, "--as", "ivanova")
    declared = fields("declaration=10702030/161126/0088410", "broker=ТБ")
    deal("complete", n, "customs-declaration", *declared, "--as", "ivanova")
    deal(
        "complete",
        n,
        "customs-release",
        *fields("outcome=released", f"released_on={TODAY}"),
        "--as",
        "ivanova",
    )
    serials = (
        "1:serial_numbers=A1..A2",
        "2:serial_numbers=B1..B4",
        "3:lots=П-2026-11",
        "3:lot_expires_on=31.12.2035",
    )
    deal("complete", n, "acceptance", "--lines", "all", *fields("result=accepted", *serials), "--as", "orlov")
    deal("pay", n, "--amount", "1 644 002,00", "--id", "119", "--as", "accountant")
    shipped = fields("shipping_document=УПД-7", f"shipped_on={TODAY}")
    deal("complete", n, "shipment", "--lines", "all", *shipped, "--as", "orlov")
    received = fields(f"delivered_on={TODAY}", "received_by=Анна")
    deal("complete", n, "delivery", "--lines", "all", *received, "--as", "ivanova")
    deal("sign", n, "--ready", "--as", "ivanova")
    assert desk.deal(n).state.stage == "PAID", desk.deal(n).describe()
    assert deal.acts <= MOST_ACTS


def fields(*answers: str) -> tuple[str, ...]:
    return tuple(word for answer in answers for word in ("-f", answer))


def test_one_line_that_would_be_refused_keeps_all_from_being_sent(
    three_goods: OpenDeal, desk: MemoryDesk
) -> None:
    three_goods.to("line-1:payment-terms", "line-2:payment-terms", "line-3:payment-terms")
    n, answers = three_goods.number, fields("invoice=СЧ-7", f"invoiced_on={TODAY}")
    outcome = run_deal("complete", n, "payment-terms", "--lines", "all", *answers, "--as", "ivanova")
    assert outcome.code == 4
    assert "line-2" in outcome.err
    assert "Кредитный лимит" in outcome.err
    unknown = run_deal(
        "complete", n, "payment-terms", "--lines", "1,3", *answers, "-f", "x=1", "--as", "ivanova"
    )
    assert (unknown.code, "x" in unknown.err) == (4, True)
    assert desk.sent == []
    assert run_deal("complete", n, "payment-terms", "--lines", "1,3", *answers, "--as", "ivanova").code == 0
    assert [m.assignment for m in desk.sent if isinstance(m, Complete)] == [
        *("line-1:payment-terms", "line-3:payment-terms")
    ]


def test_several_lines_with_one_key_are_repeated_safely(three_goods: OpenDeal, desk: MemoryDesk) -> None:
    three_goods.to("line-1:payment-terms", "line-2:payment-terms", "line-3:payment-terms")
    answers = fields("invoice=СЧ-7", f"invoiced_on={TODAY}")
    command = ["complete", three_goods.number, "payment-terms", "--lines", "1,3", *answers, "--as", "ivanova"]
    first, second = (run_deal(*command, "--id", "k", "-o", "json").data for _ in range(2))
    assert [receipt["repeated"] for receipt in first] == [False, False]
    assert [receipt["repeated"] for receipt in second] == [True, True]


def test_ready_signs_what_is_ready_and_theirs(three_goods: OpenDeal, desk: MemoryDesk) -> None:
    n = three_goods.number
    three_goods.robot(
        leave=lambda id: id.endswith(("upd", "waybill", "-act", "certificate-copy", "warranty")),
        until=lambda view: len([d for d in view["documents"] if d["can_sign"]]) >= 8,
    )
    assert run_deal("sign", n, "--ready", "--line", "2", "--as", "client").code == 0
    assert {m.document for m in desk.sent if isinstance(m, Sign)} == {"line-2:waybill", "line-2:warranty"}
    signed = [one["words_ru"] for one in run_deal("sign", n, "--ready", "--as", "orlov", "-o", "json").data]
    assert any(words.endswith("Подписано: Электронная транспортная накладная") for words in signed)
    assert any(words.endswith("Передано: Копия регистрационного удостоверения") for words in signed)
    assert three_goods.state.stage == "SHIPPED"
    nothing = run_deal("sign", n, "--ready", "--as", "orlov")
    assert (nothing.code, nothing.out, "нечего" in nothing.err) == (0, "", True)
    assert run_deal("sign", n, "--as", "client").code == 2


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("line-3:reservation", "line-3:reservation"),
        ("reservation", "line-3:reservation"),
        ("res", "line-3:reservation"),
        ("3:res", "line-3:reservation"),
        ("line-3", "line-3:reservation"),
    ],
)
def test_an_id_may_be_shortened_while_it_is_the_only_one(
    three_goods: OpenDeal, desk: MemoryDesk, typed: str, meant: str
) -> None:
    three_goods.to("line-1:supplier-order", "line-2:supplier-order", "line-3:reservation")
    answers = fields("reservation=РЗВ-1", "place=Б-1")
    assert run_deal("complete", three_goods.number, typed, *answers, "--as", "orl").code == 0
    [message] = desk.sent
    assert isinstance(message, Complete)
    assert (message.assignment, message.actor) == (meant, "orlov")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("complete", "1", "supplier-order", "-f", "a=b", "--as", "ivanova"), "line-1:supplier-order, line-2:supplier-order"),
        (("complete", "1", "reservasion", "-f", "a=b", "--as", "ivanova"), "line-3:reservation"),
        (("complete", "1", "1:nothing", "-f", "a=b", "--as", "ivanova"), "Нет такого задания"),
        (("decide", "1", "contrakt", "approve", "--as", "petrov"), "contract"),
        (("sign", "1", "kontract", "--as", "client"), "contract"),
        (("complete", "1", "reservation", "-f", "a=b", "--as", "orlof"), "orlov"),
        (("reassign", "1", "--to", "sidorof", "--as", "petrov"), "sidorov"),
        (("pay", "1", "--for", "1:blance", "--id", "1", "--as", "accountant"), "line-1:balance"),
        (("list", "--stage", "предплата"), "в виду: Предоплата?"),
        (("list", "--stage", "prepaiment", "--lang", "en"), "Did you mean Prepayment?"),
        (("complete", "1", "reservation", "-f", "a=b", "--as", "бухгалтир"), "в виду: бухгалтер?"),
    ],
)  # fmt: skip
def test_a_name_that_fits_nothing_or_several_is_said_with_what_was_meant(
    three_goods: OpenDeal, desk: MemoryDesk, command: tuple[str, ...], words: str
) -> None:
    three_goods.to("line-1:supplier-order", "line-2:supplier-order", "line-3:reservation")
    outcome = run_deal(*command)
    assert (outcome.code, words in outcome.err) == (2, True), outcome.err
    assert desk.sent == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("ru", "сейчас ничего не согласуется"), ("en", "Nothing in this deal is asked to be approved")],
)
def test_where_nothing_is_asked_that_is_said(
    lead: OpenDeal, desk: MemoryDesk, language: str, words: str
) -> None:
    outcome = run_deal("decide", "1", "contract", "approve", "--as", "petrov", "--lang", language)
    assert (outcome.code, words in outcome.err) == (2, True), outcome.err


def test_money_is_entered_as_it_is_printed(three_goods: OpenDeal, desk: MemoryDesk) -> None:
    three_goods.to("line-1:supplier-order", "line-2:supplier-order", "line-3:reservation")
    three_goods.reverse(three_goods.state.ledger.payments[0].id)
    paid = run_deal("pay", "deal-1", "--for", "1:pre", "--date", TODAY, "--id", "120", "--as", "accountant")
    assert paid.code == 0, paid.err
    last = three_goods.state.ledger.payments[-1]
    assert (last.id, str(last.amount), last.currency, last.line) == ("120", "1250000.00", "RUB", 1)


def test_a_payment_goes_by_its_payment_order(three_goods: OpenDeal, desk: MemoryDesk) -> None:
    three_goods.agree()
    order = ("--account", "40702810900000000118", "--document", "118", "--as", "kuznetsova")
    for document_date in ((), ("--document-date", three_goods.view().opened_at.date().isoformat())):
        outcome = run_deal("pay", three_goods.number, "--amount", "10,00", *order, *document_date)
        assert outcome.code == 0, outcome.err
    [payment] = three_goods.state.ledger.payments
    assert payment.id == payment.key
    assert payment.id.startswith("40702810900000000118/20")
    lacking = run_deal("pay", three_goods.number, "--amount", "10,00", *order[2:])
    assert (lacking.code, "--account" in lacking.err) == (2, True)


@pytest.mark.parametrize("word", ["approve|reject", "yes", None])
def test_a_decision_is_one_of_two(three_goods: OpenDeal, desk: MemoryDesk, word: str | None) -> None:
    outcome = run_deal("decide", "1", "contract", *([word] if word else []), "--as", "petrov")
    assert (outcome.code, "approve" in outcome.err) == (2, True)
    assert run_deal("decide", "1", "contract", "approve", "--reject", "--as", "petrov").code == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("root:x:0:0:secret:/root:/bin/sh\n", "это не заказ"),
        ("password: secret\npassword: secret\n", "это не заказ"),
        ("[secret\n", "это не заказ"),
        ('{"token": "secret", "token": "secret"}', "это не заказ"),
        ("version: '1'\ncompany: secret\npayments: {}\ndeliveries: {}\n", "playbook"),
        ("people: {secret: {}}\n", "people"),
    ],
)
def test_a_file_that_is_no_order_is_said_and_not_echoed(
    desk: MemoryDesk, tmp_path: object, content: str, words: str
) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "f.yaml"
    file.write_text(content, encoding="utf-8")
    outcome = run_deal("start", file)
    assert (outcome.code, words in outcome.err, "secret" in outcome.err) == (2, True, False), outcome.err


def test_an_order_may_come_on_stdin(desk: MemoryDesk) -> None:
    from typer.testing import CliRunner

    from starter.cli.app import commands_app

    for name in ("lead.yaml", "three-goods.yaml"):
        outcome = CliRunner().invoke(commands_app(), ["start", "-"], input=(ORDERS / name).read_bytes())
        assert outcome.exit_code == 0, outcome.output
    assert len(desk.world.deals) == 2


def test_who_enters_money_sees_in_the_inbox_what_is_to_be_paid(
    three_goods: OpenDeal, recorded: None, done: Run
) -> None:
    three_goods.to("line-1:payment-terms")
    three_goods.robot(leave=lambda id: False, until=lambda view: any(m["due_at"] for m in view["milestones"]))
    due = {m.id for m in three_goods.view().milestones if m.due_at}
    listed = {item["id"] for item in json.loads(done("inbox", "--as", "kuznetsova", "-o", "json").out)}
    assert due
    assert due <= listed
    assert not due & {item["id"] for item in json.loads(done("inbox", "--as", "orlov", "-o", "json").out)}


def test_a_supplier_who_is_late_takes_one_command(desk: MemoryDesk, done: Run) -> None:
    good = a_good(source="dealer", payment="state_contract", deliver_by=day_from_now(30))
    deal = desk.world.open(an_order(good))
    deal.to("line-1:supplier-order")
    n = deal.number
    ordered = fields("supplier_order=PO-1", f"ready_on={TODAY}")
    done("complete", n, "supplier-order", *ordered, "--as", "ivanova")
    said = done("delay", n, "1", "--ready-on", day_from_now(60), "--reason", "завод", "--as", "ivanova")
    assert "Moved to" in said.out or "Перенесено на" in said.out
    shown = done("show", n, "--lang", "ru").out
    assert "опоздание" in shown
    why = done("why", n, "--lang", "ru").out
    assert "причина: поставщик готовит товар к" in " ".join(why.split())
