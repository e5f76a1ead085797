"""The world outside: what records, CRM and mail answer, by the same rules on both hosts, and the ledger of what each was told."""

import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from activities.projections.crm import plan_crm
from activities.projections.notices import plan_mail
from domain.deal.batches import FactBatch, RecordBatch
from domain.deal.credit import CreditAsked, CreditFound, Limit, OwedIn
from domain.deal.rates import Rate, RateAsked, RateFound
from domain.effects import Delivered, Returned
from domain.playbook.book import StaffedPlaybook
from tests.differential.orders import UNREACHABLE

RATE = Decimal("91.5043")
AT_ONCE = 7
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""The CRM never deals with more than this many writes of a batch."""


def one_in(n: int, words: str) -> bool:
    return zlib.crc32(words.encode()) % n == 0


class Targets:
    """`told` is what each target took, by deal and target, in order."""

    def __init__(self, playbook: StaffedPlaybook) -> None:
        self._playbook = playbook
        self.told: dict[str, dict[str, list[BaseModel]]] = {}

    @property
    def activities(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "records.deliver": self.records,
            "crm.deliver": self.crm,
            "mail.deliver": self.mail,
            "credit.look_up": self.credit,
            "rates.find": self.rate,
        }

    def credit(self, asked: CreditAsked) -> CreditFound:
        """Every other client has a limit and owes something already."""
        if one_in(2, asked.deal):
            return CreditFound()
        owed = OwedIn(currency="RUB", owed=Decimal(300_000), overdue=Decimal(one_in(3, asked.deal) * 1000))
        return CreditFound(deals=2, owed=(owed,), limit=Limit(amount=Decimal(1_000_000), currency="RUB"))

    def records(self, batch: RecordBatch) -> Delivered:
        self._tell(batch.deal.deal, "records", batch)
        return Delivered(count=len(batch.facts))

    def crm(self, batch: FactBatch) -> Delivered:
        self._tell(batch.deal.deal, "crm", batch)
        telling = plan_crm(batch, batch.bringing(self._playbook).deal)
        writes = telling.writes.items[:AT_ONCE]
        refused = {w.key: "no such user" for w in writes if w.op == "notify" and one_in(9, w.text)}
        shown: dict[str, str] = {}
        for write in writes:
            shown |= telling.shown.get(write.key, {})
        return Delivered(count=telling.writes.whole(len(writes)), refused=refused, shown=shown)

    def mail(self, batch: FactBatch) -> Delivered:
        self._tell(batch.deal.deal, "mail", batch)
        telling = plan_mail(batch, batch.bringing(self._playbook).deal, MORNING)
        bad = [(nth, n) for nth, n in enumerate(telling.items) if n.to_email == UNREACHABLE]
        why = "550 no such user"
        return Delivered(
            count=len(batch.all_facts),
            refused={n.key: why for _, n in bad},
            returned=tuple(
                Returned(item=telling.group_of(nth), person=n.person, email=n.to_email, reason=why)
                for nth, n in bad
            ),
        )

    def rate(self, asked: RateAsked) -> RateFound:
        """Of every third day there is none: the accountant is asked."""
        if asked.day.toordinal() % 3 == 0:
            return RateFound(why="none yet")
        return RateFound(rate=Rate(value=RATE, set_on=asked.day))

    def _tell(self, deal: str, target: str, batch: BaseModel) -> None:
        self.told.setdefault(deal, {}).setdefault(target, []).append(batch)


def is_down(question: BaseModel | None, attempt: int) -> bool:
    """Now and then a target answers only the second try."""
    return attempt == 1 and question is not None and one_in(13, question.model_dump_json())
