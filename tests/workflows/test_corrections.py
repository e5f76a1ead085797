"""What comes back from outside: mail that did not arrive, things done in the CRM that do not count, orders that lack something."""

from itertools import pairwise

import pytest

from domain.facts import AddressMended, DealOpened, MailBounced
from tests.support.deal import refused
from tests.support.orders import a_good, a_lead, an_order
from tests.support.stand import REPLAYED, Stand


@REPLAYED
async def test_a_stage_moved_by_hand_is_moved_back_with_what_is_missing(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.until_asked("qualification")
    await deal.send("turn_back", actor="crm", what="stage", subject="SHIPPED", by="Ольга Иванова")
    await deal.caught_up()
    last = stand.crm.taken[-2:]
    assert [write.op for write in last if write.deal == deal.number] == ["stage", "comment"]
    assert last[0].stage == "NEW"  # type: ignore[union-attr]
    words = last[1].text  # type: ignore[union-attr]
    for part in ("Ольга Иванова", "Отгружен клиенту", "Новая", "не хватает: Квалифицировать клиента"):
        assert part in words
    with refused("already", "NEW"):
        await deal.send("turn_back", actor="crm", what="stage", subject="NEW")


async def test_a_task_closed_without_its_answers_is_opened_again(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(payment="deferred_30")))
    await deal.agree()
    await deal.until_asked("line-1:payment-terms")
    opened = {
        write.task: write
        for write in stand.crm.taken
        if write.op == "open_task" and write.deal == deal.number
    }
    [task] = [key for key in opened if key.startswith("line-1:payment-terms")]
    assert opened[task].form == ("payment-terms.credit_limit",)
    assert opened[task].line == 1
    why = {"reason_ru": "нет поля credit_limit", "reason_en": "credit_limit is missing"}
    await deal.send("turn_back", actor="crm", what="task", subject=task, by="ivanova", **why)
    await deal.caught_up()
    again, comment = [write for write in stand.crm.taken if write.deal == deal.number][-2:]
    assert again == opened[task].model_copy(update={"key": again.key})
    assert "нет поля credit_limit" in comment.text  # type: ignore[union-attr]
    with refused("not_found", "no assignment"):
        await deal.send("turn_back", actor="crm", what="task", subject="line-9:nothing@1:ivanova")


async def test_the_crm_is_told_of_a_line_whenever_it_would_show_something_else(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="import", payment="prepaid_50")))
    await deal.to("line-1:customs-release")
    await deal.complete("line-1:customs-release", outcome="hold", reason="код ТН ВЭД")
    await deal.caught_up()
    shown = [write.shown for write in stand.crm.taken if write.op == "line" and write.deal == deal.number]
    assert shown[-1]["customs"].endswith("(задержано)")
    assert "Получить выпуск таможни" in shown[-1]["blockers"]
    assert shown[-1]["awaiting"] == "Ольга Иванова"
    told = [(w.status, w.shown) for w in stand.crm.taken if w.op == "line" and w.deal == deal.number]
    assert all(one != other for one, other in pairwise(told)), "nothing is told twice"


async def test_mail_that_bounced_asks_the_manager_for_a_better_address_and_goes_there(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.until_asked("qualification")
    with refused("unknown_address"):
        await deal.send("bounce", actor="mail", email="stranger@clinic.example")
    await deal.send("bounce", actor="mail", email="Anna@Clinic.example", reason="550 no such user")
    await deal.send("bounce", actor="mail", email="anna@clinic.example", reason="550 no such user")
    assert await deal.asked() == {"qualification", "mail-address"}, "one question for one address"
    await deal.complete("mail-address", email="anna.smirnova@clinic.example")
    await deal.robot()
    await deal.result()
    sent = {address for kind, address in stand.mail.sent(deal.number) if kind == "approval_asked"}
    assert "anna.smirnova@clinic.example" in sent
    assert "anna@clinic.example" not in sent
    assert len(await deal.facts(MailBounced.kind)) == 2


@REPLAYED
async def test_a_mail_refused_for_its_address_is_sent_again_to_the_mended_one(stand: Stand) -> None:
    stand.mail.bad.add("anna@clinic.example")
    try:
        deal = await stand.open(an_order())
        await deal.qualify()
        await deal.until_asked("mail-address")
        await deal.complete("mail-address", email="a.smirnova@clinic.example")
        await deal.caught_up()
    finally:
        stand.mail.bad.clear()
    assert ("approval_asked", "a.smirnova@clinic.example") in stand.mail.sent(deal.number)
    [mended] = await deal.facts(AddressMended.kind)
    assert mended.data["again"] == 1
    await deal.robot()


async def test_an_address_nobody_mended_holds_nothing_up(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.send("bounce", actor="mail", email="anna@clinic.example")
    await deal.robot(leave=lambda id: id == "mail-address")
    await deal.result()
    assert (await deal.state()).open_assignments == []


async def test_a_lead_from_elsewhere_may_lack_all_but_a_name(stand: Stand) -> None:
    missing = ["client: no way to reach the contact", "lines[0].source is missing"]
    origin = {"source": "bitrix24", "ref": "7405", "missing": missing}
    deal = await stand.open({"client": {"contact": "ООО «Клиника»"}, "manager": "ivanova", "origin": origin})
    await deal.qualify()
    await deal.until_asked("order")
    await deal.caught_up()
    [task] = [
        w
        for w in stand.crm.taken
        if w.deal == deal.number and w.op == "open_task" and w.task.startswith("order")
    ]
    for words in missing:
        assert words in task.description
    [opened] = await deal.facts(DealOpened.kind)
    assert opened.data["origin"] == "bitrix24 7405"


@pytest.mark.parametrize("origin", [None, {"source": "site"}])
async def test_an_order_with_lines_always_needs_a_way_to_reach_the_client(
    stand: Stand, origin: object
) -> None:
    deal = await stand.open(a_lead())
    await deal.qualify()
    order = an_order(
        client={"name": "ООО «Клиника»", "inn": "7707083893", "email": None, "phone": None, "contact": "Анна"}
    )
    if origin:
        order["origin"] = origin
    with refused("bad_order", "no way to reach"):
        await deal.send("order", actor="ivanova", order=order)


async def test_a_responsible_who_is_no_manager_is_put_back(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.until_asked("qualification")
    why = {"reason_ru": "нужен менеджер", "reason_en": "only a manager"}
    await deal.send("turn_back", actor="crm", what="manager", subject="orlov", by="Игорь Орлов", **why)
    await deal.caught_up()
    fields, comment = [write for write in stand.crm.taken if write.deal == deal.number][-2:]
    assert fields.fields == {"manager": "ivanova"}  # type: ignore[union-attr]
    assert "сделку ведёт Ольга Иванова" in comment.text  # type: ignore[union-attr]
