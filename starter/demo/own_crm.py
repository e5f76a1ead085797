"""The embedded CRM of the demo, with people at work in it and its own signed webhook to the desk."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from activities.crm.card import DealCard
from activities.errors import CrmRefused
from activities.files import read_document
from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.crm.embedded.ringer import Ringer
from domain.words import Stage
from starter.demo.crm import DemoCrm
from starter.rooms import ROOT
from starter.secrets import load_secrets
from starter.settings import Settings
from starter.stack.embedded import Stack

LEAD = ROOT / "playbooks" / "orders" / "lead.yaml"


class OwnCrm:
    """Serves `DemoCrm`."""

    name = "embedded"
    hook = "/webhooks/crm"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._crm = EmbeddedCrm(settings.crm_db)
        self._ringer: Ringer | None = None

    async def begin(self, stack: Stack) -> None:
        self._ringer = Ringer(self._crm, stack.web_url, load_secrets(stack.settings).crm_hook[0])

    async def enter_lead(self) -> tuple[str, str]:
        lead = dict(read_document(LEAD))
        manager = lead.pop("manager")
        return manager, await self._crm.person(manager).add_deal(lead, manager=manager)

    async def ring(self) -> None:
        if self._ringer:
            await self._ringer.ring()

    async def card(self, deal: str) -> DealCard | None:
        return await self._crm.card(deal)

    async def approve(self, deal: str, approval: str, person: str, task: str) -> None:
        await self._crm.person(person).answer(deal, approval, approve=True)

    async def complete(self, deal: str, line: int, task: str, fields: Mapping[str, str]) -> None:
        person = self._crm.person(task.rpartition(":")[2])
        await person.fill(deal, fields, line)
        with suppress(CrmRefused):  # the desk took the fields for an answer, and has closed the task
            await person.complete(deal, task)

    async def drag(self, deal: str, person: str, stage: Stage) -> None:
        await self._crm.person(person).move(deal, stage)

    async def close(self) -> None:
        if self._ringer:
            await self._ringer.close()
        await self._crm.close()


@asynccontextmanager
async def own_crm(settings: Settings) -> AsyncIterator[DemoCrm]:
    crm = OwnCrm(settings)
    try:
        yield crm
    finally:
        await crm.close()
