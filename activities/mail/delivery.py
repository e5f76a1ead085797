"""The activity that sends mail, or puts aside what has a time of its own."""

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio import activity

from activities.errors import AddressBusy
from activities.in_order import deliver_in_order
from activities.mail.letters import Letters, Signer
from activities.mail.port import Mailer, PostBox
from domain.effects import Delivered, MailBatch, Notice

PAUSE = timedelta(minutes=5)


class MailDelivery:
    """A retried mail carries the Message-ID it had, so that whoever gets it twice can tell.

    Without a `box` everything goes at once.
    """

    def __init__(
        self,
        mailer: Mailer,
        sender: str,
        domain: str,
        *,
        box: PostBox | None = None,
        signer: Signer | None = None,
    ) -> None:
        """See `Letters`. Raises `ValueError`."""
        self._mailer = mailer
        self._letters = Letters(sender, domain, signer)
        self._box = box

    @activity.defn(name="mail.deliver")
    async def deliver(self, batch: MailBatch) -> Delivered:
        return await deliver_in_order(batch.notices, self._deliver)

    async def _deliver(self, notice: Notice) -> None:
        letter = self._letters.write([notice])
        now = datetime.now(UTC)
        if self._box and notice.send_at and (notice.digest or notice.send_at > now):
            await asyncio.to_thread(self._box.put, notice, notice.send_at)
            return
        try:
            await self._mailer.send(letter)
        except AddressBusy as busy:
            if not self._box:
                raise
            waiting = notice.model_copy(update={"send_at": now})
            await asyncio.to_thread(self._box.put, waiting, now + (busy.retry_after or PAUSE))
