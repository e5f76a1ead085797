"""A new offer takes the place of the draft: while the contract is not agreed by all, whatever is sold may change. Money that came
before goes along; the round that was asked about is withdrawn, and the next version is put to approval."""

from domain.deal import opening
from domain.deal.drafting import check_version, read_draft
from domain.deal.messages import MakeOffer
from domain.deal.state import Drafted
from domain.facts import Actor, AssignmentCompleted, OfferChanged
from domain.order.changes import changes
from domain.order.offer import digest_of
from domain.refusals import Refusal
from domain.wording import Cash, worded
from domain.words import Text, Trigger
from workflows.acts.ask import drop_questions
from workflows.deal_case import NEW_OFFER, DealCase
from workflows.inbox import Effect
from workflows.money import money_goes_along
from workflows.returned_mail import addresses_changed


def offer(deal: DealCase, message: MakeOffer) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(MakeOffer, deal.desk.identify(message.actor))
    _check_open(deal)
    check_version(state, message.version)
    if bool(message.order) == bool(message.settings):
        en, ru = (
            "say either the whole `order`, or `settings`",
            "нужно одно из двух: весь `order` или `settings`",
        )
        raise Refusal("bad_offer", en=en, ru=ru)
    before, draft = state.draft, read_draft(state, message, deal.today, state.gone_lines)
    made = changes(before, draft)
    if not made:
        en, ru = (
            "the offer says just this already: nothing would change",
            "предложение уже такое: ничего не изменится",
        )
        raise Refusal("already", en=en, ru=ru)

    def effect() -> Text:
        amount, said = draft.total, message.comment
        with money_goes_along(deal, draft):
            opening.take_draft(state, draft, deal.now)
            deal.record(
                OfferChanged(
                    changes=made, amount=amount, before=before.total, currency=draft.currency, comment=said
                ),
                by=actor,
            )
        addresses_changed(deal, before.client)
        if digest_of(draft) != digest_of(before):
            _ask_anew(deal, Drafted(by=actor, comment=said), actor)
        return worded(
            ru="Новое предложение: всего {amount}, было {before}",
            en="A new offer: {amount} in all, it was {before}",
            amount=Cash(amount, draft.currency),
            before=Cash(before.total, before.currency),
        )

    return effect


def _ask_anew(deal: DealCase, drafted: Drafted, by: Actor) -> None:
    """Nobody votes on what is offered no more, and whoever was to revise it has done so."""
    state = deal.state
    state.drafted = drafted
    for approval in [asked for asked in state.open_approvals if asked.kind == "contract"]:
        deal.withdraw_approval(approval, NEW_OFFER, by=by)
        drop_questions(deal, approval, by)
    for revision in [asked for asked in state.open_assignments if asked.kind == "contract-revision"]:
        answers = {"changes": drafted.comment} if drafted.comment else {}
        revision.closed_at, revision.closed_by, revision.answers = deal.now, by, answers
        deal.record(AssignmentCompleted(**revision.about(), answers=answers), by=by)


def _check_open(deal: DealCase) -> None:
    state = deal.state
    if state.closing or state.stage.final:
        raise Refusal("closed", en="the deal is ending already", ru="сделка уже закрывается")
    if Trigger.CONTRACT in state.moments:
        raise Refusal(
            "agreed",
            en="the contract is agreed by all: what was agreed can't be offered anew",
            ru="договор согласован всеми: согласованное заново не предлагают",
        )
    if not state.lines:
        raise Refusal(
            "no_order",
            en="there is no order yet to change: compose it, deal order N FILE",
            ru="заказа ещё нет, менять нечего: составьте его, deal order N ФАЙЛ",
        )
