"""Nobody reads a code, a program's date or another language than theirs, whatever they read."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from activities.mail.address import own_address
from activities.mail.render import render
from activities.projections.crm import crm_writes
from activities.projections.crm_fields import crm_fields, line_fields
from activities.projections.notices import notices
from domain.deal.messages import MESSAGES
from domain.deal.open_items import open_items
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState
from domain.effects import AddComment, CloseTask, Notify, OpenTask
from domain.facts import FACTS, Fact, FactData
from domain.view.deal_view import deal_view
from domain.view.sentences import sentence
from domain.wording import Clock
from domain.words import Language, Text
from starter.cli.drawing import explained
from starter.cli.listing import deals_drawn
from tests.domain.examples import example
from tests.factories import a_fact
from tests.support.foreign import CLIENT, TYPED, book_of, goods, strange, timeless
from tests.support.memory import OpenDeal, World, day
from tests.support.orders import a_good, a_lead, an_order
from tests.support.views import recorded
from workflows.temporal.display import details

BOTH = pytest.mark.parametrize("language", ["ru", "en"])
SENDER = own_address("desk@medtech.example")


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("supplier_order: 5", "en"), ("до 2026-12-07", "ru"), ("5.00 RUB", "en"), ("line 1: x", "en"),
        ("событие «shipped»", "ru"), ("the act «Акт»", "en"), ("(contract)", "ru"), ("1250000.00", "en"),
        ("договор v2", "ru"),
    ],
)  # fmt: skip
def test_what_no_reader_should_meet_is_found(words: str, language: Language) -> None:
    assert strange(words, language)


@BOTH
@pytest.mark.parametrize("full", [True, False], ids=["full", "minimal"])
@pytest.mark.parametrize("kind", FACTS.values(), ids=FACTS.keys())
def test_every_fact(kind: type[FactData], full: bool, language: Language) -> None:
    book = book_of(language)
    data = example(kind, full=full, typed=TYPED, person="petrov")
    assert not strange(sentence(a_fact(1, data), language, book=book), language)


@BOTH
def test_a_deal_from_the_lead_to_paid_in_every_channel(world: World, language: Language) -> None:
    deal = opened(world, language)
    told = 0
    for _ in range(400):
        view = deal.view()
        assert_readable(deal, language)
        if view.closed:
            break
        world.skip(timedelta(days=1))
        deal.robot(until=steps(3))
    assert deal.view().closed
    typed = [payment.id for payment in deal.state.ledger.payments]
    for fact in deal.trail:
        for words in told_of(fact, deal.state, language):
            for id in typed:
                words = words.replace(id, TYPED)
            assert not strange(words, language), words
            told += 1
    assert told > 200


OF_GOODS = re.compile(
    r"отгру|заказ отправ|товар|груз|склад|\bпоставк|shipp|\bgoods\b|order sent|warehouse|the delivery", re.I
)
"""What only goods are or do."""


@BOTH
def test_a_deal_of_services_alone_is_never_told_of_goods(world: World, language: Language) -> None:
    world.book = world.default = book_of(language)
    service = a_good(source="service", name="Обучение", quantity=1, payment="prepaid_100", deliver_by=day(3))
    deal = world.open(an_order(service, client=CLIENT | {"language": language}))
    for _ in range(60):
        for words in (*shown_of(deal, language), *listed(deal, language)):
            assert not OF_GOODS.search(re.sub("|".join(TITLES), "", words)), words
        if deal.view().closed:
            break
        world.skip(timedelta(days=1))
        deal.robot(until=steps(3))
    told = [words for fact in deal.trail for words in told_of(fact, deal.state, language)]
    assert [words for words in told if OF_GOODS.search(re.sub("|".join(TITLES), "", words))] == []
    assert any("rendered" in words or "оказан" in words for words in told)


TITLES = ("[Дд]оговор поставки", "[Рр]егион поставки", "Завод перенёс готовность товара")
"""Words of the playbook, and what somebody typed."""


def listed(deal: OpenDeal, language: Language) -> list[str]:
    """The row of `deal list`."""
    with recorded(deal.state) as queries:
        drawn = deals_drawn(queries.deals(), language)
    return [str(cell) for row in drawn.rows for cell in row]


@BOTH
def test_a_deal_that_is_left_alone_and_then_cancelled(world: World, language: Language) -> None:
    deal = opened(world, language)
    for line in range(1, 4):
        deal.to(f"line-{line}:payment-terms")
    world.skip(timedelta(days=12))
    assert_readable(deal, language)
    for refusal in REFUSED:
        deal.tell("signal", *refusal)
    deal.cancel("ivanova", f"{TYPED} λόγος")
    assert len(deal.refused_facts()) >= len(REFUSED) - 1
    for fact in deal.trail:
        for words in told_of(fact, deal.state, language):
            assert not strange(words, language), words


@BOTH
def test_what_nobody_could_read_is_on_record_in_words(world: World, language: Language) -> None:
    deal = opened(world, language)
    for name, message in MESSAGES.items():
        for broken in (None, {}, {field: [TYPED] for field in message.model_json_schema()["properties"]}):
            deal.signal(name, broken)
    refused = deal.refused_facts()
    assert len(refused) == 3 * len(MESSAGES)
    for fact in refused:
        words = sentence(fact, language, Clock(None, language), deal.state.book)
        assert not strange(words, language), words


REFUSED: list[tuple[str, dict[str, object]]] = [
    ("decide", {"actor": "ivanova", "approval": "contract", "approve": True}),
    ("decide", {"actor": TYPED, "approval": "contract", "approve": True}),
    ("complete", {"actor": "ivanova", "assignment": TYPED, "fields": {}}),
    ("complete", {"actor": "orlov", "assignment": "qualification", "fields": {}}),
    ("sign", {"actor": "client", "document": "reconciliation-act"}),
    ("sign", {"actor": "client", "document": "contract", "signed_on": day(30)}),
    ("pay", {"actor": "kuznetsova", "amount": "-5", "currency": "RUB"}),
    ("pay", {"actor": "kuznetsova", "amount": "5", "currency": "USD"}),
    ("pay", {"actor": "kuznetsova", "amount": "5", "currency": "RUB", "line": 9}),
    ("pay", {"actor": "kuznetsova", "amount": "5", "currency": "RUB", "date": day(90)}),
    ("refund", {"actor": "kuznetsova", "amount": "5", "payment": TYPED, "reason": TYPED}),
    ("write-off", {"actor": "kuznetsova", "line": 9, "reason": TYPED}),
    ("reassign", {"actor": "petrov", "to": "orlov"}),
    ("reassign", {"actor": "petrov", "to": "ivanova"}),
    ("order", {"actor": "ivanova", "order": {}}),
]


def opened(world: World, language: Language) -> OpenDeal:
    world.book = book_of(language)
    world.default = world.book
    lead = a_lead(client=CLIENT | {"language": language}, wish=f"{TYPED} επιθυμία")
    deal = world.open(lead)
    assert_readable(deal, language)
    deal.robot(until=lambda view: any(a["kind"] == "order" for a in view["assignments"]))
    deal.say("order", actor="ivanova", order=an_order(*goods(), client=CLIENT | {"language": language}))
    return deal


def steps(most: int) -> object:
    left = [most]

    def done(_: object) -> bool:
        left[0] -= 1
        return left[0] < 0

    return done


def assert_readable(deal: OpenDeal, language: Language) -> None:
    for words in shown_of(deal, language):
        assert not strange(words, language), words


def shown_of(deal: OpenDeal, language: Language) -> Iterator[str]:
    """`deal why`, the details in the Web UI, and the CRM's card."""
    state = deal.state
    view = deal_view(Snapshot(state, deal.own_lines()), deal.world.now, language)
    yield from explained(view, language)
    yield view.reason or ""
    yield re.sub(r"^\|[-|]+\|$", "", details(state, open_items(state)), flags=re.M)
    fields = [crm_fields(state), *(line_fields(state, line) for line in state.lines.values())]
    for words in fields:
        yield from (value for name, value in words.items() if name not in DATA)


