"""Signed links to assignments, documents and payments: the same rules as everywhere, on a page, for one person, once."""

from datetime import date
from http import HTTPStatus

import pytest

from domain.facts import AssignmentCompleted, DocumentRefused, DocumentSigned, PaymentReceived, QuestionAsked
from domain.wording import day
from domain.words import Role
from tests.support.memory import OpenDeal, World
from tests.support.orders import a_good, a_lead, an_order
from tests.support.world_desk import WorldWeb

SEEN, TAKEN, WRONG, GONE = (
    HTTPStatus.OK,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.GONE,
)
ENGLISH = "?lang=en"


@pytest.fixture
def web(world: World) -> WorldWeb:
    return WorldWeb(world)


def released(world: World, **good: object) -> OpenDeal:
    deal = world.open(an_order(a_good(**good)))
    deal.agree()
    return deal


# --- assignments -------------------------------------------------------------------------------------------------------


async def test_an_assignment_is_answered_on_its_page_once_and_the_page_then_shows_the_answers(
    world: World, web: WorldWeb
) -> None:
    deal = released(world)
    link = web.link(deal, "line-1:payment-terms", "ivanova")
    page = await web.get(link)
    assert page.status_code == SEEN
    assert "Номер счёта" in page.text
    assert deal.facts(AssignmentCompleted)[-1].data["id"] != "line-1:payment-terms"
    today = deal.state.book.calendar.today(world.now).isoformat()
    for number in ("СЧ-77", "СЧ-88"):
        answer = await web.post(link, invoice=number, invoiced_on=today)
    assert answer.status_code == SEEN
    done = await web.get(link)
    assert "Задание выполнено" in done.text
    assert "СЧ-77" in done.text
    assert day(date.fromisoformat(today), "ru") in done.text
    assert "СЧ-88" not in done.text
    [completed] = [
        fact for fact in deal.facts(AssignmentCompleted) if fact.data["id"] == "line-1:payment-terms"
    ]
    assert (completed.actor.person, completed.data["answers"]["invoice"]) == ("ivanova", "СЧ-77")


@pytest.mark.parametrize(
    ("language", "missing", "late"),
    [("?lang=ru", "это нужно заполнить", "позже"), (ENGLISH, "this must be filled in", "is after")],
)
async def test_the_page_says_what_is_wrong_at_each_field_and_keeps_what_was_typed(
    world: World, web: WorldWeb, language: str, missing: str, late: str
) -> None:
    deal = released(world)
    link = web.link(deal, "line-1:payment-terms", "ivanova") + language
    page = await web.post(link, invoice="", invoiced_on="2030-01-01")
    assert page.status_code == WRONG
    at = {
        id: page.text.partition(f'id="{id}-error">')[2].partition("</p>")[0]
        for id in ("invoice", "invoiced_on")
    }
    assert missing in at["invoice"]
    assert late in at["invoiced_on"]
    assert 'value="2030-01-01"' in page.text
    page = await web.post(link, invoice="<b>СЧ</b>", invoiced_on="")
    assert 'value="&lt;b&gt;СЧ&lt;/b&gt;"' in page.text
    assert web.desk.sent == []


async def test_a_field_that_another_answer_requires_is_asked_for(world: World, web: WorldWeb) -> None:
    deal = world.open(a_lead())
    link = web.link(deal, "qualification", "ivanova")
    page = await web.post(link, outcome="disqualified")
    assert page.status_code == WRONG
    assert 'value="disqualified" checked' in page.text
    assert ">не подходит</label>" in page.text
    assert 'id="reason-error"' in page.text
    assert 'id="need-error"' not in page.text
    assert (await web.post(link, outcome="disqualified", reason="Нет бюджета")).status_code == TAKEN


async def test_the_managers_page_of_a_lead_says_what_is_wanted_and_how_to_reach_the_client(
    world: World, web: WorldWeb
) -> None:
    deal = world.open(a_lead(wish="УЗИ <script>alert(1)</script>"))
    page = (await web.get(web.link(deal, "qualification", "ivanova"))).text
    assert "УЗИ &lt;script&gt;" in page
    assert deal.state.client.contact in page
    assert (deal.state.client.phone or deal.state.client.email or "?") in page


async def test_what_was_answered_meanwhile_says_so_and_by_whom(world: World, web: WorldWeb) -> None:
    deal = released(world)
    deal.complete("line-1:payment-terms", "petrov")
    page = await web.get(web.link(deal, "line-1:payment-terms", "ivanova"))
    assert page.status_code == SEEN
    assert "Задание выполнено" in page.text
    assert "Андрей Петров" in page.text
    assert "<form" not in page.text


