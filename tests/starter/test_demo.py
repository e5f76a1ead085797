"""The demo is a promise: it runs by itself, twice, and shows what it says."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from starter.errors import Exit
from starter.rooms import ROOMS, ROOT

STAGES = [
    "Contract approval",
    "Prepayment",
    "Order sent",
    "Customs clearance",
    "At the warehouse",
    "Shipped to the client",
    "Paid",
]
PORTS = ("DEALWRIGHT_TEMPORAL_PORT", "DEALWRIGHT_UI_PORT", "DEALWRIGHT_WEB_PORT")
TOLD = (
    "anna@clinic.example: opens the link in the mail",
    "petrov answers in the CRM",
    "(Approved: Contract approval)",
    "ivanova drags the deal to stage “Shipped to the client” in the CRM",
    "(turned back in the CRM (stage)",
    "the deal is at stage “Prepayment” again",
    "orlov fills the fields and completes the task in the CRM",
    "Done: Reserve in stock)",
    "Decide on the client's surplus money: ₽500.00",
    "₽500.00 of payment pp-301 went back to the client",
    "may not answer an approval",
    "sent again, counted once",
    "“Contract approval” is rejected, version 1",
    "A new offer: line 2, ",
    "the supplier moves the ready date to ",
    "customs holds the goods",
    "customs has released the goods",
    "reminder: “Prepayment 50 %” is to be paid",
    "reminder: “Deferred payment” is to be paid",
    "): “Paid”, 3 lines, ",
    " tasks, 0 of them open",
)
TOLD_OF = {
    "embedded": (
        "enters deal C1 in the CRM",
        "/webhooks/crm",
        "→ crm, deal.changed: inbox event 1 → deal C1 ",
    ),
    "bitrix24": ("enters deal 1 in the CRM", "/webhooks/bitrix24", "→ bitrix24, ONCRMDEALADD: inbox event "),
}


async def demo(home: Path, *args: str, at: Path = ROOT) -> asyncio.subprocess.Process:
    """Russian is the default language; the tests read English."""
    ours = {"DEALWRIGHT_HOME": str(home)} | dict.fromkeys(PORTS, "0")
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from starter.cli import main; main()", "demo", "--lang", "en", *args),
        cwd=at,
        env={name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")} | ours,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def until_kept(process: asyncio.subprocess.Process) -> bytes:
    """What it says until it waits for Ctrl-C: then its servers answer, and Ctrl-C is pressed."""
    assert process.stderr is not None
    said = b""
    while not said.endswith(b"Ctrl-C stops it\n"):
        line = await process.stderr.readline()
        assert line, said.decode()
        said += line
    links = re.findall(rb"(?:Web UI|lead form): (http\S+)", said)
    assert len(links) == 2
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        for link in links:
            assert (await browser.get(link.decode())).is_success
    process.send_signal(signal.SIGINT)
    return said


@pytest.mark.parametrize(("crm", "keep"), [("embedded", True), ("bitrix24", False)])
async def test_the_demo_brings_a_deal_from_a_webhook_of_the_crm_to_paid(
    tmp_path: Path, crm: str, keep: bool
) -> None:
    kept = ("--keep",) if keep else ()
    process = await demo(tmp_path, "--crm", crm, "--pace", "1d=600ms", "-o", "json", *kept)
    try:
        async with asyncio.timeout(240):
            before = await until_kept(process) if keep else b""
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()
    story = (before + err).decode()
    ending = story[story.index("): “Paid”, 3 lines, ") :]
    assert keep or "http" not in ending  # nobody answers there any more
    assert process.returncode == 0, story
    view = json.loads(out)
    assert view["stage"] == "PAID"
    assert (view["totals"]["outstanding"], len(view["payments"])) == ("0.00", 4)
    for told in (*TOLD, *TOLD_OF[crm]):
        assert told in story, told
    assert [
        line.split("Stage “")[1].split("”")[0] for line in story.splitlines() if "Stage “" in line
    ] == STAGES


@pytest.mark.parametrize(
    ("lang", "what_to_do"), [("ru", "из копии репозитория"), ("en", "from a clone of the repository")]
)
async def test_where_the_projects_tests_are_missing_the_demo_says_what_to_do(
    tmp_path: Path, lang: str, what_to_do: str
) -> None:
    """As a wheel or the Docker image has it: the rooms and the playbooks, and no tests."""
    installed = tmp_path / "installed"
    for room in (*ROOMS, "playbooks"):
        if room == "worker":
            shutil.copy(ROOT / "worker.py", installed)
        else:
            shutil.copytree(ROOT / room, installed / room, ignore=shutil.ignore_patterns("__pycache__"))
    process = await demo(tmp_path / "home", "--crm", "bitrix24", "--lang", lang, at=installed)
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == Exit.FAILED, err.decode()
    assert what_to_do in " ".join(err.decode().split())


async def test_a_demo_that_is_stopped_leaves_nothing_behind_and_can_be_repeated(tmp_path: Path) -> None:
    for _ in range(2):
        process = await demo(tmp_path)
        assert process.stdout
        while b"Contract" not in (line := await asyncio.wait_for(process.stdout.readline(), 60)):
            assert line, "the demo ended by itself"
        pids = json.loads((tmp_path / "demo" / "stack.json").read_text())["pids"]
        process.terminate()
        _, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 130, err
        assert not any(psutil.pid_exists(pids[name]) for name in ("server", "worker", "web"))
