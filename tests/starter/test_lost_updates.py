"""The server gives an update back that no workflow saw, where a worker has just started: it is sent again, and is no refusal."""

from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.deal.messages import Pay, Receipt
from starter.desk import DealDesk
from starter.errors import UnreachableError

PAY = Pay.model_validate({"id": "p-1", "actor": "kuznetsova", "amount": "1.00", "currency": "RUB"})
RECEIPT = Receipt(id="p-1", words_ru="да", words_en="yes", at=datetime(2026, 11, 27, tzinfo=UTC))


class Giving:
    """A client of one workflow, which gives so many updates back before it answers."""

    def __init__(self, back: int) -> None:
        self.back = back
        self.ids: list[str] = []

    def get_workflow_handle(self, id: str, **run: object) -> "Giving":
        self.id = id
        return self

    async def execute_update(self, name: str, message: object, *, id: str, result_type: type) -> Any:
        self.ids.append(id)
        if len(self.ids) <= self.back:
            cause = ApplicationError("it wasn't processed by worker", type="UnprocessedUpdate")
            raise WorkflowUpdateFailedError(cause)
        return RECEIPT


def a_desk(client: Giving) -> DealDesk:
    stands_in: Any = client
    desk: Client = stands_in
    return DealDesk(desk, language="en")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("starter.desk.PAUSES", (0.0, 0.0))


async def test_it_is_sent_again_under_its_id() -> None:
    client = Giving(back=2)
    assert await a_desk(client).send("7", PAY) == RECEIPT
    assert len(client.ids) == 3
    assert len(set(client.ids)) == 1


async def test_one_that_is_always_given_back_may_be_tried_later_and_is_not_refused() -> None:
    client = Giving(back=9)

    async def nobody_else(number: str) -> None: ...

    desk = a_desk(client)
    desk._foreign = nobody_else  # type: ignore[method-assign, assignment]
    with pytest.raises(UnreachableError, match="busy"):
        await desk.send("7", PAY)
