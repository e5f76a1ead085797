"""What people enter on a client's card, or in its requisites, reaches the deals whose order lacks it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from activities.crm.port import ClientCard
from domain.crm.mirror import SeenDeal
from domain.deal.messages import Message, Receipt, ReportCard
from domain.deal.snapshot import Snapshot
from domain.order.order import Client
from domain.words import same
from records.arrivals import InboxEvent
from starter.intake.crm import CrmReader
from starter.web.bitrix24 import understood
from tests.factories import a_deal, a_playbook, an_assignment
from tests.starter.intake.test_reads import Nothing

GOOD = {
    "sku": "US-900", "name": "УЗИ", "quantity": 2, "unit_price": "1250000.00", "vat": "22",
    "source": "import", "payment": "prepaid_50", "delivery": "pickup",
}  # fmt: skip
CLIENT = {"name": "ООО «Клиника»", "contact": "Анна", "phone": "+74951234567"}
NOW = datetime.now(UTC)


class Portal:
    """Two deals of one company; of the second nothing is missing."""

    def __init__(self) -> None:
        self.client = dict(CLIENT)
        self.asked = list[str]()

    async def deals_of(self, card: ClientCard, id: str) -> list[str]:
        self.asked.append(f"{card} {id}")
        return ["7", "8"] if id == "3" else []

    async def deal_of(self, thing: str, id: str) -> str:
        return id

    async def read(self, ref: str) -> SeenDeal:
        self.asked.append(f"read {ref}")
        order = {"client": dict(self.client), "lines": [GOOD]}
        return SeenDeal(ref=ref, number=ref, order=order, changed_by="ivanova", changed_at=NOW)


class Memory(Nothing):
    def __init__(self) -> None:
        self.kept = dict[str, SeenDeal]()

    def get(self, ref: str) -> SeenDeal | None:  # type: ignore[override]
        return self.kept.get(ref)

    def put(self, ref: str, content: SeenDeal, at: datetime) -> None:
        self.kept[ref] = content


def changed(name: str, id: str, after: float = 0) -> InboxEvent:
    hint = understood(name.upper(), {"data": {"FIELDS": {"ID": id}}})
    at = datetime.now(UTC) + timedelta(seconds=after)
    return InboxEvent(
        1, "bitrix24", "1", name, hint.subject, hint.body, at, 1, "new", 0, at, None, same(""), None, None
    )


async def test_an_inn_that_is_added_to_the_company_reaches_the_deal_that_lacks_it() -> None:
    portal, memory, sent = Portal(), Memory(), list[Message]()
    lead = a_deal(
        "7", playbook=a_playbook(), client=Client(contact="—"), assignments=[an_assignment("order")]
    )

    async def state(number: str) -> Snapshot:
        return Snapshot(lead)

    async def send(number: str, message: Message) -> Receipt:
        sent.append(message)
        return Receipt(id=message.id, at=NOW, words_ru="да", words_en="yes")

    async def desk() -> Any:
        return SimpleNamespace(state=state, send=send)

    books: Any = None
    reader = CrmReader(portal, desk, memory, books, "bitrix24")  # type: ignore[arg-type]
    await reader.look(changed("ONCRMDEALUPDATE", "7", after=-5))
    assert memory.kept["7"].lacks
    memory.kept["8"] = memory.kept["7"].model_copy(update={"ref": "8", "lacks": ()})
    assert sent == []
    portal.client["inn"], portal.asked = "9900000017", []
    told = await reader.look(changed("onCrmRequisiteAdd", "3", after=5))
    assert (told.status, portal.asked) == ("done", ["requisite 3", "read 7"])
    [message] = sent
    assert isinstance(message, ReportCard)
    assert (message.what, message.missing, message.by) == ("lacks", "", "Мария Иванова")
    portal.asked = []
    assert (await reader.look(changed("ONCRMCOMPANYUPDATE", "3", after=9))).status == "ignored"
    assert portal.asked == ["company 3"], "nothing is missing any more"


async def test_other_peoples_clients_are_asked_about_once_in_a_while() -> None:
    portal, nothing = Portal(), Nothing()
    reader = CrmReader(portal, None, nothing, None, "bitrix24")  # type: ignore[arg-type]
    for _ in range(5):
        assert (await reader.look(changed("ONCRMCOMPANYUPDATE", "99"))).status == "ignored"
    assert portal.asked == ["company 99"]
    await reader.look(changed("ONCRMCOMPANYUPDATE", "99", after=30))
    assert len(portal.asked) == 2, "it may have got a deal since"
