"""People work in the CRM, and the deals hear of it: the embedded CRM, the relay and real workflows."""

import asyncio
from collections import Counter
from uuid import uuid4

import pytest

from domain.effects import SetStage
from domain.facts import ApprovalVoted, AssignmentCompleted, CrmCardChanged, CrmReturned, MessageRefused
from domain.words import Stage, same
from records.errors import RecordsUnavailable
from tests.starter.intake.conftest import Front
from tests.support.deal import OpenDeal
from tests.support.orders import CLIENT, a_good
from tests.support.waiting import eventually

QUALIFIED = {
    "qualification.outcome": "qualified",
    "qualification.need": "монитор",
    "qualification.budget": "до 3 млн",
    "qualification.decision_maker": "главный врач",
    "qualification.delivery_region": "Москва",
}
ORDER = {"client": CLIENT, "lines": [a_good()]}


async def returned(front: Front, deal: OpenDeal) -> list[str]:
    """What was turned back in the CRM, and why: as its card says."""
    await deal.caught_up()
    facts = await deal.facts(CrmReturned.kind)
    card = await front.crm.card(deal.number)
    assert card is not None
    return [comment.text for comment in card.comments][-len(facts) :] if facts else []


async def test_a_new_deal_in_the_crm_runs_and_is_worked_on_there(front: Front) -> None:
    deal = await front.new(**ORDER)
    manager, director = front.person("ivanova"), front.person("petrov")
    await manager.fill(deal.number, QUALIFIED)
    await manager.complete(deal.number, "qualification@1:ivanova")
    assert (await front.told(deal.number)).status == "done"
    await deal.until_asked("contract")
    await deal.caught_up()
    await director.answer(deal.number, "contract", approve=False, comment="срок")
    assert (await front.told(deal.number)).status == "done"
    await deal.until_asked("contract-revision")
    await deal.caught_up()
    await manager.fill(deal.number, {"contract-revision.changes": "срок поправлен"})
    assert (await front.told(deal.number)).status == "done", "the field alone is the answer"
    await deal.until(lambda view: view.contract_version == 2)
    await deal.caught_up()
    await director.answer(deal.number, "contract", approve=True)
    assert (await front.told(deal.number)).status == "done"
    await deal.approve("contract", "client")
    await deal.until_asked("line-1:payment-terms")
    await deal.caught_up()
    await manager.fill(
        deal.number, {"payment-terms.invoice": "СЧ-1", "payment-terms.invoiced_on": "2020-01-01"}, 1
    )
    await manager.complete(deal.number, "line-1:payment-terms@1:ivanova")
    assert (await front.told(deal.number)).status == "refused"
    assert "«Дата счёта»: 01.01.2020 раньше" in (await returned(front, deal))[-1]
    today = (await deal.view()).as_of.date().isoformat()
    await manager.fill(deal.number, {"payment-terms.invoiced_on": today}, 1)
    await manager.complete(deal.number, "line-1:payment-terms@1:ivanova")
    assert (await front.told(deal.number)).status == "done"
    assert await deal.story(AssignmentCompleted.kind, ApprovalVoted.kind) == [
        "ivanova assignment.completed qualification",
        "petrov approval.voted contract",
        "ivanova assignment.completed contract-revision",
        "petrov approval.voted contract",
        "client approval.voted contract",
        "ivanova assignment.completed line-1:payment-terms",
    ]


async def test_a_stage_dragged_by_hand_comes_back_with_what_is_missing(front: Front) -> None:
    deal = await front.new(**ORDER)
    await front.person("ivanova").move(deal.number, Stage.SHIPPED)
    event = await front.told(deal.number)
    assert (event.status, event.outcome.ru) == ("refused", "возвращено в CRM (стадия)")
    [comment] = await returned(front, deal)
    for words in ("Ольга Иванова", "Отгружен клиенту", "Квалифицировать клиента"):
        assert words in comment
    card = await front.crm.card(deal.number)
    assert card is not None
    assert card.stage is Stage.NEW
    assert (await front.told(deal.number)).status == "ignored", "the desk's own move back"


