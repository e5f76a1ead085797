"""What people did with the whole card in the CRM: another responsible manager, another stage."""

from collections.abc import Iterator

from domain.crm.comparison import LONGEST, Answer, Comparison, reverted
from domain.deal.authority import Desk
from domain.deal.messages import Cancel, Complete, Reassign, Revert
from domain.refusals import Refusal
from domain.words import LineStatus, Role, Stage, Text

_NO_REASON = Text(ru="укажите причину в карточке сделки", en="write the reason on the deal's card")
_FOREIGN = Text(ru="такой стадии у процесса нет", en="the process has no such stage")
_NO_MANAGER = Text(
    ru="ответственным можно назначить только менеджера из справочника",
    en="only a manager of the playbook can be made responsible",
)
_DIRECTOR_ASKED = Text(
    ru="отмену должен согласовать директор: вопрос задан",
    en="the director must approve the cancelling, and is asked",
)


def manager(comparison: Comparison) -> Iterator[Answer]:
    """Handed over by a person if the desk and the CRM had agreed before, even where the desk wrote after him."""
    deal, before = comparison.deal, comparison.before
    to, by = comparison.seen.manager, comparison.seen.changed_by
    if before is None or to is None or to in (before.manager, deal.manager):
        return
    if by is None and before.manager != deal.manager:
        return
    back = comparison.back("manager", to, by, comparison.seen.changed_at)
    if to not in deal.book.holders(Role.MANAGER):
        yield reverted(back, _NO_MANAGER)
    else:
        yield from comparison.forward(by or deal.manager, back, Reassign, to=to)


def stage(comparison: Comparison) -> Iterator[Answer]:
    seen, deal = comparison.seen, comparison.deal
    if seen.moved_by is None or seen.stage is deal.stage or _is_ending(comparison) or not _is_new(comparison):
        return
    back = comparison.back("stage", _id(seen.stage or seen.stage_name), seen.moved_by, seen.moved_at)
    if seen.stage is None:
        yield reverted(back, _FOREIGN)
    elif seen.stage in (Stage.LOST, Stage.CANCELLED):
        yield from _called_off(comparison, back)
    elif deal.stage is Stage.NEW and seen.stage is Stage.CONTRACT_APPROVAL:
        yield from _moved_on(comparison, back)
    else:
        yield reverted(back)


def _is_ending(comparison: Comparison) -> bool:
    return comparison.deal.closing is not None and comparison.seen.stage in (Stage.LOST, Stage.CANCELLED)


def _is_new(comparison: Comparison) -> bool:
    now, before = comparison.seen, comparison.before
    return before is None or (before.stage, before.stage_name, before.moved_at) != (
        *(now.stage, now.stage_name, now.moved_at),
    )


def _moved_on(comparison: Comparison, back: Revert) -> Iterator[Answer]:
    """Out of `NEW`: the client is qualified, and the order composed, if the card has what that takes."""
    for assignment in comparison.deal.open_assignments:
        if assignment.kind == "qualification" and assignment.id not in comparison.completed:
            yield from comparison.complete(assignment, 0, comparison.seen.moved_by, back)
    if not comparison.deal.lines:
        yield from comparison.compose(comparison.seen.moved_by, back)


def _called_off(comparison: Comparison, back: Revert) -> Iterator[Answer]:
    """Before the client is qualified, a lost deal is a client that does not fit; later it is cancelled."""
    by, reason = comparison.seen.moved_by, comparison.seen.reason.strip()[:LONGEST]
    asked = comparison.deal.assignments.get("qualification")
    if not reason:
        yield reverted(back, _NO_REASON)
    elif comparison.seen.stage is Stage.LOST and asked and not asked.closed:
        fields = {"outcome": "disqualified", "reason": reason}
        yield from comparison.forward(by, back, Complete, assignment=asked.id, fields=fields)
    else:
        yield from comparison.forward(by, back, Cancel, reason=reason)
        if _director_decides(comparison, by or ""):
            yield reverted(back, _DIRECTOR_ASKED)


def _director_decides(comparison: Comparison, by: str) -> bool:
    """Whether calling off only asks him, as it does while goods are on their way."""
    deal = comparison.deal
    on_its_way = any(line.status is not LineStatus.AWAITING_RELEASE for line in deal.active_lines)
    try:
        desk = Desk(deal.book, deal.client, deal.manager, comparison.today)
        actor = desk.authorize(Cancel, desk.identify(by))
    except Refusal:
        return False
    return on_its_way and (actor.behalf or actor.person) not in deal.book.holders(Role.DIRECTOR)


def _id(name: str) -> str:
    return "".join(c for c in name if c.isprintable()).strip()[:100] or "?"
