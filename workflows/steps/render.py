"""A service: who renders it and when is agreed with the client; then it is rendered, after the line that it waits for, and paid as its gates
ask. It has no supplier, no customs and no warehouse."""

from domain.playbook.kinds import SERVICE_PLAN, SERVICE_RENDERED
from domain.playbook.questions import ServicePlan, ServiceRendered
from domain.playbook.terms import Gate
from domain.words import Trigger
from workflows.line_case import LineCase
from workflows.steps.release import settle_terms
from workflows.vat import take_vat_of


async def render(line: LineCase) -> None:
    planned = await line.answered_behind(Gate.ORDERING, kind=SERVICE_PLAN)
    if line.once(f"planned:{planned.id}"):
        line.state.ready_at = line.end_of(ServicePlan.read(planned.answers).agreed_on)
    line.happened(Trigger.READY_TO_SHIP)
    await settle_terms(line)
    await line.until(
        lambda: not line.state.papers.follows, "the delivery of the line that this service follows"
    )
    rendered = await line.answered_behind(
        *(Gate.ORDERING, Gate.SHIPPING), kind=SERVICE_RENDERED, due_at=line.state.ready_at
    )
    rendered_on = ServiceRendered.read(rendered.answers).rendered_on
    line.happened(Trigger.SHIPPED, on=rendered_on)
    line.happened(Trigger.ACCEPTED, on=rendered_on)
    take_vat_of(line, rendered_on)
