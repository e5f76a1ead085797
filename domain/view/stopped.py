"""What is shown and mailed of a deal whose process has stopped."""

from collections.abc import Iterator
from datetime import datetime

from domain.deal.authority import Desk
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState
from domain.deal.stopped import StoppedProcess
from domain.effects import Notice
from domain.facts import Subject
from domain.playbook.quiet import sending
from domain.view.deal_view import deal_view
from domain.view.letter_words import deal_words
from domain.view.model import Blocker, DealView, NextDue
from domain.words import Language, NoticeKind, Role, Text


def view_of(snapshot: Snapshot, now: datetime, language: Language, *, zoned: bool = False) -> DealView:
    """What a deal shows of itself, stopped or not."""
    view = deal_view(snapshot, now, language, zoned=zoned)
    return stopped_view(view, snapshot.stopped, snapshot.deal, language) if snapshot.stopped else view


def stopped_view(view: DealView, stopped: StoppedProcess, deal: DealState, language: Language) -> DealView:
    """The deal's view, in which this comes before everything else that blocks."""
    first = _blocker(stopped, deal, view.as_of, language)
    due = NextDue(subject=first.subject, what=first.what, who=first.who, due_at=first.due_at)
    return view.model_copy(
        update={"number": stopped.deal, "blockers": (first, *view.blockers), "next_due": due}
    )


def _blocker(stopped: StoppedProcess, deal: DealState, now: datetime, language: Language) -> Blocker:
    book = deal.book if deal.playbook and deal.people else None
    due_at = book.calendar.after(stopped.at, book.reminders.escalate_after) if book else stopped.at
    lines = _lines_going_on(deal)
    standing_still = Text(
        ru=f"сделка стоит{lines.ru}, а CRM и клиент ничего не узнают",
        en=f"the deal stands still{lines.en}, and neither the CRM nor the client hears anything",
    )
    return Blocker(
        subject=str(Subject()),
        kind="silence",
        id=None,
        what=f"{stopped.words().to(language)}; {stopped.remedy().to(language)}",
        who=tuple(dict.fromkeys([deal.manager, *(book.holders(Role.DIRECTOR)[:1] if book else ())])),
        since=stopped.at,
        due_at=due_at,
        overdue=now > due_at,
        otherwise=standing_still.to(language),
    )


def _lines_going_on(deal: DealState) -> Text:
    """With a comma before it; nothing if no line is under way."""
    going_on = [str(n) for n in deal.started_lines if not deal.lines[n].status.final]
    if not going_on:
        return Text(ru="", en="")
    if len(going_on) == 1:
        [n] = going_on
        return Text(ru=f", позиция {n} идёт без неё", en=f", line {n} goes on without it")
    named = ", ".join(going_on)
    return Text(ru=f", позиции {named} идут без неё", en=f", lines {named} go on without it")


def stop_notices(stopped: StoppedProcess, deal: DealState, now: datetime) -> Iterator[Notice]:
    """To the deal's manager and the director, and to who stands in for either: one mail each for one stop."""
    if deal.playbook is None or deal.people is None:
        return
    book = deal.book
    desk = Desk(book, deal.client, deal.manager, book.calendar.today(now))
    told = [deal.manager, *book.holders(Role.DIRECTOR)[:1]]
    when = sending(NoticeKind.DEAL_STOPPED, now, book.mail, book.calendar, to_client=False)
    for person in desk.with_substitutes(told):
        if entry := book.people.get(person):
            yield Notice(
                key=f"deal-{stopped.deal}:stopped-{stopped.run_id}:{person}",
                deal=stopped.deal,
                kind=NoticeKind.DEAL_STOPPED,
                person=person,
                send_at=when.at or now,
                digest=when.digest,
                to_name=entry.name,
                to_email=deal.addresses.get(person) or str(entry.email),
                language=entry.language,
                data=_about(stopped, deal, entry.language),
            )


def _about(stopped: StoppedProcess, deal: DealState, language: Language) -> dict[str, str]:
    return deal_words(deal) | {
        "audience": "staff",
        "subject": str(Subject()),
        "actor": stopped.by,
        "reason": stopped.words().to(language),
        "lines": _lines_going_on(deal).to(language),
    }
