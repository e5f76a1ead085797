"""A new offer takes the place of the draft: while the contract is not agreed by all, whatever is sold may change. Money that came
before goes along; the round that was asked about is withdrawn, and the next version is put to approval."""

from domain.base import MAX_LINE_NUMBER
from domain.deal import opening, treasury
from domain.deal.authority import CLIENT
from domain.deal.messages import MakeOffer
from domain.deal.state import Drafted
from domain.facts import Actor, AssignmentCompleted, OfferChanged
from domain.order.changes import Draft, changes
from domain.order.offer import digest_of
from domain.order.order import Order
from domain.order.problems import BadOrder
from domain.order.redrafting import numbered, with_settings
from domain.playbook.book import Trigger
from domain.refusals import Refusal
from domain.wording import Cash, currency, worded
from domain.words import Text
from workflows.acts.ask import drop_questions
from workflows.acts.order import bad_order, read_whole
from workflows.deal_case import NEW_OFFER, DealCase
from workflows.inbox import Effect
from workflows.money import record_moved
from workflows.returned_mail import address_changed


def offer(deal: DealCase, message: MakeOffer) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(MakeOffer, deal.desk.identify(message.actor))
    _check_open(deal)
    _check_version(deal, message)
    before, draft = state.draft, _read(deal, message)
    made = changes(before, draft)
    if not made:
        en, ru = (
            "the offer says just this already: nothing would change",
            "предложение уже такое: ничего не изменится",
        )
        raise Refusal("already", en=en, ru=ru)

    def effect() -> Text:
        record_moved(deal, treasury.free_money(state, draft, deal.now, deal.today))
        opening.take_draft(state, draft, deal.now)
        treasury.restate(state)
        amount, said = draft.total, message.comment
        deal.record(
            OfferChanged(
                changes=made, amount=amount, before=before.total, currency=draft.currency, comment=said
            ),
            by=actor,
        )
        record_moved(deal, treasury.put_advances(state, deal.now, deal.today))
        if draft.client.email != before.client.email:
            address_changed(deal, CLIENT)
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


def _check_version(deal: DealCase, message: MakeOffer) -> None:
    version = deal.state.contract_version
    if message.version not in (None, version):
        raise Refusal(
            "stale_version",
            en="version {said} is no longer the latest: version {version} is",
            ru="версия {said} уже не последняя: теперь версия {version}",
            said=message.version,
            version=version,
        )


def _read(deal: DealCase, message: MakeOffer) -> Draft:
    """What would be offered, checked as every order is."""
    state = deal.state
    if bool(message.order) == bool(message.settings):
        en, ru = (
            "say either the whole `order`, or `settings`",
            "нужно одно из двух: весь `order` или `settings`",
        )
        raise Refusal("bad_offer", en=en, ru=ru)
    if message.order:
        order = read_whole(deal, {"currency": state.currency, **message.order}, known_client=state.client)
        lines = numbered(state.draft, order.lines or (), state.gone_lines)
    else:
        order = _with_settings(deal, message)
        lines = dict(zip(sorted(state.draft.lines), order.lines or (), strict=True))
    _check_fits(deal, order, max(lines))
    return Draft(client=order.client or state.client, currency=order.currency, lines=lines)


def _with_settings(deal: DealCase, message: MakeOffer) -> Order:
    try:
        raw = with_settings(deal.state.draft, message.settings)
    except BadOrder as error:
        raise bad_order(error) from None
    return read_whole(deal, raw)


def _check_fits(deal: DealCase, order: Order, highest: int) -> None:
    state = deal.state
    if order.manager not in (None, state.manager):
        raise Refusal(
            "bad_order",
            en="manager: {who} has this deal; it is handed over by deal reassign",
            ru="manager: сделку ведёт {who}; её передаёт deal reassign",
            who=deal.desk.name(state.manager),
        )
    if order.currency != state.currency and state.ledger.entries:
        raise Refusal(
            "other_currency",
            en="money has come in {ours}: the offer must be in them, too",
            ru="деньги пришли в {ours}: предложение должно быть в них же",
            ours=currency(state.currency),
        )
    if highest > MAX_LINE_NUMBER:
        en, ru = (
            "this deal has had too many lines: start another one",
            "в этой сделке было слишком много позиций: начните другую",
        )
        raise Refusal("bad_order", en=en, ru=ru)
