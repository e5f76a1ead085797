"""The world outside: what records, CRM and mail answer, by the same rules on both hosts, and the ledger of what each was told."""

import zlib
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from domain.effects import CrmBatch, Delivered, MailBatch
from domain.state import RecordBatch
from tests.differential.orders import UNREACHABLE

AT_ONCE = 7
"""The CRM never deals with more than this many writes of a batch."""


def one_in(n: int, words: str) -> bool:
    return zlib.crc32(words.encode()) % n == 0


class Targets:
    """`told` is what each target took, by deal and target, in order."""

    def __init__(self) -> None:
        self.told: dict[str, dict[str, list[BaseModel]]] = {}

    @property
    def activities(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "records.deliver": self.records,
            "crm.deliver": self.crm,
            "mail.deliver": self.mail,
        }

    def records(self, batch: RecordBatch) -> Delivered:
        self._tell(batch.deal.deal, "records", batch)
        return Delivered(count=len(batch.facts))

    def crm(self, batch: CrmBatch) -> Delivered:
        writes = batch.writes[:AT_ONCE]
        self._tell(writes[0].deal, "crm", batch)
        refused = {w.key: "no such user" for w in writes if w.op == "notify" and one_in(9, w.text)}
        return Delivered(count=len(writes), refused=refused)

    def mail(self, batch: MailBatch) -> Delivered:
        self._tell(batch.notices[0].deal, "mail", batch)
        bad = [notice.key for notice in batch.notices if notice.to_email == UNREACHABLE]
        return Delivered(
            count=len(batch.notices), refused=dict.fromkeys(bad, "550 no such user"), bad_addresses=tuple(bad)
        )

    def _tell(self, deal: str, target: str, batch: BaseModel) -> None:
        self.told.setdefault(deal, {}).setdefault(target, []).append(batch)


def is_down(question: BaseModel | None, attempt: int) -> bool:
    """Now and then a target answers only the second try."""
    return attempt == 1 and question is not None and one_in(13, question.model_dump_json())
