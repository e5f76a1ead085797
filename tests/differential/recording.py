"""What is kept of a case that was played on a server."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.common import TypedSearchAttributes

from domain.deal.state import DealState, LineState
from tests.differential.orders import Case


@dataclass(frozen=True)
class Turned:
    """An update that was refused before it was let in, and so left no trace in any history; between which moments, and how."""

    id: str
    to: str
    name: str
    content: Any
    since: datetime
    until: datetime
    refusal: dict[str, str]


@dataclass
class Recording:
    """One case as it happened on the server."""

    case: Case
    histories: list[WorkflowHistory] = field(default_factory=list)
    told: dict[str, list[Any]] = field(default_factory=dict)
    deal: DealState | None = None
    lines: dict[str, LineState] = field(default_factory=dict)
    turned: list[Turned] = field(default_factory=list)
    shown: TypedSearchAttributes = TypedSearchAttributes.empty
