"""What people do in the CRM, as messages; and the order of a deal that was born there."""

from datetime import timedelta
from typing import Any

import pytest

from domain.crm.from_crm import Answer, answers, lacking, order_of
from domain.crm.mirror import SeenDeal, SeenDecision, SeenForm, SeenLine, SeenTask
from domain.deal.messages import Cancel, Complete, Compose, Decide, Message, Reassign, ReportCard, Revert
from domain.deal.state import Closing, DealState, LineState
from domain.goods.register import Good, GoodsRegister
from domain.order.order import Client, read_order
from domain.playbook.book import Playbook
from domain.playbook.forms import FormField
from domain.words import LineStatus, Stage, same
from tests.factories import (
    NOW,
    a_client,
    a_deal,
    a_line,
    a_playbook,
    a_vote,
    an_approval,
    an_assignment,
    both,
)

TODAY = NOW.date()
FORMS = {
    "qualification": [
        {"name": "outcome", "type": "choice", "choices": ["qualified", "disqualified"], "title": both("outcome")},
        {
            "name": "reason", "title": both("reason"), "required": False,
            "required_when": {"outcome": "disqualified"}, "example": "no budget",
        },
    ],
    "arrival": [{"name": "eta", "type": "date", "title": both("ETA")}],
}  # fmt: skip
GOOD = {
    "sku": "US-900", "name": "УЗИ-сканер", "quantity": 2, "unit_price": "1250000.00", "vat": "22",
    "source": "import", "payment": "prepaid_50", "delivery": "pickup",
}  # fmt: skip
CLIENT = {"name": "ООО «Клиника»", "inn": "9900000017", "contact": "Анна", "phone": "8 495 123-45-67"}


def the_playbook(**changes: Any) -> Playbook:
    """With forms, a second manager, and in the language of the words below."""
    book = a_playbook()
    kinds = {
        kind: entry.model_copy(update={"form": tuple(map(FormField.model_validate, FORMS.get(kind, [])))})
        for kind, entry in book.assignments.items()
    }
    second = book.people["ivanova"].model_copy(update={"name": "Павел", "email": "pavel@desk.example.com"})
    people = {**book.people, "pavlov": second}
    return book.model_copy(update={"assignments": kinds, "people": people, "language": "en", **changes})


def the_deal(*lines: LineState, **changes: Any) -> DealState:
    return a_deal("C7", lines, **{"playbook": the_playbook(), "documents": {}, **changes})


def seen(**changes: Any) -> SeenDeal:
    known = {"ref": "7", "number": "C7", "stage": Stage.NEW, "manager": "ivanova", "changed_at": NOW}
    return SeenDeal.model_validate(known | changes)


def moved(stage: Stage | None, by: str | None = "ivanova", **changes: Any) -> SeenDeal:
    return seen(stage=stage, moved_by=by, moved_at=NOW, **changes)


def task(id: str, by: str | None = "ivanova", version: int = 1, person: str = "ivanova") -> SeenTask:
    return SeenTask(task=f"{id}@{version}:{person}", closed=True, by=by, at=NOW)


def opened(id: str, version: int = 1, person: str = "ivanova") -> SeenTask:
    return SeenTask(task=f"{id}@{version}:{person}", closed=False)


def form(by: str | None = "ivanova", line: int = 0, **values: str) -> SeenForm:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return SeenForm(line=line, by=by, at=NOW, values=named)


def told(
    deal: DealState, now: SeenDeal, before: SeenDeal | None = None, lines: list[LineState] | None = None
) -> list[Answer]:
    return answers(deal, lines, now, before, TODAY)


def sent(*args: Any) -> list[Message]:
    return [answer.message for answer in told(*args)]


def only(*args: Any) -> Any:
    [message] = sent(*args)
    return message


QUALIFIED = form(qualification__outcome="qualified")
NEW = {"assignments": [an_assignment("qualification")]}
LEAD = {"qualified": True, "assignments": [an_assignment("order")]}
ASKED = {"stage": Stage.CONTRACT_APPROVAL, "approvals": [an_approval("contract", version=2)]}


# --- assignments -------------------------------------------------------------------------------------------------------


def test_a_closed_task_completes_its_assignment_with_what_the_card_says() -> None:
    message = only(the_deal(**NEW), seen(tasks=[task("qualification")], forms=[QUALIFIED]))
    assert isinstance(message, Complete)
    assert (message.actor, message.assignment) == ("ivanova", "qualification")
    assert message.fields == {"outcome": "qualified"}


