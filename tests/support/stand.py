"""A whole desk in this process, on a real Temporal server: the real worker, the real adapters, and switches."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client

from activities.client_limits import ClientLimits, clients_beside
from activities.credit import CreditLookup
from activities.crm.delivery import CrmDelivery
from activities.files import read_document
from activities.mail.delivery import MailDelivery, MailSending
from activities.playbook import load_playbook
from activities.playbook_shelf import PlaybookShelf
from activities.playbooks import KnownPlaybooks
from activities.rates import Rates
from activities.records import RecordsDelivery
from activities.watchdog import LineWatchdog
from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.mail.eml import MailFolder
from domain.playbook.book import StaffedPlaybook
from records import migrate
from records.queries import RecordQueries
from records.store import RecordStore
from starter.desk import DealDesk
from starter.rooms import ROOT
from starter.settings import Settings
from tests.support.deal import OpenDeal
from tests.support.deferred import KeptAside
from tests.support.doubles import CrmDouble, MailDouble, RecordsDouble, ShelfDouble
from tests.support.histories import TrailOfRuns
from tests.support.rates import KnownRates
from worker import Adapters, build_workers

PLAYBOOK = ROOT / "playbooks" / "default.yaml"
REPLAYED = pytest.mark.parametrize("chosen_stand", ["cached", "replaying"], indirect=True)
"""Such a scenario also runs where every workflow task replays the whole history. All do with `pytest --replaying`; of the others
each history is replayed once, when the test is over."""

_numbers = itertools.count(1)
_session = uuid4().hex[:6]


def fresh_number() -> str:
    return f"T{_session}-{next(_numbers)}"


@dataclass
class Stand:
    client: Client
    desk: DealDesk
    crm: CrmDouble
    mail: MailDouble
    records: RecordsDouble
    shelf: ShelfDouble
    settings: Settings
    rates: KnownRates
    opened: list[str] = field(default_factory=list)

    async def open(self, order: Mapping[str, Any], number: str | None = None) -> OpenDeal:
        """Starts a deal, and waits until it has its playbook: from then on it takes messages."""
        number = number or fresh_number()
        self.opened.append(number)
        await self.desk.start({**order, "number": number}, must_be_new=True)
        deal = OpenDeal(self, number)
        await deal.until(lambda view: view.playbook is not None)
        return deal

    @contextmanager
    def playbook(self, **changes: Any) -> Iterator[StaffedPlaybook]:
        """Deals that open inside live by the default playbook with these changes."""
        kept = self.shelf.shelf
        raw = default_playbook().model_dump(mode="json") | changes
        playbook = StaffedPlaybook.model_validate(raw)
        self.shelf.book(playbook)
        try:
            yield playbook
        finally:
            self.shelf.shelf = kept

    def trail(self, number: str) -> TrailOfRuns:
        """Without a cache the SDK may drop a task while a query waits: the server times it out, and asks again."""
        return TrailOfRuns(self.client, number, may_be_late=not self.settings.max_cached_workflows)


def default_playbook() -> StaffedPlaybook:
    return load_playbook(PLAYBOOK, today=datetime.now(UTC).date())


def sample_order(name: str = "three-goods") -> dict[str, Any]:
    document = read_document(ROOT / "playbooks" / "orders" / f"{name}.yaml")
    assert isinstance(document, dict)
    return document


@asynccontextmanager
async def stand(client: Client, folder: Path, *, cached: int = 1000) -> AsyncIterator[Stand]:
    """`cached=0`: every workflow task replays from the first event."""
    settings = Settings(home=folder, max_cached_workflows=cached, drain_seconds=1)
    await asyncio.to_thread(migrate, settings.database_url)
    async with AsyncExitStack() as opened:
        store = RecordStore(settings.database_url)
        opened.callback(store.close)
        portal = EmbeddedCrm(settings.crm_db)
        opened.push_async_callback(portal.close)
        shelf = ShelfDouble(PlaybookShelf(settings.playbook))
        crm, mail, records = (
            CrmDouble(portal),
            MailDouble(MailFolder(settings.mail_folder)),
            RecordsDouble(store),
        )
        desk = DealDesk(client, language="en", answer_seconds=60)
        made = Stand(client, desk, crm, mail, records, shelf, settings, KnownRates())
        for worker in build_workers(client, _adapters(made), settings):
            await opened.enter_async_context(worker)
        yield made


def _adapters(stand: Stand) -> Adapters:
    records = RecordsDelivery(stand.records)
    load = _load_from(stand.shelf)
    playbooks = KnownPlaybooks(load)
    limits = ClientLimits(clients_beside(stand.settings.home / "playbook.yaml"))
    credit = CreditLookup(RecordQueries(stand.settings.database_url), limits)
    sending = MailSending(stand.mail, stand.settings.mail_from, "dealwright.example")
    return Adapters(
        desk=[
            *(load, records.deliver, LineWatchdog(stand.client).watch),
            *(credit.look_up, Rates(stand.rates).find),
        ],
        crm=[CrmDelivery(stand.crm, playbooks, KeptAside(), settle_seconds=0).deliver],
        mail=[MailDelivery(sending, playbooks).deliver],
    )


def _load_from(double: ShelfDouble) -> Any:
    @activity.defn(name="playbook.load")
    async def load() -> StaffedPlaybook:
        return await double.shelf.load()

    return load
