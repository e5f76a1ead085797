"""The open items in words: what is missing, who must act, since when, due when, and what if they do not."""

from collections.abc import Iterable

from domain.alarms import Alarm
from domain.deal.answers import name_another, without_approver
from domain.deal.authority import Desk
from domain.deal.open_items import OpenItem, persons
from domain.money import ZERO
from domain.playbook.terms import Gate
from domain.view.commands import answers
from domain.view.model import Blocker
from domain.view.question_views import form_view
from domain.view.viewer import Viewer
from domain.wording import money, worded
from domain.words import ROLE_LABELS, SIDE_LABELS, Role, Source, Text, stage_label, status_label

WHAT = {
    "assignment": Text(ru="не выполнено задание «{title}»", en="the assignment “{title}” is not done"),
    "approval": Text(
        ru="нет решения по вопросу «{title}» (версия {version}), ждём ответа: {roles}",
        en="“{title}” (version {version}) is not decided, to answer: {roles}",
    ),
    "document": Text(
        ru="не подписан документ «{title}», ждём подписи: {sides}",
        en="the document “{title}” is not signed, to sign: {sides}",
    ),
    "payment": Text(
        ru="не оплачено: «{title}», осталось {amount}", en="“{title}” is not paid: {amount} is missing"
    ),
    "line": Text(ru="{title}", en="{title}"),
    "silence": Text(ru="{title}", en="{title}"),
    "step": Text(ru="{title}", en="{title}"),
}
GATED: dict[Gate, Text] = {
    Gate.ORDERING: Text(
        ru="до оплаты товар не заказывают", en="until it is paid the line may not be ordered"
    ),
    Gate.SHIPPING: Text(ru="до оплаты позицию нельзя отгружать", en="until it is paid the line may not ship"),
}
RENDERED_ONCE_PAID = Text(
    ru="до оплаты услугу не оказывают", en="until it is paid the service is not rendered"
)
RENDERED_ONCE_SIGNED = Text(
    ru="до подписи услуги не оказывают (директор может разрешить: deal waive)",
    en="until it is signed services are not rendered (the director may let them be: deal waive)",
)
"""Whichever gate a service has."""
UNSIGNED = {
    Gate.ORDERING: Text(
        ru="до подписи товар не заказывают (директор может разрешить: deal waive)",
        en="until it is signed goods are not ordered (the director may let them be: deal waive)",
    ),
    Gate.SHIPPING: Text(
        ru="до подписи товар не отгружают (директор может разрешить: deal waive)",
        en="until it is signed goods do not ship (the director may let them: deal waive)",
    ),
}
HANDED_OVER = Text(
    ru="не передан клиенту документ «{title}»", en="the client has not been given the document “{title}”"
)
SILENT = Text(
    ru="проверка в {at} заметит это; до тех пор позиция не движется",
    en="the check at {at} notices it; until then the line does not move",
)
FOLLOWS = Text(
    ru="услугу оказывают после этой доставки",
    en="the service is rendered after that delivery",
)
STUCK = Text(
    ru="менеджеру стоит проверить сделку: deal doctor", en="the manager should look into it: deal doctor"
)


def blockers(viewer: Viewer, items: Iterable[OpenItem]) -> list[Blocker]:
    return [
        Blocker(
            subject=str(item.subject),
            kind=item.kind,
            id=item.id,
            what=_what(viewer, item),
            who=tuple(dict.fromkeys(filter(None, (*item.persons, item.chaser)))),
            since=item.since,
            due_at=item.due_at,
            overdue=item.overdue(viewer.now),
            escalated_at=item.escalated_at,
            seen_until=item.seen_until,
            otherwise=_otherwise(viewer, item),
            how=answers(viewer, item, form_view(viewer, item) if item.kind == "assignment" else ()),
        )
        for item in items
    ]


