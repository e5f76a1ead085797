"""Bitrix24 as the demo's CRM: the portal's double, built by what `deal crm setup` does, with the playbook's people in it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from secrets import token_urlsafe

from pydantic import SecretStr

from activities.crm.card import DealCard
from activities.files import read_document
from activities.playbook import load_playbook
from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.building.setup import Setup
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.lookup import TASK_KEYS
from adapters.crm.bitrix24.naming import id_of, line_key, task_of
from adapters.crm.bitrix24.port import Bitrix24Crm
from adapters.crm.bitrix24.portal_map import MapKeeper, PortalMap
from domain.playbook.book import StaffedPlaybook
from domain.wording import worded
from domain.words import Stage, Text, same
from records.budget import SharedBudget
from starter.demo.crm import DemoCrm
from starter.demo.double import Double, portal_double
from starter.demo.own_crm import LEAD
from starter.errors import DealwrightError
from starter.portal import portal_of
from starter.settings import Settings
from starter.stack.child import Say
from starter.stack.embedded import Stack

CALLS_A_SECOND = 100.0  # the double is told to have no limits


class PortalCrm:
    """Serves `DemoCrm`."""

    name = "Bitrix24"
    hook = "/webhooks/bitrix24"

    def __init__(self, double: Double, settings: Settings, say: Say) -> None:
        token = SecretStr(token_urlsafe(24))
        given = {"crm": "bitrix24", "bitrix24_url": SecretStr(double.url), "bitrix24_token": token}
        self.settings = settings.model_copy(update=given | {"bitrix24_rate": CALLS_A_SECOND})
        self._double, self._say = double, say
        self._users: dict[str, int] = {}
        self._portal: Portal | None = None
        self._budget: SharedBudget | None = None

    async def begin(self, stack: Stack) -> None:
        """Raises DealwrightError if the portal can't be built."""
        playbook = await asyncio.to_thread(_todays_playbook, self.settings)
        for id, person in playbook.people.items():
            self._users[id] = await self._double.user(person.name, person.email)
        self._portal, self._budget = portal_of(self.settings)
        self._known = MapKeeper(self._portal)
        self._crm = Bitrix24Crm(self._portal, lambda: _ready(playbook))
        built = await Setup(self._portal, playbook).build()
        if not built.ok:
            raise DealwrightError(
                Text(
                    ru="deal crm setup не смог построить двойник портала.",
                    en="deal crm setup could not build the portal's double.",
                )
            )
        self._say(same(f"deal crm setup → {self._portal.host}: ✔ {len(built.done)}"))
        token = self.settings.bitrix24_token.get_secret_value()
        await self._double.hook(f"{stack.web_url}{self.hook}", token)

    async def enter_lead(self) -> tuple[str, str]:
        lead = read_document(LEAD)
        client, manager = lead["client"], lead["manager"]
        first, _, last = client["contact"].partition(" ")
        reached = [
            {"typeId": "EMAIL", "value": client["email"]},
            {"typeId": "PHONE", "value": client["phone"]},
        ]
        id = await self._double.hands(
            self._users[manager],
            "add_deal",
            title=f"{client['contact']}: {lead['wish'][:40]}…",
            category=(await self._map()).category,
            contact={"name": first, "lastName": last, "fm": reached},
            comments=lead["wish"],
            assignedById=self._users[manager],
        )
        return manager, str(id)

    async def ring(self) -> None:
        """A portal sends its events by itself."""

    async def card(self, deal: str) -> DealCard | None:
        return await self._crm.card(deal)

    async def approve(self, deal: str, approval: str, person: str, task: str) -> None:
        """Chosen in its field, and then the task completed: that tells the desk whose answer it is."""
        field = (await self._map()).deal_field(codes.answer_name(approval))
        if field is None:
            raise DealwrightError(
                worded(
                    ru="В портале нет поля для ответа на {approval}.",
                    en="The portal has no field for the answer to {approval}.",
                    approval=approval,
                )
            )
        given = {field.code: int(field.options[codes.APPROVE])}
        await self._double.hands(self._users[person], "fill_deal", id=id_of(deal), **given)
        await self._double.hands(self._users[person], "complete_task", id=await self._task(deal, task))

    async def complete(self, deal: str, line: int, task: str, fields: Mapping[str, str]) -> None:
        known, person = await self._map(), self._users[task.rpartition(":")[2]]
        entity_type, item = await self._item(known, deal, line)
        given = {}
        for name, value in fields.items():
            form = codes.form_name(*name.split("."))
            field = known.line_field(form) if line else known.deal_field(form)
            if field:
                given[field.code] = value
        number = await self._task(deal, task)
        await self._double.hands(person, "fill", entity_type=entity_type, id=item, **given)
        try:
            await self._double.hands(person, "complete_task", id=number)
        except DealwrightError:  # the desk took the fields for an answer, and has closed the task
            if await self._is_open(deal, task):
                raise

    async def drag(self, deal: str, person: str, stage: Stage) -> None:
        to = codes.stage_id((await self._map()).category, stage)
        await self._double.hands(self._users[person], "move_deal", id=id_of(deal), stage=to)

    async def close(self) -> None:
        if self._portal and self._budget:
            await self._portal.close()
            self._budget.dispose()

    async def _map(self) -> PortalMap:
        return await self._known.get()

    async def _item(self, known: PortalMap, deal: str, line: int) -> tuple[int, int]:
        """The deal itself, or the item of its line: entity type and id."""
        if not line or known.lines is None or self._portal is None:
            return codes.DEAL, id_of(deal) or 0
        asked = {"entityTypeId": known.lines.entity_type, "filter": {"xmlId": line_key(deal, line)}}
        [item] = rows((await self._portal.call("crm.item.list", asked)).result, "items")
        return known.lines.entity_type, int(item["id"])

    async def _task(self, deal: str, task: str) -> int:
        if self._portal is None:
            raise DealwrightError(Text(ru="Портал закрыт.", en="The portal is closed."))
        asked = {"filter": {"UF_CRM_TASK": [f"D_{id_of(deal)}"]}, "select": TASK_KEYS}
        found = await self._portal.pages("tasks.task.list", asked, "tasks")
        me = (await self._map()).me
        return next(int(row["id"]) for row in found if task_of(row, deal, me) == task)

    async def _is_open(self, deal: str, task: str) -> bool:
        card = await self.card(deal)
        return card is not None and any(t.task == task and t.closed_at is None for t in card.tasks)


@asynccontextmanager
async def bitrix24_crm(settings: Settings, say: Say) -> AsyncIterator[DemoCrm]:
    async with portal_double(settings, say) as double:
        crm = PortalCrm(double, settings, say)
        try:
            yield crm
        finally:
            await crm.close()


def _todays_playbook(settings: Settings) -> StaffedPlaybook:
    today = datetime.now(UTC).date()
    return load_playbook(settings.playbook, today=today, pace=settings.pace, people=settings.people)


async def _ready(playbook: StaffedPlaybook) -> StaffedPlaybook:
    return playbook
