"""What people did with the card as a whole that the deal can't follow: taken away, brought back, filled further."""

from collections.abc import Iterable, Iterator
from datetime import date

from domain.crm.comparison import CRM, LONGEST, Answer, Comparison, digest, reverted
from domain.crm.mirror import SeenDeal
from domain.crm.order import order_to_compose
from domain.deal.messages import Compose, ReportCard
from domain.deal.state import DealState
from domain.goods.register import GoodsRegister
from domain.order.order import NO_GOODS
from domain.words import Text

_KEPT = Text(
    ru="чтобы стол её больше не вёл, отмените сделку",
    en="cancel the deal if the desk is not to have it any more",
)


def card_deleted(before: SeenDeal) -> Answer:
    """By whom, no CRM tells. `before` is the deal as it was last seen."""
    id = f"crm:card:{digest(before.ref, 'deleted', before.changed_at)}"
    return Answer(ReportCard(id=id, actor=CRM, what="deleted", remade=before.made_by_desk), None)


def restored(comparison: Comparison) -> Iterator[Answer]:
    if comparison.before and comparison.before.deleted:
        yield comparison.card("restored", comparison.seen.changed_by, str(comparison.seen.changed_at))


def funnel(comparison: Comparison) -> Iterator[Answer]:
    """Into a funnel of others: the deal is still this desk's."""
    seen = comparison.seen
    if not seen.ours:
        by, at = seen.moved_by or seen.changed_by, seen.moved_at or seen.changed_at
        name = "".join(c for c in seen.stage_name if c.isprintable()).strip()[:100] or "?"
        yield reverted(comparison.back("funnel", name, by, at), _KEPT)


def unbound(comparison: Comparison) -> Iterator[Answer]:
    """The company or the contact of its client was taken off, and none of its kind put in its place."""
    seen, before = comparison.seen, comparison.before
    if before is None or before.deleted:
        return
    kept = {_kind(card) for card in seen.bound}
    if gone := [card for card in before.bound if _kind(card) not in kept]:
        yield comparison.card("unbound", seen.changed_by, f"{seen.changed_at} {gone}")


def _kind(card: str) -> str:
    return card.partition(":")[0]


def filled(comparison: Comparison, found: Iterable[Answer]) -> Iterator[Answer]:
    """Something that the order lacked is there now. Nothing where it is composed at once, or was just said to lack something."""
    about = comparison.today, comparison.goods
    before, now = comparison.before, lacking(comparison.deal, comparison.seen, *about)
    if before is None or comparison.deal.lines or not set(before.lacks) - set(now):
        return
    if any(isinstance(answer.message, Compose) or answer.is_turned_back for answer in found):
        return
    missing = "; ".join(now)[:LONGEST]
    seen = comparison.seen
    yield comparison.card("lacks", seen.changed_by, f"{seen.changed_at} {missing}", missing=missing)


def lacking(deal: DealState, seen: SeenDeal, today: date, goods: GoodsRegister = NO_GOODS) -> tuple[str, ...]:
    """What the order lacks, in words for its manager."""
    if deal.lines or not seen.ours:
        return ()
    _, problems = order_to_compose(seen, deal.client, deal.book, today, goods)
    return tuple(problem.text.to(deal.book.language) for problem in problems)
