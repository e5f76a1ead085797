"""What is agreed changes: the change is an offer of its own, put to whoever must agree, and then applied; where nobody must, at once."""

from domain.deal.amending.agreement import who_agrees
from domain.deal.amending.rules import read_amendment
from domain.deal.messages import Amend
from domain.wording import Cash, worded
from domain.words import Role, Text
from workflows.amendments import in_force, put_amendment
from workflows.deal_case import DealCase
from workflows.inbox import Effect


def amend(deal: DealCase, message: Amend) -> Effect:
    state = deal.state
    actor = deal.desk.authorize(Amend, deal.desk.identify(message.actor))
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


def _asked(roles: tuple[Role, ...]) -> Text:
    if not roles:
        return Text(ru="действует", en="is in force")
    return worded(ru="на согласовании ({roles})", en="is put to approval ({roles})", roles=roles)