async def test_a_stage_dragged_to_where_the_deal_may_go_takes_it_there(front: Front) -> None:
    deal = await front.new(**ORDER)
    await front.person("ivanova").fill(deal.number, QUALIFIED)
    await front.person("ivanova").move(deal.number, Stage.CONTRACT_APPROVAL)
    assert (await front.told(deal.number)).status == "done"
    await deal.until_asked("contract")
    assert await returned(front, deal) == []


async def test_a_card_that_lacks_something_starts_as_a_lead_that_the_manager_completes(front: Front) -> None:
    number = await front.person().add_deal({"client": {"name": "ООО «Клиника»"}})
    event = await front.told(number)
    assert event.outcome.ru.startswith(
        f"Начата сделка {number}, не хватает: клиент: нет ни телефона, ни e-mail"
    )
    deal = await front.opened(number)
    assert (await deal.state()).client.contact == "ООО «Клиника»"
    await deal.qualify()
    await deal.until_asked("order")
    await deal.caught_up()
    await front.person().complete(number, "order@1:ivanova")
    assert (await front.told(number)).status == "refused"
    assert "товары: не заполнено" in (await returned(front, deal))[-1]
    bed = {name: said for name, said in a_good(sku="BED-3").items() if name not in ("name", "vat")}
    await front.person().write(number, ORDER | {"lines": [bed]})
    await front.person().move(number, Stage.CONTRACT_APPROVAL)
    assert (await front.told(number)).status == "done"
    await deal.until_asked("contract")
    state = await deal.state()
    assert state.client.inn == "9900000017"
    assert state.lines[1].good.name == "Кровать функциональная", "the register of goods gives the rest"


async def test_a_deal_lost_in_the_crm_is_lost_and_one_without_a_reason_comes_back(front: Front) -> None:
    deal = await front.new(**ORDER)
    await front.person().move(deal.number, Stage.LOST)
    await front.told(deal.number)
    assert "укажите причину" in (await returned(front, deal))[-1]
    await front.person().move(deal.number, Stage.LOST, "нет бюджета")
    await front.told(deal.number)
    await deal.stage("LOST")
    await deal.caught_up()
    await front.person().move(deal.number, Stage.SHIPPED)
    event = await front.told(deal.number)
    assert event.status == "done"
    card = await front.crm.card(deal.number)
    assert card
    assert card.stage is Stage.LOST
    words = card.comments[-1].text
    for part in ("Ольга Иванова", "Отгружен клиенту", "завершена", "Проиграна", "новую сделку"):
        assert part in words
    again = await front.told(deal.number)
    assert (again.status, again.outcome.ru) == ("ignored", "Сделка уже завершена")
    after = await front.crm.card(deal.number)
    assert after
    assert after.comments == card.comments, "said once"


async def test_what_is_on_its_way_is_cancelled_only_by_the_director(front: Front) -> None:
    deal = await front.new(client=CLIENT, lines=[a_good(source="dealer", payment="letter_of_credit")])
    await deal.to("line-1:dispatch")
    await deal.caught_up()
    await front.person().move(deal.number, Stage.CANCELLED, "клиника закрылась")
    await front.told(deal.number)
    await deal.until_asked("cancellation")
    assert "отмену должен согласовать директор" in (await returned(front, deal))[-1]
    await front.person("petrov").answer(deal.number, "cancellation", approve=True)
    await front.told(deal.number)
    await deal.stage("CANCELLED")


async def test_a_new_responsible_manager_takes_the_deal_over(front: Front) -> None:
    deal = await front.new(**ORDER)
    await front.person("petrov").hand_over(deal.number, "sidorov")
    assert (await front.told(deal.number)).status == "done"
    await deal.until(lambda view: view.manager == "sidorov")
    await deal.caught_up()
    await front.person("sidorov").fill(deal.number, QUALIFIED)
    assert (await front.told(deal.number)).status == "done"