def test_a_closed_task_whose_form_lacks_something_is_turned_back_in_words() -> None:
    message = only(the_deal(**NEW), seen(tasks=[task("qualification")]))
    assert isinstance(message, Revert)
    assert (message.what, message.subject, message.by) == ("task", "qualification@1:ivanova", "Мария Иванова")
    assert "“outcome” is missing" in message.reason_en
    assert "не заполнено поле «outcome" in message.reason_ru


def test_fields_filled_since_are_an_answer_without_closing_the_task() -> None:
    deal, before = the_deal(**NEW), seen(forms=[form(qualification__reason="x")])
    assert isinstance(only(deal, seen(forms=[QUALIFIED]), before), Complete)
    assert sent(deal, seen(forms=[QUALIFIED]), seen(forms=[QUALIFIED])) == [], "nothing new"
    half = form(qualification__outcome="disqualified")
    assert sent(deal, seen(forms=[half]), before) == [], "half a form is none yet"


def test_fields_filled_just_before_the_desk_wrote_are_the_assignees() -> None:
    message = only(the_deal(**NEW), seen(forms=[form(None, qualification__outcome="qualified")]), seen())
    assert message.actor == "ivanova"


def test_fields_of_a_line_answer_the_lines_own_assignment() -> None:
    line = a_line(assignments=[an_assignment("arrival", line=1, assignee="orlov")])
    far = a_line(2, assignments=[an_assignment("arrival", line=2, assignee="orlov")])
    now = seen(forms=[form("orlov", line=1, arrival__eta="2026-12-05")], stage=Stage.ORDER_SENT)
    message = only(the_deal(line, far, stage=Stage.ORDER_SENT), now)
    assert (message.assignment, message.fields) == ("line-1:arrival", {"eta": "2026-12-05"})


def test_the_last_rounds_answers_do_not_count_for_the_next_until_its_task_is_there() -> None:
    again = an_assignment("arrival", line=1, id="line-1:arrival#2", assignee="orlov")
    deal = the_deal(a_line(assignments=[again]), stage=Stage.ORDER_SENT)
    stale = {"forms": [form("orlov", line=1, arrival__eta="2026-12-05")], "stage": Stage.ORDER_SENT}
    assert sent(deal, seen(**stale)) == []
    there = seen(**stale, tasks=[opened("line-1:arrival#2", person="orlov")])
    assert only(deal, there).assignment == "line-1:arrival#2"


def test_the_lines_own_state_wins_over_the_deals_mirror_of_it() -> None:
    mirror = a_line(assignments=[an_assignment("arrival", line=1, assignee="orlov")])
    closed = an_assignment("arrival", line=1, assignee="orlov", closed_at=NOW)
    own = a_line(deal="C7", assignments=[closed], revision=2)
    now = seen(stage=Stage.ORDER_SENT, tasks=[task("line-1:arrival", "orlov", person="orlov")])
    deal = the_deal(mirror, stage=Stage.ORDER_SENT)
    assert sent(deal, now, None, [own]) == []
    assert isinstance(only(deal, now, None, None), Revert)


def test_the_task_of_a_former_assignee_means_nothing() -> None:
    assert sent(the_deal(**NEW), seen(tasks=[task("qualification", "pavlov", person="pavlov")])) == []


def test_a_task_that_the_desk_closed_means_nothing() -> None:
    assert sent(the_deal(**NEW), seen(tasks=[task("qualification", by=None)], forms=[])) == []


def test_a_stranger_is_turned_back() -> None:
    message = only(the_deal(**NEW), seen(tasks=[task("qualification", "Вася Пупкин")], forms=[QUALIFIED]))
    assert isinstance(message, Revert)
    assert message.by == "Вася Пупкин"
    assert "playbook has nobody" in message.reason_en
    assert "Пупкин" not in message.id


def test_a_closed_order_task_composes_the_order_of_the_card() -> None:
    now = seen(tasks=[task("order")], order={"client": CLIENT, "lines": [GOOD]})
    message = only(the_deal(**LEAD), now)
    assert isinstance(message, Compose)
    assert message.order["client"]["phone"] == "+74951234567", "as the workflow's own check wants it"
    deal = the_deal(**LEAD)
    read_order(message.order, deal.book, TODAY, known_client=deal.client, in_workflow=True)


