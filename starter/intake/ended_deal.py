"""The cards and tasks of a deal that has ended: whoever moves or reopens one by hand gets it back, with words. Its process is over, so the
CRM is written to at once."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from activities.crm.port import Crm, carry_out
from activities.errors import CrmForbidden, Refused
from domain.crm.line_card import put_line
from domain.crm.mirror import SeenDeal, SeenLine
from domain.deal.state import DealState
from domain.effects import AddComment, CloseTask, CrmWrite, PutLine, SetStage
from domain.words import STAGE_LABELS, Language, Stage, Text, same
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
_PARTS_BACK = Text(
    ru="Сделанное в CRM не принято: сделка завершена, поэтому {parts}. Для новой поставки заведите новую сделку.",
    en="What was done in the CRM does not count: the deal has ended, so {parts}. For another delivery make a new deal.",
)
_LINE = Text(
    ru="карточка позиции {line} возвращена в «{status}»", en="the card of line {line} is back in “{status}”"
)
_TASKS = Text(ru="открытые снова задачи закрыты", en="the tasks that were opened again are closed")


class EndedDeal(NamedTuple):
    """`seq` is the end of its trail; `language` that of its people; `lines` as their cards show them."""

    number: str
    stage: Stage
    seq: int
    language: Language
    closed_at: datetime | None
    lines: Mapping[int, PutLine] = {}

    @classmethod
    def of(cls, deal: DealState) -> "EndedDeal":
        lines = {number: put_line("", deal, number, {}) for number in deal.lines}
        return cls(deal.deal, deal.stage, deal.seq, deal.book.language, deal.closed_at, lines)

    def is_moved(self, seen: SeenDeal) -> bool:
        """By a person, after the end: to another stage, or to another funnel."""
        is_there = seen.ours and seen.stage is self.stage
        return not is_there and self._is_by_a_person_since(seen.moved_by, seen.moved_at)

    def _is_by_a_person_since(self, by: str | None, at: datetime | None) -> bool:
        return by is not None and at is not None and self.closed_at is not None and at > self.closed_at

    def moved_lines(self, seen: SeenDeal) -> list[SeenLine]:
        """By a person, after the end: to another stage."""
        return [
            card
            for card in seen.lines or ()
            if (line := self.lines.get(card.line))
            and card.status is not line.status
            and self._is_by_a_person_since(card.moved_by, card.moved_at)
        ]

    def opened_tasks(self, seen: SeenDeal) -> list[str]:
        """By a person, after the end. What the desk has yet to close itself, or had closed since `seen` was read, is none of these."""
        return [
            task.task
            for task in seen.tasks
            if not task.closed and self._is_by_a_person_since(task.by, task.at)
        ]

    async def put_parts_back(self, crm: Crm, seen: SeenDeal) -> Outcome | None:
        """Cards of lines that were moved, tasks that were opened again. None if there is none."""
        moved, opened = self.moved_lines(seen), self.opened_tasks(seen)
        if not moved and not opened:
            return None
        said = [self._line_words(card.line) for card in moved] + [_TASKS.to(self.language)] * bool(opened)
        words = _PARTS_BACK.to(self.language).format(parts="; ".join(said))
        key = self._key(seen.ref, *((card.line, card.moved_at) for card in moved), *opened, seen.changed_at)
        lines = [self.lines[c.line].model_copy(update={"key": f"{key}:line-{c.line}"}) for c in moved]
        tasks = [
            CloseTask(key=f"{key}:done-{n}", deal=self.number, task=task) for n, task in enumerate(opened)
        ]
        return await self._write(crm, [*lines, *tasks, self._comment(key, words)], words)

    def _line_words(self, number: int) -> str:
        return _LINE.to(self.language).format(line=number, status=self.lines[number].standing)

    def _comment(self, key: str, words: str) -> AddComment:
        return AddComment(key=f"{key}:comment", deal=self.number, text=words)

    def _key(self, *act: object) -> str:
        """Of what was done: told again, it is done once."""
        digest = hashlib.sha256(" ".join(map(str, act)).encode()).hexdigest()[:12]
        return f"deal-{self.number}:{self.seq}:{digest}"

    async def put_back(self, crm: Crm, seen: SeenDeal, by: str) -> Outcome:
        """Done again it changes nothing: the writes' keys tell."""
        words = (_BACK if seen.ours else _BACK_IN_FUNNEL).to(self.language)
        words = words.format(
            by=by,
            moved=STAGE_LABELS[seen.stage].to(self.language) if seen.stage else seen.stage_name,
            stage=STAGE_LABELS[self.stage].to(self.language),
        )
        key = self._key(seen.ref, seen.stage_name, seen.moved_by, seen.moved_at)
        back = SetStage(key=f"{key}:stage", deal=self.number, stage=self.stage)
        return await self._write(crm, [back, self._comment(key, words)], words)

    async def _write(self, crm: Crm, writes: Sequence[CrmWrite], words: str) -> Outcome:
        try:
            await _carry_out(crm, writes)
        except CrmForbidden as error:
            raise TryAgain(error.missing) from error
        except Refused as refusal:
            return Outcome("refused", same(str(refusal)), self.number)
        return Outcome("done", same(words), self.number)


async def _carry_out(crm: Crm, writes: Sequence[CrmWrite]) -> None:
    known = await crm.find(writes)
    for write in writes:
        if write.key not in known:
            await carry_out(crm, write)
