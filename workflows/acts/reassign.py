"""Another manager takes the deal over, with all that is asked of its manager; or somebody else of a role all that is asked of it."""

from domain.deal.line_orders import LineOrder
from domain.deal.messages import Reassign
from domain.deal.open_items import is_over
from domain.deal.tasks import Assignment
from domain.facts import Actor, AssignmentWithdrawn, DealReassigned, RoleGiven
from domain.playbook.kinds import DEAL_MANAGER
from domain.playbook.questions import DealManager
from domain.refusals import Refusal
from domain.wording import typed, worded
from domain.words import Role, Text, said
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.staffing import give_role, hand_over


def reassign(deal: DealCase, message: Reassign) -> Effect:
    actor = deal.desk.authorize(Reassign, deal.desk.identify(message.actor))
    if is_over(deal.state):
        raise Refusal("closed", en="the deal is closed", ru="сделка закрыта")
    to = message.to
    if message.role is not Role.MANAGER:
        return _give_role(deal, message.role, to, actor)
    if to not in deal.state.book.holders(Role.MANAGER):
        raise _no_manager(deal, to)
    if to == deal.state.manager:
        raise Refusal(
            "already",
            en="{who} is the deal's manager already",
            ru="{who} уже ведёт сделку",
            who=deal.desk.name(to),
        )

    def effect() -> Text:
        give_deal_to(deal, to, actor)
        return worded(ru="Сделку ведёт {who}", en="{who} is the deal's manager", who=deal.desk.name(to))

    return effect


def _give_role(deal: DealCase, role: Role, to: str, actor: Actor) -> Effect:
    holders = [] if role is Role.CLIENT else deal.state.book.holders(role)
    if role is Role.DIRECTOR and (actor.behalf or actor.person) not in holders:
        raise Refusal(
            "not_allowed",
            en="who approves is for a director to say: {there}",
            ru="кто согласует, решает директор: {there}",
            there=[deal.desk.name(person) for person in holders],
        )
    if to not in holders:
        raise Refusal(
            "not_a_holder",
            en="{who} has not the role “{role}”: {there}",
            ru="у {who} нет роли «{role}»: {there}",
            who=deal.desk.name(to) if to in deal.state.book.people else typed(to),
            role=role,
            there=[deal.desk.name(person) for person in holders],
        )
    if deal.state.named.get(role) == to:
        raise Refusal(
            "already",
            en="{who} has this role in the deal already",
            ru="эта роль в сделке уже у {who}",
            who=deal.desk.name(to),
        )

    def effect() -> Text:
        deal.record(RoleGiven(role=role, to=to), by=actor)
        give_role(deal, role, to, actor)
        deal.lines.tell_all(
            lambda line: LineOrder(line=line, name="handed_over", role=role, manager=to, actor=actor)
        )
        return worded(
            ru="Роль «{role}» в сделке теперь у {who}",
            en="{who} has the role “{role}” in the deal now",
            role=role,
            who=deal.desk.name(to),
        )

    return effect


def give_deal_to(deal: DealCase, to: str, by: Actor) -> None:
    """The deal, its questions and its lines; a director who was asked for a manager is asked no more."""
    before = deal.state.manager
    hand_over(deal, to, by)
    deal.record(DealReassigned(before=before, to=to), by=by)
    if to in deal.state.book.holders(Role.MANAGER):
        for asked in [a for a in deal.state.open_assignments if a.kind == DEAL_MANAGER]:
            asked.closed_at, asked.withdrawn = deal.now, True
            deal.record(AssignmentWithdrawn(**asked.about(), reason=said(deal.desk.name(to))), by=by)
    deal.lines.tell_all(lambda line: LineOrder(line=line, name="handed_over", manager=to, actor=by))


def check_manager(deal: DealCase, assignment: Assignment, answers: dict[str, str]) -> None:
    """Raises the Refusal of an answer that names no manager."""
    if assignment.kind == DEAL_MANAGER:
        _named(deal, answers)


def take_manager(deal: DealCase, assignment: Assignment) -> None:
    """The director has named a manager: from here on the deal is theirs."""
    if assignment.kind == DEAL_MANAGER:
        give_deal_to(deal, _named(deal, assignment.answers), assignment.by)


def _named(deal: DealCase, answers: dict[str, str]) -> str:
    """By id, name or e-mail, as people write them."""
    wanted = DealManager.read(answers).manager.strip().casefold()
    book = deal.state.book
    for person in book.holders(Role.MANAGER):
        entry = book.people[person]
        if wanted in (person.casefold(), entry.name.casefold(), entry.email.casefold()):
            return person
    raise _no_manager(deal, wanted)


def _no_manager(deal: DealCase, to: str) -> Refusal:
    return Refusal(
        "not_a_manager",
        en="{who} is no manager: one of {there}",
        ru="{who} — не менеджер: есть {there}",
        who=deal.desk.name(to) if to in deal.state.book.people else typed(to),
        there=[deal.desk.name(person) for person in deal.state.book.holders(Role.MANAGER)],
    )
