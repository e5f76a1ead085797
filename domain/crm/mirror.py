"""A deal as its CRM shows it back to the desk: what people did there, in the desk's words. Plain data, whatever the CRM."""

from typing import Any

from pydantic import AwareDatetime

from domain.base import Value
from domain.words import LineStatus, Stage


class SeenTask(Value):
    """A task the desk opened. `task` is the id that `OpenTask` gave it; `by` is who closed it or, if it is open, who last gave it its
    status, as in `SeenDeal`. `thing` is what the CRM's events about it name: `task:55`."""

    task: str
    thing: str = ""
    closed: bool
    by: str | None = None
    at: AwareDatetime | None = None


class SeenLine(Value):
    """The card of a line, as far as the order has it (`said`). No status: it stands in a stage that is none of the desk's. `by` is
    as in `SeenDeal`, `thing` as in `SeenTask`: `line:24`."""

    thing: str
    line: int
    status: LineStatus | None = None
    moved_by: str | None = None
    moved_at: AwareDatetime | None = None
    changed_by: str | None = None
    changed_at: AwareDatetime
    said: dict[str, str] = {}


class SeenDecision(Value):
    """An approval answered in its field. `by` chose it: None if the CRM can't tell for certain."""

    approval: str
    approve: bool
    comment: str = ""
    by: str | None = None
    at: AwareDatetime | None = None


class SeenForm(Value):
    """The fields of the desk's forms as they stand on the deal (`line` 0) or on a line: `arrival.eta` and so on.

    Empty ones are left out. `by` changed the card last.
    """

    line: int = 0
    by: str | None = None
    at: AwareDatetime | None = None
    values: dict[str, str] = {}


class SeenDeal(Value):
    """`by` and the like name a person of the playbook where the CRM's user is one (found by e-mail), else the user as the CRM
    calls him; None is the desk itself, by whose account the adapter writes.

    `made_by_desk`: its workflow put it there, so it must not start another.

    `lacks` and `deleted` are the desk's own notes on a deal it has seen: what its order lacked then, in words, and that its card is gone.

    `bound` are the cards of its client: `company:5`, `contact:7`.

    `lines` are the cards of those that the desk made; None where lines have no cards that people could change.

    `order` is what an order file would hold, as far as the CRM knows it: it is checked like one. `rows` are goods that
    the card has beside those of the order, if it has two places for them. `gaps` are the adapter's own
    remarks about what it could not read, in words.
    """

    ref: str
    number: str
    ours: bool = True
    made_by_desk: bool = False
    stage: Stage | None = None
    stage_name: str = ""
    moved_by: str | None = None
    moved_at: AwareDatetime | None = None
    changed_by: str | None = None
    changed_at: AwareDatetime
    manager: str | None = None
    reason: str = ""
    bound: tuple[str, ...] = ()
    order: dict[str, Any] = {}
    rows: tuple[dict[str, Any], ...] = ()
    gaps: tuple[str, ...] = ()
    lines: tuple[SeenLine, ...] | None = None
    forms: tuple[SeenForm, ...] = ()
    decisions: tuple[SeenDecision, ...] = ()
    tasks: tuple[SeenTask, ...] = ()
    lacks: tuple[str, ...] = ()
    deleted: bool = False


class Changed(Value):
    """Something of a deal that changed in the CRM: the deal's own id there, and when."""

    ref: str
    at: AwareDatetime


class Reconciled(Value):
    """What one look at the CRM found: deals that changed, and how many of these changes nobody had told of."""

    changed: int = 0
    new: int = 0
