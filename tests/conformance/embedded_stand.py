"""The embedded CRM as a stand. Its faults are SQLite's: a locked file, a file that is no database, a process that dies."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from activities.crm.port import carry_out
from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.crm.embedded.ringer import Ringer
from domain.effects import CrmWrite
from domain.words import Stage
from tests.conformance.stands import ORDER, CrmStand, Delivery, Listening, locked
from tests.support.hooks import NEW


class _Crm(EmbeddedCrm):
    """`forget`: so many times it dies between telling an event and noting that it was heard."""

    forget = 0

    async def heard(self, uid: str) -> None:
        if self.forget:
            self.forget -= 1
        else:
            await super().heard(uid)


class EmbeddedStand(CrmStand):
    name = "embedded"

    def __init__(self, file: Path) -> None:
        self.file = file
        self.crm: _Crm = _Crm(file)
        self._ringer: Ringer | None = None
        self._missed = 0

    async def add_deal(self, by: str, order: Mapping[str, Any] = ORDER) -> str:
        return await self.crm.person(by).add_deal(order, manager="ivanova")

    async def move(self, ref: str, stage: Stage, by: str) -> None:
        await self.crm.person(by).move(ref, stage)

    async def fill(self, ref: str, values: Mapping[str, str], by: str) -> None:
        await self.crm.person(by).fill(ref, values)

    async def answer(self, ref: str, approval: str, approve: bool, comment: str, by: str) -> None:
        await self.crm.person(by).answer(ref, approval, approve=approve, comment=comment)

    async def complete(self, ref: str, task: str, by: str) -> None:
        await self.crm.person(by).complete(ref, task)

    async def delete(self, ref: str) -> None:
        await self.crm.person("ivanova").delete(ref)

    async def ref(self, number: str) -> str:
        return number

    async def holds(self, number: str) -> Counter[str]:
        card = await self.crm.card(number)
        if card is None:
            return Counter()
        parts = {"comments": card.comments, "tasks": card.tasks, "lines": card.lines, "notices": card.notices}
        parts |= {"files": card.files}
        return Counter({"deals": 1} | {name: len(part) for name, part in parts.items()})

    @contextmanager
    def busy(self) -> Iterator[None]:
        with locked(self.file):
            yield

    @contextmanager
    def nonsense(self) -> Iterator[None]:
        """The file's place is taken by something else. Only before the first use."""
        self.file.mkdir()
        yield
        self.file.rmdir()

    async def carry_out_unheard(self, delivery: Delivery, write: CrmWrite) -> None:
        """Another worker wrote it, and died before it could say so."""
        dying = EmbeddedCrm(self.file)
        await carry_out(dying, write)
        await dying.close()
        await delivery(write)

    def listened(self, web: Listening) -> None:
        self._ringer = Ringer(self.crm, "http://desk.example", NEW, web.client)

    async def ring(self) -> None:
        assert self._ringer
        for event in await self.crm.unheard(self._missed) if self._missed else []:
            await self.crm.heard(event.uid)
        self._missed = 0
        await self._ringer.ring()

    def miss_an_event(self) -> None:
        self._missed += 1

    def repeat_an_event(self) -> None:
        self.crm.forget = 1
