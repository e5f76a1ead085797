"""Grouped the CRM: in order, each write once, whatever happens to an answer on its way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.crm.port import CrmPort
from activities.crm.writer import CrmWriter
from activities.errors import CrmAmbiguous, CrmBusy, CrmRefused, CrmUnavailable
from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.crm.embedded.store import CrmStore
from domain.capabilities import ALL, Capability
from domain.effects import AddComment, CloseTask, CrmWrite, Delivered, SetStage
from domain.words import Stage

Comment = Callable[..., AddComment]


@dataclass
class PortDouble:
    """Raises what its plan says for a key, before or after really writing."""

    before: dict[str, list[Exception]] = field(default_factory=dict)
    after: dict[str, list[Exception]] = field(default_factory=dict)
    find_fails: list[Exception] = field(default_factory=list)
    received: list[str] = field(default_factory=list)

    async def _write(self, write: CrmWrite) -> None:
        if errors := self.before.get(write.key):
            raise errors.pop(0)
        self.received.append(write.key)
        if errors := self.after.get(write.key):
            raise errors.pop(0)

    set_stage = set_fields = put_line = add_comment = attach_file = open_task = close_task = notify = _write

    async def capabilities(self) -> frozenset[Capability]:
        return ALL - {Capability.BULK}

    async def find(self, writes: Sequence[CrmWrite]) -> set[str]:
        if self.find_fails:
            raise self.find_fails.pop(0)
        return {write.key for write in writes} & set(self.received)

    async def card(self, deal: str) -> None: ...

    async def ready(self) -> None: ...


def delivery(port: CrmPort) -> CrmWriter:
    return CrmWriter(port, settle_seconds=0)


@pytest.fixture
def batch(comment: Comment) -> tuple[CrmWrite, ...]:
    return tuple(comment(n) for n in (1, 2, 3))


KEYS = ["deal-1042:1", "deal-1042:2", "deal-1042:3"]


async def test_a_batch_reaches_the_embedded_crm_in_order(
    env: ActivityEnvironment, crm: EmbeddedCrm, store: CrmStore, batch: tuple[CrmWrite, ...]
) -> None:
    assert await env.run(delivery(crm).write, batch) == Delivered(count=3)
    assert [entry.key for entry in store.ledger()] == KEYS


async def test_delivering_a_batch_again_changes_nothing(
    env: ActivityEnvironment, crm: EmbeddedCrm, store: CrmStore, batch: tuple[CrmWrite, ...]
) -> None:
    for _ in range(2):
        assert (await env.run(delivery(crm).write, batch)).count == 3
    assert [entry.key for entry in store.ledger()] == KEYS


async def test_an_empty_batch_is_delivered(env: ActivityEnvironment) -> None:
    assert await env.run(delivery(PortDouble()).write, ()) == Delivered(count=0)


@pytest.mark.parametrize("error", [CrmUnavailable("down"), ValueError("a bug")])
async def test_what_was_delivered_before_a_failure_is_counted(
    env: ActivityEnvironment, batch: tuple[CrmWrite, ...], error: Exception
) -> None:
    port = PortDouble(before={KEYS[2]: [error]})
    assert await env.run(delivery(port).write, batch) == Delivered(count=2)
    assert port.received == KEYS[:2]


@pytest.mark.parametrize("error", [CrmUnavailable("down"), CrmAmbiguous("timeout"), ValueError("a bug")])
async def test_a_failure_of_the_first_write_is_raised_for_temporal_to_retry(
    env: ActivityEnvironment, batch: tuple[CrmWrite, ...], error: Exception
) -> None:
    with pytest.raises(ApplicationError, match=str(error)) as caught:
        await env.run(delivery(PortDouble(before={KEYS[0]: [error]})).write, batch)
    assert (caught.value.type, caught.value.non_retryable) == (type(error).__name__, False)


async def test_a_busy_crm_says_when_to_come_back(
    env: ActivityEnvironment, batch: tuple[CrmWrite, ...]
) -> None:
    busy = CrmBusy("too many requests", timedelta(minutes=10))
    with pytest.raises(ApplicationError) as caught:
        await env.run(delivery(PortDouble(before={KEYS[0]: [busy]})).write, batch)
    assert caught.value.next_retry_delay == timedelta(minutes=10)


async def test_an_answer_lost_after_the_write_is_settled_by_looking_the_key_up(
    env: ActivityEnvironment, batch: tuple[CrmWrite, ...]
) -> None:
    port = PortDouble(after={KEYS[0]: [CrmAmbiguous("timeout")], KEYS[2]: [CrmAmbiguous("timeout")]})
    assert await env.run(delivery(port).write, batch) == Delivered(count=3)
    assert port.received == KEYS


async def test_a_write_done_by_an_attempt_that_died_is_not_done_again(
    env: ActivityEnvironment, batch: tuple[CrmWrite, ...]
) -> None:
    """A connection reset looks like "unavailable": the next attempt looks the key up all the same."""
    port = PortDouble(after={KEYS[0]: [CrmUnavailable("connection reset")]})
    with pytest.raises(ApplicationError):
        await env.run(delivery(port).write, batch)
    assert await env.run(delivery(port).write, batch) == Delivered(count=3)
    assert port.received == KEYS


async def test_an_answer_that_stays_lost_is_looked_up_by_the_next_attempt(
    env: ActivityEnvironment, batch: tuple[CrmWrite, ...]
) -> None:
    class LookupFails(PortDouble):
        async def find(self, writes: Sequence[CrmWrite]) -> set[str]:
            if len(self.received) == 1 and self.find_fails:
                raise self.find_fails.pop(0)
            return {write.key for write in writes} & set(self.received)

    port = LookupFails(after={KEYS[0]: [CrmAmbiguous("timeout")]}, find_fails=[CrmUnavailable("down")])
    with pytest.raises(ApplicationError, match="down"):
        await env.run(delivery(port).write, batch)
    assert await env.run(delivery(port).write, batch) == Delivered(count=3)
    assert port.received == KEYS


async def test_nothing_is_written_while_keys_cannot_be_looked_up(
    env: ActivityEnvironment, batch: tuple[CrmWrite, ...]
) -> None:
    port = PortDouble(find_fails=[CrmRefused("no rights to read")])
    with pytest.raises(ApplicationError) as caught:
        await env.run(delivery(port).write, batch)
    assert not caught.value.non_retryable
    assert port.received == []


async def test_a_refused_write_blocks_nothing_and_is_reported(
    env: ActivityEnvironment, batch: tuple[CrmWrite, ...]
) -> None:
    port = PortDouble(before={KEYS[1]: [CrmRefused("field is read-only")]})
    assert await env.run(delivery(port).write, batch) == Delivered(
        count=3, refused={KEYS[1]: "field is read-only"}
    )
    assert port.received == [KEYS[0], KEYS[2]]


async def test_what_was_refused_before_a_failure_is_reported_with_it(
    env: ActivityEnvironment, batch: tuple[CrmWrite, ...]
) -> None:
    port = PortDouble(before={KEYS[0]: [CrmRefused("no")], KEYS[1]: [CrmUnavailable("down")]})
    assert await env.run(delivery(port).write, batch) == Delivered(count=1, refused={KEYS[0]: "no"})


async def test_the_embedded_crms_own_refusal_is_reported(env: ActivityEnvironment, crm: EmbeddedCrm) -> None:
    writes = (
        CloseTask(key="k:1", deal="1042", task="nothing"),
        SetStage(key="k:2", deal="1042", stage=Stage.NEW),
    )
    delivered = await env.run(delivery(crm).write, writes)
    assert (delivered.count, list(delivered.refused)) == (2, ["k:1"])


async def test_each_write_is_a_sign_of_life(env: ActivityEnvironment, batch: tuple[CrmWrite, ...]) -> None:
    beats: list[object] = []
    env.on_heartbeat = beats.append
    await env.run(delivery(PortDouble()).write, batch)
    assert beats == [0, 1, 2]
