"""What blocks a deal: what is missing, who must act, since when, due when, and what if they do not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from domain.alarms import Alarm
from domain.facts import Subject
from domain.payments import Milestone
from domain.playbook import Gate
from domain.scene import Scene
from domain.state import LineState, ProcessState
from domain.tasks import Approval, Assignment
from domain.view_model import Blocker
from domain.wording import money
from domain.words import ROLE_LABELS, STAGE_LABELS, STATUS_LABELS, LineStatus, Role


def blockers(scene: Scene) -> list[Blocker]:
    """Every one, the most urgent first. An open deal has at least one: it never waits silently."""
    if scene.deal.stage.final:
        return []
    found = [
        *(_silence(scene, line) for line in scene.silent),
        *(b for process in scene.processes for b in _of_process(scene, process)),
        *(b for line in scene.active for b in _of_money(scene, line)),
    ]
    return sorted(found or [_between_steps(scene)], key=lambda b: b.due_at)


def _of_process(scene: Scene, process: ProcessState) -> Iterator[Blocker]:
    for assignment in process.open_assignments:
        yield _assignment(scene, process, assignment)
    for approval in process.open_approvals:
        yield from _approval(scene, process, approval)
    for document in process.unsigned:
        if document.alarm:
            title = document.title.to(scene.language)
            yield _blocker(
                scene,
                document.alarm,
                subject=process.subject,
                kind="document",
                id=document.id,
                what=scene.say(
                    ru=f"не подписан документ «{title}»", en=f"the document “{title}” is not signed"
                ),
                who=scene.asked(scene.person(document.signer)),
                effect=_not_closed(scene, process),
            )


def _assignment(scene: Scene, process: ProcessState, assignment: Assignment) -> Blocker:
    title = assignment.title.to(scene.language)
    return _blocker(
        scene,
        assignment.alarm,
        subject=process.subject,
        kind="assignment",
        id=assignment.id,
        what=scene.say(ru=f"не выполнено задание «{title}»", en=f"the assignment “{title}” is not done"),
        who=scene.asked(assignment.assignee),
        effect=_stays(scene, process),
    )


def _approval(scene: Scene, process: ProcessState, approval: Approval) -> Iterator[Blocker]:
    title = approval.title.to(scene.language)
    for ask in approval.awaiting:
        role = ROLE_LABELS[ask.role].to(scene.language)
        person = scene.person(ask.role) if ask.role is Role.CLIENT else ask.person
        yield _blocker(
            scene,
            approval.alarm,
            subject=process.subject,
            kind="approval",
            id=approval.id,
            what=scene.say(
                ru=f"нет решения по вопросу «{title}» (версия {approval.version}), отвечает {role}",
                en=f"“{title}” (version {approval.version}) is not decided by the {role}",
            ),
            who=scene.asked(person),
            effect=_stays(scene, process),
        )


def _of_money(scene: Scene, line: LineState) -> Iterator[Blocker]:
    for milestone in scene.milestones(line):
        if milestone.paid or milestone.due_at is None or not _holds_up(scene, line, milestone):
            continue
        alarm = milestone.alarm or Alarm(
            opened_at=line.moments.get(milestone.trigger, line.opened_at),
            due_at=milestone.due_at,
            next_at=milestone.due_at,
        )
        title, rest = milestone.title.to(scene.language), _amount(scene, milestone)
        yield _blocker(
            scene,
            alarm,
            subject=line.subject,
            kind="payment",
            id=milestone.id,
            what=scene.say(
                ru=f"не оплачено: «{title}», осталось {rest}", en=f"“{title}” is not paid: {rest} is missing"
            ),
            who=scene.asked(scene.person(Role.CLIENT)),
            effect=_gated(scene, milestone) or _not_closed(scene, line),
        )


def _holds_up(scene: Scene, line: LineState, milestone: Milestone) -> bool:
    overdue = milestone.due_at is not None and scene.now > milestone.due_at
    return milestone.gate is not None or overdue or line.status is LineStatus.SHIPPED


def _amount(scene: Scene, milestone: Milestone) -> str:
    return money(milestone.outstanding, scene.deal.currency, scene.language)


def _silence(scene: Scene, number: int) -> Blocker:
    line = scene.lines[number]
    pause = (
        scene.calendar.after(line.updated_at, scene.book.checks.silent_line)
        if scene.book
        else line.updated_at
    )
    return Blocker(
        subject=str(line.subject),
        kind="silence",
        id=None,
        what=scene.say(
            ru="процесс строки не отвечает: его остановили или он пропал",
            en="the line's own process does not answer: it was stopped or is lost",
        ),
        who=(scene.deal.manager, scene.person(Role.DIRECTOR)),
        since=line.updated_at,
        due_at=pause,
        overdue=scene.now > pause,
        otherwise=scene.say(
            ru=f"проверка в {scene.clock(pause)} заметит это; до тех пор строка не движется",
            en=f"the check at {scene.clock(pause)} notices it; until then the line does not move",
        ),
    )


def _between_steps(scene: Scene) -> Blocker:
    """Nothing is open: the desk is about to take its next step, or a payment to come is what remains."""
    due = [m.due_at for line in scene.active for m in scene.milestones(line) if m.due_at and not m.paid]
    moment = min(due, default=_next_look(scene))
    stage = STAGE_LABELS[scene.deal.stage]
    return Blocker(
        subject=str(scene.deal.subject),
        kind="step",
        id=None,
        what=scene.say(
            ru=f"стадия «{stage.ru}»: открытых вопросов нет, готовится следующий шаг",
            en=f"stage “{stage.en}”: nothing is open, the next step is being prepared",
        ),
        who=(scene.deal.manager,),
        since=scene.deal.updated_at,
        due_at=moment,
        overdue=scene.now > moment,
        otherwise=scene.say(
            ru="менеджеру стоит проверить сделку: deal doctor",
            en="the manager should look into it: deal doctor",
        ),
    )


def _next_look(scene: Scene) -> datetime:
    if scene.book is None:
        return scene.deal.updated_at + timedelta(days=1)
    return scene.calendar.after(scene.deal.updated_at, scene.book.reminders.repeat)


def _blocker(
    scene: Scene,
    alarm: Alarm,
    *,
    subject: Subject,
    kind: Literal["assignment", "approval", "payment", "document"],
    id: str,
    what: str,
    who: tuple[str, ...],
    effect: str,
) -> Blocker:
    return Blocker(
        subject=str(subject),
        kind=kind,
        id=id,
        what=what,
        who=who,
        since=alarm.opened_at,
        due_at=alarm.due_at,
        overdue=alarm.overdue(scene.now),
        otherwise="; ".join(filter(None, [_reminder(scene, alarm), _escalation(scene, alarm), effect])),
    )


def _reminder(scene: Scene, alarm: Alarm) -> str:
    if alarm.next_at > alarm.due_at:
        return ""
    at = scene.clock(alarm.next_at)
    return scene.say(ru=f"напоминание {at}", en=f"a reminder at {at}")


def _escalation(scene: Scene, alarm: Alarm) -> str:
    if scene.book is None:
        return ""
    first = scene.calendar.after(alarm.due_at, scene.book.reminders.escalate_after)
    at = scene.clock(max(first, alarm.next_at) if alarm.next_at > alarm.due_at else first)
    director = scene.name(scene.person(Role.DIRECTOR))
    return scene.say(
        ru=f"эскалация директору ({director}) {at}", en=f"escalation to the director ({director}) at {at}"
    )


def _stays(scene: Scene, process: ProcessState) -> str:
    if isinstance(process, LineState):
        status = STATUS_LABELS[process.status].to(scene.language)
        return scene.say(ru=f"строка остаётся в статусе «{status}»", en=f"the line stays “{status}”")
    stage = STAGE_LABELS[scene.deal.stage].to(scene.language)
    return scene.say(ru=f"сделка остаётся в стадии «{stage}»", en=f"the deal stays in “{stage}”")


def _gated(scene: Scene, milestone: Milestone) -> str:
    match milestone.gate:
        case Gate.ORDERING:
            return scene.say(
                ru="до оплаты товар не заказывают", en="until it is paid the line may not be ordered"
            )
        case Gate.SHIPPING:
            return scene.say(
                ru="до оплаты строку нельзя отгружать", en="until it is paid the line may not ship"
            )
    return ""


def _not_closed(scene: Scene, process: ProcessState) -> str:
    if isinstance(process, LineState):
        return scene.say(ru="строка не закроется", en="the line can't be settled")
    return scene.say(ru="сделка не закроется", en="the deal can't close")
