"""`deal demo`: a real deal of three goods, from lead to paid, on a stack and in a home of its own."""

import asyncio
import json
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager, closing
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

from pydantic import SecretStr

from activities.mail.links import LinkSigner
from domain.view.model import DealView
from domain.wording import worded
from domain.words import Language, same
from records.inbox_events import EventInbox
from records.queries import RecordQueries
from starter.crms import EMBEDDED, CrmKind
from starter.demo.crm import DemoCrm, Floor
from starter.demo.inbound import Arrivals, MailReader
from starter.demo.player import Player
from starter.demo.story import tell_story
from starter.demo.summary import gone, kept, summary
from starter.demo.timeline import Timeline
from starter.desk import DealDesk
from starter.errors import DealwrightError, UsageError
from starter.rooms import ROOT
from starter.secrets import load_secrets
from starter.settings import Settings, load_settings
from starter.stack.embedded import Stack, embedded_stack
from starter.stack.home import home_lock, prepare_home

PACE = "1d=1500ms"
PLAYBOOK = ROOT / "playbooks" / "default.yaml"
TOO_LONG = timedelta(minutes=4)

T = TypeVar("T")


async def play(
    *, pace: str | None, language: Language, as_json: bool, crm: CrmKind = EMBEDDED, keep: bool = False
) -> None:
    """`keep`: what it runs on stays until Ctrl-C. Raises DealwrightError when the story does not come to its end."""
    begun = time.monotonic()
    _stop_in_good_order()
    settings = demo_settings(pace or PACE, language)
    await asyncio.to_thread(_clear, settings)
    timeline = Timeline(language, settings.pace or PACE, to=sys.stderr if as_json else sys.stdout)
    async with (
        _crm(crm, settings, timeline) as demo_crm,
        embedded_stack(demo_crm.settings, say=timeline.say) as stack,
    ):
        timeline.note(f"Web UI {stack.ui} · web {stack.web_url} · {settings.home}")
        ended = await _story(stack, demo_crm, timeline, language)
        view, seconds = ended.view, time.monotonic() - begun
        for line in summary(view, timeline, settings, seconds, ended.arrived, language):
            timeline.note(line)
        timeline.note(ended.shown)
        if as_json:
            print(json.dumps(view.json_ready(), ensure_ascii=False, indent=2), flush=True)
        for line in kept(stack, view.number, language) if keep else gone(settings, language):
            timeline.note(line)
        if keep:
            await _interrupted()


def _crm(kind: CrmKind, settings: Settings, timeline: Timeline) -> AbstractAsyncContextManager[DemoCrm]:
    if kind.demo is None:
        raise UsageError(
            worded(ru="У CRM {name} нет показа.", en="The CRM {name} has no demo.", name=same(kind.name))
        )
    return kind.demo(settings, timeline.say)


def demo_settings(pace: str, language: Language) -> Settings:
    """Apart from everything real: its own home, records, CRM, mail and secrets, and the playbook that the story is about."""
    home, nothing = load_settings().home / "demo", SecretStr("")
    return load_settings(
        home=home,
        pace=pace,
        lang=language,
        playbook=PLAYBOOK,
        database_url=f"sqlite:///{home / 'records.db'}",
        crm=EMBEDDED.name,
        mail="files",
        public_url="",
        link_keys=nothing,
        crm_hook_secrets=nothing,
        payment_hook_secrets=nothing,
        mail_hook_secrets=nothing,
    )


class Ended(NamedTuple):
    """`shown`: what the CRM shows of it; `arrived`: events from outside, by what became of them."""

    view: DealView
    shown: str
    arrived: Counter[str]


async def _story(stack: Stack, crm: DemoCrm, timeline: Timeline, language: Language) -> Ended:
    settings = stack.settings
    signer = LinkSigner(load_secrets(settings).link_keys, settings.public_url, settings.link_days)
    with (
        closing(RecordQueries(settings.database_url)) as records,
        closing(EventInbox(settings.database_url)) as inbox,
    ):
        desk = DealDesk(stack.client, archive=records, language=language)
        player = Player(desk, timeline, MailReader(settings.mail_folder, signer, timeline))
        floor, arrivals = Floor(crm, player, timeline, stack.web_url), Arrivals(inbox, timeline)

        async def tell() -> Ended:
            await crm.begin(stack)
            player.number = await arrivals.started(await floor.enter_lead())
            await _both(timeline.follow(records, player.number), tell_story(player, floor))
            return Ended(await player.closed(), await floor.shown(), arrivals.counted)

        try:
            async with asyncio.timeout(TOO_LONG.total_seconds()):
                return await _beside(tell(), arrivals.follow())
        except TimeoutError:
            raise DealwrightError(
                worded(
                    ru="Показ не дошёл до конца: журналы в {logs}.",
                    en="The demo did not come to its end: the logs are in {logs}.",
                    logs=settings.logs,
                )
            ) from None


async def _beside(work: Coroutine[Any, Any, T], endless: Coroutine[Any, Any, None]) -> T:
    """What `work` gives; fails where the endless one does."""
    main, other = asyncio.create_task(work), asyncio.create_task(endless)
    try:
        await asyncio.wait((main, other), return_when=asyncio.FIRST_COMPLETED)
        if other.done():
            await other
        return await main
    finally:
        main.cancel()
        other.cancel()


async def _both(*work: Coroutine[Any, Any, None]) -> None:
    """Ends with the first that fails."""
    tasks = [asyncio.create_task(part) for part in work]
    try:
        for part in asyncio.as_completed(tasks):
            await part
    finally:
        for task in tasks:
            task.cancel()


async def _interrupted() -> None:
    """Until Ctrl-C, SIGTERM or a closed terminal: here all of them end well."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, told.set)
    await told.wait()


def _stop_in_good_order() -> None:
    """SIGTERM ends the demo as Ctrl-C does: its stack must not stay behind."""
    task = asyncio.current_task()
    if task:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _clear(settings: Settings) -> None:
    """Each demo begins anew: the deal of one that was broken off would go on sending reminders."""
    prepare_home(settings.home)
    with home_lock(settings.home):
        for path in (*settings.home.glob("*.db*"), settings.home / "secrets.json"):
            path.unlink(missing_ok=True)
        shutil.rmtree(settings.mail_folder, ignore_errors=True)
