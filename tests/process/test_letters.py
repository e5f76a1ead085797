"""What a letter tells its reader to do is made for that reader."""

import re
from copy import deepcopy
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from html import unescape

import pytest

from activities.mail.letter import Letter
from activities.mail.letters import Letters
from activities.playbook import load_site
from domain.effects import Asks, Notice
from domain.playbook.people import Substitute
from domain.wording import money
from tests.support.memory import ROOT, World, changed_playbook, sample_order
from tests.support.orders import a_good, a_lead, an_order


def letters(world: World) -> list[Notice]:
    return [notice for deal in world.deals for notice in world.mail.of(deal.number)]


def actors_in(notice: Notice) -> list[str]:
    return re.findall(r"--as (\S+)", notice.data["how"])


def test_no_letter_names_another_actor_however_long_everything_is_overdue(world: World) -> None:
    deal = world.open(sample_order())
    for step in ("contract", "line-1:supplier-order", "line-1:customs-release", "line-2:credit"):
        deal.to(step)
        world.skip(timedelta(days=30))
    deal.robot()
    told = letters(world)
    assert any(actors_in(notice) for notice in told)
    assert [(n.kind, n.person, n.data["how"]) for n in told if set(actors_in(n)) - {n.person}] == []


def test_a_client_gets_no_command_and_a_director_none_for_the_clients_answer(world: World) -> None:
    deal = world.open(sample_order())
    deal.to("contract")
    deal.approve("contract", "petrov")
    world.skip(timedelta(days=30))
    told = letters(world)
    assert {n.data["how"] for n in told if n.person == "client"} == {""}
    escalated = [n for n in told if n.kind == "approval_escalated" and n.person == "petrov"]
    assert escalated
    assert {n.data["how"] for n in escalated} == {""}


# --- what a letter asks is answered on a page --------------------------------------------------------------------------

ASKING = re.compile(
    "_(asked|opened|reminded|escalated|ready|due)$|^status_check$|^goods_damaged$|^approval_rejected$"
)


def test_every_letter_that_asks_its_reader_for_something_leads_to_a_page(world: World) -> None:
    """Who is only told that somebody else is late has nothing to answer."""
    world.open(a_lead()).to("order")
    deal = world.open(sample_order())
    for step in ("qualification", "contract", "line-1:arrival", "line-1:customs-release"):
        deal.to(step)
        world.skip(timedelta(days=30))
    deal.robot()
    told = [notice for notice in letters(world) if ASKING.search(notice.kind)]
    without = {(n.kind, n.person) for n in told if not (n.asks or n.acknowledges)}
    assert {n.asks.kind for n in told if n.asks} == {"approval", "assignment", "document", "payment", "order"}
    assert without <= {
        ("approval_escalated", "ivanova"),
        ("payment_reminded", "ivanova"),
        ("payment_escalated", "ivanova"),
    }


def test_who_enters_money_hears_in_their_digest_what_is_due_and_how_to_enter_it(world: World) -> None:
    away = Substitute(absent="kuznetsova", acts="petrov", since=world.now.date(), until="2027-12-31")
    world.book = changed_playbook(substitutes=[away.model_dump(mode="json")])
    deal = world.open(an_order(a_good(payment="prepaid_50")))
    deal.agree()
    told = [n for n in letters(world) if n.kind == "payment_expected"]
    assert [(n.person, n.digest) for n in told] == [("kuznetsova", True), ("petrov", True)]
    for notice in told:
        assert notice.asks == Asks(kind="payment", question="line-1:prepayment")
        assert notice.data["how"] == (
            f"deal pay {deal.number} --amount 1000.00 --line 1 --id '<номер платёжного поручения>' --as {notice.person}"
        )
    world.skip(timedelta(days=9))
    again = [n for n in letters(world) if (n.kind, n.person) == ("payment_expected", "kuznetsova")]
    assert len(again) > 1, "and of what has not come in time"
    other = {"deal": "9", "key": "other", "data": again[0].data | {"number": "9"}}
    digest = LETTERS.write([*again, again[0].model_copy(update=other)])
    assert digest.text.count("Ждём оплату «Предоплата 50 %», срок") == 2, "once for each payment"
    assert "1\u00a0000,00\u00a0₽" in digest.text
    deal.pay("1000")
    world.skip(timedelta(days=9))
    assert len(
        [n for n in letters(world) if (n.kind, n.person) == ("payment_expected", "kuznetsova")]
    ) == len(again)


def test_what_is_overdue_leads_its_director_to_a_page_and_nobody_else(world: World) -> None:
    deal = world.open(sample_order())
    for step in ("contract", "line-1:supplier-order"):
        deal.to(step)
        world.skip(timedelta(days=30))
    told = [n for n in letters(world) if n.kind.endswith("_escalated")]
    assert {n.person for n in told if n.acknowledges} == {"petrov"}
    assert {n.acknowledges is None for n in told if n.person == "petrov"} == {False}
    asks = [n.acknowledges for n in told if n.acknowledges and n.acknowledges.question == "contract"]
    assert [one.version for one in asks] == list(range(1, len(asks) + 1)), "each time it is told anew"
    assert len(asks) > 1


