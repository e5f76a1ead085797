"""Credit is judged on what the client owes over all deals: looked up once a round, shown to the director, and never waited for."""

from datetime import timedelta
from decimal import Decimal

import pytest

from activities.projections.asks import CLIENT
from domain.deal.credit import CreditAsked, CreditFound, Limit, OwedIn
from domain.facts import ApprovalOpened, CreditLookedUp, CreditUnknown
from tests.support.memory import OpenDeal, World, refused
from tests.support.orders import CLIENT as BUYER
from tests.support.orders import a_good, an_order
from workflows.rehearsal import Down

OWES = CreditFound(
    deals=3,
    owed=(
        OwedIn(currency="CNY", owed=Decimal(5000)),
        OwedIn(currency="RUB", owed=Decimal(2_300_000), overdue=Decimal(1_200_000)),
    ),
    limit=Limit(amount=Decimal(2_000_000), currency="RUB"),
)
BY_CREDIT = (
    "deferred_30",
    "instalments",
    "leasing",
    "letter_of_credit",
    "state_contract",
    "corporate_contract",
)


class Records:
    """Answers what it is given, and keeps what it was asked."""

    def __init__(self, world: World, found: CreditFound = OWES) -> None:
        self.asked: list[CreditAsked] = []
        self.found, self.up = found, True
        world.activities["credit.look_up"] = self

    def __call__(self, asked: CreditAsked) -> CreditFound:
        self.asked.append(asked)
        if not self.up:
            raise Down("switched off")
        return self.found


def at_credit(world: World, payment: str = "deferred_30", **client: object) -> OpenDeal:
    deal = world.open(an_order(a_good(payment=payment), client=BUYER | client))
    deal.to("line-1:credit")
    return deal


def words(deal: OpenDeal) -> tuple[str, ...]:
    [asked] = [a for a in deal.view().approvals if a.id == "line-1:credit"]
    return asked.credit


@pytest.mark.parametrize("payment", BY_CREDIT)
def test_the_director_is_asked_for_whatever_ships_before_its_money(world: World, payment: str) -> None:
    records = Records(world, CreditFound())
    deal = at_credit(world, payment)
    assert deal.view().approvals[0].awaiting[0].person == "petrov"
    assert [(asked.client, asked.line, asked.by_name) for asked in records.asked] == [
        ("9900000017", 1, False)
    ]
    deal.robot()
    assert deal.view().stage == "PAID"
    assert len(records.asked) == 1, "once a round"


@pytest.mark.parametrize("payment", ["prepaid_100", "prepaid_50"])
def test_what_is_paid_before_it_leaves_asks_nobody(world: World, payment: str) -> None:
    records = Records(world)
    deal = world.open(an_order(a_good(payment=payment)))
    deal.robot()
    assert records.asked == []
    assert deal.facts(CreditLookedUp, CreditUnknown) == []


def test_what_is_owed_over_all_deals_stands_where_the_director_decides(world: World) -> None:
    Records(world)
    deal = at_credit(world)
    owes, apart, beyond, way_on = words(deal)
    assert owes == "the client owes ₽2,300,000.00 (deals with something owed: 3), overdue: ₽1,200,000.00"
    assert apart == "in another currency, apart: owes ¥5,000.00, overdue: ¥0.00"
    assert beyond.startswith("the limit is ₽2,000,000.00, with this line it would become ₽2,302,000.00: ")
    assert beyond.endswith("₽302,000.00 beyond the limit")
    assert "reject it with a comment" in way_on
    [fact] = deal.read(CreditLookedUp)
    assert (fact.deals, fact.owed, fact.overdue, fact.limit) == (3, 2_300_000, 1_200_000, 2_000_000)
    story = deal.story(CreditLookedUp, ApprovalOpened)
    assert story[-2:] == ["desk credit.looked_up line 1", "desk approval.opened line-1:credit"]
    [mail] = [
        n for n in world.mail.of(deal.number) if n.kind == "approval_asked" and n.data["subject"] == "line 1"
    ]
    assert mail.person != CLIENT
    assert len(mail.order.credit) == 4
    [task] = [w for w in world.crm.of(deal.number) if w.op == "open_task" and w.asks == "line-1:credit"]
    assert "сверх лимита" in task.description
    assert "сверх лимита" in task.in_chat.text


