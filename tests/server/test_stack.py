"""The embedded stack itself, with Temporal's real dev server."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from pydantic import SecretStr
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from domain.words import Text
from starter.connection import connect
from starter.errors import Exit, StackError, UnreachableError
from starter.prepare import prepare
from starter.private import open_to_others
from starter.settings import Settings
from starter.stack import children, embedded
from starter.stack.embedded import Stack, embedded_stack
from starter.stack.home import read_stack, remember_ports, stack_file
from starter.stack.ports import HOST, lease_ports
from workflows.temporal.search_attributes import DEAL_STAGE


def settings(home: Path) -> Settings:
    return Settings(home=home, temporal_port=0, ui_port=0, web_port=0)


async def park(stack: Stack, name: str) -> None:
    """A workflow that nobody works on: it stays as it is."""
    await stack.client.start_workflow(
        "Parked",
        id=name,
        task_queue="nobody",
        search_attributes=TypedSearchAttributes([SearchAttributePair(DEAL_STAGE, "NEW")]),
    )


async def is_running(stack: Stack, name: str) -> bool:
    description = await stack.client.get_workflow_handle(name).describe()
    return description.status == WorkflowExecutionStatus.RUNNING


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 (another process makes it true)
            await asyncio.sleep(0.05)


async def test_a_stopped_stack_goes_on_where_it_was(tmp_path: Path) -> None:
    async with embedded_stack(settings(tmp_path), with_worker=False) as stack:
        await park(stack, "parked")
    assert read_stack(tmp_path) is None
    async with embedded_stack(settings(tmp_path), with_worker=False) as stack:
        assert await is_running(stack, "parked")


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


async def test_a_restarted_stack_answers_where_bookmarks_and_mailed_links_lead(tmp_path: Path) -> None:
    """Where another has taken one of its ports meanwhile, it says so, and the others stay."""
    said: list[Text] = []
    async with embedded_stack(settings(tmp_path), with_worker=False) as first:
        pass
    async with embedded_stack(settings(tmp_path), say=said.append, with_worker=False) as second:
        assert (second.address, second.ui, second.web_url) == (first.address, first.ui, first.web_url)
    assert not any("is taken" in words.en for words in said)
    with socket.create_server((HOST, port_of(first.ui))):
        async with embedded_stack(settings(tmp_path), say=said.append, with_worker=False) as third:
            assert (third.address, third.web_url) == (first.address, first.web_url)
            words = f"Port {port_of(first.ui)} is taken: its Web UI answers on {port_of(third.ui)}"
            assert words in [one.en for one in said]


async def test_a_port_that_is_set_comes_before_that_of_the_last_run(tmp_path: Path) -> None:
    with lease_ports(0) as [free]:
        pass
    wanted = settings(tmp_path).model_copy(update={"web_port": free})
    remember_ports(tmp_path, [0, 0, 1])
    async with embedded_stack(wanted, with_worker=False) as stack:
        assert port_of(stack.web_url) == free


async def test_what_a_stack_leaves_in_its_home_is_its_owners_alone(whole: Stack) -> None:
    """Databases, logs and mail, made by four processes."""
    home = whole.settings.home
    assert {"temporal.db", "records.db", "secrets.json"} <= {path.name for path in home.iterdir()}
    assert open_to_others(home) == []


async def test_a_killed_server_comes_back_at_its_address_with_its_workflows(tmp_path: Path) -> None:
    said: list[Text] = []
    async with embedded_stack(settings(tmp_path), say=said.append, with_worker=False) as stack:
        await park(stack, "parked")
        first = stack.server.pid
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: stack.server.restarts == 1)
        assert await is_running(stack, "parked")
        noted = read_stack(tmp_path)
        assert noted is not None
        assert noted.pids.server == stack.server.pid != first
    assert any("was ended by SIGKILL; it is started again" in words.en for words in said)


async def test_two_homes_run_side_by_side_and_each_command_finds_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", os.devnull)
    one, two = settings(tmp_path / "one"), settings(tmp_path / "two")
    async with (
        embedded_stack(one, with_worker=False) as first,
        embedded_stack(two, with_worker=False) as second,
    ):
        assert first.address != second.address
        await park(first, "only-in-one")
        await (await connect(one)).get_workflow_handle("only-in-one").describe()
        await park(second, "only-in-two")
        await (await connect(two)).get_workflow_handle("only-in-two").describe()


async def test_the_namespace_keeps_closed_deals_as_long_as_the_setting_says(tmp_path: Path) -> None:
    async with embedded_stack(settings(tmp_path), with_worker=False) as stack:
        described = await stack.client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=stack.namespace)
        )
    assert described.config.workflow_execution_retention_ttl.ToTimedelta().days == 30


async def test_a_server_that_cannot_start_says_so_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "temporal.db").mkdir()
    with pytest.raises(
        StackError, match=r"The Temporal server stopped as it started: .*temporal\.log"
    ) as refusal:
        async with embedded_stack(settings(tmp_path), with_worker=False):
            pass
    assert "\n" not in str(refusal.value)


async def test_a_server_that_is_gone_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:1: start it with `deal up`") as refusal:
        await connect(settings(tmp_path))
    assert refusal.value.exit_code == Exit.UNREACHABLE


async def test_interrupting_stops_everything_in_order_and_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    obedient = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('drained', flush=True), sys.exit()))\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()\n"
    )
    (tmp_path / "worker.py").write_text(obedient)
    monkeypatch.setattr(children, "ROOT", tmp_path)
    monkeypatch.setattr(children, "WEB_COMMAND", obedient)
    pids: list[int] = []

    def interrupt(stack: Stack) -> None:
        assert stack.worker is not None
        assert stack.web is not None
        pids.extend((stack.server.pid, stack.worker.pid, stack.web.pid))
        os.kill(os.getpid(), signal.SIGINT)

    said: list[Text] = []
    await embedded.serve(settings(tmp_path / "home"), say=said.append, on_ready=interrupt)
    assert said[-1].en.startswith("Stopping")
    for log in ("worker.log", "web.log"):
        assert (tmp_path / "home" / "logs" / log).read_text() == "ready\ndrained\n"
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            pytest.fail(f"process {pid} still runs")


SECRET = "k" * 40


@pytest.fixture(scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """With a worker and a web."""
    home = tmp_path_factory.mktemp("whole")
    async with embedded_stack(settings(home).model_copy(update={"link_keys": SecretStr(SECRET)})) as stack:
        yield stack


async def test_secrets_reach_worker_and_web_by_their_environment_alone(whole: Stack) -> None:
    for child in (whole.server, whole.worker, whole.web):
        assert child is not None
        process = psutil.Process(child.pid)
        assert SECRET not in " ".join(process.cmdline())
        assert (SECRET in process.environ().values()) is (child is not whole.server)
        assert SECRET not in child.log.read_text()
    assert SECRET not in stack_file(whole.settings.home).read_text()


async def test_a_killed_worker_and_a_killed_web_come_back(whole: Stack) -> None:
    for child in (whole.worker, whole.web):
        assert child is not None
        os.kill(child.pid, signal.SIGKILL)
    for child in (whole.worker, whole.web):
        await eventually(lambda child=child: child.restarts == 1)  # type: ignore[misc]
        await eventually(lambda child=child: "ready" in child.said().splitlines())  # type: ignore[misc]
    noted = read_stack(whole.settings.home)
    assert noted is not None
    assert whole.web is not None
    assert (noted.web, noted.pids.web) == (whole.web_url, whole.web.pid)
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(f"{noted.web}/healthz")).is_success


async def test_a_web_that_cannot_start_says_why_and_takes_the_others_with_it(tmp_path: Path) -> None:
    public = settings(tmp_path).model_copy(update={"public_url": "https://desk.example"})
    with pytest.raises(StackError, match=r"The web stopped as it started: .*DEALWRIGHT_LINK_KEYS"):
        async with embedded_stack(public):
            pass
    assert not [process for process in psutil.process_iter() if str(tmp_path) in _command(process)]


def _command(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


async def test_a_real_cluster_is_prepared_once_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the compose file's `desk-setup` does, on a namespace that is not there yet."""
    async with embedded_stack(settings(tmp_path / "server"), with_worker=False) as stack:
        monkeypatch.setenv("TEMPORAL_ADDRESS", stack.address)
        monkeypatch.setenv("TEMPORAL_NAMESPACE", "dealwright")
        ours = settings(tmp_path)
        for _ in range(2):
            await prepare(ours)
        client = await connect(ours)
        assert await client.count_workflows(f"{DEAL_STAGE.name} = 'NEW'") is not None
        assert (tmp_path / "records.db").exists()
