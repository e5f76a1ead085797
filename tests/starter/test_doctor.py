"""`deal doctor` names what is wrong and what to do, whatever it is, and tells all the rest as well."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from domain.deferred import Deferred
from domain.effects import AddComment
from domain.words import Text
from records.deferred import DeferredWrites
from records.engine import open_engine
from starter.rooms import ROOT
from tests.conftest import WARD
from tests.starter.conftest import Cli, Opened
from tests.support.orders import an_order
from tests.support.stand import Stand, stand
from tests.support.waiting import eventually
from workflows.names import LINE_WORKFLOW, deal_id, line_id
from workflows.temporal.converter import DATA_CONVERTER


@pytest.fixture(scope="session")
async def client(temporal: WorkflowEnvironment) -> Client:
    """In a namespace of its own: other tests terminate deals and leave them."""
    target = temporal.client.service_client.config.target_host
    return await Client.connect(target, namespace=WARD, data_converter=DATA_CONVERTER)


@pytest.fixture(scope="session")
async def office(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    async with stand(client, tmp_path_factory.mktemp("ward")) as made:
        yield made


HOLD = """
import sqlite3, sys
lock = sqlite3.connect(sys.argv[1], isolation_level=None)
lock.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


async def findings(deal: Cli, **env: str) -> dict[str, dict[str, Any]]:
    """What is wrong, by its name."""
    outcome = await deal("doctor", "-o", "json", "--lang", "en", **env)
    found = {finding["what"]: finding for finding in outcome.data if not finding["ok"]}
    assert outcome.code == (1 if found else 0)
    assert all(finding["advice"] for finding in found.values())
    return found


async def well(deal: Cli) -> None:
    """What is started or ended shows a moment later in Temporal's lists."""

    async def wrong() -> dict[str, Any]:
        return await findings(deal)

    await eventually(wrong, lambda found: not found)


async def test_doctor_finds_all_well_and_then_what_lags(deal: Cli, opened: Opened, office: Stand) -> None:
    assert [f["what"] for f in await deal.json("doctor", "--lang", "en") if not f["ok"]] == []
    usual, office.crm.switch.says = office.crm.switch.says, f"the portal is being moved {'x' * 9000}"
    office.crm.switch.down = True
    try:
        number = await opened()
        outcome = await deal("doctor", "-o", "json", "--lang", "en")
    finally:
        office.crm.switch.down, office.crm.switch.says = False, usual
    assert outcome.code == 1
    [lag] = [finding for finding in outcome.data if not finding["ok"]]
    assert lag["what"] == "crm"
    assert number in lag["words"]
    assert "the portal is being moved" in lag["words"], "the server keeps only the beginning of so much"
    assert lag["advice"]


async def test_a_right_that_the_crm_withholds_is_named_until_it_is_there(
    deal: Cli, opened: Opened, office: Stand
) -> None:
    number, now = await opened(), datetime.now(UTC)
    comment = AddComment(key=f"deal-{number}:9:abcd:comment", deal=number, text="Таможня")
    right = Text(ru="право на комментарии", en="the right to comments")
    withheld = Deferred(write=comment, missing=right, since=now)
    with closing(DeferredWrites(office.settings.database_url)) as box:
        box.settle(number, [], [withheld], now + timedelta(days=1))
        why = (await deal.done("why", number, "--lang", "en")).out
        assert "The CRM does not take: comments. The right that is missing: the right to comments" in why
        assert "Не хватает права: право на комментарии" in (await deal.done("why", number)).out
        assert "Не хватает права" in (await deal.done("show", number)).out
        told = (await deal.json("why", number, "--lang", "en"))[-1]
        assert (told["kind"], told["missing"]) == ("crm", right.en)
        found = (await findings(deal))["rights in the CRM"]
        assert f"comments; of deal {number}" in found["words"]
        box.settle(number, [withheld], [], now)
        assert "Не хватает права" not in (await deal.done("why", number)).out
    await well(deal)


