"""Deals of the in-memory host behind the pages of signed links."""

from collections.abc import Callable
from datetime import UTC, datetime

from httpx import ASGITransport, AsyncClient, Response

from activities.mail.links import Link, LinkKind
from domain.deal.messages import Message, Receipt
from domain.deal.snapshot import Snapshot
from domain.goods.register import GoodsRegister
from domain.refusals import Refusal
from domain.words import same
from starter.answers import MessageRefused
from starter.errors import NotFoundError, UnreachableError
from starter.web.pages.file_download import Files
from starter.web.pages.routes import PageRecords
from tests.support.html import check_html
from tests.support.memory import OpenDeal, World, addressee
from tests.support.pages import Web

OURS = {"sec-fetch-site": "same-origin"}


class WorldDesk:
    """Serves `signed.Desk`. `down`: no call reaches it. `loses_answer`: the next message is taken unheard."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sent: list[Message] = []
        self.down = self.loses_answer = False

    async def __call__(self) -> "WorldDesk":
        return self

    async def state(self, number: str) -> Snapshot:
        deal = self._find(number)
        return Snapshot(deal.state, deal.own_lines())

    async def send(self, number: str, message: Message) -> Receipt:
        deal = self._find(number)
        self.sent.append(message)
        try:
            receipt = deal.send(message, addressee(message))
        except Refusal as refusal:
            raise MessageRefused(refusal.text, "ru", refusal.code) from None
        if self.loses_answer:
            self.loses_answer = False
            raise UnreachableError(same("the answer was lost"))
        return receipt

    def _find(self, number: str) -> OpenDeal:
        if self.down:
            raise UnreachableError(same("down"))
        found = [deal for deal in self._world.deals if deal.number == number]
        if not found:
            raise NotFoundError(same("no deal"))
        return found[0]


class WorldWeb:
    """A browser on the pages of a world whose clock is that of the wall. Every page it gets is whole HTML."""

    def __init__(
        self,
        world: World,
        records: PageRecords | None = None,
        files: Files | None = None,
        goods: Callable[[], GoodsRegister] = GoodsRegister,
    ) -> None:
        world.now = datetime.now(UTC)
        self.desk = WorldDesk(world)
        self.web = Web(desk=self.desk, records=records, files=files, goods=goods)
        self._browser = AsyncClient(
            transport=ASGITransport(self.web.enveloped), base_url="http://desk.example"
        )

    def link(
        self, deal: OpenDeal, question: str, person: str, kind: LinkKind = "assignment", version: int = 1
    ) -> str:
        return self.web.links.sign(Link(deal.number, question, version, person, kind))

    async def get(self, link: str) -> Response:
        return self._whole(await self._browser.get(link))

    async def post(self, link: str, **fields: str) -> Response:
        return self._whole(await self._browser.post(link, data=fields, headers=OURS))

    def _whole(self, response: Response) -> Response:
        if response.headers.get("content-type", "").startswith("text/html"):
            check_html(response.text)
        return response
