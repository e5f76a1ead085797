"""CPU and time of whole deals: a robot brings each from its first minute to PAID; bare deals are told as much."""

import asyncio
from uuid import uuid4

from bench.deals import ROBOT_PAUSE, Numbers, Played, in_parallel, play, played
from bench.figures import Row
from bench.ground import Ground, Meter
from bench.trace import replay_on_bare

DEALS_A_ROUND = 3
AT_ONCE = 3
REST_SECONDS = 1.0  # the server tidies up after closed workflows: not in the next window's time


async def measure(at: Ground, rounds: int, numbers: Numbers) -> list[Row]:
    await _ours(at, numbers.take(2))
    ours, bare = [], []
    for _ in range(rounds):
        meter, deals = await _ours(at, numbers.take(DEALS_A_ROUND))
        ours.append(meter)
        bare.append(await _bare(at, deals))
    return [
        _cpu("CPU per deal, start to PAID: worker and server", ours, bare, slice(0, 2), 1.5),
        _cpu("… the worker's part", ours, bare, slice(0, 1)),
        _cpu("… the server's part", ours, bare, slice(1, 2)),
        Row(
            metric="throughput",
            title=f"deals per second, {AT_ONCE} at once",
            unit="1/s",
            ours=[DEALS_A_ROUND / meter.wall for meter in ours],
            bare=[DEALS_A_ROUND / meter.wall for meter in bare],
            target=1.5,
            inverse=True,
        ),
    ]


async def _ours(at: Ground, deals: list[str]) -> tuple[Meter, list[Played]]:
    with Meter(at.ours, at.server) as meter:
        await in_parallel([play(at.desk, number) for number in deals], AT_ONCE)
    await asyncio.sleep(REST_SECONDS)
    return meter, [await played(at, number) for number in deals]


async def _bare(at: Ground, deals: list[Played]) -> Meter:
    async def one(deal: Played) -> None:
        handle = await replay_on_bare(at.client, f"bare-{uuid4().hex}", deal.plan, deal.ops, ROBOT_PAUSE)
        await handle.result()

    with Meter(at.bare, at.server) as meter:
        await in_parallel([one(deal) for deal in deals], AT_ONCE)
    await asyncio.sleep(REST_SECONDS)
    return meter


def _cpu(title: str, ours: list[Meter], bare: list[Meter], part: slice, target: float | None = None) -> Row:
    def per_deal(meters: list[Meter]) -> list[float]:
        return [sum(meter.by_process[part]) * 1000 / DEALS_A_ROUND for meter in meters]

    return Row(
        metric="throughput", title=title, unit="ms", ours=per_deal(ours), bare=per_deal(bare), target=target
    )
