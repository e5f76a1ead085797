"""The robot of the how-to brings a deal to PAID by what `deal show -o json` says."""

import asyncio
import os
import sys
from pathlib import Path

from starter.rooms import ROOT
from tests.starter.conftest import Cli


async def test_the_robot_reads_nothing_else_and_brings_a_deal_to_paid(deal: Cli, env: dict[str, str]) -> None:
    number = (await deal.done("start", ROOT / "playbooks" / "orders" / "stock-only.yaml")).out.strip()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    robot = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "docs" / "how-to" / "robot.py"), number),
        env=os.environ | env | {"PATH": path, "DEALWRIGHT_LANG": "en"},
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        said, _ = await robot.communicate()
    assert said.decode().splitlines()[-1] == f"deal {number}: Paid"
    assert (await deal.json("show", number))["stage"] == "PAID"
