"""What a CRM must be able to do for the desk: the embedded one serves it, and Bitrix24 later."""

from collections.abc import Sequence
from typing import Protocol, assert_never

from activities.crm.card import DealCard
from domain.effects import (
    AddComment,
    CloseTask,
    CrmWrite,
    Notify,
    OpenTask,
    PutLine,
    SetFields,
    SetStage,
)


class CrmPort(Protocol):
    """Raises only `CrmUnavailable`, `CrmBusy`, `CrmAmbiguous` and `CrmRefused`.

    A deal that the CRM does not know yet is made by its first write.
    """

    async def set_stage(self, write: SetStage) -> None: ...

    async def set_fields(self, write: SetFields) -> None: ...

    async def put_line(self, write: PutLine) -> None: ...

    async def add_comment(self, write: AddComment) -> None: ...

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
        case OpenTask():
            await port.open_task(write)
        case CloseTask():
            await port.close_task(write)
        case Notify():
            await port.notify(write)
        case _:
            assert_never(write)
