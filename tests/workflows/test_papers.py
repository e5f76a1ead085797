"""The contract's signature holds the order back, and a refused document is asked again: on a real server."""

from domain.facts import DocumentReady, DocumentRefused, DocumentSigned
from tests.support.orders import a_good, an_order
from tests.support.robot import View
from tests.support.stand import Stand


async def test_the_order_waits_for_the_contract_and_money_for_a_corrected_upd(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="dealer", payment="corporate_contract")))
    await deal.qualify()
    await deal.approve("contract", "client", "petrov")
    await deal.complete("line-1:payment-terms")
    await deal.until_asked("line-1:credit")
    await deal.approve("line-1:credit", "petrov")
    await deal.send("sign", actor="petrov", document="contract")
    assert await deal.asked() == set()
    await deal.send("sign", actor="client", document="contract")
    await deal.until_asked("line-1:supplier-order")

    def ready(view: View) -> bool:
        return any(d["id"] == "line-1:upd" and d["can_sign"] for d in view["documents"])

    await deal.robot(leave=lambda id: id == "line-1:upd", until=ready)
    await deal.send("refuse", actor="client", document="line-1:upd", reason="a piece is missing")
    await deal.complete("line-1:document-refused", outcome="corrected", changes="the quantity")
    assert [m.due_at for m in (await deal.view()).milestones] == [None]
    await deal.robot()
    assert (await deal.result()).stage == "PAID"
    upd = await deal.facts(DocumentReady.kind, DocumentRefused.kind, DocumentSigned.kind)
    told = [(fact.kind, fact.data.get("version")) for fact in upd if fact.data["id"] == "line-1:upd"]
    assert told == [
        ("document.ready", None),
        ("document.refused", None),
        ("document.ready", 2),
        ("document.signed", None),
        ("document.signed", None),
    ]