def test_a_closed_order_task_of_a_card_without_goods_is_turned_back() -> None:
    message = only(the_deal(**LEAD), seen(tasks=[task("order")]))
    assert (message.what, message.reason_en) == ("task", "goods: is missing")


# --- approvals ---------------------------------------------------------------------------------------------------------


def decided(approve: bool = True, by: str | None = "petrov", comment: str = "", at: int = 0) -> SeenDeal:
    decision = SeenDecision(
        approval="contract", approve=approve, comment=comment, by=by, at=NOW + timedelta(seconds=at)
    )
    task = opened("contract", 2, "petrov")
    return seen(stage=Stage.CONTRACT_APPROVAL, decisions=[decision], tasks=[task])


@pytest.mark.parametrize(("approve", "comment"), [(True, ""), (False, "the price")])
def test_an_answer_in_the_card_is_a_decision_on_this_version(approve: bool, comment: str) -> None:
    message = only(the_deal(**ASKED), decided(approve, comment=comment))
    assert isinstance(message, Decide)
    assert (message.actor, message.approval, message.version) == ("petrov", "contract", 2)
    assert (message.approve, message.comment) == (approve, comment)


def test_an_answer_left_from_the_version_before_is_none() -> None:
    stale = decided().model_copy(update={"tasks": (opened("contract", 1, "petrov"),)})
    assert sent(the_deal(**ASKED), stale) == []


def test_an_answer_that_was_counted_is_not_sent_again() -> None:
    approval = an_approval("contract", version=2, votes=[a_vote()])
    deal = the_deal(stage=Stage.CONTRACT_APPROVAL, approvals=[approval])
    assert sent(deal, decided()) == []


def closed_by(person: str, decision: SeenDeal) -> SeenDeal:
    return decision.model_copy(update={"tasks": (task("contract", person, 2, "petrov"),)})


def test_an_answer_of_nobody_known_waits_until_its_task_says_whose_it_is() -> None:
    deal = the_deal(**ASKED)
    assert sent(deal, decided(by=None)) == []
    message = only(deal, closed_by("petrov", decided(by=None)))
    assert isinstance(message, Decide)
    assert message.actor == "petrov"


def test_an_answer_is_whoevers_task_was_closed_not_whoever_else_worked_on_the_card() -> None:
    by_manager = closed_by("ivanova", decided(by=None)).model_copy(update={"changed_by": "petrov"})
    message = only(the_deal(**ASKED), by_manager)
    assert isinstance(message, Decide)
    assert message.actor == "ivanova", "whom the deal refuses"


def test_an_approvals_task_closed_without_an_answer_is_turned_back() -> None:
    closed = seen(stage=Stage.CONTRACT_APPROVAL, tasks=[task("contract", "petrov", 2, "petrov")])
    message = only(the_deal(**ASKED), closed)
    assert (message.what, message.subject) == ("task", "contract@2:petrov")
    assert "choose approve or reject" in message.reason_en


def test_the_task_of_a_version_that_is_no_longer_asked_about_means_nothing() -> None:
    closed = seen(stage=Stage.CONTRACT_APPROVAL, tasks=[task("contract", "petrov", 1, "petrov")])
    assert sent(the_deal(**ASKED), closed) == []


def test_an_approvals_task_closed_after_the_answer_is_fine() -> None:
    voted = an_approval("contract", version=2, votes=[a_vote()])
    closed = seen(stage=Stage.CONTRACT_APPROVAL, tasks=[task("contract", "petrov", 2, "petrov")])
    assert sent(the_deal(stage=Stage.CONTRACT_APPROVAL, approvals=[voted]), closed) == []


# --- the responsible manager ---------------------------------------------------------------------------------------------


def test_a_change_of_the_responsible_hands_the_deal_over() -> None:
    message = only(the_deal(), seen(manager="pavlov", changed_by="petrov"), seen())
    assert isinstance(message, Reassign)
    assert (message.actor, message.to) == ("petrov", "pavlov")


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (seen(manager="pavlov", changed_by="petrov"), None),
        (seen(manager="pavlov", changed_by="petrov"), seen(manager="pavlov")),
        (seen(manager="ivanova", changed_by="petrov"), seen(manager="pavlov")),
        (seen(manager="pavlov"), seen(manager="sidorov")),
        (seen(manager=None, changed_by="petrov"), seen()),
    ],
    ids=["first sight", "known already", "as the desk has it", "the desk's own, late", "nobody"],
)
def test_otherwise_the_responsible_is_left_alone(now: SeenDeal, before: SeenDeal | None) -> None:
    assert sent(the_deal(), now, before) == []


