"""What the server and the desk's client add to refusals: repetition, and deals that are closed. Each refusal: tests/process."""

import pytest

from domain.facts import PaymentReceived
from starter.answers import MessageRefused
from tests.support.deal import How, refused
from tests.support.orders import an_order
from tests.support.stand import Stand

BOTH = pytest.mark.parametrize("how", ["update", "signal"])


@BOTH
async def test_the_same_id_with_the_same_content_counts_once(stand: Stand, how: How) -> None:
    deal = await stand.open(an_order())
    payment = {"id": "pp-1", "actor": "kuznetsova", "amount": "700.00", "currency": "RUB"}
    for repeated in (payment, payment | {"amount": "700.0"}, payment | {"actor": "accountant"}, payment):
        assert await deal.tell(how, "pay", repeated) == ""
    assert await deal.tell(how, "pay", payment | {"amount": "700.01"}) == "same_id_other_content"
    state = await deal.state()
    assert [str(p.amount) for p in state.ledger.payments] == ["700.00"]
    assert len(await deal.facts(PaymentReceived.kind)) == 1


@pytest.mark.parametrize("end", ["PAID", "LOST", "CANCELLED"])
async def test_a_closed_deal_takes_no_messages(stand: Stand, end: str) -> None:
    deal = await stand.open(an_order())
    match end:
        case "PAID":
            await deal.robot()
        case "LOST":
            await deal.complete("qualification", outcome="disqualified", reason="no money")
        case "CANCELLED":
            await deal.cancel("ivanova")
    await deal.stage(end)
    await deal.result()
    with refused("closed"):
        await deal.pay("5.00")
    with refused("closed"):
        await deal.cancel("petrov")
    with pytest.raises(MessageRefused):
        await deal.send("decide", actor="petrov", approval="contract", approve=True)
    assert (await deal.view()).stage == end
