"""The world as the tests see it: the real adapters behind switches that make them fail, each with a ledger of what it took."""

from collections.abc import Sequence

from activities.crm.card import DealCard
from activities.errors import AddressRefused, CrmAmbiguous, CrmUnavailable, MailUnavailable
from activities.mail.letter import Letter
from activities.playbook_shelf import PlaybookShelf
from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.mail.eml import MailFolder
from domain.capabilities import Capability
from domain.deal.batches import RecordBatch
from domain.effects import CrmWrite
from domain.facts import Fact, live_branch
from domain.facts.branches import Abandoned
from domain.playbook.book import StaffedPlaybook
from domain.serials import SerialElsewhere
from domain.words import same
from records.errors import RecordsUnavailable
from records.store import RecordStore


class Switch:
    """`down`: nothing gets through, and `says` is what the CRM answers. `lose_answers`: that many calls are carried out, and their answer is lost."""

    def __init__(self) -> None:
        self.down = False
        self.says = "the CRM is switched off"
        self.lose_answers = 0
        self.failed = 0

    def fails(self) -> bool:
        self.failed += self.down
        return self.down

    def loses_answer(self) -> bool:
        if self.lose_answers <= 0:
            return False
        self.lose_answers -= 1
        self.failed += 1
        return True


class CrmDouble:
    """Serves `CrmPort` over the embedded CRM."""

    def __init__(self, real: EmbeddedCrm) -> None:
        self.real = real
        self.switch = Switch()
        self.taken: list[CrmWrite] = []

    async def _write(self, write: CrmWrite) -> None:
        if self.switch.fails():
            raise CrmUnavailable(self.switch.says)
        await self.real._write(write)
        self.taken.append(write)
        if self.switch.loses_answer():
            raise CrmAmbiguous("the answer was lost")

    set_stage = set_fields = put_line = add_comment = attach_file = open_task = close_task = notify = _write

    async def capabilities(self) -> frozenset[Capability]:
        return await self.real.capabilities()

    async def find(self, writes: Sequence[CrmWrite]) -> set[str]:
        if self.switch.fails():
            raise CrmUnavailable(self.switch.says)
        return await self.real.find(writes)

    async def card(self, deal: str) -> DealCard | None:
        return await self.real.card(deal)

    async def ready(self) -> None:
        await self.real.ready()

    def keys(self, number: str) -> list[str]:
        """Of the writes of one deal, in the order they were carried out."""
        return [write.key for write in self.taken if write.deal == number]


class MailDouble:
    """Serves `Mailer` over a folder of files."""

    def __init__(self, real: MailFolder) -> None:
        self.real = real
        self.switch = Switch()
        self.taken: list[Letter] = []
        self.bad: set[str] = set()

    async def send(self, letter: Letter) -> None:
        if self.switch.fails():
            raise MailUnavailable("the mail is switched off")
        if letter.to.addr_spec in self.bad:
            raise AddressRefused("550 no such user")
        await self.real.send(letter)
        self.taken.append(letter)
        if self.switch.loses_answer():
            raise MailUnavailable("the answer was lost")

    async def ready(self) -> None:
        await self.real.ready()

    def sent(self, number: str) -> list[tuple[str, str]]:
        """Kind and address of the mails of one deal, in the order they were sent."""
        return [(letter.kind, letter.to.addr_spec) for letter in self.taken if letter.deal == number]

    def ids(self, number: str) -> list[str]:
        return [letter.message_id for letter in self.taken if letter.deal == number]


class RecordsDouble:
    """Serves `activities.records.Store` over the real store."""

    def __init__(self, real: RecordStore) -> None:
        self.real = real
        self.switch = Switch()
        self._facts: dict[str, dict[str, Fact]] = {}

    def apply(self, batch: RecordBatch) -> Abandoned | None:
        if self.switch.fails():
            raise RecordsUnavailable(same("the records are switched off"))
        abandoned = self.real.apply(batch)
        trail = self._facts.setdefault(batch.deal.deal, {})
        for fact in batch.facts:
            assert trail.setdefault(fact.digest, fact) == fact, f"fact {fact.seq} was told twice, differently"
            assert not fact.prev or fact.prev in trail, f"fact {fact.seq} was told before the one it follows"
        if self.switch.loses_answer():
            raise RecordsUnavailable(same("the answer was lost"))
        return abandoned

    def serials_elsewhere(self, batch: RecordBatch) -> list[SerialElsewhere]:
        return self.real.serials_elsewhere(batch)

    def facts(self, number: str) -> list[Fact]:
        """The deal's trail as it was told: the branch of what was told last."""
        told = list(self._facts.get(number, {}).values())
        return live_branch(told, told[-1].digest) if told else []


class ShelfDouble:
    """Serves the playbook of the moment: tests put their own on the shelf."""

    def __init__(self, shelf: PlaybookShelf) -> None:
        self.shelf = shelf

    def book(self, playbook: StaffedPlaybook) -> None:
        self.shelf = _Fixed(playbook)


class _Fixed(PlaybookShelf):
    def __init__(self, playbook: StaffedPlaybook) -> None:
        self._book = playbook

    def _load(self, today: object) -> StaffedPlaybook:
        return self._book