def test_only_managers_can_be_made_responsible() -> None:
    message = only(the_deal(), seen(manager="orlov", changed_by="petrov"), seen())
    assert isinstance(message, Revert)
    assert "only a manager" in message.reason_en


# --- the stage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "now",
    [
        moved(Stage.SHIPPED, by=None),
        moved(Stage.NEW),
        moved(None, by=None, stage_name="Переименована"),
    ],
    ids=["the desk's own move", "where the desk has it", "renamed by nobody we know"],
)
def test_what_stands_as_the_desk_has_it_needs_nothing(now: SeenDeal) -> None:
    assert sent(the_deal(**NEW), now) == []


@pytest.mark.parametrize("stage", [Stage.PREPAYMENT, Stage.SHIPPED, Stage.PAID])
def test_a_stage_that_is_not_allowed_goes_back_and_the_deal_says_why(stage: Stage) -> None:
    message = only(the_deal(**NEW), moved(stage))
    assert isinstance(message, Revert)
    assert (message.what, message.subject, message.reason_en) == ("stage", stage.value, "")


def test_a_stage_nobody_knows_goes_back() -> None:
    message = only(the_deal(**NEW), moved(None, stage_name="Ждём\nчудо"))
    assert (message.subject, message.reason_en) == ("Ждёмчудо", "the process has no such stage")


def test_a_move_that_was_dealt_with_is_not_dealt_with_again() -> None:
    deal = the_deal(stage=Stage.PREPAYMENT)
    there = moved(Stage.CONTRACT_APPROVAL)
    assert sent(deal, there, there) == [], "the desk has moved on since"
    assert sent(deal, there, moved(Stage.NEW)) != []


def test_moving_a_whole_card_on_qualifies_and_composes() -> None:
    now = moved(Stage.CONTRACT_APPROVAL, forms=[QUALIFIED], order={"client": CLIENT, "lines": [GOOD]})
    known = seen(forms=[QUALIFIED])
    assert [type(message) for message in sent(the_deal(**NEW), now, known)] == [Complete, Compose]
    assert [type(message) for message in sent(the_deal(**LEAD), now, known)] == [Compose]
    with_lines = the_deal(a_line(), **NEW)
    assert [type(message) for message in sent(with_lines, now, known)] == [Complete]
    assert {type(message) for message in sent(the_deal(**NEW), now)} == {Complete, Compose}


def test_moving_a_card_on_that_lacks_something_goes_back_with_what_is_missing() -> None:
    lacking = moved(Stage.CONTRACT_APPROVAL, order={"client": CLIENT, "lines": [GOOD | {"vat": ""}]})
    message = only(the_deal(**LEAD), lacking)
    assert (message.what, message.subject) == ("stage", "CONTRACT_APPROVAL")
    assert message.reason_en == "line 1, VAT rate: is missing"


def test_losing_a_new_deal_disqualifies_its_client() -> None:
    message = only(the_deal(**NEW), moved(Stage.LOST, reason="no budget"))
    assert isinstance(message, Complete)
    assert message.fields == {"outcome": "disqualified", "reason": "no budget"}


@pytest.mark.parametrize("stage", [Stage.LOST, Stage.CANCELLED])
def test_losing_a_deal_later_cancels_it(stage: Stage) -> None:
    deal = the_deal(a_line(), stage=Stage.PREPAYMENT)
    message = only(deal, moved(stage, reason="the clinic has closed"))
    assert isinstance(message, Cancel)
    assert message.reason == "the clinic has closed"
    assert isinstance(only(the_deal(**LEAD), moved(stage, reason="no")), Cancel)


def test_ending_a_deal_needs_a_reason() -> None:
    message = only(the_deal(**NEW), moved(Stage.LOST))
    assert (message.what, message.reason_en) == ("stage", "write the reason on the deal's card")


