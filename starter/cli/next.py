"""`deal next`: the most urgent question of a person, asked at the terminal, sent, and then the next."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

import starter.cli.completion as completion
from domain.words import Text
from starter.cli.ending import run_async
from starter.cli.known_deals import takes_surplus
from starter.cli.known_serials import warned_of_serials
from starter.cli.options import Actor, Lang, Language, key, plain_number, who
from starter.cli.output import busy
from starter.cli.progress import ASKING
from starter.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from domain.deal.messages import Message
    from starter.cli.questions import Question
    from starter.cli.terminal import Terminal
    from starter.desk import DealDesk
    from starter.settings import Settings

PAUSES = (0.0, 0.1, 0.2, 0.4, 0.8)
"""Seconds between looks: after an answer a deal takes a moment until it asks the next question."""


def next_deals(
    number: Annotated[
        str | None,
        typer.Argument(
            metavar="[N]", help="of this deal only", callback=plain_number, autocompletion=completion.deals
        ),
    ] = None,
    actor: Actor = None,
    all: Annotated[
        bool, typer.Option("--all", help="everybody's: each answers in the name of whom it asks")
    ] = False,
    lang: Language = Lang.RU,
) -> None:
    """The most urgent question of a person, asked at the terminal; then the next, until none is left."""
    from starter.cli.opening import settings_here
    from starter.cli.terminal import Terminal, check_terminal

    person = None if all else who(actor)
    check_terminal()
    Session(settings_here(), lang, number, person, Terminal(lang.language)).run()


def ask_one(number: str, assignment: str | None, actor: str | None, id: str | None, lang: Lang) -> None:
    """One assignment of a deal: this one, or the person's most urgent."""
    from starter.cli.opening import settings_here
    from starter.cli.terminal import Terminal, check_terminal

    person = who(actor)
    check_terminal()
    session = Session(settings_here(), lang, number, person, Terminal(lang.language))
    session.run_one(assignment, key(id))


class Session:
    """What one person is asked in one sitting. Answers are typed between runs of the event loop, so that Ctrl-C ends at once."""

    def __init__(
        self, settings: "Settings", lang: Lang, number: str | None, person: str | None, terminal: "Terminal"
    ) -> None:
        self._settings, self._lang = settings, lang
        self._number, self._person = number, person
        self._terminal = terminal
        self._left: set[tuple[str, str, str, int, str]] = set()

    def run(self) -> None:
        from starter.cli.terminal import Later

        question = self._step(None)
        while question:
            messages: tuple[Message, ...] = ()
            try:
                messages = question.asked_at(self._terminal)
            except Later:
                self._left.add(question.key)
            except EOFError:
                return
            question = self._step((question, messages) if messages else None)
        try:
            money_left = self._whose_money_it_is()
        except EOFError:
            return
        self._terminal.say(_nothing_left(self._lang, bool(self._left) or money_left))

    def _whose_money_it_is(self) -> bool:
        """After all that deals ask; of the accountant alone. Whether some is left."""
        from domain.words import Role
        from starter.cli.asking import person_here
        from starter.cli.money_questions import MoneySitting
        from starter.cli.opening import open_playbook

        if self._number:
            return False
        person, _, enters_money = person_here(self._settings, self._person)
        if self._person is None:
            person = next(iter(open_playbook(self._settings).holders(Role.ACCOUNTANT)), None)
        if person is None or (self._person and not enters_money):
            return False
        return MoneySitting(self._settings, self._lang, self._terminal, person).run()

    def run_one(self, assignment: str | None, id: str) -> None:
        from starter.cli.terminal import Later

        with busy(ASKING):
            question = run_async(self._the_one(assignment))
        try:
            [message] = question.asked_at(self._terminal)
        except (Later, EOFError):
            return
        run_async(self._told(question, message.model_copy(update={"id": id})))

    def _step(self, answered: "tuple[Question, tuple[Message, ...]] | None") -> "Question | None":
        async def work() -> "Question | None":
            desk = await self._desk()
            if answered:
                await self._send(desk, *answered)
            return await self._next(desk, patient=answered is not None)

        with busy(ASKING):
            return run_async(work())

    async def _desk(self) -> "DealDesk":
        from starter.cli.opening import open_desk

        return await open_desk(self._settings, self._lang)

    async def _told(self, question: "Question", message: "Message") -> None:
        receipt = await (await self._desk()).send(question.number, message)
        self._terminal.say(receipt.words_ru if self._lang is Lang.RU else receipt.words_en, "green")

    async def _send(self, desk: "DealDesk", question: "Question", messages: "tuple[Message, ...]") -> None:
        """A refusal is said, and the question stays open."""
        from domain.deal.messages import Complete

        for message in messages:
            try:
                if isinstance(message, Complete):
                    about = {"assignment": message.assignment, "fields": message.fields}
                    takes_surplus(question.at, warned_of_serials(question.at, about))
                receipt = await desk.send(question.number, message)
            except RefusedError as refused:
                self._terminal.say(refused.to(self._lang.language), "red")
                continue
            self._terminal.say(receipt.words_ru if self._lang is Lang.RU else receipt.words_en, "green")

    async def _next(self, desk: "DealDesk", *, patient: bool) -> "Question | None":
        for pause in PAUSES if patient else PAUSES[:1]:
            await asyncio.sleep(pause)
            for number in [self._number] if self._number else self._waiting_deals():
                if question := await self._of(desk, number):
                    return question
        return None

    async def _of(self, desk: "DealDesk", number: str) -> "Question | None":
        from starter.cli.at_deal import AtDeal
        from starter.cli.questions import questions_in

        try:
            at = AtDeal(await desk.state(number), self._lang.language)
        except NotFoundError:
            if self._number:
                raise
            return None  # the records still speak of it
        if at.snapshot.book is None or at.snapshot.stopped:
            return None
        person = at.person(self._person) if self._person else None
        asked = questions_in(at, at.desk.identify(person).person if person else None)
        return next((question for question in asked if question.key not in self._left), None)

    async def _the_one(self, assignment: str | None) -> "Question":
        from starter.cli.at_deal import AtDeal
        from starter.cli.questions import Question, questions_in

        at = AtDeal(await (await self._desk()).state(self._number or ""), self._lang.language)
        person = at.person(self._person or "")
        wanted = at.assignment(assignment) if assignment else None
        mine = (
            q.item for q in questions_in(at, at.desk.identify(person).person) if q.item.kind == "assignment"
        )
        among = at.items if wanted else mine
        item = next((i for i in among if i.kind == "assignment" and wanted in (None, i.id)), None)
        if item is None:
            raise RefusedError(_not_open(wanted))
        return Question(at, item, person)

    def _waiting_deals(self) -> Iterator[str]:
        """The deals that wait for the person, the most urgent first; money is waited for by the accountant, too."""
        from starter.cli.asking import person_here
        from starter.cli.opening import open_records

        person, absent, enters_money = person_here(self._settings, self._person)
        with open_records(self._settings.database_url) as records:
            found = records.inbox(person, stands_in_for=absent, with_money=enters_money)
        return iter(dict.fromkeys(item.deal for item in found))


def _nothing_left(lang: Lang, some_left: bool) -> str:
    if some_left:
        return (
            "Остались только вопросы, отложенные на потом."
            if lang is Lang.RU
            else "What is left was left for later."
        )
    return "Вопросов больше нет." if lang is Lang.RU else "There are no more questions."


def _not_open(assignment: str | None) -> Text:
    if assignment is None:
        return Text(ru="Открытых заданий нет.", en="No assignment is open.")
    return Text(ru=f"{assignment}: уже закрыто.", en=f"{assignment} is closed already.")
