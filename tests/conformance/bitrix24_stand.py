"""Bitrix24 as a stand: our adapter against the portal's double, over HTTP. Codes are typed by hand: the double judges."""

import copy
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Any

from adapters.crm.bitrix24.building.setup import Setup
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.port import Bitrix24Crm
from adapters.crm.bitrix24.text import marked_of
from domain.deal.attachments import digest_of
from domain.effects import CrmWrite
from domain.playbook.book import Playbook
from domain.words import Stage
from tests.conformance.stands import CONTENT, ORDER, CrmStand, Delivery, Listening
from tests.doubles.bitrix24 import DEAL, Double, double
from tests.doubles.bitrix24.state import State
from tests.support.hooks import TOKEN

STAGES = {
    Stage.NEW: "NEW",
    Stage.CONTRACT_APPROVAL: "DW_CONTRACT",
    Stage.PREPAYMENT: "DW_PREPAY",
    Stage.ORDER_SENT: "DW_ORDERED",
    Stage.CUSTOMS: "DW_CUSTOMS",
    Stage.AT_WAREHOUSE: "DW_WAREHOUSE",
    Stage.SHIPPED: "DW_SHIPPED",
    Stage.PAID: "WON",
    Stage.LOST: "LOSE",
    Stage.CANCELLED: "DW_CANCELLED",
}


class OpenBudget:
    """Lets everything through, and notes what was closed and until when."""

    def __init__(self) -> None:
        self.closed: dict[str, datetime] = {}

    async def take(self, name: str, gates: Any = (), *, yields: bool = False) -> timedelta:
        return timedelta()

    async def close(self, name: str, until: datetime) -> None:
        self.closed[name] = until