DATA = {
    "manager",
    "amount",
    "paid",
    "outstanding",
    "payable",
    "unit_price",
    "source",
    "due",
    "eta",
}
"""Fields that an adapter writes as data of their type, or chooses from a list: a portal shows them in its own way."""


def told_of(fact: Fact, deal: DealState, language: Language) -> Iterator[str]:
    """A fact in the trail, in the CRM, and by mail."""
    yield sentence(fact, language, Clock(deal.book.calendar, language), deal.book)
    for write in crm_writes(fact, deal):
        match write:
            case AddComment() | Notify():
                yield write.text
            case OpenTask():
                yield f"{write.title}. {write.description}"
                yield write.in_chat.text if write.in_chat else ""
            case CloseTask():
                yield write.comment
                yield write.in_chat
    for notice in notices(fact, deal, fact.at):
        letter = render(notice, sender=SENDER, domain="medtech.example")
        assert not timeless(letter.text), letter.text
        yield f"{letter.subject}. {letter.text}"


def test_a_choice_reads_as_the_form_titles_it() -> None:
    from domain.playbook.form_answers import answer_in_words
    from domain.playbook.forms import FieldType, FormField

    titles = {"dhl": Text(ru="ДХЛ", en="DHL Express")}
    field = FormField(
        name="carrier",
        type=FieldType.CHOICE,
        title=Text(ru="а", en="a"),
        choices=("dhl", "x"),
        choice_titles=titles,
    )
    assert answer_in_words("dhl", field, "ru") == "ДХЛ"
    assert answer_in_words("x", field, "ru") == "x"
    with pytest.raises(ValueError, match="no choice"):
        FormField.model_validate(field.model_dump(exclude={"choices"}) | {"choices": ["x"]})


@BOTH
def test_a_client_is_asked_to_approve_the_contract_in_good_grammar(world: World, language: Language) -> None:
    deal = opened(world, language)
    asked = [fact for fact in deal.trail if fact.kind == "approval.opened"]
    letters = [
        render(notice, sender=SENDER, domain="medtech.example")
        for fact in asked
        for notice in notices(fact, deal.state, fact.at)
        if notice.person == "client"
    ]
    words = {
        "ru": "просим согласовать договор, версия 1",
        "en": "please review the contract, version 1",
    }
    assert any(words[language] in letter.subject for letter in letters)
