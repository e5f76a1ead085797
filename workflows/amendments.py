"""The life of an amendment: put to approval, in force, or come to nothing. One is open at a time."""

from domain.deal.amending.effects import Supplement, supplements
from domain.deal.line_orders import NewTerms
from domain.deal.opening import open_line
from domain.deal.state import AMENDMENT
from domain.facts import DESK, Actor, AmendmentInForce, AmendmentMade
from domain.order.changes import Draft
from domain.order.offer import Offer
from domain.playbook.kinds import SUPPLEMENT
from domain.wording import worded
from domain.words import Role, join, same
from workflows.deal_case import NEW_OFFER, DealCase
from workflows.returned_mail import addresses_changed


def put_amendment(deal: DealCase, draft: Draft, roles: tuple[Role, ...], reason: str, by: Actor) -> Offer:
    """To these roles; none where nobody must agree."""
    state = deal.state
    deal.withdraw_amendment(NEW_OFFER, by)
    before = state.draft
    offer = deal.next_offer(draft, before, reason)
    deal.record(
        AmendmentMade(
            version=offer.version,
            changes=offer.changes,
            amount=offer.amount,
            before=before.total,
            currency=offer.currency,
            reason=reason,
        ),
        by=by,
    )
    if roles:
        deal.put_to_approval(
            AMENDMENT,
            by=by,
            roles=roles,
            round=offer.version,
            digest=offer.digest,
            amount=offer.amount,
            currency=offer.currency,
            reason=reason,
        )
    return offer


def hear_amendment(deal: DealCase) -> None:
    """Its approval has been answered."""
    asked = deal.state.approvals[AMENDMENT]
    if asked.rejected:
        vote = asked.votes[-1]
        deal.drop_amendment(asked, same(vote.comment), vote.actor)
    elif asked.approved:
        offer = next(offer for offer in deal.state.offers if offer.version == asked.version)
        in_force(deal, offer, asked.put_by or DESK)


def in_force(deal: DealCase, offer: Offer, by: Actor) -> None:
    """Each line takes its new terms by itself, and tells when it has."""
    state = deal.state
    before, told = state.draft, list(supplements(state, offer))
    replaced, state.in_force = state.in_force, offer.version
    deal.record(
        AmendmentInForce(
            version=offer.version,
            digest=offer.digest,
            before=replaced,
            amount=offer.amount,
            currency=offer.currency,
        ),
        by=by,
    )
    state.rate = offer.rate
    other_client, state.client = before.client != offer.client, offer.client
    addresses_changed(deal, before.client)
    for number in sorted({*before.lines, *offer.lines}):
        old, good = before.lines.get(number), offer.lines.get(number)
        if old is None and good and number not in state.lines:
            state.lines[number] = open_line(state, number, good, deal.now)
            state.dirty_lines.append(number)
        elif old and (old != good or (other_client and not state.lines[number].status.final)):
            if old != good:
                state.originals.setdefault(number, old)
            terms = NewTerms(
                version=offer.version, good=good, client=offer.client, reason=same(offer.comment), actor=by
            )
            deal.lines.amend(number, terms)
    for supplement in told:
        _ask_to_tell(deal, supplement)
    deal.lines.start_new()
    deal.follow_lines()
    deal.wake()


def _ask_to_tell(deal: DealCase, of: Supplement) -> None:
    rounds = deal.state.rounds
    rounds[SUPPLEMENT] = rounds.get(SUPPLEMENT, 0) + 1
    title = deal.state.book.assignment(SUPPLEMENT).title
    told = worded(
        ru="{title}: позиция {line}, {name}, {what}; сообщить {parties}",
        en="{title}: line {line}, {name}, {what}; tell {parties}",
        title=title,
        line=of.line,
        name=of.name,
        what=of.what,
        parties=join(of.parties, ", "),
    )
    deal.open(SUPPLEMENT, round=rounds[SUPPLEMENT], title=told)
