"""Who pays and who gets the goods, where that is not the buyer; buyers of other countries; a contract's numbers are its client's."""

from typing import Any

import pytest

from activities.projections.crm_fields import crm_fields
from domain.crm import composed
from domain.crm.comparison import Comparison
from domain.crm.mirror import SeenDeal
from domain.facts import MailBounced, MilestoneDue
from domain.order.order import read_order
from domain.view.model import ClientView
from domain.words import Stage
from tests.support.foreign import CONSIGNEE, FOREIGN_NUMBERS, PAYER
from tests.support.memory import NOW, TODAY, OpenDeal, World, refused
from tests.support.orders import CLIENT, a_good, an_order

LESSOR = PAYER["email"]


def bought_by(world: World, *goods: dict[str, Any], **client: Any) -> OpenDeal:
    order = an_order(*goods, client=CLIENT | client)
    read_order(order, world.book, world.now.date())  # it can be taken in
    deal = world.open(order)
    deal.qualify()
    return deal


def paid_mail(world: World, deal: OpenDeal) -> list[tuple[str, str]]:
    return [mail for mail in world.mail.sent(deal.number) if mail[0].startswith("payment")]


def test_a_lessor_who_pays_is_written_to_beside_the_client_and_named_to_all(world: World) -> None:
    deal = bought_by(world, a_good(payment="leasing"), payer=PAYER, consignee=CONSIGNEE)
    deal.to("line-1:payment-terms")
    due = [notice for notice in world.mail.of(deal.number) if notice.kind == "payment_due"]
    assert {notice.to_email for notice in due} == {CLIENT["email"], LESSOR}
    assert all(notice.data["payer"] == "Αλφα Λίζινγκ, ИНН 9900000024, КПП 990002001" for notice in due)
    assert [bool(notice.asks) for notice in due] == [True, False], "who pays has nothing to answer"
    expected = [notice for notice in world.mail.of(deal.number) if notice.kind == "payment_expected"]
    assert expected
    assert all("Λίζινγκ" in notice.data["payer"] for notice in expected)
    others = {
        mail
        for mail in world.mail.sent(deal.number)
        if mail[1] == LESSOR and not mail[0].startswith("payment")
    }
    assert not others, "of nothing but money"


def test_who_takes_part_stands_in_what_is_shown(world: World) -> None:
    deal = bought_by(world, payer=PAYER, consignee=CONSIGNEE, delivery_address="Казань, Садовая, 1")
    client: ClientView = deal.view().client
    assert client.words == "ООО «Клиника Образец», INN 9900000017"
    assert client.parties == (
        ("Payer", "Αλφα Λίζινγκ, INN 9900000024, KPP 990002001"),
        ("Consignee", "Αλφα Υποκατάστημα, INN 9900000017, KPP 990003001, Αλφα"),
        ("Delivery address", "Казань, Садовая, 1"),
    )
    fields = crm_fields(deal.state)
    assert fields["payer"] == "Αλφα Λίζινγκ, ИНН 9900000024, КПП 990002001"
    assert fields["consignee"].endswith("КПП 990003001, Αλφα")
    assert fields["buyer"] == ""


@pytest.mark.parametrize(
    ("country", "words"),
    [
        ("BY", "Belarus, UNP 190000005"),
        ("KZ", "Kazakhstan, BIN/IIN 990140000007"),
        ("AM", "Armenia, reg. no. 01234567"),
    ],
)
def test_a_buyer_of_another_country_goes_by_its_number_there(world: World, country: str, words: str) -> None:
    deal = bought_by(world, inn=None, country=country, tax_number=FOREIGN_NUMBERS[country])
    assert deal.state.client.known_by == f"{country}:{FOREIGN_NUMBERS[country]}"
    assert deal.view().client.words == f"ООО «Клиника Образец», {words}"
    assert deal.state.client.inn is None
    deal.robot()
    assert deal.view().stage == "PAID"


