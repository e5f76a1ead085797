"""What follows when an answer is corrected: what the steps have made of it is made anew."""

from collections.abc import Callable
from typing import Any

from domain.deal.corrections import TURNED_BACK
from domain.deal.tasks import Assignment
from domain.facts import Actor
from domain.playbook.questions import (
    Acceptance,
    Accepted,
    Arrival,
    Delayed,
    Delivery,
    Dispatch,
    ServicePlan,
    ServiceRendered,
    Shipment,
    SupplierOrder,
)
from domain.words import Trigger
from workflows.acts.ask import tell_asker
from workflows.case import Case
from workflows.deal_case import DealCase
from workflows.line_case import LineCase
from workflows.obligations import follow_obligation, watch_obligations
from workflows.returned_mail import take_address
from workflows.steps.customs import read_declarations
from workflows.steps.order import dispatch_due
from workflows.vat import take_vat_of

Consequence = Callable[[LineCase, Assignment, Actor, str], None]


def follow(case: Case[Any], asked: Assignment, by: Actor, reason: str, *, turned: bool) -> None:
    """Who corrected it, and why, stands with what it brought about. `turned`: it is the way that was wrong."""
    if isinstance(case, LineCase) and turned:
        case.turn_back(TURNED_BACK[asked.kind], reason)
    elif isinstance(case, LineCase) and (consequence := CONSEQUENCES.get(asked.kind)):
        consequence(case, asked, by, reason)
    if isinstance(case, DealCase):
        take_address(case, asked)
    tell_asker(case, asked)


def _ready_day(line: LineCase, asked: Assignment, by: Actor, reason: str) -> None:
    line.state.ready_at = line.end_of(SupplierOrder.read(asked.answers).ready_on)
    line.put_off("dispatch", dispatch_due(line), reason, by=by)


def _first_eta(line: LineCase, asked: Assignment, by: Actor, reason: str) -> None:
    """Unless the goods were delayed since: then they are expected on another day."""
    arrivals = [a for a in line.state.assignments.values() if a.kind == "arrival" and a.closed]
    if not any(isinstance(Arrival.read(a.answers), Delayed) for a in arrivals if not a.withdrawn):
        line.correct_eta(Dispatch.read(asked.answers).eta, reason, by)


def _next_eta(line: LineCase, asked: Assignment, by: Actor, reason: str) -> None:
    if isinstance(answer := Arrival.read(asked.answers), Delayed):
        line.correct_eta(answer.eta, reason, by)


def _declarations(line: LineCase, asked: Assignment, by: Actor, reason: str) -> None:
    read_declarations(line)
    line.wake()


def _released(line: LineCase, asked: Assignment, by: Actor, reason: str) -> None:
    read_declarations(line)
    follow_obligation(line, asked, by, reason)
    watch_obligations(line)
    line.wake()


def _accepted(line: LineCase, asked: Assignment, by: Actor, reason: str) -> None:
    line.tell_of_lots()
    if isinstance(answer := Acceptance.read(asked.answers), Accepted):
        line.correct_day(Trigger.READY_TO_SHIP, answer.accepted_on)


def _shipped(line: LineCase, asked: Assignment, by: Actor, reason: str) -> None:
    shipped_on = Shipment.read(asked.answers).shipped_on
    line.correct_day(Trigger.SHIPPED, shipped_on)
    take_vat_of(line, shipped_on)


def _delivered(line: LineCase, asked: Assignment, by: Actor, reason: str) -> None:
    line.correct_day(Trigger.ACCEPTED, Delivery.read(asked.answers).delivered_on)


def _planned(line: LineCase, asked: Assignment, by: Actor, reason: str) -> None:
    line.state.ready_at = line.end_of(ServicePlan.read(asked.answers).agreed_on)
    line.put_off("service-rendered", line.state.ready_at, reason, by=by)


def _rendered(line: LineCase, asked: Assignment, by: Actor, reason: str) -> None:
    rendered_on = ServiceRendered.read(asked.answers).rendered_on
    for event in (Trigger.SHIPPED, Trigger.ACCEPTED):
        line.correct_day(event, rendered_on)
    take_vat_of(line, rendered_on)


CONSEQUENCES: dict[str, Consequence] = {
    "supplier-order": _ready_day,
    "dispatch": _first_eta,
    "arrival": _next_eta,
    "customs-declaration": _declarations,
    "customs-release": _released,
    "acceptance": _accepted,
    "shipment": _shipped,
    "delivery": _delivered,
    "service-plan": _planned,
    "service-rendered": _rendered,
}
"""By kind of question. Of the others nothing has been made that a correction would change."""
