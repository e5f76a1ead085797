"""The desk's mail in earnest on the in-memory host: the projection, the post and its rounds, on the virtual clock."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from temporalio.testing import ActivityEnvironment

import records
from activities.mail.delivery import MailDelivery, MailSending
from activities.mail.letter import Letter
from activities.mail.post import MailPost
from activities.playbooks import KnownPlaybooks
from domain.bounced import Bounced
from domain.deal.batches import FactBatch
from domain.effects import Delivered
from records.post import WaitingPost
from tests.support.memory import World

DESK = ("desk@dealwright.example", "dealwright.example")
ROUND = timedelta(hours=1)
"""The upkeep looks every minute; so long nothing changes for whoever counts letters by the day."""


class Sent(NamedTuple):
    at: datetime
    letter: Letter


class MailRoom:
    """Takes the place of a world's mail. `sent` are the letters that have really gone out."""

    def __init__(self, world: World, folder: Path) -> None:
        url = f"sqlite:///{folder / 'records.db'}"
        records.migrate(url)
        self.world, self.sent = world, list[Sent]()
        self.box = WaitingPost(url)
        now: Callable[[], datetime] = lambda: world.now  # noqa: E731
        sending = MailSending(self, *DESK, box=self.box, now=now)
        known = KnownPlaybooks(self._playbook)
        self._delivery = MailDelivery(sending, known, now=now)
        self._post = MailPost(self, *DESK, box=self.box, bounces=self, now=now)
        world.activities["mail.deliver"] = self._deliver

    def pass_time(self, time: timedelta) -> None:
        """With a round of the post every hour."""
        end = self.world.now + time
        while self.world.now < end:
            self.world.skip(min(ROUND, end - self.world.now))
            asyncio.run(ActivityEnvironment().run(self._post.send_due))

    def close(self) -> None:
        self.box.close()

    def _deliver(self, batch: FactBatch) -> Delivered:
        return asyncio.run(ActivityEnvironment().run(self._delivery.deliver, batch))

    async def _playbook(self):  # type: ignore[no-untyped-def]
        return self.world.book

    # --- Mailer, Bounces ---------------------------------------------------------------------------------------------

    async def send(self, letter: Letter) -> None:
        self.sent.append(Sent(self.world.now, letter))

    async def ready(self) -> None: ...

    def accept(self, bounced: Bounced, at: datetime) -> None:
        raise AssertionError(f"no address is at fault: {bounced}")
