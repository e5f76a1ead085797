"""The embedded CRM of the demo, with a manager at work in it and its own webhook to the desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from activities.crm.embedded import EmbeddedCrm
from activities.crm.ringer import Ringer
from activities.files import read_document
from domain.words import Text
from starter.demo.timeline import Timeline
from starter.rooms import ROOT
from starter.secrets import load_secrets
from starter.stack.embedded import Stack

LEAD = ROOT / "playbooks" / "orders" / "lead.yaml"
_ENTERED = Text(
    ru="{person} заводит в CRM сделку {deal}; CRM шлёт подписанный вебхук на {url}",
    en="{person} enters deal {deal} in the CRM; the CRM sends a signed webhook to {url}",
)


class OwnCrm:
    def __init__(self, crm: EmbeddedCrm, ringer: Ringer, stack: Stack, timeline: Timeline) -> None:
        self._crm, self._ringer, self._stack, self._timeline = crm, ringer, stack, timeline

    async def enter_lead(self) -> str:
        """The CRM's id of the new deal, once the web has accepted the event."""
        lead = dict(read_document(LEAD))
        manager = lead.pop("manager")
        ref = await self._crm.person(manager).add_deal(lead, manager=manager)
        words = _ENTERED.to(self._timeline.language)
        self._timeline.aside(
            words.format(person=manager, deal=ref, url=f"{self._stack.web_url}/webhooks/crm")
        )
        await self._ringer.ring()
        return ref


@asynccontextmanager
async def own_crm(stack: Stack, timeline: Timeline) -> AsyncIterator[OwnCrm]:
    crm = EmbeddedCrm(stack.settings.crm_db)
    ringer = Ringer(crm, stack.web_url, load_secrets(stack.settings).crm_hook[0])
    try:
        yield OwnCrm(crm, ringer, stack, timeline)
    finally:
        await ringer.close()
        await crm.close()
