"""The activity that tells the CRM of facts."""

from collections.abc import Callable

from temporalio import activity

from activities.crm.deferring import DeferredBox, DeferringWriter
from activities.crm.port import CrmPort
from activities.crm.writer import CrmWriter
from activities.in_order import deliver_until
from activities.mail.links import Link
from activities.playbooks import KnownPlaybooks
from activities.projections.crm import plan_crm
from domain.deal.batches import FactBatch
from domain.effects import CrmWrite, Delivered, OpenTask


class CrmDelivery:
    def __init__(
        self,
        port: CrmPort,
        playbooks: KnownPlaybooks,
        deferred: DeferredBox,
        *,
        page_of: Callable[[str], str] = lambda number: "",
        sign: Callable[[Link], str] | None = None,
        settle_seconds: float = 2.0,
    ) -> None:
        """`page_of`: the address of a deal's page, by its number; `sign` makes those where one person answers: without it no
        question in a chat has one. See `CrmWriter` too."""
        self._port, self._playbooks, self._page_of, self._sign = port, playbooks, page_of, sign
        self._writer = DeferringWriter(CrmWriter(port, settle_seconds=settle_seconds), deferred)

    @activity.defn(name="crm.deliver")
    async def deliver(self, batch: FactBatch) -> Delivered:
        """As many facts as it can, and at least a part of what the first makes: a retry looks up what is written already."""
        deal, can = await self._playbooks.complete(batch), await self._port.capabilities()
        writes, shows = plan_crm(batch, deal, self._page_of(batch.deal.deal), can)
        items = [self._with_page(write) for write in writes.items]

        def shown(done: int) -> dict[str, str]:
            return {name: digest for item in items[:done] for name, digest in shows.get(item.key, {}).items()}

        done = await deliver_until(lambda n: bool(writes.whole(n) or shown(n)), items, self._writer.write)
        told = {"count": writes.whole(done.count), "shown": shown(done.count)}
        return done.model_copy(update=told)

    def _with_page(self, write: CrmWrite) -> CrmWrite:
        if self._sign is None or not isinstance(write, OpenTask) or write.in_chat is None:
            return write
        asks = write.in_chat.asks
        page = self._sign(Link(write.deal, asks.question, asks.version, write.person, asks.kind))
        return write.model_copy(update={"in_chat": write.in_chat.model_copy(update={"page": page})})
