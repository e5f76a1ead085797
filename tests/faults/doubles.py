"""The real adapters, as a plan lets them work: each keeps on record what it was asked and what it carried out."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

from activities.crm.card import DealCard
from activities.crm.port import carry_out
from activities.errors import CrmAmbiguous, CrmUnavailable, MailUnavailable
from activities.mail.letter import Letter
from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.mail.eml import MailFolder
from domain.bank.payment import BankPayment
from domain.capabilities import Capability
from domain.deal.batches import RecordBatch
from domain.effects import CrmWrite
from domain.facts.branches import Abandoned
from domain.serials import SerialElsewhere
from domain.words import same
from records.bank_payments import BankPayments
from records.errors import RecordsUnavailable
from records.store import RecordStore
from tests.faults.plan import Plan


class FaultyCrm:
    """Serves `CrmPort`. A write that the CRM holds already goes on record as repeated."""

    def __init__(self, real: EmbeddedCrm, plan: Plan) -> None:
        self._real = real
        self._plan = plan

    async def _write(self, write: CrmWrite) -> None:
        self._refuse(write)
        await asyncio.sleep(self._plan.slowness("crm"))
        about = (write.deal, write.identity)
        self._plan.note("crm", "repeated" if await self._real.find([write]) else "asked", *about)
        await carry_out(self._real, write)
        self._plan.note("crm", "done", *about)
        self._plan.strike("crm", *about)
        if self._plan.loses_answer("crm", *about):
            raise CrmAmbiguous("the answer was lost")

    set_stage = set_fields = put_line = add_comment = attach_file = open_task = close_task = notify = _write

    async def capabilities(self) -> frozenset[Capability]:
        return await self._real.capabilities()

    async def find(self, writes: Sequence[CrmWrite]) -> set[str]:
        for write in writes:
            self._refuse(write)
        return await self._real.find(writes)

    async def card(self, deal: str) -> DealCard | None:
        return await self._real.card(deal)

    async def ready(self) -> None:
        await self._real.ready()

    def _refuse(self, write: CrmWrite) -> None:
        if self._plan.is_down("crm", write.deal):
            self._plan.note("crm", "refused", write.deal, write.identity)
            raise CrmUnavailable("the CRM is down for a while")


class FaultyBank(BankPayments):
    """Dies when a deal has taken what was on its way."""

    def __init__(self, url: str, plan: Plan) -> None:
        super().__init__(url)
        self._plan = plan

    def posted(self, those: Sequence[BankPayment], at: datetime) -> None:
        for one in those:
            self._plan.strike("money", "", one.key)
        super().posted(those, at)


class FaultyMailer:
    """Serves `Mailer`."""

    def __init__(self, real: MailFolder, plan: Plan) -> None:
        self._real = real
        self._plan = plan

    async def send(self, letter: Letter) -> None:
        about = (letter.deal, letter.message_id)
        if self._plan.is_down("mail", letter.deal):
            self._plan.note("mail", "refused", *about)
            raise MailUnavailable("the mail server is down for a while")
        await asyncio.sleep(self._plan.slowness("mail"))
        self._plan.note("mail", "asked", *about)
        await self._real.send(letter)
        self._plan.note("mail", "done", *about)
        self._plan.strike("mail", *about)

    async def ready(self) -> None:
        await self._real.ready()


class FaultyRecords:
    """What `RecordsDelivery` writes to."""

    def __init__(self, real: RecordStore, plan: Plan) -> None:
        self._real = real
        self._plan = plan

    def apply(self, batch: RecordBatch) -> Abandoned | None:
        deal = batch.deal.deal
        key = f"{batch.facts[0].seq}-{batch.facts[-1].seq}" if batch.facts else "-"
        if self._plan.is_down("records", deal):
            self._plan.note("records", "refused", deal, key)
            raise RecordsUnavailable(same("the database is down for a while"))
        time.sleep(self._plan.slowness("records"))
        self._plan.note("records", "asked", deal, key)
        abandoned = self._real.apply(batch)
        self._plan.note("records", "done", deal, key)
        self._plan.strike("records", deal, key)
        return abandoned

    def serials_elsewhere(self, batch: RecordBatch) -> list[SerialElsewhere]:
        return self._real.serials_elsewhere(batch)
