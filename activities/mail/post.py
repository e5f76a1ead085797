"""The post: mail that waited for the morning, or for its digest, goes out when its time has come."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from temporalio import activity

from activities.errors import AddressBusy, AddressRefused, Refused, RetryLater, as_failure
from activities.in_order import asked_to_stop, beating, settled
from activities.mail.letters import Letters, Signer
from activities.mail.port import Bounces, Mailer, PostBox, utc_now
from domain.bounced import Bounced
from domain.effects import Notice, Posted

LONGEST = 25.0
"""Seconds for one round; the mail that is under way then is finished."""
LEASE = timedelta(minutes=2)
"""How long a round that died keeps its mail from the next one: more than any mail takes."""
PAUSE = timedelta(minutes=5)
PATIENCE = timedelta(days=3)
"""How long an address may be busy before it counts as one that does not work."""


class MailPost:
    """Each mail is claimed, sent and settled before the next: only a crash between the last two can send one twice, and it
    carries the Message-ID it had."""

    def __init__(
        self,
        mailer: Mailer,
        sender: str,
        domain: str,
        *,
        box: PostBox,
        bounces: Bounces,
        signer: Signer | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """See `Letters`. Raises `ValueError`."""
        self._mailer = mailer
        self._letters = Letters(sender, domain, signer)
        self._box = box
        self._bounces = bounces
        self._now = now

    @activity.defn(name="mail.post")
    async def send_due(self) -> Posted:
        """One round. What the mail server does not take now waits for a later one, and holds up nothing else."""
        told = {"sent": 0, "refused": 0, "put_off": 0}
        until = time.monotonic() + LONGEST
        async with beating():
            while time.monotonic() < until and not asked_to_stop():
                try:
                    outcome = await settled(self._send_next())
                except Exception as error:
                    raise as_failure(error) from error
                if outcome is None:
                    break
                told[outcome.what] += 1
                if outcome.nobody_else:
                    break
        return Posted(**told)

    async def _send_next(self) -> "Outcome | None":
        notices = await asyncio.to_thread(self._box.claim, self._now(), LEASE)
        if not notices:
            return None
        keys = [notice.key for notice in notices]
        try:
            letter = self._letters.write(notices)
            await self._mailer.send(letter)
        except Refused as error:
            return await self._refused(notices, error)
        except RetryLater as error:
            return await self._later(notices, error)
        await asyncio.to_thread(self._box.settle, keys, self._now(), letter.message_id)
        return Outcome("sent")

    async def _refused(self, notices: Sequence[Notice], error: Refused) -> "Outcome":
        """The deal hears of a bad address; of a digest, the deal of its first notice, as one person's address is one thing to
        mend. First, so that a crash in between tells it twice rather than never."""
        now, first = self._now(), notices[0]
        if isinstance(error, AddressRefused):
            bounced = Bounced(email=first.to_email, reason=str(error), deal=first.deal, notice=first.key)
            await asyncio.to_thread(self._bounces.accept, bounced, now)
        await asyncio.to_thread(self._box.refuse, [notice.key for notice in notices], now, str(error))
        return Outcome("refused")

    async def _later(self, notices: Sequence[Notice], error: RetryLater) -> "Outcome":
        now, busy = self._now(), isinstance(error, AddressBusy)
        since = min(notice.send_at or now for notice in notices)
        if busy and now - since > PATIENCE:
            return await self._refused(notices, AddressRefused(f"{error}, for {PATIENCE.days} days"))
        again = now + (error.retry_after or PAUSE)
        await asyncio.to_thread(self._box.put_off, [notice.key for notice in notices], again, str(error))
        return Outcome("put_off", nobody_else=not busy)


class Outcome(NamedTuple):
    """`nobody_else`: it is the mail server that takes nothing now, so the rest of the round would not get through either."""

    what: Literal["sent", "refused", "put_off"]
    nobody_else: bool = False
