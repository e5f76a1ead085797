"""Bitrix24 as the desk's CRM."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from activities.crm.card import DealCard
from activities.crm.chat import Chat
from activities.crm.port import Files
from activities.errors import CrmAmbiguous, CrmBusy, CrmForbidden, CrmRefused, CrmUnavailable, WorldError
from adapters.crm.bitrix24.attaching import no_files
from adapters.crm.bitrix24.chat.answering import Answering
from adapters.crm.bitrix24.chat.asking import Asking, is_told_in_chat
from adapters.crm.bitrix24.client import Portal, hurrying
from adapters.crm.bitrix24.deals import Deals
from adapters.crm.bitrix24.lookup import done_already, look
from adapters.crm.bitrix24.naming import id_of
from adapters.crm.bitrix24.people import Books
from adapters.crm.bitrix24.rights import missing
from adapters.crm.bitrix24.showing import card_of
from adapters.crm.bitrix24.source import Source
from adapters.crm.bitrix24.writing import DealGone, Writing, users_of
from domain.capabilities import ALL, Capability
from domain.effects import CrmWrite, Delivered, Notify
from domain.words import Text

LONGEST = 20.0
"""Seconds in which a delivery may start requests: with the wait for a place, and the request itself, it is over in a minute."""


class Bitrix24Crm(Source):
    """Serves `CrmPort`, `CrmSource` and `BulkCrmPort`. Whatever it creates is looked up first by the desk's own key, so that
    nothing is ever created twice."""

    def __init__(self, portal: Portal, book: Books, files: Files = no_files) -> None:
        super().__init__(portal, book)
        self._deals, self._files = Deals(portal), files
        self._asking = Asking(portal, self._people)
        self.chat: Chat = Answering(portal, self._maps, self._people)

    async def capabilities(self) -> frozenset[Capability]:
        """A portal whose plan has no smart processes has no cards of lines."""
        known = await self._maps.last()
        lineless = known and not known.lines and not known.hidden
        return ALL - {Capability.LINE_CARDS} if lineless else ALL

    async def carry_out_all(self, writes: Sequence[CrmWrite]) -> Delivered:
        count, refused, forbidden = 0, dict[str, str](), dict[str, Text]()
        with hurrying(LONGEST):
            for number, group in groupby(writes, lambda write: write.deal):
                some = await self._of_deal(number, list(group))
                count += some.done
                refused |= some.refused
                forbidden |= some.forbidden
                if some.error and not count:
                    raise some.error
                if some.error:
                    break
        return Delivered(count=count, refused=refused, forbidden=forbidden)

    async def _write(self, write: CrmWrite) -> None:
        delivered = await self.carry_out_all([write])
        for right in delivered.forbidden.values():
            raise CrmForbidden(f"{self._portal.host} does not allow it: {right.en}", right)
        for why in delivered.refused.values():
            raise CrmRefused(why)

    set_stage = set_fields = put_line = add_comment = attach_file = open_task = close_task = notify = _write

    async def find(self, writes: Sequence[CrmWrite]) -> set[str]:
        known = await self._maps.get()
        keys: set[str] = set()
        for number, group in groupby(writes, lambda write: write.deal):
            of_deal = list(group)
            if (id := await self._deals.find(number)) is not None:
                found = await look(self._portal, known, id, number, of_deal)
                keys |= {write.key for write in of_deal if done_already(write, found)}
        return keys

    async def card(self, deal: str) -> DealCard | None:
        if (id := await self._deals.find(deal)) is None:
            return None
        return await card_of(self._portal, await self._maps.get(), self._people, id, deal)

    async def ready(self) -> None:
        self._maps.forget()
        try:
            await self._maps.get()
        except CrmRefused as refusal:
            raise CrmUnavailable(str(refusal)) from None

    async def close(self) -> None:
        await self._portal.close()

    async def _of_deal(self, number: str, writes: list[CrmWrite]) -> "Carried":
        writing: Writing | None = None
        try:
            known = await self._maps.get()
            users = await users_of(self._people, writes)
            book = await self._book()
            id = await self._deals.find_or_make(known, number)
            gone = partial(self._deals.is_gone, number, id)
            writing = Writing(self._portal, known, users, book, id, writes, gone, self._files)
            try:
                await writing.run()
            finally:
                await self._ask_in_chat(known.bot, writing, writes)
        except DealGone as error:
            if id_of(number) is None:
                return Carried(
                    error=CrmUnavailable(f"deal {number} was deleted in the portal: it is made anew")
                )
            why = f"the deal was deleted in the portal ({error})"
            return await self._without_deal(writes, lambda write: Carried(1, refused={write.key: why}))
        except WorldError as error:
            if writing:
                return Carried.of(writing, error)
            if right := missing(error):
                return await self._without_deal(
                    writes, lambda write: Carried(1, forbidden={write.key: right})
                )
            return Carried(error=error)
        if writing.refused:
            self._maps.doubt()  # a stage or a field may have another number by now
        return Carried.of(writing)

    async def _ask_in_chat(self, bot: int | None, writing: Writing, writes: Sequence[CrmWrite]) -> None:
        """What is written counts as done once it is told there, too."""
        done = writes[: writing.done]
        if bot is None or not any(map(is_told_in_chat, done)):
            return
        try:
            await self._asking.tell(bot, done)
        except WorldError as error:
            if not isinstance(error, CrmBusy | CrmAmbiguous):
                self._maps.forget()  # the bot may be the desk's no more
            writing.done = next(n for n, write in enumerate(done) if is_told_in_chat(write))
            raise

    async def _without_deal(
        self, writes: list[CrmWrite], otherwise: Callable[[CrmWrite], "Carried"]
    ) -> "Carried":
        """What can still be told of it: notices, which hang on persons; the same tag takes the place of one that was sent before.
        `otherwise` is what becomes of all else."""
        notices = [write for write in writes if isinstance(write, Notify)]
        carried = Carried(len(writes))
        for write in writes:
            if write not in notices:
                carried = carried.and_also(otherwise(write))
        if not notices:
            return carried
        try:
            known = await self._maps.get()
            users = await users_of(self._people, notices)
            book = await self._book()
            writing = Writing(self._portal, known, users, book, 0, notices, self._never, no_files)
            await writing.run()
        except WorldError as error:
            if (right := missing(error)) is None:
                return Carried(error=error)
            return carried.and_also(Carried(forbidden={write.key: right for write in notices}))
        return carried.and_also(Carried.of(writing))

    async def _never(self) -> bool:
        return False


class Carried(NamedTuple):
    """How many of a deal's writes were dealt with, which of them were refused, for ever or for want of a right, and what stopped it,
    if anything did."""

    done: int = 0
    refused: dict[str, str] = {}
    forbidden: dict[str, Text] = {}
    error: WorldError | None = None

    @classmethod
    def of(cls, writing: Writing, error: WorldError | None = None) -> "Carried":
        """Of those dealt with: the others are asked again. Where a right is missing for all that is left, that is dealt with too."""
        if error and (right := missing(error)):
            return cls(writing.total, writing.dealt()[0], writing.withhold(right))
        return cls(writing.done, *writing.dealt(), error)

    def and_also(self, other: "Carried") -> "Carried":
        return self._replace(refused=self.refused | other.refused, forbidden=self.forbidden | other.forbidden)
