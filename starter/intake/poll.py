"""What a look at the CRM puts into the inbox: the changes that its webhook may have missed."""

from collections.abc import Sequence
from datetime import datetime

from domain.crm.mirror import Changed
from records.arrivals import Arrival
from records.inbox_events import EventInbox


class Poll:
    """Serves `activities.reconcile.Hints`."""

    def __init__(self, inbox: EventInbox) -> None:
        self._inbox = inbox

    def put(self, changed: Sequence[Changed], at: datetime) -> int:
        """How many of them were new. The same change, found again by the next look, is one event."""
        arrivals = [
            Arrival(
                *("poll", f"{one.ref}@{one.at.isoformat()}", "deal.changed", f"crm:{one.ref}"),
                body={"id": one.ref, "changed_at": one.at.isoformat()},
                at=at,
            )
            for one in changed
        ]
        return sum(not accepted.repeated for accepted in self._inbox.accept_all(arrivals))
