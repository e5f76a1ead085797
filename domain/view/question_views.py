"""The questions of a deal as `deal show` lists them: what each asks, of whom, and by when."""

from collections.abc import Iterable, Iterator

from domain.deal.assignment_form import form_of
from domain.deal.documents import Document
from domain.deal.open_items import OpenItem, persons
from domain.deal.shipments import sharing
from domain.deal.state import LineState, ProcessState
from domain.playbook.forms import Form, is_met
from domain.view import commands
from domain.view.change_words import offer_in_words
from domain.view.credit_words import credit_words
from domain.view.model import (
    ApprovalView,
    AssignmentView,
    AwaitingView,
    DocumentView,
    FieldView,
    MilestoneView,
    SignerView,
    VoteView,
)
from domain.view.order_words import asked_offer, what_follows
from domain.view.viewer import Viewer
from domain.words import SIDE_LABELS


def assignment_view(viewer: Viewer, item: OpenItem) -> AssignmentView:
    assignment = viewer.snapshot.process(item.subject).assignments[item.id or ""]
    form = form_view(viewer, item)
    return AssignmentView(
        id=assignment.id,
        kind=assignment.kind,
        subject=str(item.subject),
        title=item.title.to(viewer.language),
        assignee=assignment.assignee,
        due_at=item.due_at,
        overdue=item.overdue(viewer.now),
        form=form,
        how=commands.complete(viewer, assignment.id, assignment.assignee, form),
    )


def form_view(viewer: Viewer, item: OpenItem) -> tuple[FieldView, ...]:
    process = viewer.snapshot.process(item.subject)
    kind = process.assignments[item.id or ""].kind
    asked = form_of(viewer.deal, item.subject.line or 0, kind, item.id or "") if viewer.book else ()
    return tuple(_fields(viewer, process, asked))


def _fields(viewer: Viewer, process: ProcessState, form: Form) -> Iterator[FieldView]:
    today = viewer.calendar.today(viewer.now)
    quantity = process.good.quantity if isinstance(process, LineState) else 1
    examples = {field.name: field.example_for(today, quantity) for field in form}
    for field in form:
        title = field.title.to(viewer.language)
        asked = bool(field.required_when) and is_met(field.required_when, examples)
        yield FieldView(
            **field.model_dump(include={"name", "type", "required_when", "choices", "pattern"}),
            required=field.required or asked,  # by the answers that the examples give
            title=title,
            example=examples[field.name],
            help=field.help.to(viewer.language) if field.help else title,
        )


def approval_view(viewer: Viewer, item: OpenItem) -> ApprovalView:
    approval = viewer.snapshot.process(item.subject).approvals[item.id or ""]
    offer = asked_offer(viewer.deal, approval.kind, item.version)
    return ApprovalView(
        id=approval.id,
        kind=approval.kind,
        subject=str(item.subject),
        version=item.version,
        title=item.title.to(viewer.language),
        awaiting=tuple(
            AwaitingView(
                role=ask.role,
                person=ask.person,
                how=commands.decide(viewer, approval.id, ask.person, item.version),
            )
            for ask in item.who
        ),
        votes=tuple(
            VoteView(
                role=vote.role,
                person=vote.actor.person,
                name=str(vote.actor),
                approve=vote.approve,
                comment=vote.comment,
                at=vote.at,
            )
            for vote in approval.votes
        ),
        changes=offer_in_words(offer, viewer.language, viewer.book) if offer and viewer.book else (),
        follows=what_follows(viewer.deal, offer, viewer.language, inside=True)
        if offer and offer is viewer.deal.amendment
        else (),
        credit=credit_words(_line(viewer, item), approval.kind, item.version, viewer.language),
        comment=offer.comment if offer else "",
        due_at=item.due_at,
        overdue=item.overdue(viewer.now),
    )


def _line(viewer: Viewer, item: OpenItem) -> LineState | None:
    process = viewer.snapshot.process(item.subject)
    return process if isinstance(process, LineState) else None


def milestone_views(viewer: Viewer) -> Iterator[MilestoneView]:
    """All that is to be paid, also what is not due yet: money may come earlier."""
    unpaid = [m for line in viewer.snapshot.active for m in line.milestones.values() if not m.paid]
    for milestone in unpaid if not viewer.deal.stage.final else ():
        due_at = (
            milestone.alarm.due_at if milestone.alarm else milestone.due_at
        )  # what lost its money is due anew
        yield MilestoneView(
            **milestone.model_dump(include={"id", "line", "amount", "gate"}),
            title=milestone.title.to(viewer.language),
            outstanding=milestone.outstanding,
            due_at=due_at,
            overdue=due_at is not None and viewer.now > due_at,
            how=commands.pay(viewer, milestone.outstanding, milestone.line),
        )


def document_views(viewer: Viewer, items: Iterable[OpenItem]) -> Iterator[DocumentView]:
    """All of them, also those that are signed or can't be yet."""
    to_sign = {item.id: item for item in items if item.kind == "document"}
    deal = viewer.deal
    for document in (d for process in viewer.snapshot.processes for d in process.documents.values()):
        if document.shared_with:
            continue
        item = to_sign.get(document.id)
        signer = persons((*document.signers, document.role_of(document.sides[0]))[0], deal)[0]
        line = document.line
        per_shipment = bool(viewer.book and viewer.book.documents[document.kind].per_shipment)
        yield DocumentView(
            id=document.id,
            line=line,
            lines=(sharing(deal, line) if per_shipment else (line,)) if line else (),
            title=document.title.to(viewer.language),
            version=document.version,
            signer=signer,
            signers=tuple(_signer_views(viewer, document)),
            handed_over=document.handed_over,
            refused=bool(document.refused),
            returned=document.returned,
            signed=document.signed,
            signed_on=document.signed_on,
            can_sign=item is not None,
            due_at=document.alarm.due_at if document.alarm else None,
            overdue=item is not None and item.overdue(viewer.now),
            files=document.files,
            how=commands.sign(viewer, document.id, signer) if item else None,
        )


def _signer_views(viewer: Viewer, document: Document) -> Iterator[SignerView]:
    signed = {signature.side: signature.on for signature in document.signatures}
    for side in document.sides:
        yield SignerView(
            side=side,
            label=SIDE_LABELS[side].to(viewer.language),
            person=persons(document.role_of(side), viewer.deal)[0],
            signed_on=signed.get(side, document.signed_on),
        )