def _what(viewer: Viewer, item: OpenItem) -> str:
    language = viewer.language
    stuck = _without_approver(viewer, item) if item.kind == "approval" else ""
    document = viewer.snapshot.process(item.subject).documents.get(item.id or "")
    what = HANDED_OVER if document and document.handed_over else WHAT[item.kind]
    return stuck or (
        what.to(language).format(
            title=item.title.to(language),
            version=item.version,
            roles=", ".join(ROLE_LABELS[ask.role].to(language) for ask in item.who),
            sides=", ".join(SIDE_LABELS[side].to(language) for side in document.missing) if document else "",
            amount=money(item.amount or ZERO, viewer.deal.currency, language),
        )
    )


def _without_approver(viewer: Viewer, item: OpenItem) -> str:
    """Four eyes are needed, and there are only two."""
    deal, snapshot = viewer.deal, viewer.snapshot
    approval = snapshot.process(item.subject).approvals.get(item.id or "")
    if approval is None or viewer.book is None:
        return ""
    desk = Desk(viewer.book, deal.client, deal.manager, viewer.calendar.today(viewer.now))
    if (seat := without_approver(approval, desk)) is None:
        return ""
    said = worded(
        ru="«{title}» (версия {version}): {who} не может согласовать то, что отправлено на согласование от того же имени; {way}",
        en="“{title}” (version {version}): {who} can't approve what was put to approval in the same name; {way}",
        title=item.title,
        version=item.version,
        who=desk.name(seat.person),
        way=name_another(seat.role),
    )
    return said.to(viewer.language)


def _otherwise(viewer: Viewer, item: OpenItem) -> str:
    if item.kind == "silence":
        return SILENT.to(viewer.language).format(at=viewer.clock(item.due_at))
    if item.kind == "line":
        return FOLLOWS.to(viewer.language)
    if item.alarm is None:
        return STUCK.to(viewer.language)
    said = (_reminder(viewer, item.alarm), _escalation(viewer, item.alarm), _effect(viewer, item))
    return "; ".join(filter(None, said))


def _reminder(viewer: Viewer, alarm: Alarm) -> str:
    if alarm.next_at > alarm.late_at:
        return ""
    at = viewer.clock(alarm.next_at)
    return viewer.say(ru=f"напоминание {at}", en=f"a reminder at {at}")


def _escalation(viewer: Viewer, alarm: Alarm) -> str:
    if viewer.book is None:
        return ""
    first = viewer.calendar.after(alarm.late_at, viewer.book.reminders.escalate_after)
    first = max(first, alarm.seen_until or first)
    at = viewer.clock(max(first, alarm.next_at) if alarm.next_at > alarm.late_at else first)
    director = viewer.name(persons(Role.DIRECTOR, viewer.deal)[0])
    if alarm.seen_until:
        return viewer.say(
            ru=f"директор ({director}) знает; снова эскалация {at}",
            en=f"the director ({director}) knows; escalation again at {at}",
        )
    return viewer.say(
        ru=f"эскалация директору ({director}) {at}", en=f"escalation to the director ({director}) at {at}"
    )


def _effect(viewer: Viewer, item: OpenItem) -> str:
    line = viewer.snapshot.lines[item.subject.line] if item.subject.line else None
    if item.gate and item.kind == "document":
        of_services = viewer.deal.sources == {Source.SERVICE}
        return (RENDERED_ONCE_SIGNED if of_services else UNSIGNED[item.gate]).to(viewer.language)
    if item.gate:
        is_service = line is not None and line.good.source is Source.SERVICE
        return (RENDERED_ONCE_PAID if is_service else GATED[item.gate]).to(viewer.language)
    if item.kind in ("payment", "document"):
        if line:
            return viewer.say(ru="позиция не закроется", en="the line can't be settled")
        return viewer.say(ru="сделка не закроется", en="the deal can't close")
    if line:
        status = status_label(line.status, line.good.source).to(viewer.language)
        return viewer.say(ru=f"позиция остаётся в статусе «{status}»", en=f"the line stays “{status}”")
    stage = stage_label(viewer.deal.stage, viewer.deal.sources).to(viewer.language)
    return viewer.say(ru=f"сделка остаётся в стадии «{stage}»", en=f"the deal stays in “{stage}”")
