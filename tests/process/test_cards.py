"""What people did to a deal's card in the CRM that the deal can't follow: its manager is told, and what he can do."""

from typing import Any

from domain.effects import AddComment, Notify, OpenTask, PutLine, SetFields, SetStage
from domain.facts import CrmCardChanged, CrmReturned
from domain.words import LineStatus
from tests.support.memory import OpenDeal, World, refused
from tests.support.orders import a_good, a_lead, an_order


def report(deal: OpenDeal, what: str, **more: Any) -> list[Any]:
    """What the CRM is told of it."""
    before = len(deal.world.crm.of(deal.number))
    deal.say("card", actor="crm", what=what, **more)
    return deal.world.crm.of(deal.number)[before:]


def test_of_a_deleted_card_the_manager_has_a_notice_with_both_ways_on(world: World) -> None:
    deal = world.open(an_order())
    [notice] = report(deal, "deleted")
    assert isinstance(notice, Notify)
    assert notice.person == "ivanova"
    for part in ("удалили", "восстановите её из корзины", "отмените сделку"):
        assert part in notice.text
    [remade] = report(deal, "deleted", remade=True)
    assert "стол заведёт новую" in remade.text


def test_a_restored_card_shows_again_all_that_it_missed(world: World) -> None:
    deal = world.open(an_order(a_good()))
    report(deal, "deleted")
    writes = report(deal, "restored")
    kinds = {type(write) for write in writes}
    assert {SetStage, AddComment, SetFields} <= kinds
    [fields] = [write for write in writes if isinstance(write, SetFields)]
    assert {"client", "amount", "blockers"} <= fields.fields.keys()
    assert [write.line for write in writes if write.op == "line"] == [1]


def test_goods_changed_after_the_order_are_answered_in_the_card_and_by_a_notice(world: World) -> None:
    deal = world.open(an_order())
    notice, comment = report(deal, "goods", by="Ольга Иванова")
    assert isinstance(notice, Notify)
    assert isinstance(comment, AddComment)
    assert notice.text == comment.text
    for part in ("Ольга Иванова", "заказ составлен и остаётся прежним", "deal offer", "deal amend"):
        assert part in comment.text


def test_what_a_lead_lacked_is_answered_with_what_it_lacks_still_or_the_way_on(world: World) -> None:
    deal = world.open(a_lead())
    [comment] = report(deal, "lacks", missing="клиент, телефон: не заполнено")
    assert "ещё не хватает: клиент, телефон: не заполнено" in comment.text
    _, before = report(deal, "lacks")
    assert "квалифицируйте клиента" in before.text
    deal.qualify()
    _, asked = report(deal, "lacks")
    assert "завершите задачу «Составить заказ»" in asked.text
    changes = [fact.data["change"] for fact in deal.facts(CrmCardChanged)]
    assert changes == ["lacks", "whole", "whole"]


def test_a_card_in_another_funnel_is_put_back(world: World) -> None:
    deal = world.open(an_order())
    deal.say(
        "revert", actor="crm", what="funnel", subject="Сервис", by="Игорь Орлов", reason_ru="отмените сделку"
    )
    stage, comment = deal.world.crm.of(deal.number)[-2:]
    assert (stage.op, stage.stage) == ("stage", "NEW")
    for part in ("Игорь Орлов", "Сервис", "отмените сделку"):
        assert part in comment.text
    assert [fact.data["done"] for fact in deal.facts(CrmReturned)] == ["funnel"]


def test_another_client_after_the_order_is_answered_in_the_card_and_by_a_notice(world: World) -> None:
    deal = world.open(an_order())
    notice, comment = report(deal, "client", by="Ольга Иванова")
    assert isinstance(notice, Notify)
    assert notice.text == comment.text
    for part in ("Ольга Иванова", "клиент изменён, а заказ составлен на прежнего", "заведите новую"):
        assert part in comment.text


def test_a_client_taken_off_the_card_is_answered_with_the_way_on(world: World) -> None:
    for order, way in ((an_order(), "отмените эту сделку"), (a_lead(), "закройте сделку как проигранную")):
        deal = world.open(order)
        notice, comment = report(deal, "unbound", by="Ольга Иванова")
        assert isinstance(notice, Notify)
        assert notice.text == comment.text
        for part in ("Ольга Иванова", "с неё снят клиент", "верните компанию и контакт в карточку", way):
            assert part in comment.text


def test_a_line_that_people_moved_or_deleted_is_written_again(world: World) -> None:
    deal = world.open(an_order(a_good()))
    deal.say(
        "revert", actor="crm", what="line", subject="1", by="Игорь Орлов", reason_ru="карточка возвращена"
    )
    line, comment = deal.world.crm.of(deal.number)[-2:]
    assert isinstance(line, PutLine)
    assert (line.line, line.status) == (1, LineStatus.AWAITING_RELEASE)
    for part in ("Игорь Орлов", "позиция 1", "карточка возвращена"):
        assert part in comment.text
    with refused("not_found"):
        deal.say("revert", actor="crm", what="line", subject="9")


def test_a_task_that_people_deleted_is_opened_again(world: World) -> None:
    deal = world.open(an_order())
    deal.say("revert", actor="crm", what="task", subject="qualification@1:ivanova", reason_ru="удалена")
    assert any(isinstance(w, OpenTask) for w in deal.world.crm.of(deal.number)[-2:])