async def test_what_somebody_unknown_or_unasked_does_is_turned_back(front: Front) -> None:
    deal = await front.new(**ORDER)
    await front.person("Вася Пупкин").fill(deal.number, QUALIFIED)
    assert (await front.told(deal.number)).status == "refused"
    await front.person("orlov").fill(deal.number, {"qualification.need": "другое"})
    assert (await front.told(deal.number)).status == "refused"
    stranger, logistics = await returned(front, deal)
    assert "нет сотрудника с e-mail" in stranger
    assert "нет права" in logistics
    assert await deal.asked() == {"qualification"}


async def test_what_the_desk_did_itself_changes_nothing(front: Front) -> None:
    """Every step of a deal is followed by a hint, as a portal sends them."""
    deal = await front.new(**ORDER)
    hints = list[int]()

    async def echo() -> None:
        while True:
            hints.append(front.hint(deal.number))
            await asyncio.sleep(0.05)

    echoing = asyncio.create_task(echo())
    await deal.robot()
    echoing.cancel()
    await deal.result()
    outcomes = {(await front.box.outcome(seq)).status for seq in hints}
    assert outcomes == {"ignored"}
    assert await deal.facts(CrmReturned.kind, MessageRefused.kind) == []


async def test_deals_deleted_of_other_funnels_or_closed_at_first_sight_start_nothing(front: Front) -> None:
    other = await front.person().add_deal(ORDER, funnel="service")
    closed = await front.person().add_deal(ORDER, stage=Stage.PAID)
    gone = await front.person().add_deal(ORDER)
    await front.person().delete(gone)
    told = [await front.told(number) for number in (other, closed, gone, "C99999")]
    assert {event.status for event in told} == {"ignored"}
    assert [event.outcome.ru for event in told] == [
        "Сделка другой воронки",
        "В CRM уже закрыта: процесс не нужен",
        "Такой сделки в CRM больше нет",
        "Такой сделки в CRM больше нет",
    ]
    assert front.desk.asked == 2, (
        "Temporal is asked about the closed one, and the one elsewhere: both might run"
    )


async def test_a_deal_that_the_desk_put_there_never_starts_a_second_time(front: Front) -> None:
    """Where Temporal and the records have lost it, an empty lead under its number would only hide that."""
    number = f"lost-{uuid4().hex[:8]}"
    await front.crm.set_stage(SetStage(key=f"{number}:1", deal=number, stage=Stage.NEW))
    event = await front.told(number)
    assert (event.status, event.outcome.ru) == (
        "ignored",
        "Сделку завёл этот стол, но процесса у неё больше нет",
    )


async def test_a_deal_deleted_while_it_runs_is_told_to_its_manager_and_goes_on(front: Front) -> None:
    deal = await front.new(**ORDER)
    await front.person().delete(deal.number)
    event = await front.told(deal.number)
    assert (event.status, event.outcome.ru) == ("done", "Менеджеру сообщено")
    await deal.caught_up()
    card = await front.crm.card(deal.number)
    assert card, "this CRM makes a card for whatever is written"
    assert "восстановите её из корзины CRM или отмените сделку" in card.notices[-1].text
    assert (await front.told(deal.number)).status == "done"
    await deal.caught_up()
    card = await front.crm.card(deal.number)
    assert card
    assert (card.stage, card.fields["client"]) == (Stage.NEW, CLIENT["name"])
    assert "восстановлена" in card.comments[-1].text
    assert (await front.told(deal.number)).status == "ignored", "said once"
    changes = [fact.data["change"] for fact in await deal.facts(CrmCardChanged.kind)]
    assert changes == ["deleted", "restored"]
    await deal.qualify()
    await deal.until_asked("contract")


