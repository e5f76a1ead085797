"""A document that the client has refused: what its manager can choose from."""

from domain.deal.documents import Document, adjusting_kind
from domain.deal.state import ProcessState
from domain.playbook.book import Playbook
from domain.playbook.forms import Form

_OUTCOME, _ADJUSTED, _RETURNED = "outcome", "adjusted", "returned"


def refused_document(process: ProcessState, assignment: str) -> Document:
    """The one that this assignment settles."""
    return next(document for document in process.documents.values() if document.refused == assignment)


def refusal_form(form: Form, process: ProcessState, book: Playbook, assignment: str) -> Form:
    """Without the paper beside it, where the playbook has none for this document; and goods are returned of a line only."""
    document = next((d for d in process.documents.values() if d.refused == assignment), None)
    if document is None:
        return form
    out = {_ADJUSTED} if adjusting_kind(document, book) is None else set()
    if document.line is None:
        out.add(_RETURNED)
    return tuple(
        field.model_copy(update={"choices": tuple(code for code in field.choices or () if code not in out)})
        if field.name == _OUTCOME
        else field
        for field in form
    )
