"""What is agreed changes: the change is an offer of its own, put to whoever must agree, and then applied; where nobody must, at once."""

from domain.deal.amending.agreement import who_agrees
from domain.deal.amending.rules import check_withdrawal, read_amendment
from domain.deal.messages import Amend
from domain.facts import Actor
from domain.wording import Cash, worded
from domain.words import Role, Text, same
from workflows.amendments import in_force, put_amendment
from workflows.deal_case import DealCase
from workflows.inbox import Effect


def amend(deal: DealCase, message: Amend) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Amend, deal.desk.identify(message.actor))
    if message.withdraw:
        return _withdraw(deal, message, actor)
    draft = read_amendment(state, message, deal.today)
    roles = who_agrees(state, draft)

    def effect() -> Text:
        before = state.draft.total
        offer = put_amendment(deal, draft, roles, message.reason, actor)
        if not roles:
            in_force(deal, offer, actor)
        return worded(
            ru="Изменение, версия {version}, {how}: всего {amount}, было {before}",
            en="The amendment, version {version}, {how}: {amount} in all, it was {before}",
            version=offer.version,
            how=_asked(roles),
            amount=Cash(offer.amount, offer.currency),
            before=Cash(before, state.currency),
        )

    return effect


def _withdraw(deal: DealCase, message: Amend, actor: Actor) -> Effect:
    offer = check_withdrawal(deal.state, message)

    def effect() -> Text:
        deal.withdraw_amendment(same(message.reason), actor)
        return worded(
            ru="Изменение, версия {version}, отозвано: в силе версия {in_force}",
            en="The amendment, version {version}, is taken back: version {in_force} is in force",
            version=offer.version,
            in_force=deal.state.in_force,
        )

    return effect


def _asked(roles: tuple[Role, ...]) -> Text:
    if not roles:
        return Text(ru="действует", en="is in force")
    return worded(ru="на согласовании ({roles})", en="is put to approval ({roles})", roles=roles)
