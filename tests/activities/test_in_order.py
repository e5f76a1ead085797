"""A delivery that is asked to stop, or takes long, says how far it came: nothing is delivered twice because of it."""

import asyncio
from collections.abc import Callable

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import in_order
from activities.errors import AddressRefused, CrmUnavailable, MailRefused
from activities.in_order import deliver_in_order
from domain.effects import AddComment, Delivered

Comment = Callable[..., AddComment]


async def test_cancelled_it_finishes_the_item_under_way_and_no_other(
    env: ActivityEnvironment, comment: Comment
) -> None:
    done: list[str] = []

    async def deliver(item: AddComment) -> None:
        if item.key == "deal-1042:2":
            env.cancel()
        await asyncio.sleep(0.02)
        done.append(item.key)

    delivered = await env.run(deliver_in_order, [comment(n) for n in (1, 2, 3)], deliver)
    assert delivered == Delivered(count=2)
    assert done == ["deal-1042:1", "deal-1042:2"]


async def test_cancelled_before_it_began_it_still_says_what_became_of_the_first(
    env: ActivityEnvironment, comment: Comment
) -> None:
    async def deliver(item: AddComment) -> None:
        await asyncio.sleep(0.02)
        raise CrmUnavailable("down")

    asyncio.get_running_loop().call_later(0.005, env.cancel)
    with pytest.raises(ApplicationError, match="down"):
        await env.run(deliver_in_order, [comment(1), comment(2)], deliver)


async def test_a_worker_that_stops_is_not_kept_by_a_long_batch(
    env: ActivityEnvironment, comment: Comment
) -> None:
    async def deliver(item: AddComment) -> None:
        env.worker_shutdown()

    assert await env.run(deliver_in_order, [comment(n) for n in range(9)], deliver) == Delivered(count=1)


async def test_a_batch_ends_well_before_its_activity_would_be_given_up(
    env: ActivityEnvironment, comment: Comment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_order, "LONGEST", 0.05)

    async def deliver(item: AddComment) -> None:
        await asyncio.sleep(0.02)

    delivered = await env.run(deliver_in_order, [comment(n) for n in range(50)], deliver)
    assert 1 <= delivered.count < 50


async def test_one_slow_item_gives_signs_of_life(
    env: ActivityEnvironment, comment: Comment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_order, "BEAT", 0.01)
    beats: list[object] = []
    env.on_heartbeat = lambda *details: beats.append(details)

    async def deliver(item: AddComment) -> None:
        await asyncio.sleep(0.1)

    await env.run(deliver_in_order, [comment(1)], deliver)
    assert len(beats) > 3


async def test_a_bad_address_is_told_apart_from_other_refusals(
    env: ActivityEnvironment, comment: Comment
) -> None:
    errors = {"deal-1042:1": AddressRefused("no such user"), "deal-1042:2": MailRefused("spam")}

    async def deliver(item: AddComment) -> None:
        raise errors[item.key]

    assert await env.run(deliver_in_order, [comment(1), comment(2)], deliver) == Delivered(
        count=2,
        refused={"deal-1042:1": "no such user", "deal-1042:2": "spam"},
        bad_addresses=("deal-1042:1",),
    )
