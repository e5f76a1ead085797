"""`deal crm`: the portal built and checked from the command line."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import records
from activities.errors import CrmUnavailable
from domain.deferred import Deferred
from domain.effects import AddComment, AttachFile
from domain.playbook.book import StaffedPlaybook
from domain.words import Text
from records.deferred import DeferredWrites
from records.files import KeptFiles
from starter.cli.crm import app as crm_commands
from starter.crms import open_crm
from starter.doctor.finding import Finding
from starter.doctor.portal import portal
from starter.kept_files import files_of
from starter.portal import examine_portal
from starter.settings import Settings
from tests.doubles.bitrix24 import DEAL
from tests.doubles.bitrix24.server import Double, double
from tests.factories import a_playbook
from tests.starter.conftest import Cli, run_deal


@pytest.fixture
async def there() -> AsyncIterator[Double]:
    async with double() as portal:
        yield portal


@pytest.fixture
def crm(there: Double, tmp_path: Path) -> Cli:
    return Cli(
        {
            "DEALWRIGHT_HOME": str(tmp_path),
            "DEALWRIGHT_BITRIX24_URL": there.url,
            "DEALWRIGHT_BITRIX24_RATE": "1000",
            "DEALWRIGHT_PUBLIC_URL": "https://desk.example",
        }
    )


@pytest.mark.parametrize("command", [command.callback for command in crm_commands.registered_commands])
def test_every_command_has_help(command: object) -> None:
    name = getattr(command, "__name__", "")
    assert f"deal crm {name}" in run_deal("crm", name, "--help").out


async def test_dry_run_then_setup_then_nothing_to_do(there: Double, crm: Cli) -> None:
    planned = await crm.done("crm", "setup", "--dry-run")
    assert "· Стадии сделок: добавить стадию «На складе»" in planned.out
    assert there.state.fields == {}
    built = await crm.done("crm", "setup")
    assert "+ Поля сделок: добавить поле «Что мешает»" in built.out
    assert "https://desk.example/webhooks/bitrix24" in built.err
    assert "DEALWRIGHT_BITRIX24_TOKEN" in built.err
    assert "менять нечего" in (await crm.done("crm", "setup")).out
    assert "nothing to do" in (await crm.done("crm", "setup", "--lang", "en")).out


async def test_setup_as_json_says_what_was_done_and_what_is_left_to_people(crm: Cli) -> None:
    planned = await crm.json("crm", "setup", "--dry-run")
    built = await crm.json("crm", "setup")
    assert planned["dry_run"]
    assert planned["left"]
    assert not planned["done"]
    assert built["ok"]
    assert built["done"]
    assert not built["left"]
    assert [trouble["part"] for trouble in built["troubles"]] == ["people"]
    assert any("https://desk.example/webhooks/bitrix24" in words for words in built["by_hand"])


async def test_check_ends_with_one_until_the_portal_is_built(there: Double, crm: Cli) -> None:
    assert (await crm("crm", "check")).code == 1
    await crm.done("crm", "setup")
    assert "✔ Воронка: в порядке" in (await crm.done("crm", "check")).out
    there.as_user(1).remove_field("UF_CRM_DEAL_DW_LINES")
    outcome = await crm("crm", "check", "--lang", "en", "-o", "json")
    assert outcome.code == 1
    assert [f["part"] for f in outcome.data["findings"] if not f["ok"]] == ["deal fields"]


async def test_check_names_what_waits_for_a_right(crm: Cli, tmp_path: Path) -> None:
    await crm.done("crm", "setup")
    assert (await crm.json("crm", "check"))["waits_for_rights"] == ""
    settings, now = Settings(home=tmp_path), datetime.now(UTC)
    await asyncio.to_thread(records.migrate, settings.database_url)
    comment = AddComment(key="deal-7:9:abcd:comment", deal="7", text="Таможня")
    right = Text(ru="право на комментарии", en="the right to comments")
    with closing(DeferredWrites(settings.database_url)) as box:
        box.settle("7", [], [Deferred(write=comment, missing=right, since=now)], now)
    assert "! не хватает: право на комментарии" in (await crm.done("crm", "check")).out
    assert "the right to comments" in (await crm.json("crm", "check", "--lang", "en"))["waits_for_rights"]


async def test_what_the_portal_says_is_told_and_its_secret_is_not(there: Double, crm: Cli) -> None:
    outcome = await crm(
        "crm", "check", DEALWRIGHT_BITRIX24_URL=there.url.replace("s3cr3tw0rd", "an0therw0rd")
    )
    assert outcome.code == 1
    assert "Wrong authorization data" in outcome.err
    assert "an0therw0rd" not in outcome.err + outcome.out


@pytest.mark.parametrize("url", ["", "http://portal.example/rest/1/s3cr3tw0rd/", "s3cr3tw0rd"])
async def test_an_address_that_is_none_is_a_wrong_setting(crm: Cli, url: str) -> None:
    outcome = await crm("crm", "setup", DEALWRIGHT_BITRIX24_URL=url)
    assert outcome.code == 2
    assert "DEALWRIGHT_BITRIX24_URL" in outcome.err
    assert "s3cr3tw0rd" not in outcome.err


async def test_doctor_tells_of_the_portal_what_the_check_finds(
    there: Double, crm: Cli, tmp_path: Path
) -> None:
    before = await _examined(there, tmp_path)
    assert "Bitrix24: funnel" in {finding.what for finding in before if not finding.ok}
    await crm.done("crm", "setup")
    after = await _examined(there, tmp_path)
    assert {finding.what for finding in after if not finding.ok} == {"Bitrix24: webhook"}
    assert [f for f in await _examined(there, tmp_path, bitrix24_token="t0ken") if not f.ok] == []


async def test_doctor_tells_that_the_portal_does_not_answer(there: Double, tmp_path: Path) -> None:
    found = await _examined(there, tmp_path, bitrix24_url="http://127.0.0.1:1/rest/1/s3cr3tw0rd/")
    assert [(f.what, f.ok) for f in found] == [("Bitrix24", False)]
    assert "can't be reached" in found[0].words.en
    assert "s3cr3tw0rd" not in found[0].words.en


async def test_doctor_tells_that_the_portal_has_another_address(there: Double, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, crm="bitrix24", bitrix24_url=there.url, bitrix24_rate=1000)  # type: ignore[arg-type]
    records.migrate(settings.database_url)

    async def told() -> list[Finding]:
        return [f async for f in portal(settings) if f.what == "Bitrix24: address"]

    assert await told() == []
    there.moved_to = there.address.replace("127.0.0.1", "localhost")
    [found] = await told()
    assert not found.ok
    assert "localhost" in found.words.en
    assert "s3cr3tw0rd" not in found.words.en


async def test_check_recognises_a_version_that_is_too_old(there: Double, crm: Cli) -> None:
    await crm.done("crm", "setup")
    there.as_user(1).add_deal("Любая")
    await crm.done("crm", "check")
    there.old_names = True
    outcome = await crm("crm", "check", "--lang", "en")
    assert outcome.code == 1
    assert "useOriginalUfNames" in outcome.out


async def test_a_file_that_the_desk_has_goes_to_the_portal_that_the_settings_name(
    there: Double, crm: Cli, tmp_path: Path
) -> None:
    await crm.done("crm", "setup")
    settings = Settings(home=tmp_path, crm="bitrix24", bitrix24_url=there.url, bitrix24_rate=1000)  # type: ignore[arg-type]
    records.migrate(settings.database_url)
    digest = KeptFiles(settings.database_url).keep(b"%PDF-1.7")

    async def books() -> StaffedPlaybook:
        return a_playbook()

    portal = open_crm(settings, books)
    await portal.attach_file(
        AttachFile(key="deal-7:1:ab:file", deal="7", text="договор", name="a.pdf", size=8, digest=digest)
    )
    await portal.close()
    [deal] = there.state.find(DEAL, originId="7")
    assert [file["name"] for file in there.state.files_of(DEAL, deal["id"])] == ["a.pdf"]


async def test_while_the_records_are_down_a_file_waits(tmp_path: Path) -> None:
    read = files_of(Settings(home=tmp_path / "nowhere"))
    with pytest.raises(CrmUnavailable):
        await read("0" * 64)


async def _examined(there: Double, home: Path, **settings: str) -> list[Finding]:
    given = {"bitrix24_url": there.url, "bitrix24_rate": "1000", **settings}
    return [finding async for finding in examine_portal(Settings(home=home, crm="bitrix24", **given))]  # type: ignore[arg-type]


async def test_the_bot_is_made_once_and_check_and_doctor_tell_of_it(
    there: Double, crm: Cli, tmp_path: Path
) -> None:
    assert "+ Бот: завести бота «Согласования»" in (await crm.done("crm", "setup")).out
    await crm.done("crm", "setup")
    assert len(there.state.bots) == 1
    assert "✔ Бот: в порядке" in (await crm.done("crm", "check")).out
    assert "Bitrix24: bot" in {finding.what for finding in await _examined(there, tmp_path)}


async def test_another_machines_token_is_told_and_stands_in_nothing(
    there: Double, crm: Cli, tmp_path: Path
) -> None:
    await crm.done("crm", "setup")
    given = "another-word-than-the-homes-own"
    outcome = await crm("crm", "check", "--lang", "en", DEALWRIGHT_BITRIX24_BOT_TOKEN=given)
    assert outcome.code == 0
    assert "! Bot: there is a bot of the desk's code, made with another token" in outcome.out
    own = json.loads((tmp_path / "secrets.json").read_text())["bot_token"]
    assert not any(token in outcome.out + outcome.err for token in (own, given))


async def test_a_token_that_is_too_short_is_a_wrong_setting(crm: Cli) -> None:
    outcome = await crm("crm", "check", DEALWRIGHT_BITRIX24_BOT_TOKEN="short")
    assert outcome.code == 2
    assert "DEALWRIGHT_BITRIX24_BOT_TOKEN" in outcome.err


async def test_a_portal_without_bots_is_in_order(there: Double, crm: Cli) -> None:
    there.chat_bots = False
    await crm.done("crm", "setup")
    outcome = await crm.done("crm", "check", "--lang", "en")
    assert "✔ Bot: no bot, tasks and mail ask for approvals: the portal does not know" in outcome.out
