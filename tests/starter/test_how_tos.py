"""The how-to pages are true: their own commands are run, and do what the page says. (Backing up has its drill in tests/server.)"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from activities.mail.links import Link, LinkBroken, LinkSigner
from activities.playbook import people_beside
from starter.rooms import ROOT
from starter.secrets import load_secrets
from starter.settings import Settings
from tests.starter.conftest import Cli, Opened

HOW_TO = ROOT / "docs" / "how-to"
PEOPLE = people_beside(ROOT / "playbooks" / "default.yaml")


def blocks(page: str, language: str = "sh") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (HOW_TO / page).read_text(), re.MULTILINE | re.DOTALL)


async def test_somebody_leaves(deal: Cli, opened: Opened, tmp_path: Path) -> None:
    """The page's commands in their order, and between the first and the second the change of the file that it asks for."""
    folder = tmp_path / "in-force"
    folder.mkdir()
    in_force = Path(shutil.copy(PEOPLE, folder))
    cli = Cli(deal.env | {"DEALWRIGHT_PEOPLE": str(in_force), "DEALWRIGHT_LANG": "en"})
    number = await opened(manager="sidorov")
    await deal.until(
        lambda rows: any(row["number"] == number for row in rows), "list", "--manager", "sidorov"
    )

    without = yaml.safe_load(PEOPLE.read_bytes())
    del without["people"]["sidorov"]
    [successors] = blocks("somebody-leaves.md", "yaml")
    outs = []
    for step, block in enumerate(blocks("somebody-leaves.md")):
        if step == 1:
            file = tmp_path / "people.yaml"
            file.write_text(yaml.safe_dump(without | yaml.safe_load(successors)), encoding="utf-8")
        for line in block.splitlines():
            program, *args = line.replace("people.yaml", str(tmp_path / "people.yaml")).split()
            assert program == "deal"
            outs.append((await cli.done(*args)).out)
    try:
        assert number in outs[0]
        assert number in outs[1]
        assert (await cli.json("show", number))["manager"] == "ivanova"
        await cli.until(
            lambda rows: all(row["number"] != number for row in rows), "list", "--manager", "sidorov"
        )
        await cli.until(lambda rows: any(row["deal"] == number for row in rows), "inbox", "--as", "ivanova")
        refused = await cli("reassign", number, "--to", "sidorov", "--as", "petrov")
        assert refused.code == 2
    finally:
        await cli.done("people", "apply", PEOPLE)


def test_rotating_the_keys_of_an_embedded_home(tmp_path: Path) -> None:
    """With the page's own lines: what was sent before opens until the old key is taken out."""
    settings, link = Settings(home=tmp_path), Link("1", "contract", 1, "petrov")
    sent = LinkSigner(load_secrets(settings).link_keys, "", 14).sign(link).rpartition("/")[2]
    [rotate] = blocks("rotate-secrets.md")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(rotate, shell=True, check=True, env={"DEALWRIGHT_HOME": str(tmp_path), "PATH": path})
    both = load_secrets(settings)
    assert len(both.link_keys) == 2
    assert LinkSigner(both.link_keys, "", 14).read(sent) == link
    assert LinkSigner(both.link_keys[:1], "", 14).sign(link).rpartition("/")[2] != sent
    with pytest.raises(LinkBroken):
        LinkSigner(both.link_keys[:1], "", 14).read(sent)
