"""A file belongs to a document: its draft, or a scan."""

from typing import Any

from domain.deal import answers
from domain.deal.messages import Attach
from domain.deal.open_items import is_over
from domain.facts import DocumentAttached
from domain.wording import worded
from domain.words import Text
from workflows.acts.sign import DOCUMENT
from workflows.case import Case
from workflows.inbox import Effect


def attach(case: Case[Any], message: Attach) -> Effect:
    """The same file twice is there once."""
    document = answers.find(case.state.documents, message.document, DOCUMENT, case.state)
    actor = answers.who_attaches(document, message, case.desk)
    if is_over(case.state):
        raise answers.closed(document.title)
    file = message.file

    def effect() -> Text:
        if file not in document.files:
            document.files = (*document.files, file)
            case.record(DocumentAttached(**document.about(), **file.model_dump()), by=actor)
        return worded(
            ru="Приложено к «{title}»: {name}",
            en="Attached to “{title}”: {name}",
            title=document.title,
            name=file.name,
        )

    return effect
