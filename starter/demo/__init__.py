"""`deal demo`: a real deal of three goods, from lead to paid, on a stack and in a home of its own."""

import asyncio
import json
import shutil
import signal
import sys
import time
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from domain.view_model import DealView
from domain.words import Language
from records.queries import RecordQueries
from starter.demo.player import Player
from starter.demo.story import tell_story
from starter.demo.summary import summary
from starter.demo.timeline import Timeline
from starter.desk import DealDesk
from starter.errors import DealwrightError
from starter.links import deal_link
from starter.rooms import ROOT
from starter.settings import Settings, load_settings
from starter.stack.embedded import Stack, embedded_stack
from starter.stack.home import home_lock, prepare_home

PACE = "1d=1500ms"
PLAYBOOK = ROOT / "playbooks" / "default.yaml"
TOO_LONG = timedelta(minutes=4)


async def play(*, pace: str | None, language: Language, as_json: bool) -> None:
    """Raises DealwrightError when the story does not come to its end."""
    begun = time.monotonic()
    _stop_in_good_order()
    settings = demo_settings(pace or PACE)
    await asyncio.to_thread(_clear, settings)
    timeline = Timeline(language, settings.pace or PACE, to=sys.stderr if as_json else sys.stdout)
    async with embedded_stack(settings, say=timeline.note) as stack:
        timeline.note(f"Web UI {stack.ui} · {settings.home}")
        view = await _story(stack, settings, timeline, language)
        link = deal_link(stack.ui, stack.namespace, view.number)
        for line in summary(view, timeline, settings, link, time.monotonic() - begun, language):
            timeline.note(line)
        if as_json:
            print(json.dumps(view.json_ready(), ensure_ascii=False, indent=2))


def demo_settings(pace: str) -> Settings:
    """Apart from everything real: its own home and records, and the playbook that the story is about."""
    home = load_settings().home / "demo"
    return load_settings(
        home=home, pace=pace, playbook=PLAYBOOK, database_url=f"sqlite:///{home / 'records.db'}"
    )


async def _story(stack: Stack, settings: Settings, timeline: Timeline, language: Language) -> DealView:
    records = RecordQueries(settings.database_url)
    desk = DealDesk(stack.client, archive=records, language=language)
    try:
        async with asyncio.timeout(TOO_LONG.total_seconds()):
            player = Player(desk, timeline)
            await player.begin(ROOT / "playbooks" / "orders" / "lead.yaml")
            await _both(timeline.follow(records, player.number), tell_story(player))
            return await player.closed()
    except TimeoutError:
        raise DealwrightError(f"The demo did not come to its end: the logs are in {settings.logs}.") from None
    finally:
        records.close()


async def _both(*work: Coroutine[Any, Any, None]) -> None:
    """Ends with the first that fails."""
    tasks = [asyncio.create_task(part) for part in work]
    try:
        for part in asyncio.as_completed(tasks):
            await part
    finally:
        for task in tasks:
            task.cancel()


def _stop_in_good_order() -> None:
    """SIGTERM ends the demo as Ctrl-C does: its stack must not stay behind."""
    task = asyncio.current_task()
    if task:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _clear(settings: Settings) -> None:
    """Each demo begins anew: the deal of one that was broken off would go on sending reminders."""
    prepare_home(settings.home)
    with home_lock(settings.home):
        for path in settings.home.glob("*.db*"):
            path.unlink(missing_ok=True)
        shutil.rmtree(settings.mail_folder, ignore_errors=True)
