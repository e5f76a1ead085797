"""Deals, lines and what belongs to them, each valid as made; name only what a test is about.

    line = a_line(status=LineStatus.SENT, good=a_good(payment="deferred_30"))
    deal = a_deal(stage=Stage.ORDER_SENT, lines=[line], assignments=[an_assignment()])

Deal numbers are fresh; moments are `NOW` and around it.
"""

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from domain.alarms import Alarm, set_alarm
from domain.deal.batches import RecordBatch
from domain.deal.documents import documents_of_deal, documents_of_line
from domain.deal.ledger import ADVANCE, Entry, EntryKind, Ledger
from domain.deal.payments import milestones_of
from domain.deal.state import DealState, LineState
from domain.deal.tasks import Approval, Assignment, Awaiting, Vote
from domain.facts import Actor, CancelRequested, DealOpened, Fact, FactData, Subject, chained
from domain.order.order import Client, OrderLine
from domain.playbook.book import StaffedPlaybook
from domain.playbook.kinds import APPROVAL_KINDS, ASSIGNMENT_KINDS
from domain.words import Availability, Role, Source, Text

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
IVANOVA = Actor(person="ivanova", name="Мария Иванова", role=Role.MANAGER)
PETROV = Actor(person="petrov", name="Пётр Петров", role=Role.DIRECTOR)
SIDOROVA = Actor(person="sidorova", name="Ольга Сидорова", role=Role.ACCOUNTANT)

_numbers = itertools.count(1001)


def fresh_number() -> str:
    return str(next(_numbers))


def both(words: str) -> Text:
    return Text(ru=f"{words} (по-русски)", en=words)


@cache
def a_playbook() -> StaffedPlaybook:
    """The smallest whole one: four people, two payment types, a document of a line and one of the deal."""
    assignments = {k: {"title": both(k), "role": "manager", "due": "1wd"} for k in ASSIGNMENT_KINDS}
    approvals = {k: {"title": both(k), "roles": ["director"], "due": "1wd"} for k in APPROVAL_KINDS}
    approvals["contract"]["roles"] = ["client", "director"]
    return StaffedPlaybook.model_validate(
        {
            "version": "test",
            "company": "ООО «Медтех Образец»",
            "people": {
                "ivanova": _person("Мария Иванова", "manager"),
                "petrov": _person("Пётр Петров", "director"),
                "sidorova": _person("Ольга Сидорова", "accountant"),
                "orlov": _person("Олег Орлов", "logistics"),
            },
            "vat": {"22": {"title": both("22 %"), "rate": 22}},
            "payments": {
                "prepaid_50": {
                    "title": both("half ahead"),
                    "milestones": [
                        {
                            "id": "prepayment", "title": both("prepayment"), "share": 50,
                            "trigger": "contract", "offset": "3wd", "gate": "ordering",
                        },
                        {
                            "id": "rest", "title": both("the rest"),
                            "trigger": "ready_to_ship", "offset": "3wd", "gate": "shipping",
                        },
                    ],
                },
                "deferred_30": {
                    "title": both("30 days later"),
                    "credit": True,
                    "milestones": [
                        {"id": "deferred", "title": both("all"), "trigger": "accepted", "offset": "30cd"}
                    ],
                },
            },
            "deliveries": {"pickup": {"title": both("pickup")}},
            "documents": {
                "upd": {"title": both("UPD"), "available": "shipped", "due": "5wd"},
                "contract": {
                    "title": both("contract"), "available": "contract", "due": "5wd", "of_deal": True,
                },
            },
            "assignments": assignments,
            "approvals": approvals,
            "reminders": {"before": ["4wh"], "escalate_after": "4wh", "repeat": ["1wd"]},
            "checks": {"customs": "1wd", "eta": "1wd", "silent_line": "5cd"},
        }
    )  # fmt: skip


def _person(name: str, role: str) -> dict[str, Any]:
    return {"name": name, "email": f"{role}@desk.example.com", "roles": [role]}


def a_client(**changes: Any) -> Client:
    known = {
        "name": "ООО «Клиника Образец»",
        "inn": "9900000017",
        "contact": "Анна Смирнова",
        "email": "anna@clinic.example.com",
        "phone": "+74951234567",
    }
    return Client(**known | changes)


def a_good(**changes: Any) -> OrderLine:
    known = {
        "sku": "US-900",
        "name": "УЗИ-сканер",
        "quantity": 2,
        "unit_price": Decimal("1250000.00"),
        "vat": "22",
        "source": Source.IMPORT,
        "availability": Availability.ON_ORDER,
        "payment": "prepaid_50",
        "delivery": "pickup",
    }
    return OrderLine(**known | changes)


