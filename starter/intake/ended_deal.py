"""The card of a deal that has ended: whoever moves it by hand gets it back, with words. Its process is over, so the CRM is written to at once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from activities.crm.port import Crm, carry_out
from activities.errors import CrmForbidden, Refused
from domain.crm.mirror import SeenDeal
from domain.deal.state import DealState
from domain.effects import AddComment, CrmWrite, SetStage
from domain.words import STAGE_LABELS, Language, Stage, Text
from starter.intake.outcome import Outcome, TryAgain

_BACK = Text(
    ru="Сделанное в CRM ({by}) не принято: стадия «{moved}», а сделка завершена, карточка возвращена в «{stage}»."
    " Для новой поставки заведите новую сделку.",
    en="What was done in the CRM ({by}) does not count: stage “{moved}”, but the deal has ended, and the card is back in"
    " “{stage}”. For another delivery make a new deal.",
)
_BACK_IN_FUNNEL = Text(
    ru="Сделанное в CRM ({by}) не принято: карточка переведена в другую воронку, а сделка завершена, карточка возвращена в"
    " «{stage}». Для другой работы с клиентом заведите там новую сделку.",
    en="What was done in the CRM ({by}) does not count: the card was moved to another funnel, but the deal has ended, and the card"
    " is back in “{stage}”. For other work with the client make a new deal there.",
)


class EndedDeal(NamedTuple):
    """`seq` is the end of its trail; `language` that of its people."""

    number: str
    stage: Stage
    seq: int
    language: Language
    closed_at: datetime | None

    @classmethod
    def of(cls, deal: DealState) -> "EndedDeal":
        return cls(deal.deal, deal.stage, deal.seq, deal.book.language, deal.closed_at)

    def is_moved(self, seen: SeenDeal) -> bool:
        """By a person, after the end: to another stage, or to another funnel."""
        if seen.moved_by is None or (seen.ours and seen.stage is self.stage):
            return False
        return None not in (seen.moved_at, self.closed_at) and seen.moved_at > self.closed_at  # type: ignore[operator]

    async def put_back(self, crm: Crm, seen: SeenDeal, by: str) -> Outcome:
        """Done again it changes nothing: the writes' keys tell."""
        words = (_BACK if seen.ours else _BACK_IN_FUNNEL).to(self.language)
        words = words.format(
            by=by,
            moved=STAGE_LABELS[seen.stage].to(self.language) if seen.stage else seen.stage_name,
            stage=STAGE_LABELS[self.stage].to(self.language),
        )
        act = hashlib.sha256(
            f"{seen.ref} {seen.stage_name} {seen.moved_by} {seen.moved_at}".encode()
        ).hexdigest()[:12]
        key = f"deal-{self.number}:{self.seq}:{act}"
        try:
            await _carry_out(
                crm,
                [
                    SetStage(key=f"{key}:stage", deal=self.number, stage=self.stage),
                    AddComment(key=f"{key}:comment", deal=self.number, text=words),
                ],
            )
        except CrmForbidden as error:
            raise TryAgain(error.missing) from error
        except Refused as refusal:
            return Outcome("refused", str(refusal), self.number)
        return Outcome("done", words, self.number)


async def _carry_out(crm: Crm, writes: Sequence[CrmWrite]) -> None:
    known = await crm.find(writes)
    for write in writes:
        if write.key not in known:
            await carry_out(crm, write)
