"""The CRM, mail and the records fail for a while, each alone and all together: deals go on, and everybody catches up."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from domain.words import Stage
from starter.errors import Exit
from tests.faults.judge import check_deal, check_world
from tests.faults.plan import TARGETS, Target
from tests.faults.real_desk import RealDesk, real_desk
from tests.support.command import Command

ALONE: dict[Target, str] = {"crm": "1001", "mail": "1002", "records": "1003"}
TOGETHER = "1004"
"""For this deal all three are down."""


async def test_deals_go_on_while_crm_mail_and_records_are_down_and_each_catches_up(tmp_path: Path) -> None:
    deals = (*ALONE.values(), TOGETHER)
    async with real_desk(tmp_path) as real:
        for target in TARGETS:
            real.plan.take_down(target, ALONE[target], TOGETHER)
        await asyncio.gather(*(drive(real, number) for number in deals))

        for target in TARGETS:
            await check_lag(real, ALONE[target], [target])
        await check_lag(real, TOGETHER, TARGETS)
        code, findings = await doctor(real)
        assert code == Exit.FAILED
        for target in TARGETS:
            assert not findings[target]["ok"]
            assert findings[target]["advice"]
            behind = {number for number in deals if f"deal {number} " in findings[target]["words"]}
            assert behind == {ALONE[target], TOGETHER}
            assert real.plan.journal("refused", target=target), "nothing ever failed"
        others = [name for name, finding in findings.items() if name not in TARGETS and not finding["ok"]]
        assert others == []

        for target in TARGETS:
            real.plan.heal(target)
        for number in deals:
            await real.result(number)
            await check_deal(real, number)
        check_world(real)
        code, findings = await doctor(real)
        assert code == Exit.OK, findings


async def drive(real: RealDesk, number: str) -> None:
    await real.start(number, "three-goods" if number == TOGETHER else "stock-only")
    await real.drive(number)


async def check_lag(real: RealDesk, number: str, down: Sequence[Target]) -> None:
    """The deal is paid, whatever the world knows of it; the others know everything."""
    async with asyncio.timeout(60):
        while True:
            state = (await real.desk.state(number)).deal
            waiting = [target for target in TARGETS if getattr(state.outbox, target)]
            if waiting == list(down):
                break
            await asyncio.sleep(0.1)
    assert state.stage is Stage.PAID
    if "records" in down:
        assert real.records.log(number) == []


async def doctor(real: RealDesk) -> tuple[int, dict[str, Any]]:
    ran = await Command(real.settings.home).run("doctor", "-o", "json")
    return ran.code, {finding["what"]: finding for finding in ran.json}
