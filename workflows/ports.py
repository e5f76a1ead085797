"""The activities as the workflows name them: typed, without importing what carries them out.

`activities/` implements each under the same name; a test holds the signatures against each other.
"""

from temporalio import activity

from domain.effects import CrmBatch, Delivered, MailBatch, Posted
from domain.mirror import Reconciled
from domain.playbook import Playbook
from domain.state import RecordBatch, WatchedLines
from domain.stopped import WatchedDeals


@activity.defn(name="playbook.load")
async def load_playbook() -> Playbook:
    raise NotImplementedError


@activity.defn(name="crm.deliver")
async def deliver_to_crm(batch: CrmBatch) -> Delivered:
    raise NotImplementedError


@activity.defn(name="crm.reconcile")
async def reconcile_crm() -> Reconciled:
    raise NotImplementedError


@activity.defn(name="mail.deliver")
async def deliver_mail(batch: MailBatch) -> Delivered:
    raise NotImplementedError


@activity.defn(name="mail.post")
async def send_post() -> Posted:
    """Mail that waited for its time goes out. It takes less than a minute, and heartbeats; what is left goes with the next."""
    raise NotImplementedError


@activity.defn(name="records.deliver")
async def deliver_to_records(batch: RecordBatch) -> Delivered:
    raise NotImplementedError


@activity.defn(name="deals.watch")
async def watch_deals() -> WatchedDeals:
    """Of all open deals, which have a process that no longer runs? The records show them, and people hear of new ones."""
    raise NotImplementedError


@activity.defn(name="lines.watch")
async def watch_lines(lines: WatchedLines) -> WatchedLines:
    """Of the lines asked about, those whose workflow no longer runs."""
    raise NotImplementedError
