"""What counts as an answer: whether this person may give it, to this question, now. All that is wrong is a `Refusal`."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Protocol, TypeVar

from domain.alarms import Alarm
from domain.deal.attachments import MOST_FILES
from domain.deal.authority import CLIENT, Desk
from domain.deal.documents import Document
from domain.deal.messages import Ask, Attach, Complete, Decide, Kept, Message, Refuse, Sign
from domain.deal.open_items import OpenItem, items_of
from domain.deal.state import ProcessState
from domain.deal.tasks import Approval, Assignment, Awaiting
from domain.facts import Actor
from domain.refusals import Refusal
from domain.wording import about, typed, worded
from domain.words import Role, Side, Text

_NONE_OPEN = Text(ru="открытых нет", en="none is open")


class _Titled(Protocol):
    @property
    def title(self) -> Text: ...


T = TypeVar("T", bound=_Titled)

OPEN_ITEM = Text(ru="открытого вопроса", en="open item")
LONGEST_SEEN = 92
"""Days for which an escalation may stop."""


def find(among: Mapping[str, T], id: str, what: Text, process: ProcessState) -> T:
    if id in among:
        return among[id]
    there = [item.title for item in among.values() if not getattr(item, "closed", False)]
    raise Refusal(
        "not_found",
        en="{about}: there is no {what} {id} ({open})",
        ru="{about}: нет {what} {id} ({open})",
        about=about(process.subject.line),
        what=what,
        id=typed(id),
        open=worded(ru="есть: {there}", en="there is: {there}", there=there) if there else _NONE_OPEN,
    )


def who_completes(assignment: Assignment, message: Complete, desk: Desk) -> Actor:
    """The assignee, a colleague of the same role (for a manager's: only the deal's own manager), or the director."""
    colleagues = [] if assignment.role is Role.MANAGER else desk.persons(assignment.role)
    actor = desk.authorize(Complete, desk.identify(message.actor), [assignment.assignee, *colleagues])
    if assignment.closed:
        raise closed(assignment.title)
    return actor


def who_votes(approval: Approval, message: Decide, desk: Desk) -> tuple[Awaiting, Actor]:
    """The seat that this vote fills, and who fills it: a role answers a version once."""
    actor = desk.identify(message.actor)
    _check_asked_about(approval, message.version)
    seats = [
        *approval.awaiting,
        *approval.asked,
    ]  # who fills several, as a substitute may, fills an empty one
    actor = desk.authorize(Decide, actor, (person for ask in seats for person in _may_answer(ask, desk)))
    seat = next(ask for ask in seats if (actor.behalf or actor.person) in _may_answer(ask, desk))
    if seat not in approval.awaiting:
        raise Refusal(
            "already_answered",
            en="version {version} has its answer already: {role}",
            ru="ответ по версии {version} уже дан: {role}",
            role=seat.role,
            version=approval.version,
        )
    if not message.approve and not message.comment:
        raise Refusal(
            "no_comment",
            en="a rejection needs a comment: say what must change",
            ru="отказ без комментария: напишите, что изменить",
        )
    if message.approve and {actor.person, actor.behalf} & set(approval.put_by_persons):
        raise _own_request(approval, seat, actor, desk)
    return seat, actor


def who_asks(approval: Approval, message: Ask, desk: Desk) -> Actor:
    """Whoever has still to decide; one question at a time."""
    actor = desk.identify(message.actor)
    _check_asked_about(approval, message.version)
    awaited = [person for ask in approval.awaiting for person in _may_answer(ask, desk)]
    actor = desk.authorize(Ask, actor, awaited)
    if any(asked.actor.person == actor.person and not asked.answer for asked in approval.inquiries):
        raise Refusal(
            "already_asked",
            en="your last question has not been answered yet: wait for its answer, or decide",
            ru="на ваш прошлый вопрос ещё нет ответа: дождитесь его или примите решение",
        )
    return actor


def _check_asked_about(approval: Approval, version: int | None) -> None:
    if approval.closed:
        raise closed(approval.title)
    if version is not None and version != approval.version:
        raise Refusal(
            "stale_version",
            en="version {said} is no longer asked about: version {version} is",
            ru="версия {said} уже не на согласовании: теперь версия {version}",
            said=version,
            version=approval.version,
        )


def without_approver(approval: Approval, desk: Desk) -> Awaiting | None:
    """The seat that nobody can approve from: all who may answer there have put this to approval themselves."""
    return next((seat for seat in approval.awaiting if not _others(approval, seat, desk)), None)


def _others(approval: Approval, seat: Awaiting, desk: Desk) -> list[str]:
    """Who may answer there, and did not put it to approval."""
    able = (person for person in _may_answer(seat, desk) if person not in approval.put_by_persons)
    return list(dict.fromkeys(able))


def _may_answer(ask: Awaiting, desk: Desk) -> list[str]:
    """Whoever is asked, and whoever else holds the role."""
    return [ask.person, *desk.persons(ask.role)]


def _own_request(approval: Approval, seat: Awaiting, actor: Actor, desk: Desk) -> Refusal:
    named = [desk.name(person) for person in _others(approval, seat, desk) if person != actor.person]
    return Refusal(
        "own_request",
        en="{who} can't approve what they put to approval themselves, in no role: {instead}",
        ru="{who}: нельзя согласовать то, что сами отправили на согласование, ни в какой роли; {instead}",
        who=actor.name,
        instead=worded(ru="могут: {named}", en="{named} can", named=named)
        if named
        else name_another(seat.role),
    )


def name_another(role: Role) -> Text:
    """The way on where nobody can approve."""
    return worded(
        ru="нужен ещё один {role} в списке людей: deal people apply",
        en="name another {role} in the people's file: deal people apply",
        role=role,
    )


def who_signs(document: Document, message: Sign, desk: Desk) -> tuple[Actor, tuple[Side, ...]]:
    """Who acts, and whose signatures these are."""
    signers = [person for side in document.sides for person in desk.persons(document.role_of(side))]
    actor = desk.authorize(Sign, desk.identify(message.actor), signers)
    _check_asked_for(document)
    return actor, _sides(document, message.side, actor, desk)


def who_refuses(document: Document, message: Refuse, desk: Desk) -> Actor:
    """The client, who has not signed yet, or the manager for him."""
    signers = [CLIENT] if Side.CLIENT in document.sides else []
    actor = desk.authorize(Refuse, desk.identify(message.actor), signers)
    _check_asked_for(document)
    if Side.CLIENT not in document.sides:
        raise _no_signer(document, Side.CLIENT)
    if Side.CLIENT not in document.missing:
        raise _signed_already(document)
    return actor


def _sides(document: Document, said: Side | None, actor: Actor, desk: Desk) -> tuple[Side, ...]:
    """The one that was said, or all the missing ones that this person may enter."""
    person = actor.behalf or actor.person
    entered = {person for role in Sign.who for person in desk.persons(role)}
    may = [s for s in document.sides if person in {*desk.persons(document.role_of(s)), *entered}]
    if said and said not in document.sides:
        raise _no_signer(document, said)
    if said and said not in may:
        raise Refusal(
            "not_allowed",
            en="{who} may not sign “{title}” for {side}",
            ru="{who}: нельзя подписать «{title}» за другую сторону ({side})",
            who=actor.name,
            title=document.title,
            side=said,
        )
    sides = tuple(s for s in document.missing if s in ((said,) if said else may))
    if not sides:
        raise _signed_already(document)
    return sides


def _signed_already(document: Document) -> Refusal:
    return Refusal(
        "already_signed",
        en="this signature of “{title}” is there already; still to sign: {missing}",
        ru="«{title}»: эта подпись уже есть; ещё не подписали: {missing}",
        title=document.title,
        missing=document.missing,
    )


def _no_signer(document: Document, side: Side) -> Refusal:
    return Refusal(
        "no_signer",
        en="“{title}” is not signed by {side}: {sides} sign it",
        ru="«{title}»: {side} не подписывает; подписывают: {sides}",
        title=document.title,
        side=side,
        sides=document.sides,
    )


def _check_asked_for(document: Document) -> None:
    if document.settled:
        raise closed(document.title)
    if document.shared_with:
        raise Refusal(
            "shared",
            en="“{title}” is one for all that left together: {document}",
            ru="«{title}» — один на всё, что отгружено вместе: {document}",
            title=document.title,
            document=typed(document.shared_with),
        )
    if document.refused:
        raise Refusal(
            "refused",
            en="“{title}” was refused: first the manager says what is done about it",
            ru="«{title}»: клиент отказался подписывать; сначала менеджер решает, что с документом",
            title=document.title,
        )
    if not document.ready:
        raise Refusal(
            "not_ready",
            en="“{title}” can't be signed yet. It comes once this has happened: {when}",
            ru="«{title}»: подписывать рано. Документ появится, когда {when}",
            title=document.title,
            when=document.available,
        )


def who_attaches(document: Document, message: Attach, desk: Desk) -> Actor:
    """The document's signer, or who prepares papers. A signed one takes files too: its scan comes last."""
    actor = desk.authorize(
        Attach,
        desk.identify(message.actor),
        [p for side in document.sides for p in desk.persons(document.role_of(side))],
    )
    if message.file not in document.files and len(document.files) >= MOST_FILES:
        raise Refusal(
            "too_many_files",
            en="“{title}” has {most} files already, and takes no more",
            ru="«{title}»: файлов уже {most}, больше не принимается",
            title=document.title,
            most=MOST_FILES,
        )
    return actor