async def test_where_rates_come_from_is_looked_at_once_a_deal_is_paid_by_rate(
    deal: Cli, office: Stand, tmp_path: Path
) -> None:
    (file := tmp_path / "rates.csv").write_text("day,currency,rate\n2020-01-01,EUR,91.5043\n")
    assert "rates" not in [f["what"] for f in await deal.json("doctor", "--lang", "en")]
    opened = await office.open(an_order(currency="EUR", rate={"percent": "2"}))
    try:
        found = await findings(deal, DEALWRIGHT_RATES_FILE=str(file))
        assert found["rates"]["words"] == "EUR: none"
        assert "the accountant" in found["rates"]["advice"]
        missing = await findings(deal, DEALWRIGHT_RATES_FILE=str(tmp_path / "none.csv"))
        assert "can't be read" in missing["rates"]["words"]
        file.write_text("day,currency,rate\n2020-01-01,EUR,91.5043\n2099-01-01,EUR,1\n")
        outcome = await deal("doctor", "-o", "json", "--lang", "en", DEALWRIGHT_RATES_FILE=str(file))
        assert [(f["ok"], f["words"]) for f in outcome.data if f["what"] == "rates"] == [
            (True, "EUR: ₽91.5043, 1 Jan 2020")
        ]
    finally:
        await opened.cancel("petrov")
    await well(deal)


async def test_a_terminated_deal_is_named_listed_and_shown_and_goes_on_when_revived(
    deal: Cli, opened: Opened, client: Client, office: Stand
) -> None:
    number = await opened()
    await deal.until(lambda rows: any(row["number"] == number for row in rows), "list", "--open")
    await client.get_workflow_handle(deal_id(number)).terminate(reason="wrong button")

    found = (await findings(deal))["stopped deals"]
    assert f"deal {number} since" in found["words"]
    assert "wrong button" in found["words"]
    assert "deal revive N" in found["advice"]
    assert f"deal revive {number}" in (await deal.done("why", number)).out
    assert f"deal complete {number}" not in (await deal.done("show", number)).out, "it would be refused"
    [silence] = [
        b for b in await deal.json("why", number) if (b["subject"], b["kind"]) == ("deal", "silence")
    ]
    assert silence["who"] == ["ivanova", "petrov"]
    refused = await deal("reassign", number, "--to", "sidorov", "--as", "petrov", "--lang", "en")
    assert (refused.code, f"deal revive {number}" in refused.err) == (5, True)

    revived = await deal("revive", number, "--lang", "en")
    assert (revived.code, "goes on" in revived.out) == (0, True)
    assert "runs already" in (await deal.done("revive", number, "--lang", "en")).out
    await deal.until(lambda view: view["blockers"][0]["kind"] != "silence", "show", number)
    assert f"deal complete {number}" in (await deal.done("show", number)).out
    await deal.done("reassign", number, "--to", "sidorov", "--as", "petrov")
    await well(deal)


async def test_the_list_marks_a_deal_that_the_look_has_found_stopped(
    deal: Cli, opened: Opened, client: Client, office: Stand
) -> None:
    from activities.watchdog import DealWatchdog
    from records.post import WaitingPost
    from records.queries import RecordQueries
    from records.stopped import StoppedProcesses

    number, url = await opened(), office.settings.database_url
    await deal.until(lambda rows: any(row["number"] == number for row in rows), "list", "--open")
    await client.get_workflow_handle(deal_id(number)).terminate()
    parts = (StoppedProcesses(url), RecordQueries(url), WaitingPost(url))
    await DealWatchdog(client, *parts).watch()
    for part in parts:
        part.close()

    assert "process stopped" in (await deal.done("list", "--lang", "en")).out
    [row] = [row for row in await deal.json("list") if row["number"] == number]
    assert row["stopped_at"]
    await deal.done("revive", number)
    [row] = [row for row in await deal.json("list") if row["number"] == number]
    assert row["stopped_at"] is None
    await well(deal)


async def test_foreign_processes_under_the_ids_of_deals_and_lines_are_named(
    deal: Cli, opened: Opened, client: Client
) -> None:
    number, queue = await opened(), uuid4().hex
    strangers = {
        line_id(number, 1): ("Billing", "is of type “Billing”"),
        line_id(number, 77): (LINE_WORKFLOW, "was not started by its deal"),
        deal_id(f"{number}-x"): ("Billing", "is of type “Billing”"),
    }
    started = [
        await client.start_workflow(kind, id=id, task_queue=queue) for id, (kind, _) in strangers.items()
    ]

    async def named() -> str:
        return str((await findings(deal)).get("foreign processes", {}).get("words", ""))

    words = await eventually(named, lambda words: all(id in words for id in strangers))
    for id, (_, said) in strangers.items():
        assert f"{id} {said}" in words
    for handle in started:
        await handle.terminate()
    await well(deal)