async def test_what_is_withdrawn_or_somebody_elses_or_not_there_says_so(world: World, web: WorldWeb) -> None:
    deal = released(world)
    links = {
        "somebody else": web.link(deal, "line-1:payment-terms", "sidorov"),
        "nobody": web.link(deal, "line-1:payment-terms", "nobody"),
        "client": web.link(deal, "line-1:payment-terms", "client"),
    }
    for link in links.values():
        page = await web.get(link)
        assert page.status_code == HTTPStatus.FORBIDDEN
        assert (await web.post(link, invoice="1")).status_code == HTTPStatus.FORBIDDEN
    assert (await web.get(web.link(deal, "line-9:arrival", "ivanova"))).status_code == GONE
    mine = web.link(deal, "line-1:payment-terms", "ivanova")
    deal.cancel("petrov")
    for page in (await web.get(mine), await web.post(mine, invoice="1")):
        assert page.status_code == GONE
        assert "не нужно" in page.text
    assert web.desk.sent == []


async def test_an_answer_that_was_lost_counts_once_when_it_is_sent_again(world: World, web: WorldWeb) -> None:
    deal = world.open(a_lead())
    link = web.link(deal, "qualification", "ivanova")
    web.desk.loses_answer = True
    answer = {"outcome": "disqualified", "reason": "Нет «бюджета»\nсовсем"}
    page = await web.post(link, **answer)
    assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert 'type="hidden" name="reason" value="Нет «бюджета»\nсовсем"' in page.text
    assert (await web.post(link, **answer)).status_code in (SEEN, GONE)
    assert len(deal.facts(AssignmentCompleted)) == 1
    web.desk.down = True
    assert (await web.get(link)).status_code == HTTPStatus.SERVICE_UNAVAILABLE


async def test_a_refusal_of_the_deals_own_rule_stands_above_the_form(world: World, web: WorldWeb) -> None:
    deal = world.open(an_order())
    people = {id: person.model_dump() for id, person in deal.state.book.people.items()}
    people["zimin"] = people.pop("ivanova") | {"email": "zimin@dealwright.example"}
    deal.say("people", actor="petrov", people=people)
    [asked] = [a for a in deal.state.open_assignments if a.kind == "deal-manager"]
    page = await web.post(web.link(deal, asked.id, asked.assignee), manager="Никто")
    assert page.status_code == WRONG
    assert "не менеджер" in page.text


# --- documents ---------------------------------------------------------------------------------------------------------


async def test_a_document_is_signed_with_the_date_on_the_paper(world: World, web: WorldWeb) -> None:
    deal = world.open(an_order())
    deal.to("line-1:delivery")
    deal.complete("line-1:delivery")
    document = next(d for d in deal.line().documents.values() if d.ready and Role.CLIENT in d.signers)
    link = web.link(deal, document.id, "client", "document")
    page = await web.get(link)
    assert document.title.ru in page.text
    assert "Иванова" not in page.text.partition("<main>")[2].partition("</main>")[0]
    assert (await web.post(link, signed_on="")).status_code == WRONG
    future = await web.post(link, signed_on="2030-01-01")
    assert future.status_code == WRONG
    assert 'id="signed_on-error"' in future.text
    today = deal.state.book.calendar.today(world.now).isoformat()
    for _ in range(2):
        answer = await web.post(link, signed_on=today)
    assert answer.status_code == SEEN
    assert "Документ подписан" in answer.text
    signed = [fact for fact in deal.facts(DocumentSigned) if fact.data["id"] == document.id]
    assert [fact.actor.person for fact in signed] == ["client"]
    assert (await web.get(web.link(deal, document.id, "ivanova", "document"))).status_code == SEEN


async def test_a_document_that_is_not_ready_can_not_be_signed(world: World, web: WorldWeb) -> None:
    deal = released(world)
    document = next(iter(deal.line().documents))
    page = await web.get(web.link(deal, document, "client", "document"))
    assert page.status_code == GONE
    assert "рано" in page.text


