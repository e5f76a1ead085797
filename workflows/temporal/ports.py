"""The activities of the upkeep as its workflow names them: typed, without importing what carries them out.

`activities/` implements each under the same name; a test holds the signatures against each other.
"""

from temporalio import activity

from domain.crm.mirror import Reconciled
from domain.deal.stopped import ToldDeals, WatchedDeals
from domain.effects import Given, Posted, Redelivered, WaitingMoney


@activity.defn(name="crm.reconcile")
async def reconcile_crm() -> Reconciled:
    raise NotImplementedError


@activity.defn(name="crm.deferred")
async def write_deferred() -> Redelivered:
    """What the CRM did not take for want of a right is tried again. It takes less than a minute, and heartbeats."""
    raise NotImplementedError


@activity.defn(name="mail.post")
async def send_post() -> Posted:
    """Mail that waited for its time goes out. It takes less than a minute, and heartbeats; what is left goes with the next."""
    raise NotImplementedError


@activity.defn(name="money.post")
async def post_payments() -> Given:
    """Payments that are on their way to deals, those that deals give to each other among them, are told to them."""
    raise NotImplementedError


@activity.defn(name="money.tell")
async def tell_waiting_money() -> WaitingMoney:
    """Whoever enters money gets a letter in the morning, as long as money waits for whose it is."""
    raise NotImplementedError


@activity.defn(name="deals.people")
async def tell_reset_deals() -> ToldDeals:
    """Deals that were reset since the last look, by hand or by `deal revive`, hear who works here today."""
    raise NotImplementedError


@activity.defn(name="deals.watch")
async def watch_deals() -> WatchedDeals:
    """Of all open deals, which have a process that no longer runs? The records show them, and people hear of new ones."""
    raise NotImplementedError
