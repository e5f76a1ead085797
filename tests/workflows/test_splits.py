"""A line that is split on the real server: once, whatever comes twice, and each part in a workflow of its own."""

from domain.facts import LineSplit, MoneyMoved
from tests.support.memory import today
from tests.support.orders import a_good, an_order
from tests.support.stand import REPLAYED, Stand


@REPLAYED
async def test_a_line_is_split_once_and_each_part_goes_on_by_itself(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(quantity=4, unit_price="100.03")))
    await deal.to("line-1:acceptance")
    asked = {"actor": "orlov", "line": 1, "quantity": "1", "reason": "поедет раньше"}
    await deal.send("split", id="sp-1", **asked)
    await deal.signal("split", id="sp-1", **asked)
    await deal.send("split", id="sp-1", **asked)
    await deal.until_asked("line-2:acceptance")
    answer = {"result": "partial", "came": "2", "serial_numbers": "SN-1, SN-2", "eta": str(today())}
    await deal.complete("line-1:acceptance", "orlov", **answer)
    await deal.until_asked("line-3:arrival")
    await deal.robot()
    assert (await deal.result()).stage == "PAID"
    assert await deal.story(LineSplit.kind) == [
        "orlov line.split AT_WAREHOUSE",
        "orlov line.split SENT",
    ]
    moved = [fact.data["amount"] for fact in await deal.facts(MoneyMoved.kind)]
    assert moved == ["100.03", "100.03"]