def signed_on(message: Sign, today: date) -> date:
    """The date on the paper; a paper can't be of a day to come."""
    on = message.signed_on or today
    if on > today:
        raise Refusal(
            "future",
            en="{on} is in the future: give the date on the paper",
            ru="{on} ещё не наступило: укажите дату на документе",
            on=on,
        )
    return on


def closed(title: Text) -> Refusal:
    return Refusal("closed", en="“{title}” is closed already", ru="«{title}»: уже закрыто", title=title)


def find_open(process: ProcessState, id: str) -> tuple[OpenItem, Alarm]:
    """What is open under this id, and its alarm."""
    there = {item.id: item for item in items_of(process) if item.id}
    item = find(there, id, OPEN_ITEM, process)
    if item.alarm is None:
        raise LookupError(f"{id} has no deadline")
    return item, item.alarm


def check_until(until: date, today: date) -> None:
    """A director may not want to hear for a while; for ever would be silence."""
    if today < until <= today + timedelta(days=LONGEST_SEEN):
        return
    raise Refusal(
        "bad_until",
        en="{until} will not do: a day after today, {latest} at the latest",
        ru="{until} не подходит: нужен день после сегодняшнего, не позже {latest}",
        until=until,
        latest=today + timedelta(days=LONGEST_SEEN),
    )


def check_repetition(kept: Kept, message: Message) -> None:
    if kept.digest != message.digest():
        raise Refusal(
            "same_id_other_content",
            en="id {id} was used already with other content: a new message needs a new id",
            ru="номер {id} уже использован с другим содержанием: новому сообщению нужен новый номер",
            id=typed(message.id),
        )
