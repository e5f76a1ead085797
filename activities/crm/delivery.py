"""The activity that tells the CRM of facts."""

from temporalio import activity

from activities.crm.port import CrmPort
from activities.crm.writer import CrmWriter
from activities.in_order import asked_to_stop
from activities.playbooks import KnownPlaybooks
from activities.projections.crm import plan_crm
from domain.deal.state import FactBatch
from domain.effects import Delivered


class CrmDelivery:
    def __init__(self, port: CrmPort, playbooks: KnownPlaybooks, *, settle_seconds: float = 2.0) -> None:
        """See `CrmWriter`."""
        self._playbooks = playbooks
        self._writer = CrmWriter(port, settle_seconds=settle_seconds)

    @activity.defn(name="crm.deliver")
    async def deliver(self, batch: FactBatch) -> Delivered:
        """As many facts as it can, and at least a part of what the first makes: a retry looks up what is written already."""
        writes, shows = plan_crm(batch, await self._playbooks.complete(batch))
        items, done, refused = writes.items, 0, dict[str, str]()
        shown: dict[str, str] = {}
        while done < len(items) and not (writes.whole(done) or shown or asked_to_stop()):
            written = await self._writer.write(items[done:])
            for item in items[done : done + written.count]:
                shown |= shows.get(item.key, {})
            done += written.count
            refused |= written.refused
        return Delivered(count=writes.whole(done), refused=refused, shown=shown)
