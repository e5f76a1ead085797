"""What people did in the CRM, on its way to their deal: taken, or refused and turned back in the CRM."""

from domain.crm.from_crm import Answer
from domain.deal.messages import Message, Receipt, Revert
from domain.words import Language, Text
from starter.answers import MessageRefused
from starter.desk import DealDesk
from starter.errors import NotFoundError, RefusedError
from starter.intake.outcome import TOO_EARLY, Outcome, TryAgain

_HAS_BEEN = {"already", "same_id_other_content", "closed"}
"""Refusals of a turn back that leave nothing to do."""
_NOTHING = Text(ru="Ничего нового", en="Nothing new")
_BACK = Text(ru="возвращено", en="turned back")


class Sending:
    def __init__(self, desk: DealDesk, number: str, language: Language) -> None:
        self._desk, self._number, self._language = desk, number, language
        self._taken: list[str] = []
        self._refused: list[str] = []

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
                    self._refused.append(why.to(self._language))
        words = "; ".join([*self._taken, *self._refused]) or _NOTHING.to(self._language)
        status = "done" if self._taken else "refused" if self._refused else "ignored"
        return Outcome(status, words, self._number)  # type: ignore[arg-type]

    async def _one(self, message: Message) -> Text | None:
        """Why not, if the deal does not take it."""
        try:
            self._taken.append(self._words(await self._desk.send(self._number, message)))
        except MessageRefused as error:
            if error.code == "too_early":
                raise TryAgain(TOO_EARLY) from error
            return error.text
        except (RefusedError, NotFoundError) as error:
            return error.text
        return None

    async def _back(self, back: Revert) -> None:
        why = Text(ru=back.reason_ru, en=back.reason_en).to(self._language)
        self._refused.append(f"{_BACK.to(self._language)} ({back.what} {back.subject}): {why}".rstrip(": "))
        try:
            await self._desk.send(self._number, back)
        except MessageRefused as error:
            if error.code == "too_early":
                raise TryAgain(TOO_EARLY) from error
            if error.code not in _HAS_BEEN:
                self._refused.append(error.words)

    def _words(self, receipt: Receipt) -> str:
        return receipt.words_ru if self._language == "ru" else receipt.words_en