def test_a_check_and_a_rejection_lead_to_the_assignment_that_answers_them(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", payment="deferred_30")))
    deal.to("contract")
    deal.reject("contract", "petrov", "дорого")
    deal.complete("contract-revision")
    deal.to("line-1:credit")
    deal.reject("line-1:credit", "petrov", "риск")
    deal.to("line-1:customs-release")
    world.skip(timedelta(days=10))
    asked = {(n.kind, n.asks.question) for n in letters(world) if n.asks}
    assert ("approval_rejected", "contract-revision") in asked
    assert ("approval_rejected", "line-1:payment-terms#2") in asked
    assert ("status_check", "line-1:customs-release") in asked


def test_who_is_late_is_not_asked_to_step_in_for_themselves(world: World) -> None:
    deal = world.open(a_lead())
    world.skip(timedelta(days=9))
    mine, directors = (written(world, "assignment_escalated", person) for person in ("ivanova", "petrov"))
    assert deal.state.manager == "ivanova"
    assert "Оно за вами" in mine.text
    assert "передать другому" not in mine.text
    assert "Пожалуйста, помогите" in directors.text


# --- what a letter shows beside its words ------------------------------------------------------------------------------

REQUISITES = load_site(ROOT / "playbooks" / "default.yaml").requisites
LETTERS = Letters("desk@dealwright.example", "dealwright.example", requisites=REQUISITES)


def written(world: World, kind: str, person: str) -> Letter:
    found = [n for n in letters(world) if (n.kind, n.person) == (kind, person)]
    return LETTERS.write(found[:1])


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_contracts_letter_lists_goods_terms_dates_and_sums(world: World, language: str) -> None:
    order = deepcopy(sample_order())
    order["client"]["language"] = language
    deal = world.open(order)
    deal.to("contract")
    letter = written(world, "approval_asked", "client")
    dates = {
        "ru": ("5 рабочих дней с согласования договора", "30 дней с отгрузки"),
        "en": ("5 working days after the contract is agreed", "30 days after shipping"),
    }[language]
    lines = deal.state.active_lines
    sums = [
        money(amount, "RUB", letter.language)
        for amount in (deal.state.amount, *(line.amount for line in lines))
    ]
    for part in (letter.text, unescape(letter.html)):
        assert [
            words for words in (*dates, *sums, *(line.good.name for line in lines)) if words not in part
        ] == []


def test_a_line_s_approval_lists_that_line_alone(world: World) -> None:
    deal = world.open(sample_order())
    deal.to("line-2:credit")
    asked = next(n for n in letters(world) if n.asks and n.asks.question == "line-2:credit")
    assert asked.order
    assert [good.name for good in asked.order.goods] == [deal.line(2).good.name]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_payment_letter_has_requisites_and_a_code_that_banks_read(world: World, language: str) -> None:
    order = deepcopy(an_order(a_good(payment="prepaid_50")))
    order["client"]["language"] = language
    deal = world.open(order)
    deal.agree()
    letter = written(world, "payment_due", "client")
    assert REQUISITES
    for part in (letter.text, letter.html):
        assert all(value in part for value in (REQUISITES.account, REQUISITES.bic, REQUISITES.inn))
    assert 'src="cid:payment-qr"' in letter.html
    parsed = message_from_bytes(letter.as_bytes(), policy=default)
    kinds = [part.get_content_type() for part in parsed.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    [picture] = [part for part in parsed.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<payment-qr>"
    assert picture.get_content() == letter.pictures[0].content
    assert letter.pictures[0].content.startswith(b"\x89PNG")
    asked = next(n for n in letters(world) if n.kind == "payment_due").to_pay
    assert asked
    assert (str(asked.amount), f"заказу № {deal.number}" in asked.purpose) == ("1000.00", True)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_clients_digest_has_the_requisites_once_and_a_code_for_each_payment(
    world: World, language: str
) -> None:
    order = deepcopy(an_order(a_good(payment="prepaid_50"), a_good(payment="prepaid_100")))
    order["client"]["language"] = language
    for _ in range(2):
        world.open(order).agree()
    world.skip(timedelta(days=9))
    told = [n for n in letters(world) if (n.kind, n.person) == ("payment_reminded", "client")]
    one_each = list({(n.deal, n.data["id"]): n for n in told}.values())
    assert len(one_each) == 4
    letter = LETTERS.write(one_each)
    assert REQUISITES
    for part in (letter.text, unescape(letter.html)):
        assert all(part.count(value) == 1 for value in (REQUISITES.account, REQUISITES.bic, REQUISITES.inn))
        for notice in one_each:
            assert notice.to_pay
            assert notice.to_pay.purpose in part
            assert money(notice.to_pay.amount, "RUB", letter.language) in part
    shown = re.findall(r'src="cid:([^"]+)"', letter.html)
    assert shown == [picture.id for picture in letter.pictures]
    assert len(set(shown)) == 4
    parsed = message_from_bytes(letter.as_bytes(), policy=default)
    pictures = [part for part in parsed.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == [f"<{id}>" for id in shown]
    by_purpose = letter.html.index(one_each[0].to_pay.purpose) if one_each[0].to_pay else -1
    assert by_purpose < letter.html.index(f"cid:{letter.pictures[0].id}"), "the code stands under its payment"
    plain = Letters("desk@dealwright.example", "dealwright.example").write(one_each)
    assert (plain.pictures, "cid:" in plain.html) == ((), False)


def test_without_requisites_and_for_our_own_people_a_payment_letter_shows_no_code(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    world.skip(timedelta(days=20))
    asked = [n for n in letters(world) if n.kind.startswith("payment_")]
    plain = Letters("desk@dealwright.example", "dealwright.example").write(asked[:1])
    assert plain.pictures == ()
    assert "cid:" not in plain.html
    assert {n.data["audience"] for n in asked if n.to_pay} == {"client"}


def test_the_managers_letter_of_a_lead_has_the_wish_and_the_contacts(world: World) -> None:
    deal = world.open(a_lead(wish="УЗИ-сканер\nс тремя датчиками"))
    client = deal.state.client
    letter = written(world, "assignment_opened", "ivanova")
    for part in (letter.text, unescape(letter.html)):
        assert "УЗИ-сканер с тремя датчиками" in part
        assert all(value in part for value in (client.contact, client.phone, client.email) if value)