def test_cancelling_what_is_on_its_way_goes_back_until_the_director_has_agreed() -> None:
    deal = the_deal(a_line(status=LineStatus.SENT), stage=Stage.ORDER_SENT)
    by_manager = told(deal, moved(Stage.CANCELLED, reason="why"))
    assert [type(answer.message) for answer in by_manager] == [Cancel, Revert]
    assert by_manager[0].group == by_manager[1].group, "a refused cancelling is turned back once"
    by_director = sent(deal, moved(Stage.CANCELLED, "petrov", reason="why"))
    assert [type(message) for message in by_director] == [Cancel]


def test_a_deal_that_is_ending_is_left_to_end() -> None:
    closing = Closing(stage=Stage.CANCELLED, reason=same("why"))
    assert sent(the_deal(stage=Stage.SHIPPED, closing=closing), moved(Stage.LOST, reason="why")) == []
    assert sent(the_deal(stage=Stage.PAID), moved(Stage.NEW)) == []


# --- ids -----------------------------------------------------------------------------------------------------------------


def test_the_same_thing_seen_twice_has_one_id_and_another_thing_another() -> None:
    deal = the_deal(**NEW)
    first, again = only(deal, moved(Stage.SHIPPED)), only(deal, moved(Stage.SHIPPED))
    assert first == again
    later = moved(Stage.SHIPPED).model_copy(update={"moved_at": NOW + timedelta(minutes=1)})
    assert only(deal, later).id != first.id


# --- the order of a deal born there ----------------------------------------------------------------------------------------


def test_a_whole_card_is_an_order() -> None:
    order, missing = order_of(
        seen(order={"client": CLIENT, "lines": [GOOD]}), the_playbook(), TODAY, "bitrix24"
    )
    assert missing == []
    assert (order["number"], order["manager"], len(order["lines"])) == ("C7", "ivanova", 1)
    assert order["origin"] == {"source": "bitrix24", "ref": "7", "missing": []}
    read_order(order, the_playbook(), TODAY, in_workflow=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"order": {}}, ["client: is missing", "goods: is missing"]),
        ({"order": {"client": {"name": "ООО"}, "lines": [GOOD]}}, ["client: neither phone nor e-mail",
          "client, contact: is missing", "client, INN: is missing"]),
        ({"order": {"client": CLIENT | {"inn": "1"}, "lines": [GOOD]}}, ["client, INN: not a valid INN: 10 digits of "
          "a company or 12 of a person, the last ones a checksum"]),
        ({"order": {"client": CLIENT, "lines": [GOOD, GOOD | {"vat": None}]}}, ["line 2, VAT rate: is missing"]),
        ({"order": {"client": CLIENT, "lines": [GOOD]}, "gaps": ["row 3 has no price"]}, ["row 3 has no price"]),
        ({"order": {"client": CLIENT, "lines": [GOOD]}, "manager": "Вася"}, ["responsible manager: who is responsible "
          "in the CRM is no manager of the playbook"]),
        ({"order": {"client": "?", "lines": "?", "wish": {"a": 1}}}, None),
    ],
)  # fmt: skip
def test_a_card_that_lacks_something_is_a_lead_that_says_what(
    changes: dict[str, Any], words: list[str] | None
) -> None:
    order, missing = order_of(seen(**changes), the_playbook(), TODAY)
    assert missing
    if words is not None:
        assert [problem.text.en for problem in missing] == words
    assert list(order["origin"]["missing"]) == [problem.text.en for problem in missing]
    assert "lines" not in order
    read_order(order, the_playbook(), TODAY, in_workflow=True)


def test_a_lead_keeps_what_stands_of_its_client() -> None:
    client = {"name": "ООО «Клиника»", "inn": "1", "email": "anna@clinic.example"}
    order, _ = order_of(seen(order={"client": client, "wish": "УЗИ"}), the_playbook(), TODAY)
    assert order["client"] == {
        "name": "ООО «Клиника»", "contact": "ООО «Клиника»", "email": "anna@clinic.example", "language": "ru",
        "country": "RU",
    }  # fmt: skip
    assert order["wish"] == "УЗИ"


def test_the_manager_reads_what_is_missing_in_his_language() -> None:
    book = the_playbook(language="ru")
    lacking = seen(order={"client": CLIENT | {"inn": ""}, "lines": [GOOD | {"vat": "18", "source": "moon"}]})
    _, missing = order_of(lacking, book, TODAY)
    assert [problem.text.ru for problem in missing] == [
        "клиент, ИНН: не заполнено",
        "товар 1, источник: нужно одно из: import, dealer, stock, service",
        "товар 1, ставка НДС: в справочнике нет «18»: нужно одно из: 22",
    ]


