"""`kill -9` of the worker while money goes from one deal to another: it is there once, and nobody runs a command for it."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

from domain.deal.ledger import balances
from domain.deal.messages import MESSAGES
from domain.deal.state import DealState
from records.bank_payments import BankPayments
from tests.faults.judge import check_deal, check_world
from tests.faults.real_desk import PATIENCE, RealDesk, eventually, real_desk


async def say(real: RealDesk, number: str, name: str, **content: Any) -> None:
    message = MESSAGES[name].model_validate({"id": f"{name}-{number}", "actor": "kuznetsova", **content})
    await real.desk.send(number, message)


async def state(real: RealDesk, number: str) -> DealState:
    return (await real.desk.state(number)).deal


async def test_a_worker_that_dies_on_the_way_moves_money_once(tmp_path: Path) -> None:
    """Once with the row written and nobody told of it, and once with the money taken and nothing written of that."""
    async with real_desk(tmp_path, reconcile_seconds=5) as real:
        ours, theirs = [await real.start(number, "stock-only") for number in ("M-1", "M-2")]
        for number in (ours, theirs):
            await real.drive(number, until=lambda view: bool(view["milestones"]) and not view["approvals"])
        owed = (await state(real, ours)).amount
        await say(real, ours, "pay", amount=str(owed + 500), currency="RUB")
        await real.drive(ours, until=lambda view: Decimal(view["totals"]["advance"]) == 500)
        await eventually(lambda: real.records.snapshot(ours)[0].ledger.payments)  # type: ignore[index]
        victim = real.worker.pid
        real.plan.arm_kill("records")
        await say(real, ours, "move", payment=f"pay-{ours}", to_deal=theirs)
        await real.replaced(real.worker, victim)
        kept, victim = BankPayments(real.settings.database_url), real.worker.pid
        real.plan.arm_kill("money")
        await real.replaced(real.worker, victim)
        await eventually(lambda: not kept.open())
        kept.close()
        assert [e.key for e in real.plan.journal("killed", target="money")] == [f"deal:{ours}:move-{ours}"]
        async with asyncio.timeout(PATIENCE):
            given, taken = await state(real, ours), await state(real, theirs)
        assert balances(given.ledger.entries)[f"deal:{theirs}"] == 500
        assert [(p.id, p.amount) for p in taken.ledger.payments] == [(f"deal:{ours}:move-{ours}", 500)]
        for number in (ours, theirs):
            await real.drive(number)
            await real.result(number)
        check_world(real)
        for number in (ours, theirs):
            await check_deal(real, number)
