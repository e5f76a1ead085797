"""Records tests/histories/: how today's code runs a deal of every route, a lost one and a cancelled one: make histories

Until release 0.5.0 histories may be recorded anew, by a commit that says so. From then on a release only adds its own.
"""

import asyncio
import gzip
import tempfile
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.client import WorkflowHistory

from starter.rooms import ROOT
from tests.support.deal import OpenDeal
from tests.support.history_files import FOLDER
from tests.support.orders import a_good, a_lead, an_order
from tests.support.server import dev_server
from tests.support.stand import Stand, stand

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


async def imported(stand: Stand) -> OpenDeal:
    """From a lead, with a rejected contract, a customs hold and money in two parts."""
    deal = await stand.open(a_lead(), "import")
    await deal.qualify()
    await deal.until_asked("order")
    good = a_good(source="import", payment="prepaid_50", delivery="installation")
    await deal.send("order", actor="ivanova", order={"lines": [good]})
    await deal.reject("contract", "petrov", "дорого")
    await deal.to("line-1:customs-release")
    await deal.complete("line-1:customs-release", outcome="hold", reason="код ТН ВЭД")
    await deal.robot()
    return deal


async def from_dealer(stand: Stand) -> OpenDeal:
    """On credit that is refused once, late on its way, damaged, handed to another manager, and a bad signal."""
    deal = await stand.open(
        an_order(a_good(source="dealer", payment="deferred_30", delivery="carrier")), "dealer"
    )
    await deal.to("line-1:credit")
    await deal.reject("line-1:credit", "petrov", "лимит")
    await deal.to("line-1:arrival")
    await deal.complete("line-1:arrival", outcome="delayed")
    await deal.to("line-1:acceptance")
    await deal.complete("line-1:acceptance", result="damaged", remarks="разбит")
    await deal.reassign("petrov", "sidorov")
    await deal.handle.signal("complite", "what?")
    await deal.robot()
    return deal


async def from_stock(stand: Stand) -> OpenDeal:
    """Three payment types at once, and money that came too early and too much."""
    goods = [a_good(payment=payment) for payment in ("prepaid_100", "leasing", "state_contract")]
    deal = await stand.open(an_order(*goods), "stock")
    await deal.pay("10000.00", id="early")
    await deal.robot()
    return deal


async def lost(stand: Stand) -> OpenDeal:
    deal = await stand.open(an_order(), "lost")
    await deal.complete("qualification", outcome="disqualified", reason="нет денег")
    return deal


async def cancelled(stand: Stand) -> OpenDeal:
    """The director refuses the cancelling once, and approves it then, with goods at customs; the client's money goes back."""
    deal = await stand.open(
        an_order(a_good(), a_good(source="import", payment="letter_of_credit")), "cancelled"
    )
    await deal.to("line-1:reservation", "line-2:customs-declaration")
    await deal.cancel("ivanova", "передумали")
    await deal.reject("cancellation", "petrov", "уже едет")
    await deal.cancel("ivanova", "совсем передумали")
    await deal.approve("cancellation", "petrov")
    await deal.until_asked("surplus")
    await deal.complete("surplus")
    await deal.until_asked("refund")
    await deal.complete("refund")
    return deal


PATHS: tuple[Callable[[Stand], Awaitable[OpenDeal]], ...] = (
    imported,
    from_dealer,
    from_stock,
    lost,
    cancelled,
)


async def record(version: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with dev_server() as environment, stand(environment.client, Path(folder)) as made:
            for path in PATHS:
                deal = await path(made)
                await deal.result()
                for history in await made.trail(deal.number).all():
                    _write(version, history)


def _write(version: str, history: WorkflowHistory) -> None:
    """Named by version and workflow id."""
    path = FOLDER / version / f"{history.workflow_id}.json.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(history.to_json().encode(), mtime=0))
    print(f"{path.relative_to(ROOT)}: {len(history.events)} events")


if __name__ == "__main__":
    asyncio.run(record(VERSION))