def test_within_the_limit_nothing_is_to_be_done(world: World) -> None:
    owed = (OwedIn(currency="RUB", owed=Decimal(100)),)
    Records(world, CreditFound(deals=1, owed=owed, limit=Limit(amount=Decimal(2100), currency="RUB")))
    assert words(at_credit(world)) == (
        "the client owes ₽100.00 (deals with something owed: 1), overdue: ₽0.00",
        "the limit is ₽2,100.00, with this line it would become ₽2,100.00",
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (CreditFound(), "no limit in this currency is set"),
        (CreditFound(limit=Limit(amount=Decimal(1), currency="USD")), "no limit in this currency is set"),
        (CreditFound(limits_broken=True), "the file of limits can't be read"),
    ],
)
def test_without_a_limit_the_director_is_told(world: World, found: CreditFound, said: str) -> None:
    Records(world, found)
    nothing, limit = words(at_credit(world))
    assert nothing == "the client owes nothing elsewhere"
    assert said in limit


def test_records_that_are_down_hold_up_nobody(world: World) -> None:
    """Meanwhile the line hears what comes; after a minute the director is asked, and told that nobody knows."""
    records = Records(world)
    records.up = False
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:payment-terms")
    deal.complete("line-1:payment-terms")
    assert "line-1:credit" not in deal.asked()
    deal.say("split", actor="ivanova", line=1, quantity=1, reason="половина позже")
    world.skip(timedelta(minutes=3))
    assert "line-1:credit" in deal.asked()
    [unknown] = words(deal)[:1]
    assert "the records did not answer" in unknown
    assert len(deal.facts(CreditUnknown)) >= 1
    records.up = True
    deal.robot()
    assert deal.view().stage == "PAID"


def test_a_deal_cancelled_while_the_records_are_down_ends(world: World) -> None:
    records = Records(world)
    records.up = False
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:payment-terms")
    deal.complete("line-1:payment-terms")
    deal.say("cancel", actor="petrov", reason="передумали")
    world.skip(timedelta(minutes=5))
    assert deal.view().stage == "CANCELLED"
    assert deal.facts(CreditUnknown) == []


def test_each_round_looks_anew(world: World) -> None:
    records = Records(world)
    deal = at_credit(world)
    deal.reject("line-1:credit", "petrov", "только предоплата части")
    deal.complete("line-1:payment-terms#2", credit_limit="1")
    assert "line-1:credit" in deal.asked()
    assert len(records.asked) == 2
    assert len(words(deal)) == 4


def test_a_buyer_without_an_inn_is_known_by_its_number_at_home(world: World) -> None:
    records = Records(world)
    at_credit(world, inn=None, country="BY", tax_number="190000005")
    assert (records.asked[0].client, records.asked[0].by_name) == ("BY:190000005", False)


def test_a_line_looks_up_once_however_often_its_run_ends() -> None:
    """The finding is part of its memory, and no run ends while it is awaited."""
    world = World(longest_run=2)
    records = Records(world)
    deal = at_credit(world)
    deal.robot()
    assert len(records.asked) == 1
    assert deal.view().stage == "PAID"
    world.check()


# --- an amendment makes it more ----------------------------------------------------------------------------------------


def amended(world: World, until: str, **settings: str) -> tuple[OpenDeal, Records]:
    records = Records(world, CreditFound())
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to(until)
    deal.amend(settings={f"line-1.{field}": said for field, said in settings.items()})
    agree(deal)
    return deal, records


def agree(deal: OpenDeal) -> None:
    """To the amendment, if anybody must."""
    for asked in deal.view().approvals:
        if asked.id == "amendment":
            deal.approve("amendment", *[ask.person for ask in asked.awaiting])


def test_more_than_was_decided_on_is_looked_up_and_decided_anew(world: World) -> None:
    deal, records = amended(world, "line-1:reservation", unit_price="1100.00")
    assert deal.asked() == {"line-1:credit"}, "nothing is reserved meanwhile, and the terms stand"
    assert len(records.asked) == 2
    more, nothing, total = words(deal)
    assert more == "what was decided on was ₽2,000.00, now it is ₽2,200.00"
    assert (nothing, total[-9:]) == ("the client owes nothing elsewhere", "₽2,200.00")
    deal.approve("line-1:credit", "petrov")
    assert deal.asked() == {"line-1:reservation#2"}
    deal.amend(settings={"line-1.unit_price": "1050.00"})
    assert "line-1:credit" not in deal.asked(), "less than that was decided on"
    deal.robot()
    assert deal.view().stage == "PAID"


