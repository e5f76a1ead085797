"""An assignment: the playbook's form, filled in by the person it was given to."""

from collections.abc import Mapping

from activities.mail.links import Link
from domain.deal.answers import who_completes
from domain.deal.assignment_form import form_of, problems_of
from domain.deal.messages import Complete, Message
from domain.deal.snapshot import Snapshot
from domain.deal.state import LineState
from domain.deal.tasks import Assignment
from domain.goods.quantity import Number
from domain.playbook.form_answers import answer_in_words
from domain.playbook.forms import Form
from domain.words import Language, Text
from starter.web.pages.questions.context import context
from starter.web.pages.questions.fields import FormShown, shown
from starter.web.pages.questions.kind import FoundQuestion, Page, Typed, Wrong, processes, refusal_of
from starter.web.pages.questions.known_serials import KnownSerials, warn_of_serials
from starter.web.pages.questions.sheet import Done, by_whom, moment, sheet

_INTRO = Text(
    ru="Заполненная форма и есть отметка о том, что задание выполнено.",
    en="The assignment is done when this form is filled in.",
)
_DONE = Text(ru="Задание выполнено", en="The assignment is done")
_BUTTON = Text(ru="Готово, отправить", en="Done, send")


class Assignments:
    def __init__(self, records: KnownSerials | None = None) -> None:
        self._records = records

    def find(self, snapshot: Snapshot, link: Link) -> FoundQuestion | None:
        found = find_assignment(snapshot, link)
        if found is None or found.asked.kind == "order":
            return None
        return found._replace(refused=_refusal(found, link)) if found.open else found

    async def messages(
        self, link: Link, found: FoundQuestion, form: Mapping[str, str]
    ) -> tuple[Message, ...]:
        asked = _form(found)
        fields = {field.name: form.get(field.name, "") for field in asked}
        fields = {name: typed for name, typed in fields.items() if typed.strip()}
        if problems := problems_of(
            *(found.process, found.deal.book), found.asked.kind, asked, fields, found.today, id=found.asked.id
        ):
            raise Wrong({problem.name: problem.words for problem in problems})
        await warn_of_serials(self._records, found, asked, fields, form)
        return (_message(link, fields),)

    async def asked(self, link: Link, found: FoundQuestion, language: Language, typed: Typed) -> Page:
        fields = tuple(shown(_form(found), typed.form, language, found.today, _quantity(found)))
        facts, text = context(found)
        drawn = sheet(
            *(found, link.person, language),
            title=found.asked.title,
            intro=_INTRO,
            due_at=found.asked.alarm.due_at,
            facts=facts,
            text=text,
        )
        return Page("task", {"asked": drawn, "form": FormShown(fields, _BUTTON.to(language), typed.wrong)})

    def answered(self, link: Link, found: FoundQuestion, language: Language) -> Page:
        asked: Assignment = found.asked
        form = {field.name: field for field in _form(found)}
        rows = tuple(
            (form[name].title.to(language), answer_in_words(answer, form[name], language))
            for name, answer in asked.answers.items()
            if name in form
        )
        by = by_whom(found, asked.closed_by, link.person, language)
        done = Done(_DONE.to(language), by, moment(found, asked.closed_at, language), rows)
        drawn = sheet(found, link.person, language, title=asked.title)
        return Page("done", {"asked": drawn, "done": done})


def find_assignment(snapshot: Snapshot, link: Link) -> FoundQuestion | None:
    """Whoever asks; done or withdrawn, it says so."""
    process = next((one for one in processes(snapshot) if link.question in one.assignments), None)
    if process is None:
        return None
    asked = process.assignments[link.question]
    done = asked.closed and not asked.withdrawn
    refused = "withdrawn_task" if asked.closed and asked.withdrawn else ""
    return FoundQuestion(snapshot, process, asked, answered=done, refused=refused)


def _form(found: FoundQuestion) -> Form:
    line = found.process.subject.line or 0
    return form_of(found.deal, line, found.asked.kind, found.asked.id)


def _quantity(found: FoundQuestion) -> Number:
    return found.process.good.quantity if isinstance(found.process, LineState) else 1


def _message(link: Link, fields: Mapping[str, str]) -> Complete:
    return Complete(id=link.message_id, actor=link.person, assignment=link.question, fields=dict(fields))


def _refusal(found: FoundQuestion, link: Link) -> str:
    return refusal_of(lambda: who_completes(found.asked, _message(link, {}), found.desk))
