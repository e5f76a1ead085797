"""An approval: one person's yes or no to one version."""

from collections.abc import Mapping

from pydantic import ValidationError

from activities.mail.links import Link
from domain.deal.answers import who_votes
from domain.deal.messages import Ask, Decide, Message
from domain.deal.snapshot import Snapshot
from domain.deal.tasks import Vote
from domain.wording import Clock
from domain.words import Language, Text
from starter.web.pages.questions.client_hint import Records, client_hint
from starter.web.pages.questions.drawing import Question, question
from starter.web.pages.questions.kind import (
    BAD_COMMENT,
    FoundQuestion,
    Page,
    Typed,
    Wrong,
    processes,
    refusal_of,
)

_NO_COMMENT = Text(ru="Напишите, что нужно изменить: без этого отклонить нельзя.", en="Say what must change: a rejection needs it.")  # fmt: skip
_NO_QUESTION = Text(ru="Напишите, о чём вы хотите спросить.", en="Write what you want to know.")
_NO_ANSWER = Text(
    ru="Выберите ответ: согласовать, отклонить или спросить.", en="Choose an answer: approve, reject or ask."
)


_ANSWERS = {"approve": None, "reject": _NO_COMMENT, "ask": _NO_QUESTION}
"""What may be answered, and what to say where it needs words and has none."""


class Approvals:
    def __init__(self, records: Records | None) -> None:
        """`records` tell a director of the client; without them no page does."""
        self._records = records

    def find(self, snapshot: Snapshot, link: Link) -> FoundQuestion | None:
        process = next((one for one in processes(snapshot) if link.question in one.approvals), None)
        if process is None:
            return None
        found = FoundQuestion(snapshot, process, approval := process.approvals[link.question])
        if approval.version != link.version:
            return found._replace(refused="stale_version")
        if vote_of(link, found):
            return found._replace(answered=True)
        return found._replace(refused=approval.outcome or _refusal(found, link))

    async def messages(
        self, link: Link, found: FoundQuestion, form: Mapping[str, str]
    ) -> tuple[Message, ...]:
        answer, comment = form.get("answer", ""), form.get("comment", "").strip()
        if answer not in _ANSWERS:
            raise Wrong({"comment": _NO_ANSWER})
        if not comment and (needed := _ANSWERS[answer]):
            raise Wrong({"comment": needed})
        try:
            if answer == "ask":
                return (_question(link, form, comment),)
            return (decision(link, approve=answer == "approve", comment=comment),)
        except ValidationError:
            raise Wrong({"comment": BAD_COMMENT}) from None

    async def asked(self, link: Link, found: FoundQuestion, language: Language, typed: Typed) -> Page:
        hint = await client_hint(self._records, link, found, language)
        comment, drawn = typed.form.get("comment", "").strip(), _drawn(link, found, language)
        return Page("approval", {"asked": drawn, "comment": comment, "wrong": typed.wrong, "hint": hint})

    def answered(self, link: Link, found: FoundQuestion, language: Language) -> Page:
        vote = vote_of(link, found)
        at = vote and Clock(found.deal.book.calendar, language, zoned=True)(vote.at)
        words = {"vote": vote, "outcome": found.asked.outcome, "at": at}
        return Page("answered", {"asked": _drawn(link, found, language), **words})


def vote_of(link: Link, found: FoundQuestion) -> Vote | None:
    return next((vote for vote in found.asked.votes if vote.actor.person == link.person), None)


def decision(link: Link, *, approve: bool, comment: str = "") -> Decide:
    """Raises ValidationError for a comment that no deal takes."""
    return Decide(
        id=link.message_id,
        actor=link.person,
        approval=link.question,
        approve=approve,
        version=link.version,
        comment=comment,
    )


def _question(link: Link, form: Mapping[str, str], words: str) -> Ask:
    """One for each of a person's questions, by the page that it was asked on: pressed twice it is one."""
    nth = form.get("nth", "")[:10]
    id = f"{link.message_id}?{nth}"
    return Ask(id=id, actor=link.person, approval=link.question, question=words, version=link.version)


def _drawn(link: Link, found: FoundQuestion, language: Language) -> Question:
    return question(found.snapshot, found.process, found.asked, link.person, language)


def _refusal(found: FoundQuestion, link: Link) -> str:
    return refusal_of(lambda: who_votes(found.asked, decision(link, approve=True), found.desk))