class Bitrix24Stand(CrmStand):
    name = "bitrix24"

    def __init__(self, portal: Double, book: Playbook, users: Mapping[str, int]) -> None:
        self.portal = portal
        self.users = users
        self.budget = OpenBudget()
        self._book = book
        self._kind = next(iter(portal.state.types.values()), None)
        self.funnel = next(c.id for c in portal.state.categories if c.name == "Сделки с поставкой")
        self.client = Portal(portal.url, self.budget)
        self.crm: Bitrix24Crm = Bitrix24Crm(self.client, self._books, self._files)

    async def _files(self, digest: str) -> bytes | None:
        return CONTENT if digest == digest_of(CONTENT) else None

    async def _books(self) -> Playbook:
        return self._book

    async def add_deal(self, by: str, order: Mapping[str, Any] = ORDER) -> str:
        client, lines = order["client"], order["lines"]
        rows = [
            {
                "productName": line["name"],
                "price": line["unit_price"],
                "quantity": line["quantity"],
                "taxRate": line["vat"],
            }
            for line in lines
        ]
        first, _, last = client["contact"].partition(" ")
        mail = {"typeId": "EMAIL", "value": client["email"]}
        id = self.portal.as_user(self.users[by]).add_deal(
            "Сделка",
            category=self.funnel,
            company={"title": client["name"]},
            contact={"name": first, "lastName": last, "fm": [mail]},
            requisite={"RQ_INN": client["inn"]},
            rows=rows,
            assignedById=self.users["ivanova"],
        )
        return str(id)

    async def move(self, ref: str, stage: Stage, by: str) -> None:
        self.portal.as_user(self.users[by]).move_deal(int(ref), self.stage(stage))

    async def fill(self, ref: str, values: Mapping[str, str], by: str) -> None:
        fields = {
            f"UF_CRM_DEAL_DW_F_{name.upper().replace('-', '_').replace('.', '_')}": v
            for name, v in values.items()
        }
        self.portal.as_user(self.users[by]).fill_deal(int(ref), **fields)

    async def answer(self, ref: str, approval: str, approve: bool, comment: str, by: str) -> None:
        hand, field = self.portal.as_user(self.users[by]), f"UF_CRM_DEAL_DW_A_{approval.upper()}"
        option = hand.option(DEAL, field, "approve" if approve else "reject")
        hand.fill_deal(int(ref), **{field: option, f"UF_CRM_DEAL_DW_N_{approval.upper()}": comment})

    async def complete(self, ref: str, task: str, by: str) -> None:
        found = next(
            t
            for t in self.portal.state.tasks.values()
            if str(marked_of(t["description"])).endswith(f":{task}")
        )
        assert f"D_{ref}" in found["ufCrmTask"]
        self.portal.as_user(self.users[by]).complete_task(found["id"])

    async def delete(self, ref: str) -> None:
        self.portal.as_user(self.users["ivanova"]).delete_deal(int(ref))

    async def ref(self, number: str) -> str:
        [deal] = self._deals(number)
        return str(deal["id"])

    async def holds(self, number: str) -> Counter[str]:
        state, deals = self.portal.state, self._deals(number)
        ids = {deal["id"] for deal in deals}
        bound = {f"D_{id}" for id in ids}
        kind = self._kind.entity_type if self._kind else 0
        lines = [i for i in state.of_type(kind).values() if i["parentId2"] in ids] if kind else [
            r for r in state.rows.values() if r["ownerId"] in ids
        ]  # fmt: skip
        return Counter(
            deals=len(deals),
            comments=sum(len(state.comments_of(DEAL, id)) for id in ids),
            files=sum(len(state.files_of(DEAL, id)) for id in ids),
            tasks=sum(bool(bound & set(task["ufCrmTask"])) for task in state.tasks.values()),
            lines=len(lines),
            notices=len(state.notices),
        )

    def stage(self, stage: Stage) -> str:
        return f"C{self.funnel}:{STAGES[stage]}"

    def _deals(self, number: str) -> list[dict[str, Any]]:
        if number.startswith("B24-"):
            return self.portal.state.find(DEAL, id=int(number.removeprefix("B24-")))
        return self.portal.state.find(DEAL, originatorId="dealwright", originId=number)

    @contextmanager
    def busy(self) -> Iterator[None]:
        with self._always("busy"):
            yield

    @contextmanager
    def nonsense(self) -> Iterator[None]:
        with self._always("html"):
            yield

    @contextmanager
    def _always(self, kind: Any) -> Iterator[None]:
        self.portal.faults.add(kind, times=1000)
        yield
        self.portal.faults.clear()

    async def carry_out_unheard(self, delivery: Delivery, write: CrmWrite) -> None:
        """Every request that writes loses its answer once, until the write is through."""
        before = self.portal.faults.fired["dropped_after"]
        self.portal.faults.add("dropped_after", times=1)
        await delivery(write)
        assert self.portal.faults.fired["dropped_after"] == before + 1

    def listened(self, web: Listening) -> None:
        self.portal.events.hook(web.url, TOKEN)

    async def ring(self) -> None:
        await self.portal.events.settle()

    def miss_an_event(self) -> None:
        self.portal.faults.add("event_lost")

    def repeat_an_event(self) -> None:
        self.portal.faults.add("event_twice")


async def built_portal(book: Playbook, *, smart: bool) -> tuple[State, dict[str, int]]:
    """A portal as `deal crm setup` leaves it, and its people: to be copied for each test."""
    async with double() as portal:
        portal.smart = smart
        users = {}
        for id, person in book.people.items():
            first, _, last = person.name.partition(" ")
            users[id] = portal.user(first, last, person.email).id
        client = Portal(portal.url, OpenBudget())
        built = await Setup(client, book).build()
        await client.close()
        assert built.ok
        return portal.state, users


@asynccontextmanager
async def bitrix24_stand(
    state: State, users: Mapping[str, int], book: Playbook
) -> AsyncIterator[Bitrix24Stand]:
    async with double() as portal:
        portal.smart = bool(state.types)
        portal.state = copy.deepcopy(state)
        stand = Bitrix24Stand(portal, book, users)
        yield stand
        await stand.crm.close()
