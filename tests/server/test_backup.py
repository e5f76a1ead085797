"""The drill of docs/how-to/back-up-and-restore.md: its own commands, on a desk that works meanwhile."""

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from starter.backup import back_up
from starter.errors import Exit, UsageError
from starter.private import open_to_others
from starter.rooms import ROOT
from starter.settings import Settings
from tests.support.command import DEAL, Command
from tests.support.orders import a_good, an_order
from tests.support.waiting import eventually

PAGE = (ROOT / "docs" / "how-to" / "back-up-and-restore.md").read_text()
NO_NIGHTS = ("--pace", "1d=2h")
"""A desk with a pace has no quiet hours: mail goes out at whatever hour the test runs."""
MONEY = ("--currency", "RUB", "--line", "1", "--as", "accountant")


async def shell(command: str, env: Mapping[str, str]) -> str:
    """A command of the page, as it stands there."""
    assert f"\n{command}\n" in PAGE
    path = f"{DEAL.parent}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_shell(
        command,
        env={**os.environ, **env, "PATH": path, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == Exit.OK, err.decode()
    return out.decode()


def sent(home: Path) -> list[str]:
    ledger = home / "mail" / "ledger.jsonl"
    if not ledger.exists():
        return []
    return [json.loads(line)["message_id"] for line in ledger.read_text().splitlines()]


def written(home: Path) -> list[str]:
    """The keys of all that the CRM was told."""
    crm = sqlite3.connect(home / "crm.db")
    keys = [key for (key,) in crm.execute("SELECT key FROM ledger")]
    crm.close()
    return keys


async def findings(command: Command) -> dict[str, Any]:
    ran = await command.run("doctor", "-o", "json")
    return {finding["what"]: finding for finding in ran.json if not finding["ok"]}


async def settled(command: Command) -> None:
    """Once everybody has heard of everything."""
    await eventually(lambda: findings(command), lambda found: set(found) <= {"backup"}, pause=0.5)


async def paid(command: Command, number: str, id: str) -> str:
    """What the desk counts as received, once this payment is in."""
    await command.ok("pay", number, "--amount", "500.00", "--id", id, *MONEY)
    return str((await command.ok("show", number, "-o", "json")).json["totals"]["paid"])


async def test_a_restored_desk_has_all_that_was_before_tells_nobody_twice_and_says_what_it_can_not_know(
    tmp_path: Path,
) -> None:
    old, backup, new = Command(tmp_path / "old"), tmp_path / "backup", Command(tmp_path / "new")
    env = {"DEALWRIGHT_HOME": str(old.home), "BACKUP": str(backup), "NEW_HOME": str(new.home)}
    order = tmp_path / "order.json"
    order.write_text(json.dumps(an_order(a_good(quantity=1))), encoding="utf-8")
    async with old.up(*NO_NIGHTS):
        number = (await old.ok("start", str(order))).out.strip()
        await old.ok("reassign", number, "--to", "sidorov", "--as", "petrov")
        assert await paid(old, number, "pp-1") in ("0.00", "500.00")
        await settled(old)
        await eventually(lambda: asyncio.to_thread(sent, old.home))
        facts = (await old.ok("log", number, "-o", "json")).json
        mails, writes = sent(old.home), written(old.home)
        under_way = [asyncio.create_task(old.ok("start", str(order))) for _ in range(5)]
        await shell('python -m starter.backup "$BACKUP"', env)
        await asyncio.gather(*under_way)
        await paid(old, number, "pp-2")
        after = (await old.ok("log", number, "-o", "json")).json
    assert len(after) > len(facts) > 0

    await shell('cp -R "$BACKUP" "$NEW_HOME"', env)
    assert 'DEALWRIGHT_HOME="$NEW_HOME" deal up' in PAGE
    async with new.up(*NO_NIGHTS):
        found = await findings(new)
        assert "what came after is not in it" in found["backup"]["words"]
        await settled(new)
        assert (await new.ok("log", number, "-o", "json")).json == facts, "all that was before, and no more"
        assert set(mails) <= set(sent(new.home))
        assert set(writes) <= set(written(new.home))
        view = (await new.ok("show", number, "-o", "json")).json
        assert [payment["id"] for payment in view["payments"]] == ["pp-1"]
        for id in ("pp-1", "pp-2"):  # the bank sends the day's payments again
            await paid(new, number, id)
        view = (await new.ok("show", number, "-o", "json")).json
        assert sorted(payment["id"] for payment in view["payments"]) == ["pp-1", "pp-2"]
        await settled(new)
        for told in (sent(new.home), written(new.home)):
            assert len(told) == len(set(told)), "nobody is told twice"
        for deal in (await new.ok("list", "-o", "json")).json:
            assert (await new.run("log", deal["number"], "--verify")).code == Exit.OK
        await shell('rm "$NEW_HOME/backup.json"', env)
        assert await findings(new) == {}
    assert open_to_others(backup) == []


def test_a_copy_is_never_laid_over_another(tmp_path: Path) -> None:
    home, used = tmp_path / "home", tmp_path / "used"
    for folder in (home, used):
        folder.mkdir()
        shutil.copy(__file__, folder)
    with pytest.raises(UsageError, match=r"There is no .*records.db: set DEALWRIGHT_HOME"):
        back_up(Settings(home=home), tmp_path / "to")
    for name in ("records.db", "temporal.db"):
        (home / name).touch()
    with pytest.raises(UsageError, match="is not empty: name a new one"):
        back_up(Settings(home=home), used)
    with pytest.raises(UsageError, match="in PostgreSQL"):
        back_up(Settings(home=home, database_url="postgresql://desk@db/desk"), tmp_path / "to")
