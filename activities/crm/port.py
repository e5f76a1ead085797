"""What a CRM must be able to do for the desk. Who serves it is registered in `starter.crms`."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Literal, Protocol, assert_never

from activities.crm.card import DealCard
from domain.capabilities import Capability
from domain.crm.mirror import Changed, SeenDeal
from domain.effects import (
    AddComment,
    AttachFile,
    CloseTask,
    CrmWrite,
    Delivered,
    Notify,
    OpenTask,
    PutLine,
    SetFields,
    SetStage,
)

Thing = Literal["deal", "line", "task"]
ClientCard = Literal["company", "contact", "requisite"]


Files = Callable[[str], Awaitable[bytes | None]]
"""The desk's files: the content of one by its digest, none if it is not there. Raises `CrmUnavailable`: ask again."""


class CrmPort(Protocol):
    """Raises only `CrmUnavailable`, `CrmBusy`, `CrmAmbiguous` and `CrmRefused`; `CrmForbidden` where a right is all that is missing.

    A deal that the CRM does not know yet is made by its first write.
    """

    async def capabilities(self) -> frozenset[Capability]:
        """What it can show, as far as it is known now: asked before what it is told is worded. Raises nothing."""

    async def set_stage(self, write: SetStage) -> None: ...

    async def set_fields(self, write: SetFields) -> None: ...

    async def put_line(self, write: PutLine) -> None:
        """A CRM without cards of lines shows it as it can, if it can."""

    async def add_comment(self, write: AddComment) -> None: ...

    async def attach_file(self, write: AttachFile) -> None:
        """A file with the words it stands under, where people who open the deal see both."""

    async def open_task(self, write: OpenTask) -> None:
        """A task of that id that the deal already has is opened anew: another person, another deadline."""

    async def close_task(self, write: CloseTask) -> None: ...

    async def notify(self, write: Notify) -> None: ...

    async def find(self, writes: Sequence[CrmWrite]) -> set[str]:
        """The keys of those carried out already. Absolute writes, harmless to repeat, may be left out."""

    async def card(self, deal: str) -> DealCard | None:
        """The deal as people see it in the CRM."""

    async def ready(self) -> None:
        """Raises `CrmUnavailable`, with words, if a write would fail now."""


class BulkCrmPort(Protocol):
    """What a CRM with `Capability.BULK` offers besides, for each request to it is dear."""

    async def carry_out_all(self, writes: Sequence[CrmWrite]) -> Delivered:
        """In order; what their keys tell is done already is not done again. Stops at the first that must be tried again, and
        raises if that is the first of all."""


class CrmSource(Protocol):
    """What the desk reads from a CRM: what people did there. Raises the same errors as `CrmPort`."""

    async def deal_of(self, thing: Thing, id: str) -> str | None:
        """The CRM's id of the deal that a thing of this id there belongs to; None if it is gone, or belongs to none. A deal's is
        itself, and None where it stands in a funnel of others and never was the desk's."""

    async def deals_of(self, card: ClientCard, id: str) -> list[str]:
        """The CRM's ids of the desk's deals with this client."""

    async def gone(self, refs: Sequence[str]) -> set[str]:
        """Those of these deals that the CRM does not show in the desk's funnel: deleted, moved to another one, or hidden from the
        desk, which only `read` tells."""

    async def read(self, ref: str) -> SeenDeal | None:
        """The deal as it stands now, with its lines and tasks; None if it is deleted."""

    async def changed(self, since: datetime) -> list[Changed]:
        """What changed at `since` or later, the oldest first: deals of the desk's funnel, and those whose line or task did."""


class Crm(CrmPort, CrmSource, Protocol):
    """Both ways: what is read, and written."""


async def carry_out(port: CrmPort, write: CrmWrite) -> None:
    match write:
        case SetStage():
            await port.set_stage(write)
        case SetFields():
            await port.set_fields(write)
        case PutLine():
            await port.put_line(write)
        case AddComment():
            await port.add_comment(write)
        case AttachFile():
            await port.attach_file(write)
        case OpenTask():
            await port.open_task(write)
        case CloseTask():
            await port.close_task(write)
        case Notify():
            await port.notify(write)
        case _:
            assert_never(write)