def test_what_does_not_fit_is_explained_in_russian_too() -> None:
    """Not only that it does not fit: the words are the order's own, chosen by code."""
    client = {"contact": "Анна", "inn": "1", "name": "ООО"}
    _, missing = order_of(seen(order={"client": client, "lines": [GOOD]}), the_playbook(language="ru"), TODAY)
    assert [problem.text.ru for problem in missing] == [
        "клиент: нет ни телефона, ни e-mail",
        "клиент, ИНН: это не ИНН: в нём 10 цифр у организации или 12 у человека, последние — контрольные",
    ]


def test_a_client_the_desk_knows_need_not_stand_in_the_card() -> None:
    deal = the_deal(client=a_client(), **LEAD)
    message = only(deal, seen(tasks=[task("order")], order={"lines": [GOOD]}))
    assert message.order["client"]["inn"] == "9900000017"


# --- the card as a whole -------------------------------------------------------------------------------------------------

ROW = {"name": "Сканер", "quantity": 7, "unit_price": "5.00"}


def test_a_card_in_another_funnel_comes_back_with_the_way_to_let_it_go() -> None:
    message = only(
        the_deal(), seen(ours=False, stage=None, stage_name="Сервис", moved_by="ivanova", moved_at=NOW)
    )
    assert isinstance(message, Revert)
    assert (message.what, message.subject, message.by) == ("funnel", "Сервис", "Мария Иванова")
    assert "cancel the deal" in message.reason_en


def test_a_card_that_was_gone_and_is_back_is_told_once() -> None:
    back = only(the_deal(), seen(), seen(deleted=True))
    assert isinstance(back, ReportCard)
    assert back.what == "restored"
    assert sent(the_deal(), seen(), seen()) == []


AS_ORDERED = {
    "sku": "US-900", "name": "УЗИ-сканер", "quantity": 2, "unit_price": "1250000.00", "vat": "22", "payment": "prepaid_50",
}  # fmt: skip
OF_CLIENT = {"name": "ООО «Клиника»", "inn": "9900000017", "contact": "Анна"}


def ordered(*lines: dict[str, Any], **changes: Any) -> SeenDeal:
    """After the order was composed. Nobody of the portal's people changed it last, if no one is named."""
    order = {"lines": list(lines), "currency": "RUB", "client": OF_CLIENT, **changes.pop("order", {})}
    return seen(order=order, **changes)


@pytest.mark.parametrize(
    "lines",
    [
        [AS_ORDERED | {"quantity": 7}],
        [AS_ORDERED | {"sku": "OTHER-1", "name": "Совсем другой товар"}],
        [AS_ORDERED | {"sku": "OTHER-1"}],
        [AS_ORDERED | {"vat": "10"}],
        [AS_ORDERED | {"vat": "exempt"}],
        [AS_ORDERED | {"payment": "deferred_30"}],
        [AS_ORDERED, ROW],
        [],
    ],
)
def test_goods_and_terms_changed_after_the_order_are_told_once(lines: list[dict[str, Any]]) -> None:
    deal, before = the_deal(a_line(1)), ordered(AS_ORDERED)
    changed = only(deal, ordered(*lines, changed_by="ivanova"), before)
    assert isinstance(changed, ReportCard)
    assert (changed.what, changed.by) == ("goods", "Мария Иванова")
    assert sent(deal, ordered(*lines), ordered(*lines)) == [], "seen before"
    assert sent(the_deal(), ordered(*lines), ordered(AS_ORDERED)) == [], "no order yet"
    assert sent(deal, before, ordered(*lines)) == [], "put back"


def test_what_the_desk_writes_of_its_order_is_no_change_of_goods() -> None:
    deal = the_deal(a_line(1))
    its_own = {
        "sku": "УЗИ-сканер",
        "name": "УЗИ-сканер",
        "quantity": "2",
        "unit_price": "1250000",
        "vat": "exempt",
    }
    entered = its_own | {"quantity": 1, "unit_price": "1200000"}
    assert sent(deal, ordered(its_own, changed_by="ivanova"), ordered()) == [], "a row that it made"
    assert sent(deal, ordered(its_own), ordered(entered)) == [], "a row that it priced anew"
    assert sent(deal, ordered(ROW), ordered()) == [], "nobody of the portal's people did it"


