"""The activity that sends mail."""

from temporalio import activity

from activities.in_order import deliver_in_order
from activities.mail.address import own_address, own_domain
from activities.mail.port import Mailer
from activities.mail.render import render
from domain.effects import Delivered, MailBatch, Notice


class MailDelivery:
    """A retried mail carries the Message-ID it had, so that whoever gets it twice can tell."""

    def __init__(self, mailer: Mailer, sender: str, domain: str) -> None:
        """`sender` is the desk's address, `domain` the right side of Message-IDs. Raises `ValueError`."""
        self._mailer = mailer
        self._sender = own_address(sender)
        self._domain = own_domain(domain)

    @activity.defn(name="mail.deliver")
    async def deliver(self, batch: MailBatch) -> Delivered:
        return await deliver_in_order(batch.notices, self._send)

    async def _send(self, notice: Notice) -> None:
        await self._mailer.send(render(notice, sender=self._sender, domain=self._domain))
