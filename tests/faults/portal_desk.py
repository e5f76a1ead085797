"""A desk whose CRM is a Bitrix24 portal that fails: the embedded stack as it really runs, against the portal's double."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from activities.playbook import load_playbook
from adapters.crm.bitrix24.building.by_hand import EVENTS, PATH
from domain.deal.messages import Message
from domain.words import Text
from records.inbox_events import EventInbox
from records.queries import RecordQueries
from starter.errors import UnreachableError
from starter.settings import Settings
from starter.stack.child import Child
from starter.stack.embedded import Stack, embedded_stack
from tests.activities.bitrix24.building import with_bot
from tests.conformance.bitrix24_stand import built_portal
from tests.doubles.bitrix24 import Double, double
from tests.faults.real_desk import Witness
from tests.support.desks import InProcess
from tests.support.hooks import TOKEN
from tests.support.robot import Robot
from tests.support.stand import PLAYBOOK

PATIENCE = 240.0  # seconds without any news of a deal until it counts as stuck
LOOK_SECONDS = 1.0
ANSWER_SECONDS = 30.0
BOT_TOKEN = "a-word-that-nobody-guesses"
RATE = 10_000.0  # calls a second: the portal's limits are another test's matter
RECONCILE_SECONDS = 10


@dataclass
class PortalDesk:
    """`said` is what the stack has told of its processes."""

    stack: Stack
    portal: Double
    users: Mapping[str, int]
    desk: Witness
    records: RecordQueries
    inbox: EventInbox
    said: list[Text]

    async def start(self, order: Mapping[str, Any]) -> str:
        """Tries until the desk says that the deal has begun: the number makes it one deal."""
        while True:
            with suppress(UnreachableError):
                return await self.desk.start(order)

    async def send(self, number: str, message: Message) -> None:
        """Tries until somebody answers: the message's id makes it one."""
        while True:
            with suppress(UnreachableError):
                await self.desk.send(number, message)
                return

    def robot(self, number: str, **how: Any) -> Robot:
        return Robot(InProcess(self.desk, patient=True), number, seconds=PATIENCE, pause=LOOK_SECONDS, **how)

    @property
    def victims(self) -> dict[str, Child]:
        assert self.stack.worker
        assert self.stack.web
        return {"worker": self.stack.worker, "web": self.stack.web}


@asynccontextmanager
async def portal_desk(home: Path) -> AsyncIterator[PortalDesk]:
    book = load_playbook(PLAYBOOK, today=datetime.now(UTC).date())
    state, users = await built_portal(book, smart=True)
    said: list[Text] = []
    async with double() as portal:
        portal.state = state
        await with_bot(portal, BOT_TOKEN)
        async with embedded_stack(_settings(home, portal.url), say=said.append) as stack:
            portal.events.hook(stack.web_url + PATH, TOKEN, events=EVENTS)
            url = stack.settings.database_url
            with closing(RecordQueries(url)) as records, closing(EventInbox(url)) as inbox:
                desk = Witness(stack.client, archive=records, language="en", answer_seconds=ANSWER_SECONDS)
                desk.taken = []
                yield PortalDesk(stack, portal, users, desk, records, inbox, said)


def _settings(home: Path, portal: str) -> Settings:
    ports = {"temporal_port": 0, "ui_port": 0, "web_port": 0}
    crm = {"crm": "bitrix24", "bitrix24_url": portal, "bitrix24_token": TOKEN, "bitrix24_rate": RATE}
    crm |= {"bitrix24_bot_token": BOT_TOKEN}
    return Settings.model_validate(
        {"home": home, "lang": "en", "reconcile_seconds": RECONCILE_SECONDS, **ports, **crm}
    )
