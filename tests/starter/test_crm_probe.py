"""`deal crm probe` from the command line: asks first, prints, keeps a report, and names what stays."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.bitrix24.server import Double, double
from tests.starter.conftest import Cli
from tests.support.waiting import eventually


@pytest.fixture
async def there() -> AsyncIterator[Double]:
    async with double() as portal:
        portal.keeps_xml_id = True
        yield portal


@pytest.fixture
def crm(there: Double, tmp_path: Path) -> Cli:
    return Cli(
        {
            "DEALWRIGHT_HOME": str(tmp_path),
            "DEALWRIGHT_BITRIX24_URL": there.url,
            "DEALWRIGHT_BITRIX24_RATE": "1000",
        }
    )


async def test_it_asks_first_and_names_the_portal(there: Double, crm: Cli) -> None:
    outcome = await crm("crm", "probe")
    assert outcome.code == 1
    assert there.address.removeprefix("http://") in outcome.err
    assert there.calls == []


async def test_a_kind_portal_is_told_as_one_in_both_languages_and_the_report_kept(
    crm: Cli, tmp_path: Path
) -> None:
    for lang, words, title in (
        ("ru", "портал делает всё, чего ждёт стол", "| ✔ | Воронка: новая воронка |"),
        ("en", "the portal does all that the desk expects", "| ✔ | Funnel: a new funnel |"),
    ):
        file = tmp_path / f"{lang}.md"
        outcome = await crm.done("crm", "probe", "--yes", "--lang", lang, "--report", file)
        assert words in outcome.out
        assert "✘" not in outcome.out
        assert title in file.read_text()
        assert words in file.read_text()


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ((), "the portal differs in some things (see !), and the desk copes with them"),
        (("--keeps-xml-id",), "the portal does all that the desk expects"),
    ],
)
async def test_the_double_by_hand_is_all_green_where_it_keeps_what_no_page_promises(
    tmp_path: Path, given: tuple[str, ...], verdict: str
) -> None:
    command = [sys.executable, "-m", "tests.doubles.bitrix24", "--port", "0", "--no-limits", *given]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    try:
        url = (await process.stdout.readline()).decode().strip()
        env = {
            "DEALWRIGHT_HOME": str(tmp_path),
            "DEALWRIGHT_BITRIX24_URL": url,
            "DEALWRIGHT_BITRIX24_RATE": "1000",
        }
        assert verdict in (await Cli(env).done("crm", "probe", "--yes", "--lang", "en")).out
    finally:
        process.terminate()
        await process.wait()


async def test_a_refusal_is_told_with_what_the_desk_does_then(
    there: Double, crm: Cli, tmp_path: Path
) -> None:
    there.smart = False
    outcome = await crm.done("crm", "probe", "--yes", "--lang", "en", "--report", tmp_path / "report.md")
    assert "the portal's plan allows no smart processes → Lines stay product rows" in outcome.out
    assert "crm-type-add.html" in (tmp_path / "report.md").read_text()


async def test_what_stays_is_named_with_its_id_and_the_exit_code_is_one(there: Double, crm: Cli) -> None:
    there.deny("lists.delete")
    outcome = await crm("crm", "probe", "--yes", "--lang", "en", "-o", "json")
    assert outcome.code == 1
    [left] = outcome.data["left"]
    assert (left["thing"], left["id"]) == ("list", "101")
    assert "ACCESS_DENIED" in left["why"]
    assert not outcome.data["ok"]
    assert "✘ список" in (await crm("crm", "probe", "--yes")).out


async def test_a_report_that_can_not_be_written_is_told_before_anything_is_made(
    there: Double, crm: Cli, tmp_path: Path
) -> None:
    outcome = await crm("crm", "probe", "--yes", "--report", tmp_path / "none" / "report.md")
    assert outcome.code == 2
    assert there.calls == []


async def test_after_ctrl_c_nothing_stays_and_the_report_says_so(
    there: Double, crm: Cli, tmp_path: Path
) -> None:
    there.faults.add("slow", 200, "crm.item.*", seconds=0.05)
    command = [Path(sys.executable).with_name("deal"), "crm", "probe", "--yes", "--lang", "en"]
    report = tmp_path / "report.md"
    process = await asyncio.create_subprocess_exec(
        *command, "--report", str(report), env=os.environ | crm.env, stdout=asyncio.subprocess.PIPE
    )

    async def deals() -> int:
        return len(there.state.deals())

    await eventually(deals)
    process.send_signal(signal.SIGINT)
    out, _ = await process.communicate()
    assert process.returncode == 130
    assert b"all that was made is removed" in out
    assert "all that was made is removed" in report.read_text()
    assert (there.state.deals(), there.state.fields, there.state.types, there.state.lists) == ({}, {}, {}, {})
    assert [category.name for category in there.state.categories] == ["Общая"]
