"""What is asked: answers, questions in return, and what is put right later or by others."""

from typing import Annotated

from pydantic import Field

from domain.base import Count
from domain.deal.messages.base import Answer, Comment, Day, Id, Message
from domain.words import Role, Text


class Complete(Message):
    """`complete`: an assignment is done; `fields` answer its form."""

    name = "complete"
    title = Text(ru="выполнить задание", en="complete an assignment")
    who = (Role.DIRECTOR,)
    of_lines = True
    by_webhook = True
    example = {
        "id": "c-1",
        "actor": "ivanova",
        "assignment": "qualification",
        "fields": {"outcome": "qualified"},
    }

    assignment: Id
    fields: dict[str, Answer] = {}

    @property
    def about(self) -> str:
        return self.assignment


class Ask(Message):
    """`ask`: who is asked for a decision has a question first. The deal's manager answers it; the deadline stays where it is."""

    name = "ask"
    title = Text(ru="задать вопрос до решения", en="ask before deciding")
    of_lines = True
    example = {
        "id": "q-1",
        "actor": "petrov",
        "approval": "contract",
        "question": "Is installation part of the price?",
    }

    approval: Id
    question: Annotated[Comment, Field(min_length=1)]
    version: Count | None = None

    @property
    def about(self) -> str:
        return self.approval


class Acknowledge(Message):
    """`acknowledge`: the director has seen that something is overdue, and wants to hear of it again on the day `until`.

    `item` is the id of what is open: an assignment, an approval, a document or a payment.
    """

    name = "acknowledge"
    title = Text(ru="отметить, что просрочку видели", en="acknowledge an escalation")
    who = (Role.DIRECTOR,)
    of_lines = True
    by_webhook = True
    example = {"id": "k-1", "actor": "petrov", "item": "line-1:payment", "until": "2026-12-10"}

    item: Id
    until: Day
    comment: Comment = ""

    @property
    def about(self) -> str:
        return self.item


class Correct(Message):
    """`correct`: what was entered was wrong. `entry` is the id of what was answered, signed or paid; `fields` are the right values.

    Of an assignment `fields` are those of its form, and what is not named stays; one lot of an acceptance is `lots[L-2].expires_on`, `.quantity`
    or `.number`; of a document `signed_on`; of a payment `amount`,
    `date`, `line` and `purpose`. An empty value is emptied.
    """

    name = "correct"
    title = Text(ru="исправить внесённое", en="correct what was entered")
    who = (Role.MANAGER, Role.DIRECTOR)
    of_lines = True
    by_webhook = True
    example = {
        "id": "co-1",
        "actor": "orlov",
        "entry": "line-1:shipment",
        "fields": {"shipped_on": "2026-11-20"},
        "reason": "the date of the invoice was typed",
    }

    entry: Id
    fields: Annotated[dict[str, Answer], Field(min_length=1, max_length=200)]
    reason: Annotated[Comment, Field(min_length=1)]

    @property
    def about(self) -> str:
        return self.entry


class Reschedule(Message):
    """`reschedule`: an open deadline moves to the end of the day `until`. Beyond the playbook's limit the director is asked.

    `item` is the id of what is open: an assignment, an approval or a document.
    """

    name = "reschedule"
    title = Text(ru="перенести срок", en="move a deadline")
    who = (Role.MANAGER, Role.DIRECTOR)
    of_lines = True
    by_webhook = True
    example = {
        "id": "rs-1",
        "actor": "ivanova",
        "item": "line-1:dispatch",
        "until": "2026-12-10",
        "reason": "the factory waits for a part",
    }

    item: Id
    until: Day
    reason: Annotated[Comment, Field(min_length=1)]

    @property
    def about(self) -> str:
        return self.item


class Reassign(Message):
    """`reassign`: all open assignments of the deal's manager go to `to`, who becomes its manager. With another `role` of the company: all
    that is asked of it in this deal and its lines, now and later, is asked of `to`, who must hold it; a director's only by a director.
    """

    name = "reassign"
    title = Text(ru="передать сделку", en="hand the deal over")
    who = (Role.MANAGER, Role.DIRECTOR)
    by_webhook = True
    example = {"id": "r-1", "actor": "petrov", "to": "sidorov"}

    to: Id
    role: Role = Role.MANAGER
