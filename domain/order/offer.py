"""The offer: a numbered version of what is sold. Approvals bind to its digest; the last one approved by all is in force."""

import hashlib

from domain.base import Count
from domain.money import Sum
from domain.order.change import Change
from domain.order.changes import Draft, changes
from domain.order.order import Client, OrderLine
from domain.order.parties import PARTIES

BUYER = ("name", "inn", "kpp", "ogrn")
"""Who the contract is with. How the client is reached is no part of what is agreed."""
_PARTY = ("country", "name", "inn", "tax_number", "kpp", "address")
"""Who pays, or gets the goods, where that is another."""


class Offer(Draft):
    """`changes` is how it differs from the version before, whose sum was `before`; `comment` is what its maker says of it. Of earlier
    versions the outline is kept."""

    version: Count
    digest: str
    amount: Sum
    before: Sum | None = None
    changes: tuple[Change, ...] = ()
    comment: str = ""

    def outline(self) -> "Offer":
        """Enough to know it by, without its goods."""
        return self.model_copy(update={"lines": {}, "changes": (), "comment": ""})


def make_offer(version: int, draft: Draft, before: Draft | None = None, comment: str = "") -> Offer:
    return Offer(
        version=version,
        client=draft.client,
        currency=draft.currency,
        rate=draft.rate,
        lines=draft.lines,
        digest=digest_of(draft),
        amount=draft.total,
        before=before.total if before else None,
        changes=changes(before, draft) if before else (),
        comment=comment,
    )


def digest_of(draft: Draft) -> str:
    """Equal for drafts that sell the same to the same buyer, whatever their lines' numbers, and into however many lines a good is split."""
    goods = (good.model_dump_json() for good in _whole(draft))
    rate = [draft.rate.model_dump_json(exclude_none=True)] if draft.rate else []
    said = "\n".join([draft.currency, *rate, *buyer_of(draft.client), *goods])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _whole(draft: Draft) -> list[OrderLine]:
    """The goods, each with all its pieces, in the order of their first lines."""
    pieces: dict[OrderLine, int] = {}
    for number in sorted(draft.lines):
        one = draft.lines[number].model_copy(update={"quantity": 1})
        pieces[one] = pieces.get(one, 0) + draft.lines[number].quantity
    return [one.model_copy(update={"quantity": quantity}) for one, quantity in pieces.items()]


def buyer_of(client: Client) -> list[str]:
    """Who buys, pays and gets the goods, and where to."""
    said = [getattr(client, field) or "" for field in BUYER]
    if client.is_foreign:
        said += [client.country, client.tax_number or ""]
    if client.delivery_address:
        said.append(client.delivery_address)
    for role in PARTIES:
        if party := getattr(client, role):
            said += [role, *(getattr(party, field) or "" for field in _PARTY)]
    return said