async def test_the_client_refuses_a_document_on_its_page_with_a_reason_and_once(
    world: World, web: WorldWeb
) -> None:
    deal = delivered(world)
    link = web.link(deal, "line-1:upd", "client", "document")
    page = (await web.get(link)).text
    assert "Отказаться" in page
    assert page.index('class="primary"') < page.index('name="refuse"'), "Enter signs, and refuses nothing"
    no_reason = await web.post(link, refuse="wholly", reason=" ", nth="0")
    assert no_reason.status_code == WRONG
    assert "Напишите, почему" in no_reason.text
    for _ in range(2):
        said = await web.post(link, refuse="partly", reason="не хватает двух штук", nth="0")
    assert "От подписи отказались" in said.text
    [told] = deal.read(DocumentRefused)
    assert (told.answer, told.reason) == ("partly", "не хватает двух штук")
    asked = next(id for id in deal.asked() if "document-refused" in id)
    deal.complete(asked, outcome="adjusted")
    again = await web.get(link)
    assert 'name="nth" value="1"' in again.text, "asked again as it was, it can be refused again"
    await web.post(link, refuse="wholly", reason="и УКД неверна", nth="1")
    assert [told.answer for told in deal.read(DocumentRefused)] == ["partly", "declined"]


async def test_who_may_not_refuse_and_what_nothing_adjusts_have_no_such_button(
    world: World, web: WorldWeb
) -> None:
    deal = delivered(world)
    ours = (await web.get(web.link(deal, "line-1:upd", "kuznetsova", "document"))).text
    assert 'name="refuse"' not in ours
    manager = (await web.get(web.link(deal, "line-1:upd", "ivanova", "document"))).text
    assert 'value="wholly"' in manager
    warranty = (await web.get(web.link(deal, "line-1:warranty", "client", "document"))).text
    assert 'value="wholly"' in warranty
    assert 'value="partly"' not in warranty


def delivered(world: World) -> OpenDeal:
    deal = world.open(an_order())
    deal.to("line-1:delivery")
    deal.complete("line-1:delivery")
    return deal


# --- payments ----------------------------------------------------------------------------------------------------------


async def test_who_may_count_money_enters_a_payment_and_the_same_number_counts_once(
    world: World, web: WorldWeb
) -> None:
    deal = released(world)
    link = web.link(deal, "line-1:prepayment", "kuznetsova", "payment")
    assert "2\u00a0000,00" in (await web.get(link)).text
    today = deal.state.book.calendar.today(world.now).isoformat()
    part = {"number": "ПП-1", "day": today, "amount": "1 500,50"}
    assert (await web.post(link, **part)).status_code == TAKEN
    assert (await web.post(link, **part)).status_code == TAKEN
    page = await web.get(link)
    assert "499,50" in page.text
    other = await web.post(link, **part | {"amount": "1"})
    assert other.status_code == WRONG
    assert "ПП-1" in other.text
    assert (await web.post(link, number="ПП-2", day=today, amount="499.50")).status_code == TAKEN
    assert "Оплачено" in (await web.get(link)).text
    assert [fact.data["payment"] for fact in deal.facts(PaymentReceived)] == ["ПП-1", "ПП-2"]


async def test_a_payment_that_can_not_be_is_told_at_its_field(world: World, web: WorldWeb) -> None:
    deal = released(world)
    link = web.link(deal, "line-1:prepayment", "kuznetsova", "payment")
    page = await web.post(link, number="", day="вчера", amount="много")
    assert [id for id in ("number", "day", "amount") if f'id="{id}-error"' in page.text] == [
        "number",
        "day",
        "amount",
    ]
    page = await web.post(link, number="1", day="2030-01-01", amount="5")
    assert 'id="day-error"' in page.text
    today = deal.state.book.calendar.today(world.now).isoformat()
    for amount in ("0", "-5", "1.005", "NaN", "1e99"):
        page = await web.post(link, number="1", day=today, amount=amount)
        assert page.status_code == WRONG
        assert 'id="amount-error"' in page.text
    assert deal.facts(PaymentReceived) == []


async def test_a_client_only_looks_at_what_is_to_be_paid_and_others_may_not_count(
    world: World, web: WorldWeb
) -> None:
    deal = released(world)
    mine = web.link(deal, "line-1:prepayment", "client", "payment")
    page = await web.get(mine)
    assert page.status_code == SEEN
    assert "<form" not in page.text
    assert "40702810500000000017" in page.text
    assert "<svg" in page.text
    today = deal.state.book.calendar.today(world.now).isoformat()
    assert (await web.post(mine, number="1", day=today, amount="2000")).status_code == WRONG
    manager = web.link(deal, "line-1:prepayment", "ivanova", "payment")
    assert (await web.post(manager, number="1", day=today, amount="2000")).status_code == HTTPStatus.FORBIDDEN
    assert deal.facts(PaymentReceived) == []
    deal.pay("2000")
    assert "Оплачено" in (await web.get(mine)).text


