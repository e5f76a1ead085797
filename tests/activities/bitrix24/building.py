"""A portal of the double, and what builds and checks it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from adapters.crm.bitrix24.building.setup import Built, Setup
from adapters.crm.bitrix24.building.steps import Step
from adapters.crm.bitrix24.chat import bot
from adapters.crm.bitrix24.client import Portal
from domain.playbook.book import Playbook
from tests.doubles.bitrix24.server import Double
from tests.factories import a_playbook


class NoLimit:
    async def take(self, name: str, gates: Sequence[str] = (), *, yields: bool = False) -> timedelta:
        return timedelta()

    async def close(self, name: str, until: datetime) -> None:
        pass


@asynccontextmanager
async def reached(double: Double, bot_token: str = "") -> AsyncIterator[Portal]:
    portal = Portal(double.url, NoLimit(), bot_token=bot_token)
    try:
        yield portal
    finally:
        await portal.close()


async def at_once(seconds: float) -> None:
    """Nobody waits in a test."""


async def build(portal: Portal, playbook: Playbook | None = None) -> Built:
    return await Setup(portal, playbook or a_playbook(), sleep=at_once).build()


async def with_bot(double: Double, bot_token: str) -> int:
    """As `deal crm setup` makes it."""
    async with reached(double, bot_token) as portal:
        made = await portal.call("imbot.v2.Bot.register", bot.registered(bot_token, "ru"))
        id = int(made.result["bot"]["id"])
        await portal.call("imbot.v2.Command.register", bot.with_command(id, bot_token))
        return id


def said(steps: Sequence[Step]) -> list[str]:
    return [step.words.en for step in steps]


def with_people(double: Double, playbook: Playbook) -> None:
    for person in playbook.people.values():
        double.user(person.name, "", person.email.upper())
