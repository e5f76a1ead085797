"""Another manager takes the deal over, with all that is asked of its manager."""

from domain.facts import DealReassigned
from domain.messages import Reassign
from domain.open_items import is_over
from domain.refusals import Refusal
from domain.state import LineOrder
from domain.words import Role, Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect


def reassign(deal: DealCase, message: Reassign) -> Effect:
    actor = deal.desk.authorize(Reassign, deal.desk.identify(message.actor))
    if is_over(deal.state):
        raise Refusal("closed", en="the deal is closed", ru="сделка закрыта")
    to = message.to
    managers = deal.state.book.holders(Role.MANAGER)
    if to not in managers:
        there = ", ".join(managers)
        en, ru = f"{to!r} is no manager: one of {there}", f"{to!r} — не менеджер: есть {there}"
        raise Refusal("not_a_manager", en=en, ru=ru)
    if to == deal.state.manager:
        raise Refusal("already", en=f"{to} is the deal's manager already", ru=f"{to} уже ведёт сделку")

    def effect() -> Text:
        before = deal.state.manager
        deal.hand_over(to, by=actor)
        deal.record(DealReassigned(before=before, to=to), by=actor)
        deal.lines.tell_all(lambda line: LineOrder(line=line, name="handed_over", manager=to, actor=actor))
        name = deal.desk.name(to)
        return Text(ru=f"Сделку ведёт {name}", en=f"{name} is the deal's manager")

    return effect
