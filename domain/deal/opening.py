"""How a deal and its lines begin."""

from datetime import datetime

from domain.deal.documents import documents_of_deal, documents_of_line
from domain.deal.payments import milestones_of
from domain.deal.state import DealState, LineState
from domain.order.changes import Draft
from domain.order.order import Client, Order, OrderLine
from domain.playbook.book import StaffedPlaybook
from domain.playbook.sharing import shared
from domain.words import Role


def open_deal(number: str, order: Order, now: datetime) -> DealState:
    """The deal's memory as its first run starts: the playbook is not there yet."""
    client = order.client or Client(contact="?")
    return DealState(
        deal=number,
        client=client,
        manager=order.manager or "",
        currency=order.currency,
        rate=order.rate,
        wish=order.wish,
        origin=order.origin,
        opened_at=now,
        updated_at=now,
    )


def take_playbook(state: DealState, book: StaffedPlaybook) -> None:
    """From here on the deal lives by this version of the playbook, and by the people of today until others are told."""
    state.playbook, state.people = shared(book.alone()), shared(book.staff())
    state.manager = state.manager or book.holders(Role.MANAGER)[0]
    state.documents = documents_of_deal(book)


def take_order(state: DealState, order: Order, now: datetime) -> None:
    """The order's lines become the deal's; its client and manager, where it names them, too."""
    state.client = order.client or state.client
    state.manager = order.manager or state.manager
    state.currency, state.rate = order.currency, order.rate
    state.wish = order.wish or state.wish
    for number, good in enumerate(order.lines or (), start=1):
        state.lines[number] = open_line(state, number, good, now)
    state.dirty_lines = sorted(state.lines)


def take_draft(state: DealState, draft: Draft, now: datetime) -> None:
    """The next draft of an order that nobody has begun to carry out: a line that is other than before begins anew, under its number."""
    before, state.client, state.currency = state.currency, draft.client, draft.currency
    state.rate = draft.rate
    known = state.lines
    state.gone_lines += sorted(known.keys() - draft.lines.keys())
    state.lines = {}
    for number, good in draft.lines.items():
        line = known.get(number)
        if line is None or line.good != good or before != draft.currency:
            revision = line.revision + 1 if line else 0
            line = open_line(state, number, good, now).model_copy(update={"revision": revision})
        line.client = draft.client
        state.lines[number] = line
    state.dirty_lines = sorted(state.lines)


def open_line(deal: DealState, number: int, good: OrderLine, now: datetime) -> LineState:
    book = deal.book
    return LineState(
        deal=deal.deal,
        number=number,
        client=deal.client,
        manager=deal.manager,
        named=deal.named,
        currency=deal.currency,
        good=good,
        route=book.route(good.source),
        opened_at=now,
        updated_at=now,
        milestones=milestones_of(number, good.amount, book.payments[good.payment]),
        documents=documents_of_line(number, good, book),
    )
