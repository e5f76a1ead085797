"""Whether a playbook can carry deals: its books agree with each other, and with what the process reads of them.

Everything that could hang or break a deal is found here, when a file is loaded: no workflow ever meets such a playbook.
"""

from collections.abc import Iterator
from itertools import chain

from domain.order.problems import Problem
from domain.playbook.book import Playbook, StaffedPlaybook
from domain.playbook.check.books import book_problems
from domain.playbook.check.forms import form_problems
from domain.playbook.check.people import role_problems, staff_problems
from domain.playbook.check.questions import question_problems
from domain.playbook.check.texts import text_problems, unprintable
from domain.playbook.check.times import time_problems
from domain.playbook.people import People
from domain.playbook.routes import source_problems

__all__ = [
    "form_problems",
    "people_problems",
    "playbook_problems",
    "question_problems",
    "role_problems",
    "unprintable",
]


def playbook_problems(book: StaffedPlaybook) -> Iterator[Problem]:
    """All that is wrong with a well-formed playbook and the people who work by it."""
    return chain(
        text_problems(book),
        book_problems(book),
        staff_problems(book),
        role_problems(book),
        time_problems(book),
        _routes(book),
        _forms(book),
    )


def people_problems(people: People) -> Iterator[Problem]:
    """All that is wrong with well-formed people, whatever playbook they work by."""
    return chain(text_problems(people), staff_problems(people))


def _routes(book: Playbook) -> Iterator[Problem]:
    for source, route in book.routes.items():
        yield from (
            Problem(place=f"routes.{source.value}", text=text) for text in source_problems(source, route)
        )


def _forms(book: Playbook) -> Iterator[Problem]:
    for kind, assignment in book.assignments.items():
        yield from form_problems(assignment.form, f"assignments.{kind}.form")
        yield from question_problems(kind, assignment.form)
    for code, term in book.payments.items():
        yield from form_problems(term.form, f"payments.{code}.form")
