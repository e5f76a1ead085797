"""Money nobody knows, in the morning letter of whoever enters money."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from temporalio import activity

from activities.errors import as_failure
from activities.mail.port import utc_now
from domain.effects import Notice, WaitingMoney
from domain.playbook.book import StaffedPlaybook
from domain.view.money_letter import Waiting, money_letters


class Archive(Protocol):
    def unmatched(self) -> Sequence[Waiting]:
        """The oldest first."""


class PostBox(Protocol):
    def renew(self, prefix: str, notices: Sequence[Notice], after: datetime) -> None:
        """What is to go out after this moment, of keys that begin so, is these and no others, as they are now."""


PREFIX = "money-waiting:"
GOING_OUT = timedelta(minutes=3)
"""What is due so soon may be in somebody's hands: see `activities.mail.post.LEASE`."""


class MoneyLetters:
    def __init__(
        self,
        archive: Archive,
        box: PostBox,
        today: Callable[[], Awaitable[StaffedPlaybook]],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._archive, self._box, self._today, self._now = archive, box, today, now

    @activity.defn(name="money.tell")
    async def tell(self) -> WaitingMoney:
        """The letter says what waits when it goes out: it is written anew each round until then. Repeating it changes nothing."""
        try:
            found = await asyncio.to_thread(self._archive.unmatched)
            now = self._now()
            notices = list(money_letters(found, await self._today(), now)) if found else []
            await asyncio.to_thread(self._box.renew, PREFIX, notices, now + GOING_OUT)
        except Exception as error:
            raise as_failure(error) from error
        return WaitingMoney(payments=len(found))