async def test_facts_that_the_records_have_lost_are_missed_and_filled_again(
    deal: Cli, opened: Opened, office: Stand
) -> None:
    number = await opened()
    await deal.until(lambda facts: facts, "log", number)
    await well(deal)
    facts = await deal.json("log", number)
    engine = open_engine(office.settings.database_url, writes=True)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM facts WHERE deal = :deal"), {"deal": number})
    engine.dispose()
    found = (await findings(deal))["facts in the records"]
    assert f"deal {number} (0 of {len(facts)} facts)" in found["words"]
    assert "deal rebuild" in found["advice"]
    await deal.done("rebuild")
    assert await deal.json("log", number) == facts
    await well(deal)


async def test_a_locked_database_is_named_with_who_locks_it_and_the_rest_is_told(
    deal: Cli, opened: Opened, office: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened()
    await well(deal)
    monkeypatch.setattr("records.sqlite.BUSY_MS", 200)
    with held(office) as pid:
        outcome = await deal("doctor", "-o", "json", "--lang", "en")
        told = {finding["what"]: finding for finding in outcome.data}
        locked = told["writing to the records"]
        assert "database is locked" in locked["words"]
        assert f"held by process {pid} (" in locked["words"]
        assert {"inbox", "post", "mail server", "stopped deals", "deals", "mail", "lines"} <= told.keys()
    await well(deal)


async def test_rows_of_credit_limits_that_cannot_be_read_are_named_with_their_lines(
    deal: Cli, opened: Opened, tmp_path: Path
) -> None:
    for file in (ROOT / "playbooks").glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    playbook = {"DEALWRIGHT_PLAYBOOK": str(tmp_path / "default.yaml")}
    limits = tmp_path / "clients.csv"
    told = {f["what"]: f for f in (await deal("doctor", "-o", "json", "--lang", "en", **playbook)).data}
    assert told["credit limits"]["words"] == "clients.csv, clients: 3"
    limits.write_text(limits.read_text() + "RU,9900000018,,1,RUB\nRU,9900000017,,много,RUB\n")
    found = await findings(deal, **playbook)
    words = found["credit limits"]["words"]
    assert "line 5: not a client's number" in words
    assert "line 6: " in words
    limits.unlink()
    assert "credit limits" not in await findings(deal, **playbook)


async def test_records_that_are_gone_are_named_and_the_rest_is_told(deal: Cli, tmp_path: Any) -> None:
    found = await findings(deal, DEALWRIGHT_DATABASE_URL=f"sqlite:///{tmp_path / 'gone.db'}")
    assert "deal rebuild" in found["records"]["advice"]
    assert list(found) == ["records"]


@contextmanager
def held(office: Stand) -> Iterator[int]:
    file = office.settings.home / "records.db"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    try:
        yield holder.pid
    finally:
        holder.communicate()


async def test_records_that_tell_another_story_of_a_deal_are_told_from_its_own(
    deal: Cli, opened: Opened, office: Stand
) -> None:
    """As those of another home that somebody laid in their place: as many facts, and others."""
    number = await opened()
    await well(deal)
    facts = await deal.json("log", number)
    engine = open_engine(office.settings.database_url, writes=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE facts SET digest = 'f' || seq WHERE deal = :deal"), {"deal": number})
    engine.dispose()
    found = (await findings(deal))["facts in the records"]
    assert f"deal {number} (its fact {len(facts)} is another there)" in found["words"]
    await deal.done("rebuild")
    await well(deal)


async def test_a_home_that_others_may_read_is_named_and_closing_it_is_enough(
    deal: Cli, office: Stand
) -> None:
    home = office.settings.home
    home.chmod(0o755)
    (home / "records.db").chmod(0o644)
    try:
        found = (await findings(deal))["home"]
    finally:
        home.chmod(0o700)
    assert str(home) in found["words"]
    assert f"chmod -R go-rwx {home}" in found["advice"]
    await well(deal)
