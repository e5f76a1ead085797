"""What comes back from outside: mail that did not arrive, things done in the CRM that do not count, orders that lack something."""

from itertools import pairwise
from typing import Any

import pytest

from domain.facts import AddressCorrected, DealOpened, DeliveryRefused, MailBounced
from tests.support.memory import OpenDeal, World, refused
from tests.support.orders import a_good, a_lead, an_order


def written(deal: OpenDeal, op: str | None = None) -> list[Any]:
    """What the CRM was told of the deal, in order."""
    return [write for write in deal.world.crm.of(deal.number) if op in (None, write.op)]


def test_a_stage_moved_by_hand_is_moved_back_with_what_is_missing(world: World) -> None:
    deal = world.open(an_order())
    deal.say("revert", actor="crm", what="stage", subject="SHIPPED", by="Ольга Иванова")
    stage, comment = written(deal)[-2:]
    assert (stage.op, stage.stage, comment.op) == ("stage", "NEW", "comment")
    for part in ("Ольга Иванова", "Отгружен клиенту", "Новая", "не хватает: Квалифицировать клиента"):
        assert part in comment.text
    with refused("already", "New"):
        deal.say("revert", actor="crm", what="stage", subject="NEW")


def test_a_task_closed_without_its_answers_is_opened_again(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.agree()
    opened = {write.task: write for write in written(deal, "open_task")}
    [task] = [key for key in opened if key.startswith("line-1:payment-terms")]
    assert opened[task].form == ("payment-terms.credit_limit",)
    assert opened[task].line == 1
    why = {"reason_ru": "нет поля credit_limit", "reason_en": "credit_limit is missing"}
    deal.say("revert", actor="crm", what="task", subject=task, by="ivanova", **why)
    again, comment = written(deal)[-2:]
    assert again == opened[task].model_copy(update={"key": again.key})
    assert "нет поля credit_limit" in comment.text
    with refused("not_found", "no assignment"):
        deal.say("revert", actor="crm", what="task", subject="line-9:nothing@1:ivanova")


def test_an_approval_answered_in_the_crm_by_nobody_who_may_is_asked_again(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    [opened] = [write for write in written(deal, "open_task") if write.asks == "contract"]
    deal.say("revert", actor="crm", what="answer", subject="contract", by="Игорь Орлов")
    again = written(deal, "open_task")[-1]
    assert again == opened.model_copy(update={"key": again.key, "in_chat": None}), (
        "the chat still has its buttons"
    )


def test_the_crm_is_told_of_a_line_whenever_it_would_show_something_else(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", payment="prepaid_50")))
    deal.to("line-1:customs-release")
    deal.complete("line-1:customs-release", outcome="hold", reason="код ТН ВЭД")
    told = [(write.status, write.shown) for write in written(deal, "line")]
    shown = told[-1][1]
    assert shown["customs"].endswith("(задержано)")
    assert "Получить выпуск таможни" in shown["blockers"]
    assert shown["awaiting"] == "Ольга Иванова"
    assert all(one != other for one, other in pairwise(told)), "nothing is told twice"


def test_mail_that_bounced_asks_the_manager_for_a_better_address_and_goes_there(world: World) -> None:
    deal = world.open(an_order())
    with refused("unknown_address"):
        deal.say("bounce", actor="mail", email="stranger@clinic.example")
    deal.say("bounce", actor="mail", email="Anna@Clinic.example", reason="550 no such user")
    deal.say("bounce", actor="mail", email="anna@clinic.example", reason="550 no such user")
    assert deal.asked() == {"qualification", "mail-address"}, "one question for one address"
    deal.complete("mail-address", email="anna.smirnova@clinic.example")
    deal.robot()
    deal.result()
    sent = {address for kind, address in world.mail.sent(deal.number) if kind == "approval_asked"}
    assert "anna.smirnova@clinic.example" in sent
    assert "anna@clinic.example" not in sent
    assert len(deal.facts(MailBounced)) == 2


def test_a_mail_refused_for_its_address_is_sent_again_to_the_corrected_one(world: World) -> None:
    world.mail.bad.add("anna@clinic.example")
    deal = world.open(an_order())
    deal.qualify()
    assert deal.asked() == {"contract", "mail-address"}
    assert ("approval_asked", "petrov@dealwright.example") in world.mail.sent(deal.number), (
        "others get theirs"
    )
    deal.complete("mail-address", email="a.smirnova@clinic.example")
    assert ("approval_asked", "a.smirnova@clinic.example") in world.mail.sent(deal.number)
    [corrected] = deal.read(AddressCorrected)
    assert (corrected.again, corrected.email) == (1, "a.smirnova@clinic.example")
    assert len(deal.facts(DeliveryRefused)) == 1
    deal.robot()


def test_a_corrected_address_may_be_bad_as_well_and_is_asked_about_again(world: World) -> None:
    world.mail.bad |= {"anna@clinic.example", "a.smirnova@clinic.example"}
    deal = world.open(an_order())
    deal.qualify()
    deal.complete("mail-address", email="a.smirnova@clinic.example")
    assert "mail-address#2" in deal.asked()
    deal.complete("mail-address#2", email="anna.s@clinic.example")
    assert ("approval_asked", "anna.s@clinic.example") in world.mail.sent(deal.number)


def test_an_address_nobody_corrected_holds_nothing_up(world: World) -> None:
    deal = world.open(an_order())
    deal.say("bounce", actor="mail", email="anna@clinic.example")
    deal.robot(leave=lambda id: id == "mail-address")
    deal.result()
    assert deal.state.open_assignments == []


def test_mail_that_comes_back_once_the_deal_is_closed_is_on_record_and_asks_nobody(world: World) -> None:
    world.mail.bad.add("anna@clinic.example")
    deal = world.open(an_order())
    deal.cancel("petrov")
    deal.result()
    assert [bounced.email for bounced in deal.read(MailBounced)] == ["anna@clinic.example"]
    assert deal.state.open_assignments == []
    opened = {write.task for write in written(deal, "open_task")}
    assert opened == {write.task for write in written(deal, "close_task")}


def test_a_lead_from_elsewhere_may_lack_all_but_a_name(world: World) -> None:
    missing = ["client: no way to reach the contact", "lines[0].source is missing"]
    origin = {"source": "bitrix24", "ref": "7405", "missing": missing}
    deal = world.open({"client": {"contact": "ООО «Клиника»"}, "manager": "ivanova", "origin": origin})
    deal.qualify()
    [task] = [write for write in written(deal, "open_task") if write.task.startswith("order")]
    for words in missing:
        assert words in task.description
    [opened] = deal.read(DealOpened)
    assert opened.origin == "bitrix24 7405"


@pytest.mark.parametrize("origin", [None, {"source": "site"}])
def test_an_order_with_lines_always_needs_a_way_to_reach_the_client(world: World, origin: object) -> None:
    deal = world.open(a_lead())
    deal.qualify()
    client = {"name": "ООО «Клиника»", "inn": "9900000017", "email": None, "phone": None, "contact": "Анна"}
    order = an_order(client=client)
    if origin:
        order["origin"] = origin
    with refused("bad_order", "no way to reach"):
        deal.say("order", actor="ivanova", order=order)


def test_a_responsible_who_is_no_manager_is_put_back(world: World) -> None:
    deal = world.open(an_order())
    why = {"reason_ru": "нужен менеджер", "reason_en": "only a manager"}
    deal.say("revert", actor="crm", what="manager", subject="orlov", by="Игорь Орлов", **why)
    fields, comment = written(deal)[-2:]
    assert fields.fields == {"manager": "ivanova"}
    assert "сделку ведёт Ольга Иванова" in comment.text
