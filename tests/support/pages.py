"""The pages with small hand-made neighbours: a desk that keeps its deals in memory, a door that keeps what passed."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from activities.mail.links import FileAddresses, Link, LinkSigner, PageAddresses
from activities.playbook import load_playbook, load_site
from domain.alarms import set_alarm
from domain.deal.answers import who_votes
from domain.deal.authority import Desk
from domain.deal.messages import Decide, Message, Receipt
from domain.deal.opening import open_deal, take_order, take_playbook
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState
from domain.deal.tasks import Approval, Awaiting, Vote, cast_vote
from domain.goods.register import GoodsRegister
from domain.order.order import read_order
from domain.playbook.book import StaffedPlaybook
from domain.refusals import Refusal
from domain.words import Role, same
from records.arrivals import Accepted, Arrival
from records.errors import RecordsUnavailable
from starter.answers import MessageRefused
from starter.errors import NotFoundError, UnreachableError
from starter.rooms import ROOT
from starter.web.envelope import Envelope
from starter.web.errors import HANDLED, answer
from starter.web.pages.brake import Brake
from starter.web.pages.file_download import Files
from starter.web.pages.form_token import FormTokens
from starter.web.pages.house import House
from starter.web.pages.routes import PageRecords, pages
from starter.web.pages.signed import DeskFactory
from tests.factories import fresh_number
from tests.support.stand import sample_order

KEY = "k" * 32
PLAYBOOK = ROOT / "playbooks" / "default.yaml"
SITE = "https://clinic.example"
"""Another site, which may show the form and post to it."""

CONTRACT = (
    Awaiting(role=Role.CLIENT, person="client"),
    Awaiting(role=Role.DIRECTOR, person="petrov"),
)


def the_playbook() -> StaffedPlaybook:
    return load_playbook(PLAYBOOK, today=datetime.now(UTC).date())


def an_order_deal(language: str = "ru", number: str | None = None, **client: Any) -> DealState:
    """The sample order of three goods, with its contract put to the client and the director."""
    book, now = the_playbook(), datetime.now(UTC)
    raw = deepcopy(sample_order())
    raw["client"] |= {"language": language, **client}
    order = read_order(raw, book, book.calendar.today(now))
    deal = open_deal(number or fresh_number(), order, now)
    take_playbook(deal, book)
    take_order(deal, order, now)
    deal.approvals = {"contract": a_question(deal, "contract", CONTRACT)}
    return deal


def a_question(
    deal: DealState, kind: str, asked: tuple[Awaiting, ...], *, id: str = "", version: int = 1
) -> Approval:
    template, now = deal.book.approvals[kind], datetime.now(UTC)
    due = deal.book.calendar.after(now, template.due)
    return Approval(
        id=id or kind,
        kind=kind,
        version=version,
        title=template.title,
        asked=asked,
        alarm=set_alarm(now, due, deal.book.reminders, deal.book.calendar),
    )


class FakeDesk:
    """Answers by the deal's own rules. `down`: no call reaches it. `loses_answer`: the next message is taken unheard."""

    def __init__(self) -> None:
        self.deals: dict[str, DealState] = {}
        self.taken: list[Decide] = []
        self.down = self.loses_answer = False

    def put(self, deal: DealState) -> DealState:
        self.deals[deal.deal] = deal
        return deal

    async def __call__(self) -> "FakeDesk":
        return self

    async def state(self, number: str) -> Snapshot:
        if self.down:
            raise UnreachableError(same("down"))
        if number not in self.deals:
            raise NotFoundError(same("no deal"))
        return Snapshot(self.deals[number])

    async def send(self, number: str, message: Message) -> Receipt:
        if self.down:
            raise UnreachableError(same("down"))
        assert isinstance(message, Decide)
        deal = self.deals[number]
        process = next(p for p in (deal, *deal.lines.values()) if message.approval in p.approvals)
        approval, now = process.approvals[message.approval], datetime.now(UTC)
        desk = Desk(deal.book, deal.client, deal.manager, deal.book.calendar.today(now))
        try:
            seat, actor = who_votes(approval, message, desk)
        except Refusal as refusal:
            raise MessageRefused(refusal.text, "ru", refusal.code) from None
        cast_vote(
            approval,
            Vote(role=seat.role, actor=actor, approve=message.approve, comment=message.comment, at=now),
        )
        self.taken.append(message)
        if self.loses_answer:
            self.loses_answer = False
            raise UnreachableError(same("the answer was lost"))
        return Receipt(id=message.id, words_ru="Принято", words_en="Taken", at=now)


class FakeDoor:
    def __init__(self) -> None:
        self.rows: dict[str, Arrival] = {}
        self.down = False

    async def accept(self, arrival: Arrival) -> Accepted:
        if self.down:
            raise RecordsUnavailable(same("down"))
        repeated = arrival.key in self.rows
        self.rows.setdefault(arrival.key, arrival)
        return Accepted(len(self.rows), repeated)

    @property
    def leads(self) -> list[dict[str, Any]]:
        return [arrival.body for arrival in self.rows.values()]


class Web:
    """The pages as an app, and all they speak with."""

    def __init__(
        self,
        origin: str = SITE,
        desk: DeskFactory | None = None,
        records: PageRecords | None = None,
        files: Files | None = None,
        goods: Callable[[], GoodsRegister] = GoodsRegister,
        **brake: Any,
    ) -> None:
        self.origin = origin
        self.desk, self.door = FakeDesk(), FakeDoor()
        self.later = timedelta()
        self.links = LinkSigner([KEY], "", 14, now=self._now)
        self.addresses = PageAddresses([KEY], "")
        self.file_links = FileAddresses([KEY], "", 14, now=self._now)
        self.tokens = FormTokens([KEY], now=self._now)
        self.house = house = House(the_playbook(), load_site(PLAYBOOK), goods=goods, form_origins=(origin,))
        self.app = FastAPI(exception_handlers=dict.fromkeys(HANDLED, answer))
        self.app.include_router(
            pages(
                desk or self.desk,
                self.links,
                self.addresses,
                self.file_links,
                self.door,
                self.tokens,
                house,
                Brake(**{"burst": 1000} | brake),
                records,
                files,
            )
        )

    def _now(self) -> datetime:
        """As the signatures' ages are counted: `later` than it is."""
        return datetime.now(UTC) + self.later

    @property
    def enveloped(self) -> Envelope:
        return Envelope(self.app, [self.origin], https=False)

    def link(
        self, deal: DealState, person: str = "client", approval: str = "contract", version: int = 1
    ) -> str:
        """Its path."""
        return self.links.sign(Link(deal.deal, approval, version, person))


class OtherSite:
    """Somebody else's site, with one page."""

    html = address = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await HTMLResponse(self.html or "<p>here</p>")(scope, receive, send)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: ASGIApp, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """The app's address on a port of its own. To a browser, `localhost` is another site than 127.0.0.1."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        server = _Server(config)
        running = asyncio.create_task(server.serve([listener]))
        await server.up.wait()
        try:
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
