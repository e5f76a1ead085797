"""The client of the desk over deals in memory: the `deal` command and its dialogue run against it in tests, without a server."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.deal.messages import Message, Receipt
from domain.deal.snapshot import Snapshot
from domain.refusals import Refusal
from domain.view.deal_view import deal_view
from domain.view.model import DealView
from domain.words import Language, same
from starter.answers import MessageRefused
from starter.desk import NoArchive
from starter.errors import NotFoundError
from tests.support.memory import OpenDeal, World


class MemoryDesk:
    """Serves what commands ask of `DealDesk`. `sent` are the messages that people sent, refused ones too."""

    def __init__(self, world: World, language: Language = "ru") -> None:
        self.world, self.language = world, language
        self.archive = NoArchive()
        self.sent: list[Message] = []

    async def start(self, order: Mapping[str, Any], *, must_be_new: bool = False) -> str:
        return self.world.open(order, order.get("number")).number

    async def send(self, number: str, message: Message) -> Receipt:
        self.sent.append(message)
        if self.deal(number).process.outcome:
            raise MessageRefused(same("It is closed already."), self.language, "closed")
        try:
            content = message.model_dump(mode="json", by_alias=True, exclude={"id"})
            return self.deal(number).say(message.name, id=message.id, **content)
        except Refusal as refusal:
            raise MessageRefused(refusal.text, self.language, refusal.code) from None

    async def state(self, number: str) -> Snapshot:
        deal = self.deal(number)
        return Snapshot(deal.state.model_copy(deep=True), deal.own_lines())

    async def show(self, number: str) -> DealView:
        return deal_view(await self.state(number), datetime.now(UTC), self.language)

    def deal(self, number: str) -> OpenDeal:
        for deal in self.world.deals:
            if deal.number == number:
                return deal
        raise NotFoundError(same(f"There is no deal {number}."))
