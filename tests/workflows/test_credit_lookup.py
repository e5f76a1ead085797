"""A credit lookup on the real server: the records' own answer, and the file of limits, reach the director's approval."""

from domain.facts import ApprovalOpened, CreditLookedUp
from tests.support.orders import CLIENT, a_good, an_order
from tests.support.stand import Stand

BUYER = CLIENT | {"inn": "9900000031", "name": "ООО «Клиника в долг»"}


async def test_what_is_owed_in_one_deal_stands_in_the_next_ones_approval(stand: Stand) -> None:
    (stand.settings.home / "clients.csv").write_text("number,limit\n9900000031,2500\n")
    order = an_order(a_good(payment="deferred_30"), client=BUYER)
    first = await stand.open(order)
    await first.robot(until=lambda view: view["lines"] and view["lines"][0]["status"] == "SHIPPED")
    second = await stand.open(order)
    await second.to("line-1:credit")
    [asked] = [a for a in (await second.view()).approvals if a.id == "line-1:credit"]
    owes, limit, way_on = asked.credit
    assert owes.startswith("the client owes ₽2,000.00")
    assert "with this line it would become ₽4,000.00: ₽1,500.00 beyond the limit" in limit
    assert way_on.startswith("what can be done")
    kinds = [fact.kind for fact in await second.facts(CreditLookedUp.kind, ApprovalOpened.kind)]
    assert kinds[-2:] == [CreditLookedUp.kind, ApprovalOpened.kind]
    await second.robot()
