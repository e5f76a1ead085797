"""Who must agree to an amendment: the client where he loses or pays, the director where it moves beyond the playbook's threshold."""

from decimal import Decimal
from itertools import accumulate

from domain.deal.delivery import promised
from domain.deal.state import AMENDMENT, DealState
from domain.order.changes import Draft
from domain.order.offer import buyer_of
from domain.order.order import OrderLine
from domain.playbook.terms import PaymentTerm
from domain.words import Role, Trigger

_TOLD_APART = {
    "quantity",
    "unit_price",
    "rounding",
    "payment",
    "warranty_months",
    "deliver_by",
    "deliver_within",
    "deliver_from",
}
"""Of these it is told apart whether the client loses."""
_OF_THE_REGISTER = {
    "registration_certificate",
    "certified_on",
    "certified_until",
    "medical_device",
    "okpd2",
    "tracking",
}
"""What is known of the good, and no term of its sale. Any other field that changes is the client's to agree."""
_WHEN = (Trigger.CONTRACT, Trigger.READY_TO_SHIP, Trigger.SHIPPED, Trigger.ACCEPTED)


def who_agrees(deal: DealState, after: Draft) -> tuple[Role, ...]:
    """In the playbook's order; nobody where nobody loses or pays, and all stays within the threshold."""
    before = deal.draft
    needed = set[Role]()
    if _client_loses(deal, before, after):
        needed.add(Role.CLIENT)
    if _beyond(deal, before, after):
        needed.add(Role.DIRECTOR)
    return tuple(role for role in deal.book.approvals[AMENDMENT].roles if role in needed)


def _client_loses(deal: DealState, before: Draft, after: Draft) -> bool:
    if buyer_of(before.client) != buyer_of(after.client):
        return True
    if before.rate != after.rate:
        return True
    numbers = {*before.lines, *after.lines}
    return after.total > before.total or any(
        _loses(deal, before.lines.get(n), after.lines.get(n)) for n in numbers
    )


def _loses(deal: DealState, old: OrderLine | None, new: OrderLine | None) -> bool:
    if old is None or new is None:
        return True
    if old == new:
        return False
    others = set(OrderLine.model_fields) - _TOLD_APART - _OF_THE_REGISTER
    if new.unit_price > old.unit_price or new.amount > old.amount or new.quantity < old.quantity:
        return True
    if (new.warranty_months or 0) < (old.warranty_months or 0) or _delivered_later(deal, old, new):
        return True
    if any(getattr(old, name) != getattr(new, name) for name in others):
        return True
    payments = deal.book.payments
    return old.payment != new.payment and not _later(payments[old.payment], payments[new.payment])


def _delivered_later(deal: DealState, old: OrderLine, new: OrderLine) -> bool:
    """Whether less is promised of the delivery. A term that counts from the prepayment is comparable only with another of its kind."""
    if not old.is_promised or _promise(old) == _promise(new):
        return False
    if not new.is_promised:
        return True
    paid_first = [good.deliver_from == "prepayment" for good in (old, new)]
    if any(paid_first):
        then, now = old.deliver_within, new.deliver_within
        return not (all(paid_first) and then and now and then.unit is now.unit and now.n <= then.n)
    before, after = (promised(good, deal.book, deal.moments[Trigger.CONTRACT]) for good in (old, new))
    return before is None or after is None or after > before


def _promise(good: OrderLine) -> tuple[object, ...]:
    return good.deliver_by, good.deliver_within, good.deliver_from or "contract"


def _later(old: PaymentTerm, new: PaymentTerm) -> bool:
    """Whether less is due at some event, and at none more."""
    shares = list(zip(_due_by(old), _due_by(new), strict=True))
    return all(then >= now for then, now in shares) and any(then > now for then, now in shares)


def _due_by(term: PaymentTerm) -> list[Decimal]:
    """How much per cent is due by each event."""
    given = sum((part.share or Decimal() for part in term.milestones), Decimal())
    shares = [
        (part.trigger, part.share if part.share is not None else 100 - given) for part in term.milestones
    ]
    return list(accumulate(sum((s for t, s in shares if t is when), Decimal()) for when in _WHEN))


def _beyond(deal: DealState, before: Draft, after: Draft) -> bool:
    rules, agreed = deal.book.amendments, _agreed_by_director(deal, before.total)
    if abs(after.total - agreed) * 100 > agreed * rules.director_above:
        return True
    both = before.lines.keys() & after.lines.keys()
    return any(
        getattr(before.lines[n], name) != getattr(after.lines[n], name)
        for n in both
        for name in rules.director_fields
    )


def _agreed_by_director(deal: DealState, now: Decimal) -> Decimal:
    """The total that the director said yes to last: many small steps are one large one."""
    versions = [
        round.version
        for asked in (deal.approvals.get("contract"), deal.approvals.get(AMENDMENT))
        if asked
        for round in asked.all_rounds()
        if round.outcome == "approved" and any(vote.role is Role.DIRECTOR for vote in round.votes)
    ]
    found = {offer.version: offer.amount for offer in deal.offers}
    return found.get(max(versions, default=0), now)
