"""What is overdue in a deal: its director has seen it, and says until which day not to be told again."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from pydantic import ValidationError

from activities.mail.links import Link
from domain.deal import answers
from domain.deal.messages import Acknowledge, Message
from domain.deal.open_items import OpenItem, items_in
from domain.deal.snapshot import Snapshot
from domain.refusals import Refusal
from domain.spelling import day_as_iso
from domain.view.item_words import what, who
from domain.wording import Clock, about, day
from domain.words import Language, Text
from starter.web.pages.questions.fields import FormShown, Shown
from starter.web.pages.questions.kind import BAD_COMMENT, WHOLE, FoundQuestion, Page, Typed, Wrong, refusal_of
from starter.web.pages.questions.sheet import Done, sheet

MOST = 40
"""On one page, the most urgent. When these are seen, it shows the others."""
_CHOSEN = "seen:"

_TITLE = Text(ru="Что просрочено", en="What is overdue")
_INTRO = Text(
    ru="Если вы в курсе и ждёте, скажите, до какого дня вас об этом не тревожить. Исполнителям напоминания идут как шли.",
    en="If you know and wait, say until which day you want to hear nothing of it. Whoever must act is reminded all the same.",
)
_UNTIL = Text(ru="Не напоминать до", en="Not to hear of it until")
_LATEST = Text(ru="Не позже {latest}", en="{latest} at the latest")
_COMMENT, _BUTTON = Text(ru="Комментарий", en="Comment"), Text(ru="Принять к сведению", en="I have seen it")
_NO_DAY = Text(ru="Укажите день.", en="Give the day.")
_NONE = Text(ru="Отметьте, о чём вы в курсе.", en="Tick what you have seen.")
_DONE = Text(ru="Принято к сведению", en="Seen")


class Overdue(NamedTuple):
    """What was escalated and is still open: of that, what nobody has seen yet, and what somebody has."""

    unseen: tuple[OpenItem, ...]
    seen: tuple[OpenItem, ...]


class Choice(NamedTuple):
    """One line of the list, with its box."""

    name: str
    title: str
    about: str
    chosen: bool


class Escalations:
    def find(self, snapshot: Snapshot, link: Link) -> FoundQuestion | None:
        if snapshot.book is None:
            return None
        told = [item for item in items_in(snapshot) if item.id and item.escalated_at]
        unseen = tuple(item for item in told if item.unseen)
        overdue = Overdue(unseen, tuple(item for item in told if not item.unseen))
        found = FoundQuestion(snapshot, snapshot.deal, overdue)
        if not told:
            return found._replace(refused="withdrawn_task")
        if _told_again(told, link):
            return found._replace(refused="stale_version")
        if refused := _refusal(found, link):
            return found._replace(refused=refused)
        return found._replace(answered=not unseen)

    async def messages(
        self, link: Link, found: FoundQuestion, form: Mapping[str, str]
    ) -> tuple[Message, ...]:
        """One for each that is ticked; what is no longer open needs none."""
        wrong: dict[str, Text] = {}
        until = _until(form, found.today, wrong)
        chosen = [item for item in found.asked.unseen if _name(item) in form]
        wrong |= {} if chosen else {WHOLE: _NONE}
        try:
            messages = tuple(_message(link, item, until, form.get("comment", "")) for item in chosen)
        except ValidationError:
            wrong["comment"] = BAD_COMMENT
        if wrong:
            raise Wrong(wrong)
        return messages

    async def asked(self, link: Link, found: FoundQuestion, language: Language, typed: Typed) -> Page:
        drawn = sheet(found, link.person, language, title=_TITLE, intro=_INTRO)
        fields = FormShown(_fields(found, typed.form, language), _BUTTON.to(language), typed.wrong)
        items = tuple(_choice(item, found, typed.form, language) for item in found.asked.unseen[:MOST])
        more = len(found.asked.unseen) - len(items)
        return Page("escalation", {"asked": drawn, "form": fields, "items": items, "more": more})

    def answered(self, link: Link, found: FoundQuestion, language: Language) -> Page:
        calendar = found.deal.book.calendar
        rows = tuple(
            (
                _title(item, found, language),
                f"{_UNTIL.to(language)} {day(calendar.today(item.seen_until), language)}",
            )
            for item in found.asked.seen
            if item.seen_until
        )
        drawn = sheet(found, link.person, language, title=_TITLE)
        return Page("done", {"asked": drawn, "done": Done(_DONE.to(language), "", "", rows)})


def _told_again(told: list[OpenItem], link: Link) -> bool:
    """Of what the link was made for, a later letter has told."""
    alarm = next((item.alarm for item in told if item.id == link.question), None)
    return alarm is not None and alarm.escalated > link.version


def _until(form: Mapping[str, str], today: date, wrong: dict[str, Text]) -> date:
    try:
        until = date.fromisoformat(day_as_iso(form.get("until", "")))
        answers.check_until(until, today)
    except ValueError:
        wrong["until"] = _NO_DAY
    except Refusal as refusal:
        wrong["until"] = refusal.text
    else:
        return until
    return today


def _message(link: Link, item: OpenItem, until: date, comment: str) -> Acknowledge:
    """Its id is that of this escalation: whichever letter's page it is said on, it counts once. What is asked anew under the same
    id, as a contract's next version is, was escalated at another time."""
    since, nth = (item.alarm.escalated_at, item.alarm.escalated) if item.alarm else (None, 0)
    id = f"link:seen:{item.id}@{since:%Y%m%dT%H%M%S}.{nth}:{link.person}"
    return Acknowledge(id=id, actor=link.person, item=item.id or "", until=until, comment=comment)


def _fields(found: FoundQuestion, form: Mapping[str, str], language: Language) -> tuple[Shown, ...]:
    first, last = (found.today + timedelta(days=days) for days in (1, answers.LONGEST_SEEN))
    hint = _LATEST.to(language).format(latest=day(last, language))
    until = Shown(
        "until",
        _UNTIL.to(language),
        "date",
        form.get("until", ""),
        hint,
        earliest=first.isoformat(),
        latest=last.isoformat(),
    )
    comment = Shown(
        "comment", _COMMENT.to(language), "textarea", form.get("comment", ""), required=False, optional=True
    )
    return until, comment


def _choice(item: OpenItem, found: FoundQuestion, form: Mapping[str, str], language: Language) -> Choice:
    """All are ticked until somebody has sent the form."""
    name = _name(item)
    due = Clock(found.deal.book.calendar, language, zoned=True)(item.due_at)
    late = who(found.deal, [item], language)
    said = f"{late}, срок был {due}" if language == "ru" else f"{late}, due {due}"
    return Choice(name, _title(item, found, language), said, not form or name in form)


def _title(item: OpenItem, found: FoundQuestion, language: Language) -> str:
    title = what(found.deal, item).to(language)
    return f"{about(item.subject.line).to(language)}: {title}" if item.subject.line else title


def _name(item: OpenItem) -> str:
    return f"{_CHOSEN}{item.id}"


def _refusal(found: FoundQuestion, link: Link) -> str:
    return refusal_of(lambda: found.desk.authorize(Acknowledge, found.desk.identify(link.person)))