def a_line(number: int = 1, deal: str = "", **changes: Any) -> LineState:
    """Its milestones and documents come from the playbook. Questions may be lists; `a_deal` sets `deal`."""
    good = changes.pop("good", None) or a_good()
    book = a_playbook()
    known = {
        "milestones": milestones_of(number, good.amount, book.payments[good.payment]),
        "documents": documents_of_line(number, good, book),
        "revision": 1,
    }
    return LineState(number=number, good=good, **_common(deal), **known | _by_id(changes))


def a_deal(number: str | None = None, lines: Iterable[LineState] = (), **changes: Any) -> DealState:
    number = number or fresh_number()
    for line in lines:
        line.deal = number
    known = {
        "documents": documents_of_deal(a_playbook()),
        "lines": {line.number: line for line in lines},
        "ledger": Ledger(entries=list(changes.pop("payments", ()))),
        "revision": 1,
    }
    return DealState(**_common(number) | known | _kept(changes) | _by_id(changes))


def _kept(changes: dict[str, Any]) -> dict[str, Any]:
    """The playbook and the people of a `playbook` with people in it; a deal that has none yet has no people either."""
    book = changes.pop("playbook", a_playbook())
    return {"playbook": book and book.alone(), "people": book and book.staff()}


def _common(deal: str) -> dict[str, Any]:
    return {
        "deal": deal,
        "client": a_client(),
        "manager": "ivanova",
        "opened_at": NOW,
        "updated_at": NOW,
    }


def _by_id(changes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {entry.id: entry for entry in value}
        if isinstance(value, list) and name in ("assignments", "approvals", "documents", "milestones")
        else value
        for name, value in changes.items()
    }


def an_alarm(due_at: datetime = NOW + timedelta(days=1), opened_at: datetime = NOW) -> Alarm:
    return set_alarm(opened_at, due_at, a_playbook().reminders, a_playbook().calendar)


def an_assignment(kind: str = "qualification", line: int | None = None, **changes: Any) -> Assignment:
    due_at = changes.pop("due_at", NOW + timedelta(days=1))
    known = {
        "id": Subject(line).id(kind),
        "kind": kind,
        "title": both(kind),
        "assignee": "ivanova",
        "role": Role.MANAGER,
        "alarm": an_alarm(due_at),
    }
    return Assignment(**known | changes)


def an_approval(kind: str = "contract", line: int | None = None, **changes: Any) -> Approval:
    due_at = changes.pop("due_at", NOW + timedelta(days=1))
    known = {
        "id": Subject(line).id(kind),
        "kind": kind,
        "title": both(kind),
        "asked": (
            Awaiting(role=Role.CLIENT, person="client"),
            Awaiting(role=Role.DIRECTOR, person="petrov"),
        ),
        "alarm": an_alarm(due_at),
    }
    return Approval(**known | changes)


def a_vote(actor: Actor = PETROV, approve: bool = True, **changes: Any) -> Vote:
    known = {"role": actor.role or Role.CLIENT, "actor": actor, "approve": approve, "at": NOW}
    return Vote(**known | changes)


def a_payment(amount: str = "1250000.00", **changes: Any) -> Entry:
    """All of it an advance, if it is not said where it was put."""
    id = f"bank-{fresh_number()}"
    known = {
        "kind": EntryKind.RECEIVED,
        "id": id,
        "payment": changes.get("id", id),
        "amount": Decimal(amount),
        "currency": "RUB",
        "day": NOW.date(),
        "put": {ADVANCE: Decimal(amount)},
        "actor": SIDOROVA,
        "at": NOW,
    }
    return Entry(**known | changes)


OPENED = DealOpened(manager="ivanova", playbook="2026-11", lines=1)


def a_fact(seq: int = 1, data: FactData = OPENED, prev: str = "", **changes: Any) -> Fact:
    told = Fact.of(data, NOW + timedelta(seconds=seq))
    return chained(told.model_copy(update=changes), seq, prev)


def a_trail(*reasons: str, after: Fact | None = None, **changes: Any) -> list[Fact]:
    """Facts one after the other, each chained to the one before it."""
    trail: list[Fact] = []
    for reason in reasons:
        before = trail[-1] if trail else after
        seq, prev = (before.seq + 1, before.digest) if before else (1, "")
        trail.append(a_fact(seq, CancelRequested(reason=reason), prev, **changes))
    return trail


def a_batch(
    deal: DealState, facts: Sequence[Fact] = (), lines: Sequence[LineState] | None = None
) -> RecordBatch:
    """As the deal tells it: itself without its lines, and those that changed (all of them, if not said)."""
    told = tuple(deal.lines.values()) if lines is None else tuple(lines)
    alone = deal.model_copy(update={"lines": {}}, deep=True)
    return RecordBatch(
        deal=alone, lines=tuple(line.mirror().model_copy(deep=True) for line in told), facts=tuple(facts)
    )