def test_product_rows_beside_lines_that_people_entered_are_goods_too() -> None:
    deal, before = the_deal(a_line(1)), ordered(AS_ORDERED)
    changed = only(deal, ordered(AS_ORDERED, rows=[ROW], changed_by="ivanova"), before)
    assert changed.what == "goods"
    assert sent(deal, ordered(AS_ORDERED, rows=[ROW]), ordered(AS_ORDERED, rows=[ROW])) == []


def test_another_currency_or_client_after_the_order_is_told() -> None:
    deal, before = the_deal(a_line(1), client=a_client()), ordered(AS_ORDERED)
    dollars = ordered(AS_ORDERED, order={"currency": "USD"}, changed_by="ivanova")
    assert only(deal, dollars, before).what == "goods"
    for change in ({"name": "Другая фирма", "inn": "7707083893"}, {"inn": "7707083893"}, {"contact": "Пётр"}):
        other = ordered(AS_ORDERED, order={"client": OF_CLIENT | change}, changed_by="ivanova")
        changed = only(deal, other, before)
        assert (changed.what, changed.by) == ("client", "Мария Иванова")
        assert sent(deal, other, other) == [], "seen before"
    for said in (OF_CLIENT | {"kpp": "770701001"}, {"contact": "Анна"}, {}):
        same_one = ordered(AS_ORDERED, order={"client": said}, changed_by="ivanova")
        assert sent(deal, same_one, before) == [], "added, or not to be read"


@pytest.mark.parametrize("lines", [(a_line(1),), ()], ids=["order", "lead"])
def test_a_client_taken_off_the_card_is_told_once(lines: tuple[LineState, ...]) -> None:
    deal = the_deal(*lines)
    before = seen(bound=("company:5", "contact:7"))
    for left in (("contact:7",), ("company:5",), ()):
        off = seen(bound=left, changed_by="ivanova")
        told = only(deal, off, before)
        assert isinstance(told, ReportCard)
        assert (told.what, told.by) == ("unbound", "Мария Иванова")
        assert sent(deal, off, off) == [], "seen before"
        assert sent(deal, before, off) == [], "put back"
    assert sent(deal, seen(bound=("company:6", "contact:7")), before) == [], (
        "another one: what it says is compared"
    )


def test_what_the_order_lacked_and_is_there_now_is_told() -> None:
    deal = the_deal(**LEAD, client=Client(contact="—"))
    lead = seen(order={"client": CLIENT | {"inn": ""}, "lines": [GOOD]})
    lacks = lacking(deal, lead, TODAY)
    assert lacks == ("client, INN: is missing",)
    whole = seen(order={"client": CLIENT, "lines": [GOOD]}, changed_by="ivanova")
    told = only(deal, whole, lead.model_copy(update={"lacks": lacks}))
    assert isinstance(told, ReportCard)
    assert (told.what, told.missing) == ("lacks", "")
    no_phone = {name: said for name, said in CLIENT.items() if name not in ("inn", "phone")}
    poor = seen(order={"client": no_phone, "lines": [GOOD]})
    some = seen(order={"client": no_phone | {"inn": CLIENT["inn"]}, "lines": [GOOD]})
    told = only(deal, some, poor.model_copy(update={"lacks": lacking(deal, poor, TODAY)}))
    assert "phone" in told.missing
    assert "INN" not in told.missing
    assert sent(deal, poor, some.model_copy(update={"lacks": lacking(deal, some, TODAY)})) == [], (
        "emptied again"
    )


def test_an_order_that_is_composed_at_once_needs_no_words() -> None:
    deal = the_deal(**LEAD)
    whole = seen(order={"client": CLIENT, "lines": [GOOD]}, tasks=[task("order")])
    assert isinstance(only(deal, whole, seen(lacks=("client, INN: is missing",))), Compose)
    poor = seen(order={"client": CLIENT}, tasks=[task("order")])
    assert isinstance(only(deal, poor, seen(lacks=("client, INN: is missing",))), Revert)


# --- lines and tasks on the card -------------------------------------------------------------------------------------------


