"""What the tables hold of a deal's and a line's state. Pure: states in, rows out."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from domain.deal.delivery import deliveries
from domain.deal.ledger import allocations, on_milestones
from domain.deal.open_items import open_items
from domain.deal.pieces import acceptance_of, serials_of
from domain.deal.state import DealState, LineState, ProcessState
from domain.facts import Fact
from domain.money import ZERO
from domain.playbook.book import StaffedPlaybook
from domain.serials import folded as folded_serial
from domain.serials import good_key
from domain.words import Language, LineStatus, Text

Row = dict[str, Any]

_NOT_IN_SNAPSHOT = {"playbook", "people", "lines", "outbox", "receipts", "unreported", "dirty_lines"}
_NUMBER = re.compile(r"[0-9]{1,18}")  # what fits the database's integers


def deal_row(state: DealState, playbook: str | None) -> Row:
    """Amounts that come from the lines start at zero: the store rolls them up."""
    client = state.client
    return {
        "number": state.deal,
        "digits": int(state.deal) if _NUMBER.fullmatch(state.deal) else None,
        "revision": state.revision,
        "stage": state.stage.value,
        "reason": state.closing.reason.to(_language(state)) if state.closing else state.cancel_reason,
        "manager": state.manager,
        "client": client.name or client.contact,
        "inn": client.inn,
        "known_by": client.known_by,
        "payer_inn": client.payer and client.payer.inn,
        "contact": client.contact,
        "currency": state.currency,
        "amount": ZERO,
        "paid": ZERO,
        "received": state.received,
        "next_due_at": None,
        "opened_at": state.opened_at,
        "updated_at": state.updated_at,
        "closed_at": state.closed_at,
        "search": folded(
            state.deal, client.name, client.inn, client.contact, client.email, client.phone, state.wish
        ),
        "head": state.head,
        "playbook": playbook,
        "snapshot": state.model_dump_json(exclude=_NOT_IN_SNAPSHOT),
    }


def _language(deal: DealState) -> Language:
    """The company's; what a deal without a playbook says was said before it could begin."""
    return deal.playbook.language if deal.playbook else "ru"


def line_row(state: LineState, deal: DealState) -> Row:
    """As the deal tells it. The forecast of its delivery comes with `forecast_rows`."""
    good = state.good
    return {
        "deal": state.deal,
        "number": state.number,
        "told": deal.revision,
        "told_at": deal.updated_at,
        "revision": state.revision,
        "status": state.status.value,
        "source": good.source.value,
        "sku": good.sku,
        "name": good.name,
        "quantity": good.quantity,
        "unit": good.unit.value,
        "unit_price": good.unit_price,
        "amount": state.amount,
        "paid": state.paid,
        "vat": state.invoiced.vat,
        "payment": good.payment,
        "delivery": good.delivery,
        "held": state.held,
        "promised_on": None,
        "expected_on": None,
        "late_days": 0,
        "cancelled": state.cancelled.to(_language(deal)) if state.cancelled else None,
        "opened_at": state.opened_at,
        "updated_at": state.updated_at,
        "settled_at": state.settled_at,
        "search": folded(good.sku, good.name),
        "snapshot": state.model_dump_json(exclude=_NOT_IN_SNAPSHOT),
    }


def folded(*words: str | None) -> str:
    """As a search compares: SQLite knows the case of Latin letters only."""
    return "\n".join(word.casefold() for word in words if word)


def playbook_row(playbook: StaffedPlaybook) -> Row:
    """With the people of its day: what a deal works by is one row, and another once its people change."""
    content = playbook.model_dump_json()
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"digest": digest, "version": playbook.version, "content": content}


def rows_of(states: Sequence[ProcessState]) -> dict[str, list[Row]]:
    """All rows that belong to these: the deal itself, or lines of it. By table."""
    return {
        table: [
            {"deal": state.deal, "line": state.subject.line or 0, **row}
            for state in states
            for row in rows(state)
        ]
        for table, rows in OWNED.items()
    }


def _assignments(state: ProcessState) -> Iterator[Row]:
    for entry in state.assignments.values():
        yield {
            "id": entry.id,
            "kind": entry.kind,
            **_titles(entry.title),
            "assignee": entry.assignee,
            "role": entry.role.value,
            "opened_at": entry.alarm.opened_at,
            "due_at": entry.alarm.due_at,
            "closed_at": entry.closed_at,
            "closed_by": entry.closed_by and entry.closed_by.person,
            "withdrawn": entry.withdrawn,
            "answers": entry.answers,
        }


def _approvals(state: ProcessState) -> Iterator[Row]:
    for entry in state.approvals.values():
        yield {
            "id": entry.id,
            "kind": entry.kind,
            "version": entry.version,
            **_titles(entry.title),
            "opened_at": entry.alarm.opened_at,
            "due_at": entry.alarm.due_at,
            "closed_at": entry.closed_at,
            "outcome": entry.outcome,
        }