def test_who_pays_is_part_of_what_is_agreed(world: World) -> None:
    """Another payer goes to the client for approval; another mail address of his does not."""
    deal = bought_by(world)
    before = deal.state.offers[-1].digest
    deal.say(
        "offer",
        actor="ivanova",
        settings={"client.payer.name": "АО Лизинг", "client.payer.inn": "9900000024"},
    )
    assert deal.state.client.payer is not None
    assert deal.state.offers[-1].digest != before
    digest = deal.state.offers[-1].digest
    deal.say("offer", actor="ivanova", settings={"client.payer.email": "pay@lease.example"})
    assert deal.state.offers[-1].digest == digest
    deal.approve("contract", "client", "petrov")
    deal.say(
        "amend",
        actor="ivanova",
        settings={"client.payer": None, "client.kpp": "990001001"},
        reason="платит сам",
    )
    assert deal.asked() >= {"amendment"}
    [asked] = [a for a in deal.view().approvals if a.id == "amendment"]
    assert any("payer left out, it was АО Лизинг" in said for said in asked.changes)
    deal.approve("amendment", "client")
    assert deal.state.client.payer is None
    assert deal.line().client.kpp == "990001001"


def test_a_payer_must_be_whole(world: World) -> None:
    deal = bought_by(world)
    with refused("bad_order", "INN"):
        deal.say("offer", actor="ivanova", settings={"client.payer.name": "АО Лизинг"})


def test_mail_to_a_payer_that_comes_back_asks_for_another_address(world: World) -> None:
    world.mail.bad.add(LESSOR)
    deal = bought_by(world, payer=PAYER)
    deal.to("line-1:payment-terms")
    deal.robot(until=lambda view: "mail-address" in deal.asked())
    [returned] = deal.read(MailBounced)
    assert (returned.name, returned.email) == (PAYER["name"], LESSOR)
    world.mail.bad.clear()
    deal.complete("mail-address", email="new@lease.example")
    world.skip_a_while()
    assert "new@lease.example" in {email for _, email in paid_mail(world, deal)}
    assert deal.read(MilestoneDue)


STATE_INN, OTHER_INN = "9900000017", "9900000024"


def numbers_of(inn: str) -> dict[str, str]:
    return {
        "registry_number": f"2{inn}26000118",
        "ikz": f"262{inn}99000100100010013250244",
        "treasury_account": "03214643000000017300",
    }


def test_the_inn_inside_a_state_contracts_numbers_is_the_clients(world: World) -> None:
    deal = bought_by(world, a_good(payment="state_contract"))
    deal.to("line-1:payment-terms")
    for name in ("registry_number", "ikz"):
        with refused("bad_form", "and the client's is 9900000017"):
            deal.complete(
                "line-1:payment-terms", **numbers_of(STATE_INN) | {name: numbers_of(OTHER_INN)[name]}
            )
        zeros = "0" * len(numbers_of(STATE_INN)[name])
        with refused("bad_form", "the customer's INN must stand inside it"):
            deal.complete("line-1:payment-terms", **numbers_of(STATE_INN) | {name: zeros})
    deal.complete("line-1:payment-terms", **numbers_of(STATE_INN))


def test_a_card_on_which_people_enter_another_payer_is_told(world: World) -> None:
    """What they enter first is told too, once the deal has its order and the card had another."""
    deal = bought_by(world, payer=PAYER)
    seen = SeenDeal(
        ref="1", number="1", ours=True, made_by_desk=True, stage=Stage.CONTRACT_APPROVAL, stage_name="",
        manager="ivanova", changed_by="ivanova", changed_at=NOW,
        order={"client": {"payer": {"name": PAYER["name"], "inn": PAYER["inn"]}}},
    )  # fmt: skip
    other = seen.model_copy(
        update={"order": {"client": {"payer": {"name": "АО Лизинг", "inn": PAYER["inn"]}}}}
    )
    same = Comparison(deal.state, deal.lines, seen, seen, TODAY)
    changed = Comparison(deal.state, deal.lines, other, seen, TODAY)
    assert (len(list(composed.client(same))), len(list(composed.client(changed)))) == (0, 1)
