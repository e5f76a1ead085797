"""Bitrix24 as the desk's CRM."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from activities.crm.card import DealCard
from activities.crm.chat import Chat
from activities.crm.port import Files
from activities.errors import CrmAmbiguous, CrmBusy, CrmRefused, CrmUnavailable, WorldError
from adapters.crm.bitrix24.attaching import no_files
from adapters.crm.bitrix24.chat.answering import Answering
from adapters.crm.bitrix24.chat.asking import Asking, is_told_in_chat
from adapters.crm.bitrix24.client import Portal, hurrying
from adapters.crm.bitrix24.deals import Deals
from adapters.crm.bitrix24.lookup import done_already, look
from adapters.crm.bitrix24.naming import id_of
from adapters.crm.bitrix24.people import Books
from adapters.crm.bitrix24.showing import card_of
from adapters.crm.bitrix24.source import Source
from adapters.crm.bitrix24.writing import DealGone, Writing, users_of
from domain.effects import CrmWrite, Delivered, Notify

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

    async def carry_out_all(self, writes: Sequence[CrmWrite]) -> Delivered:
        count, refused = 0, dict[str, str]()
        with hurrying(LONGEST):
            for number, group in groupby(writes, lambda write: write.deal):
                done, why, error = await self._of_deal(number, list(group))
                count += done
                refused |= why
                if error and not count:
                    raise error
                if error:
                    break
        return Delivered(count=count, refused=refused)

    async def _write(self, write: CrmWrite) -> None:
        delivered = await self.carry_out_all([write])
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

    async def _of_deal(
        self, number: str, writes: list[CrmWrite]
    ) -> tuple[int, dict[str, str], WorldError | None]:
        """How many were dealt with, which of them were refused, and what stopped it, if anything did."""
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
                return 0, {}, CrmUnavailable(f"deal {number} was deleted in the portal: it is made anew")
            return await self._without_deal(writes, f"the deal was deleted in the portal ({error})")
        except WorldError as error:
            return (writing.done, writing.refusals(), error) if writing else (0, {}, error)
        if writing.refused:
            self._maps.doubt()  # a stage or a field may have another number by now
        return writing.done, writing.refusals(), None

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
        self, writes: list[CrmWrite], why: str
    ) -> tuple[int, dict[str, str], WorldError | None]:
        """What can still be told of it: notices, which hang on persons. The same tag takes the place of one that was sent before."""
        notices = [write for write in writes if isinstance(write, Notify)]
        refused = {write.key: why for write in writes if write not in notices}
        if not notices:
            return len(writes), refused, None
        try:
            known = await self._maps.get()
            users = await users_of(self._people, notices)
            book = await self._book()
            writing = Writing(self._portal, known, users, book, 0, notices, self._never, no_files)
            await writing.run()
        except WorldError as error:
            return 0, {}, error
        return len(writes), refused | writing.refusals(), None

    async def _never(self) -> bool:
        return False