def card_of_line(**changes: Any) -> SeenLine:
    said = {"sku": "US-900", "name": "УЗИ-сканер", "quantity": "2", "unit_price": "1250000.00"}
    known = {
        "thing": "line:24",
        "line": 1,
        "status": LineStatus.AWAITING_RELEASE,
        "changed_at": NOW,
        "said": said,
    }
    return SeenLine.model_validate(known | changes)


def test_a_line_moved_edited_or_deleted_by_people_is_put_back_once_with_words() -> None:
    deal, whole = the_deal(a_line(1)), card_of_line()
    before = seen(lines=(whole,))
    by = {"moved_by": "ivanova", "moved_at": NOW, "changed_by": "ivanova"}
    for card, words in [
        (card_of_line(status=LineStatus.SETTLED, **by), "moved to “settled”"),
        (card_of_line(status=None, **by), "moved to “?”"),
        (card_of_line(said=whole.said | {"quantity": "7"}, changed_by="ivanova"), "quantity or price"),
        (card_of_line(said={**whole.said, "sku": ""}, changed_by="ivanova"), "quantity or price"),
        (None, "deleted and is made anew"),
    ]:
        now = seen(lines=(card,) if card else ())
        back = only(deal, now, before)
        assert isinstance(back, Revert)
        assert (back.what, back.subject, back.by) == ("line", "1", "Мария Иванова" if card else "")
        assert words in back.reason_en
        assert sent(deal, now, now) == [], "seen before"


@pytest.mark.parametrize(
    "now",
    [
        card_of_line(status=LineStatus.SETTLED, moved_at=NOW),
        card_of_line(said={"quantity": "9"}),
        card_of_line(moved_by="ivanova", moved_at=NOW, changed_by="ivanova"),
        None,
    ],
    ids=[
        "lags behind, or is ahead of, the line",
        "written by the desk",
        "stands as it should",
        "no cards of lines",
    ],
)
def test_otherwise_a_lines_card_is_left_alone(now: SeenLine | None) -> None:
    shown = seen(lines=(now,) if now else None)
    assert sent(the_deal(a_line(1)), shown, seen(lines=(card_of_line(),))) == []


def test_a_deleted_task_of_an_open_question_stands_there_anew() -> None:
    asked = opened("qualification").model_copy(update={"thing": "task:55"})
    back = only(the_deal(**NEW), seen(), seen(tasks=[asked]))
    assert isinstance(back, Revert)
    assert (back.what, back.subject) == ("task", "qualification@1:ivanova")
    assert "was deleted" in back.reason_en
    again = asked.model_copy(update={"thing": "task:56"})
    assert only(the_deal(**NEW), seen(), seen(tasks=[again])).id != back.id, "deleted again"
    assert only(the_deal(**ASKED), seen(), seen(tasks=[opened("contract", 2, "petrov")])).what == "task"


@pytest.mark.parametrize(
    "was",
    [
        task("qualification"),
        opened("order"),
        opened("qualification", person="pavlov"),
        opened("contract", 1, "petrov"),
    ],
    ids=["closed", "no such question", "a former assignee's", "an earlier version's"],
)
def test_a_deleted_task_that_nobody_needs_any_more_stays_away(was: SeenTask) -> None:
    deal = the_deal(**NEW, approvals=[an_approval("contract", version=2)])
    assert sent(deal, seen(), seen(tasks=[was])) == []


def test_the_register_of_goods_fills_a_lead_that_the_crm_completes() -> None:
    register = GoodsRegister([Good(sku=GOOD["sku"], name="Монитор по реестру", vat="22", tracking="lot")])
    bare = {name: said for name, said in GOOD.items() if name not in ("name", "vat")}
    deal = the_deal(**LEAD)
    whole = seen(order={"client": CLIENT, "lines": [bare]}, tasks=[task("order")])
    assert len(lacking(deal, whole, TODAY)) == 2, "the name and the VAT code"
    assert lacking(deal, whole, TODAY, register) == ()
    [answer] = answers(deal, [], whole, seen(), TODAY, register)
    assert isinstance(answer.message, Compose)
    [line] = answer.message.order["lines"]
    assert (line["name"], line["vat"], line["tracking"]) == ("Монитор по реестру", "22", "lot")
    otherwise = seen(order={"client": CLIENT, "lines": [bare | {"vat": "20"}]}, tasks=[task("order")])
    [turned_back] = answers(deal, [], otherwise, seen(), TODAY, register)
    assert isinstance(turned_back.message, Revert)
    assert "register" in turned_back.message.reason_en