def test_of_goods_that_are_on_their_way_the_director_is_asked_at_once_and_nothing_ships_before(
    world: World,
) -> None:
    deal, _ = amended(world, "line-1:acceptance", unit_price="1100.00")
    assert deal.asked() == {"line-1:acceptance", "line-1:credit", "supplement"}
    deal.complete("supplement")
    deal.complete("line-1:acceptance")
    assert deal.asked() == {"line-1:credit"}
    deal.reject("line-1:credit", "petrov", "столько не дам")
    assert deal.asked() == {"line-1:payment-terms#3"}
    deal.complete("line-1:payment-terms#3")
    deal.approve("line-1:credit", "petrov")
    assert deal.asked() == {"line-1:shipment"}


def test_what_is_asked_already_is_asked_of_the_new_sum(world: World) -> None:
    deal, records = amended(world, "line-1:credit", unit_price="1100.00")
    [asked] = [a for a in deal.view().approvals if a.id == "line-1:credit"]
    assert (asked.version, len(records.asked)) == (2, 2)
    assert deal.read(ApprovalOpened)[-1].amount == 2200


@pytest.mark.parametrize("settings", [{"unit_price": "900.00"}, {"quantity": "1"}])
def test_less_is_not_decided_anew(world: World, settings: dict[str, str]) -> None:
    deal, records = amended(world, "line-1:reservation", **settings)
    assert "line-1:credit" not in deal.asked()
    assert len(records.asked) == 1


def test_a_prepayment_that_becomes_a_deferral_is_looked_up(world: World) -> None:
    records = Records(world, CreditFound())
    deal = world.open(an_order(a_good(payment="prepaid_100")))
    deal.to("line-1:payment-terms")
    deal.amend(settings={"line-1.payment": "deferred_30"})
    agree(deal)
    deal.to("line-1:credit")
    assert len(records.asked) == 1


def test_who_reads_an_amendment_reads_that_credit_is_decided_anew(world: World) -> None:
    Records(world, CreditFound())
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:reservation")
    deal.amend(settings={"line-1.unit_price": "1100.00"})
    [asked] = [a for a in deal.view().approvals if a.id == "amendment"]
    assert "line 1: the director decides on its credit anew" in asked.follows


def test_whoever_amends_does_not_decide_on_the_credit(world: World) -> None:
    Records(world, CreditFound())
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:acceptance")
    deal.amend("petrov", settings={"line-1.unit_price": "1010.00"})
    deal.approve("amendment", "client")
    with refused("own_request"):
        deal.approve("line-1:credit", "petrov")


def test_a_lines_sum_grows_while_the_records_are_down(world: World) -> None:
    records = Records(world, CreditFound())
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:acceptance")
    records.up = False
    deal.amend(settings={"line-1.unit_price": "1100.00"})
    agree(deal)
    assert "line-1:credit" not in deal.asked()
    world.skip(timedelta(minutes=3))
    assert "line-1:credit" in deal.asked()


# --- who owes ----------------------------------------------------------------------------------------------------------

LESSOR = {"name": "АО «Лизинг Образец»", "inn": "9900000024"}


@pytest.mark.parametrize(("payment", "client"), [("leasing", "9900000024"), ("state_contract", "9900000017")])
def test_a_lessor_is_judged_in_place_of_the_client_and_a_treasury_is_not(
    world: World, payment: str, client: str
) -> None:
    records = Records(world)
    deal = at_credit(world, payment, payer=LESSOR)
    [asked] = records.asked
    assert (asked.client, asked.by_payer) == (client, ("leasing",))
    said = words(deal)[0]
    assert said.startswith(
        "the payer (АО «Лизинг Образец») owes" if payment == "leasing" else "the client owes"
    )


def test_leasing_without_a_named_payer_is_judged_on_the_client(world: World) -> None:
    records = Records(world)
    at_credit(world, "leasing")
    assert records.asked[0].client == "9900000017"


def test_another_who_owes_is_decided_on_anew(world: World) -> None:
    records = Records(world)
    deal = at_credit(world, "leasing", payer=LESSOR)
    deal.approve("line-1:credit", "petrov")
    deal.amend(settings={"client.payer.inn": "9900000017", "client.payer.name": "АО «Другой лизинг»"})
    agree(deal)
    assert "line-1:credit" in deal.asked()
    assert [asked.client for asked in records.asked] == ["9900000024", "9900000017"]