async def test_a_card_moved_to_another_funnel_comes_back_with_words(front: Front) -> None:
    deal = await front.new(**ORDER)
    await front.person().take_away(deal.number, "Сервис")
    event = await front.told(deal.number)
    assert event.outcome.ru.startswith("возвращено в CRM (воронка)")
    [comment] = await returned(front, deal)
    for words in ("Ольга Иванова", "другую воронку («Сервис»)", "отмените сделку"):
        assert words in comment
    seen = await front.crm.read(deal.number)
    assert seen
    assert (seen.ours, seen.stage) == (True, Stage.NEW)
    assert (await front.told(deal.number)).status == "ignored", "the desk's own move back"


async def test_goods_changed_in_the_card_after_the_order_are_answered(front: Front) -> None:
    deal = await front.new(**ORDER)
    await front.told(deal.number)
    await front.person().write(deal.number, {**ORDER, "lines": [a_good(quantity=9)]})
    assert (await front.told(deal.number)).outcome.ru == "Менеджеру сообщено"
    assert (await front.told(deal.number)).status == "ignored"
    await deal.caught_up()
    card = await front.crm.card(deal.number)
    assert card
    for said in (card.comments[-1].text, card.notices[-1].text):
        assert "заказ составлен и остаётся прежним" in said


async def test_what_a_lead_lacked_is_answered_when_it_is_there(front: Front) -> None:
    number = await front.person().add_deal({"client": {**CLIENT, "inn": ""}, "lines": [a_good()]})
    await front.told(number)
    deal = await front.opened(number)
    assert (await front.told(number)).status == "ignored"
    await front.person().write(number, ORDER)
    assert (await front.told(number)).outcome.ru == "Менеджеру сообщено"
    await deal.caught_up()
    card = await front.crm.card(number)
    assert card
    assert "теперь в ней всё, чего не хватало" in card.comments[-1].text
    assert (await front.told(number)).status == "ignored"


async def test_a_burst_of_five_hundred_starts_each_deal_once_and_completes_once(front: Front) -> None:
    numbers = [await front.person().add_deal(ORDER) for _ in range(5)]
    for number in numbers * 5:
        front.box.burst(20, f"crm:{number}")
    deals = [await front.opened(number) for number in numbers]
    for deal in deals:
        await front.person().fill(deal.number, QUALIFIED)
        front.box.burst(20, f"crm:{deal.number}")
    for deal in deals:
        await deal.until_asked("contract")
    assert [await deal.story(AssignmentCompleted.kind) for deal in deals] == [
        ["ivanova assignment.completed qualification"]
    ] * 5
    await eventually(lambda: asyncio.to_thread(front.box.real.waiting), lambda waiting: not waiting.events)
    statuses = Counter(event.status for event in front.box.real.events(limit=500))
    assert statuses["refused"] == 0


async def test_while_temporal_is_down_events_wait_and_then_have_their_effect_once(front: Front) -> None:
    front.desk.down = True
    number = await front.person().add_deal(ORDER)
    seq = front.hint(number)
    waiting = await front.box.tried(seq, 3)
    assert (waiting.status, waiting.outcome.en) == ("retry", "Temporal does not answer")
    front.desk.down = False
    assert (await front.box.outcome(seq)).status == "done"
    await front.opened(number)


async def test_a_crash_between_telling_and_remembering_tells_once(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = await front.new(**ORDER)
    await front.person().fill(deal.number, QUALIFIED)
    await front.person().move(deal.number, Stage.PAID)
    keep, crashes = type(front.box.seen).put, [2]

    def put(*args: object) -> None:
        if crashes[0]:
            crashes[0] -= 1
            raise RecordsUnavailable(same("the process died here"))
        keep(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(type(front.box.seen), "put", put)
    event = await front.told(deal.number)
    assert event.attempts == 3
    await deal.until_asked("contract")
    assert await deal.story(AssignmentCompleted.kind, CrmReturned.kind) == [
        "ivanova assignment.completed qualification",
        "desk crm.returned PAID",
    ]
