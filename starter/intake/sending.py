"""What people did in the CRM, on its way to their deal: taken, or refused and turned back in the CRM."""

from domain.crm.from_crm import Answer
from domain.deal.messages import Message, Revert
from domain.wording import worded
from domain.words import Text, join
from starter.answers import MessageRefused
from starter.desk import DealDesk
from starter.errors import NotFoundError, RefusedError
from starter.intake.outcome import TOO_EARLY, Outcome, TryAgain

_HAS_BEEN = {"already", "same_id_other_content", "closed"}
"""Refusals of a turn back that leave nothing to do."""
_NOTHING = Text(ru="Ничего нового", en="Nothing new")
_BACK = Text(ru="возвращено в CRM ({what})", en="turned back in the CRM ({what})")
_WHAT = {
    "stage": Text(ru="стадия", en="stage"),
    "funnel": Text(ru="воронка", en="funnel"),
    "line": Text(ru="карточка позиции", en="card of a line"),
    "task": Text(ru="задача", en="task"),
    "answer": Text(ru="ответ", en="answer"),
    "manager": Text(ru="ответственный", en="responsible"),
}


class Sending:
    def __init__(self, desk: DealDesk, number: str) -> None:
        self._desk, self._number = desk, number
        self._taken: list[Text] = []
        self._refused: list[Text] = []

    async def send(self, found: list[Answer]) -> Outcome:
        over = set[tuple[str, str]]()
        for answer in found:
            if answer.group in over:
                continue
            if isinstance(answer.message, Revert):
                await self._back(answer.message)
            elif why := await self._one(answer.message):
                over.add(answer.group)
                if back := answer.refused(why):
                    await self._back(back)
                else:
                    self._refused.append(why)
        said = [*self._taken, *self._refused]
        words = join(said, "; ") if said else _NOTHING
        status = "done" if self._taken else "refused" if self._refused else "ignored"
        return Outcome(status, words, self._number)  # type: ignore[arg-type]

    async def _one(self, message: Message) -> Text | None:
        """Why not, if the deal does not take it."""
        try:
            receipt = await self._desk.send(self._number, message)
            self._taken.append(Text(ru=receipt.words_ru, en=receipt.words_en))
        except MessageRefused as error:
            if error.code == "too_early":
                raise TryAgain(TOO_EARLY) from error
            return error.text
        except (RefusedError, NotFoundError) as error:
            return error.text
        return None

    async def _back(self, back: Revert) -> None:
        self._refused.append(_turned_back(back))
        try:
            await self._desk.send(self._number, back)
        except MessageRefused as error:
            if error.code == "too_early":
                raise TryAgain(TOO_EARLY) from error
            if error.code not in _HAS_BEEN:
                self._refused.append(error.text)


def _turned_back(back: Revert) -> Text:
    what = worded(ru=_BACK.ru, en=_BACK.en, what=_WHAT[back.what])
    why = Text(ru=back.reason_ru, en=back.reason_en)
    return join([part for part in (what, why) if part.ru], ": ")
