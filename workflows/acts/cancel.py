"""The deal is called off: by the manager alone while nothing is on its way; from then on the director must approve."""

from domain.deal.messages import Cancel
from domain.facts import CancelRequested
from domain.refusals import Refusal
from domain.words import LineStatus, Role, Text, same
from workflows.deal_case import DealCase
from workflows.inbox import Effect

ENDS = Text(ru="Сделка отменяется", en="The deal is being cancelled")
ASKED = Text(ru="Отмена на согласовании у директора", en="The director is asked to approve the cancelling")


def cancel(deal: DealCase, message: Cancel) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Cancel, deal.desk.identify(message.actor))
    if state.closing or state.stage.final:
        raise Refusal("closed", en="the deal is ending already", ru="сделка уже закрывается")
    on_its_way = any(line.status is not LineStatus.AWAITING_RELEASE for line in state.active_lines)
    asked = state.approvals.get("cancellation")

    def call_off() -> Text:
        deal.call_off(same(message.reason), actor)
        return ENDS

    def ask_the_director() -> Text:
        state.cancel_reason = message.reason
        deal.record(CancelRequested(reason=message.reason), by=actor)
        round = asked.version + 1 if asked else 1
        deal.put_to_approval("cancellation", by=actor, round=round, reason=message.reason)
        return ASKED

    if not on_its_way or (actor.behalf or actor.person) in state.book.holders(Role.DIRECTOR):
        return call_off
    if asked and not asked.closed:
        en, ru = "the director is asked about cancelling already", "отмена уже на согласовании"
        raise Refusal("already", en=en, ru=ru)
    return ask_the_director


def call_off_if_approved(deal: DealCase) -> None:
    asked = deal.state.approvals.get("cancellation")
    if asked and asked.approved:
        deal.call_off(same(deal.state.cancel_reason or ""), asked.votes[-1].actor)
