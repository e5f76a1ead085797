"""An approval answered by a button in the CRM's chat: that person's decision on that very version, once; else words in the chat."""

from collections.abc import Callable

from pydantic import ValidationError

from activities.crm.chat import Chat, ChatButton, ChatEvent
from activities.mail.links import Link
from domain.crm.chat import ChatAnswer, read_answer
from domain.deal.field_labels import FIELD_LABELS
from domain.deal.messages import Decide
from domain.wording.invalid import summary
from domain.words import Language, Text
from records.arrivals import InboxEvent
from starter.answers import MessageRefused
from starter.errors import NotFoundError, RefusedError
from starter.intake.crm import Books, DeskFactory
from starter.intake.outcome import TOO_EARLY, Outcome, TryAgain

_NO_ANSWER = Text(
    ru="В чате с ботом: не ответ на согласование", en="In the bot's chat: no answer to an approval"
)
_STRANGER = Text(
    ru="Вас нет в списке людей стола с почтой этого портала: ответ не принят.",
    en="The desk's list of people has nobody of your e-mail in this portal: your answer does not count.",
)
_WHY = Text(
    ru="Чтобы отклонить, напишите, что нужно изменить: менеджер должен это знать.",
    en="To reject, say what must change: the manager has to know.",
)
_NOT_TAKEN = Text(ru="Сделка {deal}: ответ не принят.", en="Deal {deal}: your answer does not count.")
_HERE = Text(ru="Написать здесь", en="Write it here")
_ON_PAGE = Text(ru="Написать на странице", en="Write it on the page")


class ChatAnswers:
    """Handlers raise what makes sense to try again: UnreachableError, TryAgain, RecordsUnavailable, the CRM's RetryLater."""

    def __init__(
        self,
        chat: Chat,
        desk: DeskFactory,
        books: Books,
        sign: Callable[[Link], str] | None,
    ) -> None:
        """`sign`: makes the address of a page where one person answers; None where people can't reach the web."""
        self._chat, self._desk, self._books = chat, desk, books
        self._sign = sign

    async def take(self, event: InboxEvent) -> Outcome:
        """A refusal may come again: what was said of it already is not said twice."""
        press = ChatEvent.model_validate(event.body)
        answer = read_answer(press.sent)
        if answer is None:
            return Outcome("ignored", _NO_ANSWER)
        again = event.attempts > 0
        person = await self._chat.person_of(press.user)
        if person is None:
            await self._chat.say(press, _STRANGER.to((await self._books()).language), again=again)
            return Outcome("refused", _STRANGER, answer.deal)
        language = (await self._books()).people[person].language
        try:
            words = await self._decide(answer, person)
        except MessageRefused as refusal:
            if refusal.code == "too_early":
                raise TryAgain(TOO_EARLY) from refusal
            if refusal.code == "no_comment":
                return await self._ask_why(press, answer, person, language, again=again)
            return await self._refused(press, answer, refusal.text, language, again=again)
        except (NotFoundError, RefusedError) as refusal:
            return await self._refused(press, answer, refusal.text, language, again=again)
        await self._chat.end_question(press, words.to(language))
        return Outcome("done", words, answer.deal)

    async def _decide(self, answer: ChatAnswer, person: str) -> Text:
        """In the name of whose button it was, whatever it sent; the deal checks whether they may."""
        try:
            message = Decide(
                id=answer.id_of(person),
                actor=person,
                approval=answer.approval,
                approve=answer.approve,
                version=answer.version,
                comment=answer.comment,
            )
        except ValidationError as error:
            raise RefusedError(summary(error, most=1, names=FIELD_LABELS)) from None
        receipt = await (await self._desk()).send(answer.deal, message)
        return Text(ru=receipt.words_ru, en=receipt.words_en)

    async def _refused(
        self, press: ChatEvent, answer: ChatAnswer, why: Text, language: Language, *, again: bool
    ) -> Outcome:
        said, words = why.to(language), _NOT_TAKEN.to(language).format(deal=answer.deal)
        await self._chat.say(press, f"{words}\n{said[:1].upper()}{said[1:]}", again=again)
        return Outcome("refused", why, answer.deal)

    async def _ask_why(
        self, press: ChatEvent, answer: ChatAnswer, person: str, language: Language, *, again: bool
    ) -> Outcome:
        """A button sends no words of its own, so they are typed behind what it would send, or on the page of the question."""
        buttons = [ChatButton(_HERE.to(language), begins=answer.sent)]
        if self._sign:
            page = self._sign(Link(answer.deal, answer.approval, answer.version, person))
            buttons.append(ChatButton(_ON_PAGE.to(language), page))
        await self._chat.say(press, _WHY.to(language), buttons, again=again)
        return Outcome("ignored", _WHY, answer.deal)
