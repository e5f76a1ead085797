"""The activity that makes mail of facts and sends it, or puts aside what has a time of its own."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from temporalio import activity

from activities.errors import AddressBusy
from activities.in_order import deliver_in_order, deliver_until
from activities.mail.letters import Letters, Signer
from activities.mail.port import Mailer, PostBox, utc_now
from activities.playbooks import KnownPlaybooks
from activities.projections.notices import plan_mail
from domain.deal.batches import FactBatch
from domain.effects import Delivered, Notice, Returned
from domain.playbook.requisites import Requisites

PAUSE = timedelta(minutes=5)


class MailDelivery:
    """What is sent, and to which address, is decided when it goes out."""

    def __init__(
        self,
        sending: "MailSending",
        playbooks: KnownPlaybooks,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._sending = sending
        self._playbooks = playbooks
        self._now = now

    @activity.defn(name="mail.deliver")
    async def deliver(self, batch: FactBatch) -> Delivered:
        """As many facts as it can, and at least the first of the mails: a mail that went out already is known by its Message-ID."""
        telling = plan_mail(batch, await self._playbooks.complete(batch), self._now())
        notices = telling.items
        sent = await deliver_until(lambda n: bool(telling.whole(n)), notices, self._sending.send)
        returned = [
            Returned(
                item=telling.group_of(nth), person=n.person, email=n.to_email, reason=sent.refused[n.key]
            )
            for nth, n in enumerate(notices)
            if n.key in sent.bad_addresses
        ]
        return Delivered(count=telling.whole(sent.count), refused=sent.refused, returned=tuple(returned))


class MailSending:
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
        requisites: Requisites | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """See `Letters`. Raises `ValueError`."""
        self._mailer = mailer
        self._letters = Letters(sender, domain, signer, requisites)
        self._box = box
        self._now = now

    async def send(self, notices: Sequence[Notice]) -> Delivered:
        """As many as it can, in order. Raises if the first fails in a way that a later try may not."""
        return await deliver_in_order(notices, self._deliver)

    async def _deliver(self, notice: Notice) -> None:
        letter = self._letters.write([notice])
        now = self._now()
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
