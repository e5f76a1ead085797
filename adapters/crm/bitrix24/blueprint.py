"""What a portal must have for the desk, made from the playbook: a funnel, the lines' smart process, their stages, fields and
reference books. Nothing here speaks to a portal; `setup` builds it, `check` compares, the adapter writes by its codes.

Custom fields go by their original names (`useOriginalUfNames: "Y"` in every crm.item.* call): camelCase drops the underscores
between words and digits, and can't be turned back.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.books import Book, reference_books
from adapters.crm.bitrix24.fields import Field, deal_fields, line_fields
from domain.playbook.book import StaffedPlaybook
from domain.words import STAGE_LABELS, STATUS_LABELS, Language, Text

LINES_TITLE = Text(ru="Позиции сделок", en="Deal lines")
LINES_CODE = "DW_LINES"
"""Symbolic code of the smart process: finds it between its making and that of its first field (`codes.LINES_MARK`)."""

Semantics = Literal["", "S", "F"]
"""Of a stage: under way, success, failure. The portal wants them sorted in this order."""

_COLOURS = ("#39A8EF", "#2FC6F6", "#55D0E0", "#47E4C2", "#FFA900", "#C3A6E8", "#9DCF00")
_ENDS: dict[str, Semantics] = {"WON": "S", "SUCCESS": "S", "LOSE": "F", "FAIL": "F", "DW_CANCELLED": "F"}
_END_COLOURS: dict[Semantics, str] = {"S": "#7BD500", "F": "#FF5752"}


class StagePlan(NamedTuple):
    """`code` is the STATUS_ID without the funnel's prefix."""

    code: str
    label: Text
    sort: int
    colour: str
    semantics: Semantics


class Blueprint(NamedTuple):
    """`line_fields` have their codes once the portal has numbered the smart process: `Field.code(type_id)`."""

    language: Language
    stages: tuple[StagePlan, ...]
    deal_fields: tuple[Field, ...]
    statuses: tuple[StagePlan, ...]
    line_fields: tuple[Field, ...]
    books: tuple[Book, ...]

    def deal_field(self, name: str) -> Field | None:
        return next((field for field in self.deal_fields if field.name == name), None)

    def line_field(self, name: str) -> Field | None:
        return next((field for field in self.line_fields if field.name == name), None)


def blueprint(playbook: StaffedPlaybook) -> Blueprint:
    return Blueprint(
        language=playbook.language,
        stages=tuple(_plans({codes.STAGES[stage]: label for stage, label in STAGE_LABELS.items()})),
        deal_fields=deal_fields(playbook),
        statuses=tuple(_plans({codes.STATUSES[status]: label for status, label in STATUS_LABELS.items()})),
        line_fields=line_fields(playbook),
        books=reference_books(playbook),
    )


def _plans(labels: dict[str, Text]) -> Iterator[StagePlan]:
    for n, (code, label) in enumerate(labels.items()):
        semantics = _ENDS.get(code, "")
        colour = _END_COLOURS.get(semantics) or _COLOURS[n % len(_COLOURS)]
        yield StagePlan(code, label, sort=10 * (n + 1), colour=colour, semantics=semantics)