def _asks(state: ProcessState) -> Iterator[Row]:
    for approval in state.approvals.values():
        votes = {vote.role: vote for vote in approval.votes}
        for ask in approval.asked:
            vote = votes.get(ask.role)
            yield {
                "approval": approval.id,
                "role": ask.role.value,
                "person": ask.person,
                "approve": vote and vote.approve,
                "voted_by": vote and vote.actor.person,
                "behalf": vote and vote.actor.behalf,
                "comment": vote.comment if vote else "",
                "voted_at": vote and vote.at,
            }


def _documents(state: ProcessState) -> Iterator[Row]:
    for entry in state.documents.values():
        if entry.shared_with:
            continue
        yield {
            "id": entry.id,
            **_titles(entry.title),
            "signer": ", ".join(entry.signers) or entry.role_of(entry.sides[-1]).value,
            "ready_at": entry.alarm and entry.alarm.opened_at,
            "due_at": entry.alarm and entry.alarm.due_at,
            "signed_at": entry.signed_at,
            "signed_by": entry.signed_by and entry.signed_by.person,
        }


def _milestones(state: ProcessState) -> Iterator[Row]:
    for entry in state.milestones.values() if isinstance(state, LineState) else ():
        yield {
            "id": entry.id,
            **_titles(entry.title),
            "trigger": str(entry.trigger),
            "gate": entry.gate and entry.gate.value,
            "amount": entry.amount,
            "allocated": entry.allocated,
            "due_at": entry.due_at,
            "paid_at": entry.paid_at,
        }


def _serials(state: ProcessState) -> Iterator[Row]:
    if not isinstance(state, LineState) or state.status is LineStatus.CANCELLED:
        return
    accepted = acceptance_of(state)
    for serial in serials_of(state):
        yield {
            "key": folded_serial(serial),
            "good": good_key(state.good.sku),
            "serial": serial,
            "at": accepted.closed_at if accepted else None,
        }


OWNED: dict[str, Callable[[ProcessState], Iterable[Row]]] = {
    "assignments": _assignments,
    "approvals": _approvals,
    "asks": _asks,
    "documents": _documents,
    "milestones": _milestones,
    "serials": _serials,
}


def open_rows(deal: DealState) -> list[Row]:
    return [
        {
            "deal": deal.deal,
            "line": item.subject.line or 0,
            "kind": item.kind,
            "id": item.id or "",
            "role": ask.role.value,
            "person": ask.person,
            "version": item.version,
            **_titles(item.title),
            "opened_at": item.since,
            "due_at": item.due_at,
            "escalated_at": item.escalated_at,
            "escalated_to": item.director if item.escalated_at else None,
            "seen_until": item.seen_until,
        }
        for item in open_items(deal)
        for ask in item.who
    ]


def forecast_rows(deal: DealState) -> list[Row]:
    """Of the lines whose delivery is promised: when it is expected, as of the deal's last change."""
    promised = [line for line in deal.active_lines if line.good.is_promised]
    return [
        {
            "of_deal": deal.deal,
            "of_line": number,
            "promised_on": forecast.promised_on,
            "expected_on": forecast.delivered_on,
            "late_days": forecast.late_days,
        }
        for number, forecast in deliveries(deal, promised, deal.updated_at).items()
    ]


def payment_rows(state: DealState) -> list[Row]:
    """The payments that the bank has not taken back, each with the milestones on which its money stands now."""
    ledger, stands = state.ledger, allocations(state.ledger.entries)
    return [
        {
            "deal": state.deal,
            "id": entry.id,
            "line": entry.line,
            "amount": entry.amount,
            "currency": entry.currency,
            "day": entry.day,
            "purpose": entry.note,
            "payer_inn": entry.payer_inn,
            "account": entry.account,
            "order_key": entry.key,
            "person": entry.actor.person,
            "at": entry.at,
            "allocations": {id: str(part) for id, part in on_milestones(stands[entry.id]).items()},
        }
        for entry in ledger.standing
        if not ledger.reversal(entry.id)
    ]


def fact_row(deal: str, fact: Fact) -> Row:
    return {
        "deal": deal,
        "seq": fact.seq,
        "digest": fact.digest,
        "prev": fact.prev,
        "at": fact.at,
        "kind": fact.kind,
        "subject": fact.subject,
        "person": fact.actor.person,
        "name": fact.actor.name,
        "role": fact.actor.role and fact.actor.role.value,
        "behalf": fact.actor.behalf,
        "data": fact.data,
    }


def _titles(title: Text) -> Row:
    return {"title_ru": title.ru, "title_en": title.en}