# --- a question before a decision --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "button", "waits"),
    [("?lang=ru", "Вопрос", "передан менеджеру"), (ENGLISH, "Question", "has your question")],
)
async def test_a_question_goes_to_the_manager_and_its_answer_stands_on_the_page(
    world: World, web: WorldWeb, language: str, button: str, waits: str
) -> None:
    deal = world.open(an_order())
    deal.qualify()
    link = web.link(deal, "contract", "petrov", "approval") + language
    assert f">{button}</button>" in (await web.get(link)).text
    assert (await web.post(link, answer="ask", comment=" ", nth="1")).status_code == WRONG
    asked = {"answer": "ask", "comment": "Монтаж <b>входит</b>?", "nth": "1"}
    assert (await web.post(link, **asked)).status_code == TAKEN
    assert (await web.post(link, **asked)).status_code == TAKEN
    page = (await web.get(link)).text
    assert "Монтаж &lt;b&gt;входит&lt;/b&gt;?" in page
    assert waits in page
    assert f">{button}</button>" not in page
    assert "Монтаж" not in (await web.get(web.link(deal, "contract", "client", "approval"))).text
    managers = web.link(deal, "question", "ivanova")
    assert "Монтаж &lt;b&gt;" in (await web.get(managers)).text
    assert (await web.post(managers, answer="Да,\nвходит")).status_code == TAKEN
    page = (await web.get(link)).text
    assert "Да,\nвходит" in page
    assert f">{button}</button>" in page
    assert (await web.post(link, answer="approve")).status_code == TAKEN
    assert len(deal.facts(QuestionAsked)) == 1


@pytest.mark.parametrize(
    ("language", "title", "change"),
    [
        ("?lang=ru", "Что изменилось с прошлой версии", "Позиция 1, Монитор пациента: цена 900,00 ₽ вместо"),
        (
            ENGLISH,
            "What has changed since the last version",
            "Line 1, Монитор пациента: price ₽900.00 instead of",
        ),
    ],
)
async def test_the_next_round_is_shown_with_what_has_changed_and_the_link_to_the_one_before_takes_no_vote(
    world: World, web: WorldWeb, language: str, title: str, change: str
) -> None:
    deal = world.open(an_order())
    deal.qualify()
    before = web.link(deal, "contract", "client", "approval")
    assert title not in (await web.get(before + language)).text
    settings = {"line-1.unit_price": "900.00"}
    deal.say("offer", actor="ivanova", settings=settings, comment="Скидка <b>10 %</b>")
    assert (await web.post(before, answer="approve")).status_code == GONE
    page = (await web.get(web.link(deal, "contract", "client", "approval", version=2) + language)).text
    assert title in page
    assert change in page.replace("\xa0", " ")
    assert "Скидка &lt;b&gt;10 %&lt;/b&gt;" in page


async def test_what_was_said_of_a_revision_stands_on_the_page_of_every_next_version(
    world: World, web: WorldWeb
) -> None:
    deal = world.open(an_order())
    deal.qualify()
    for version, words in ((2, "срок 30 дней"), (3, "срок 20 дней")):
        deal.reject("contract", "petrov", "долго")
        deal.complete(f"contract-revision{'#2' if version == 3 else ''}", changes=words)
        page = (await web.get(web.link(deal, "contract", "petrov", "approval", version=version))).text
        assert words in page


async def test_the_director_sees_the_terms_of_the_round_that_is_asked_about(
    world: World, web: WorldWeb
) -> None:
    deal = released(world, payment="deferred_30")
    deal.complete("line-1:payment-terms", credit_limit="100")
    deal.reject("line-1:credit", "petrov", "мало")
    deal.complete("line-1:payment-terms#2", credit_limit="98765")
    link = web.link(deal, "line-1:credit", "petrov", "approval", version=2)
    assert "98765" in (await web.get(link)).text.replace("\xa0", "").replace(" ", "")


async def test_after_a_refused_credit_the_page_offers_the_other_payment_types(
    world: World, web: WorldWeb
) -> None:
    deal = released(world, payment="deferred_30")
    deal.complete("line-1:payment-terms")
    deal.reject("line-1:credit", "petrov", "только предоплата")
    link = web.link(deal, "line-1:payment-terms#2", "ivanova")
    page = (await web.get(link)).text
    assert "только предоплата" in page
    assert "Предоплата 100 %" in page
    assert (await web.post(link, payment="prepaid_100")).status_code == TAKEN
    assert deal.asked() == {"contract"}
    deal.reject("contract", "client", "не потянем")
    again = await web.get(web.link(deal, "line-1:payment-terms#3", "ivanova"))
    assert "не потянем" in again.text
