"""The arrows between the rooms (DESIGN §3), and what holds the two sides of an activity together."""

import ast
import inspect
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from temporalio import activity

from activities.credit import CreditLookup
from activities.crm.deferring import CrmDeferred
from activities.crm.delivery import CrmDelivery
from activities.mail.delivery import MailDelivery
from activities.mail.post import MailPost
from activities.money_letters import MoneyLetters
from activities.playbook_shelf import PlaybookShelf
from activities.postings import Postings
from activities.rates import Rates
from activities.reconcile import CrmReconcile
from activities.records import RecordsDelivery
from activities.todays_people import TodaysPeople
from activities.watchdog import DealWatchdog, LineWatchdog
from starter.errors import Exit
from starter.rooms import ROOMS, ROOT, check_rooms
from workflows.activities import (
    DELIVER_MAIL,
    DELIVER_TO_CRM,
    DELIVER_TO_RECORDS,
    FIND_RATE,
    LOAD_PLAYBOOK,
    LOOK_UP_CREDIT,
    WATCH_LINES,
)
from workflows.activities import OF_A_DEAL as OF_A_DEAL_ASKS
from workflows.host import Activity
from workflows.temporal import ports

ARROWS = {
    "domain": set[str](),
    "workflows": {"domain"},
    "activities": {"domain", "workflows.names"},
    "adapters": {"domain", "activities"},
    "records": {"domain", "workflows.temporal.converter"},
    "starter": {"domain", "workflows", "activities", "adapters", "records"},
    "worker": {"domain", "workflows", "activities", "adapters", "records", "starter"},
}
"""What a room may import of the project beside itself."""

LIGHT = {"domain": {"pydantic", "pydantic_core", "email_validator", "phonenumbers", "stdnum"}}
LIGHT["workflows"] = {"pydantic", "temporalio"}
"""What the two pure rooms may import of other people's packages."""

DONE: dict[Callable[..., Any], Callable[..., Any]] = {
    ports.reconcile_crm: CrmReconcile.reconcile,
    ports.write_deferred: CrmDeferred.write_due,
    ports.send_post: MailPost.send_due,
    ports.post_payments: Postings.post,
    ports.tell_waiting_money: MoneyLetters.tell,
    ports.tell_reset_deals: TodaysPeople.tell_reset_deals,
    ports.watch_deals: DealWatchdog.watch,
}
"""Each activity of the upkeep by the name that its workflow has for it."""

OF_A_DEAL: dict[str, Callable[..., Any]] = {
    LOAD_PLAYBOOK.name: PlaybookShelf.load,
    DELIVER_TO_RECORDS.name: RecordsDelivery.deliver,
    DELIVER_TO_CRM.name: CrmDelivery.deliver,
    DELIVER_MAIL.name: MailDelivery.deliver,
    WATCH_LINES.name: LineWatchdog.watch,
    LOOK_UP_CREDIT.name: CreditLookup.look_up,
    FIND_RATE.name: Rates.find,
}
"""What carries out each activity that a deal asks for."""


def modules_of(room: str) -> list[Path]:
    return [ROOT / "worker.py"] if room == "worker" else sorted((ROOT / room).rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    """Everything a module imports, wherever in it, even for types alone."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def foreign(room: str) -> set[str]:
    """Of other people's packages, those that a room imports."""
    names = {name.partition(".")[0] for path in modules_of(room) for name in imports_of(path)}
    return names - ROOMS_AND_STDLIB


ROOMS_AND_STDLIB = set(ROOMS) | sys.stdlib_module_names


@pytest.mark.parametrize("room", ARROWS)
def test_arrows_between_the_rooms_point_one_way(room: str) -> None:
    allowed = ARROWS[room] | {room}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules_of(room)
        for name in imports_of(path)
        if name.partition(".")[0] in ROOMS
        and not any(name == known or name.startswith(f"{known}.") for known in allowed)
    ]
    assert wrong == []


@pytest.mark.parametrize("room", LIGHT)
def test_the_pure_rooms_import_few_packages(room: str) -> None:
    assert foreign(room) - LIGHT[room] == set()


def test_every_module_of_the_process_is_forbidden_to_know_its_host() -> None:
    """The contract names them one by one, as a room may not forbid one of its own."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [forbidden] = [c for c in contracts if c["name"].startswith("the process knows no host")]
    there = {f"workflows.{module.name}" for module in pkgutil.iter_modules([str(ROOT / "workflows")])}
    assert set(forbidden["source_modules"]) == there - {"workflows.temporal"}


PLAIN = (
    *(
        "activities.client_limits",
        "activities.endings",
        "activities.errors",
        "activities.files",
        "activities.goods",
        "activities.playbook",
        "activities.rate_source",
    ),
    "adapters.rates.opening",
    *("activities.crm.card", "activities.crm.chat", "activities.crm.port"),
    *("activities.mail.bounces", "activities.mail.links", "adapters.mail.opening", "activities.mail.port"),
    *("activities.mail.brand", "activities.mail.payment", "activities.mail.qr"),
)
"""What all of the starter may know of the activities: ports and errors, what opens an adapter without saying which, and what mail
has in common with the pages."""
ROOTS = ("starter/crms.py", "starter/portal.py", "starter/cli/crm.py", "starter/demo")
"""What the settings' CRM is, for the worker and the web; what builds a portal; and the demo, which plays the people."""


def test_only_the_composition_roots_name_concrete_adapters() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules_of("starter")
        if not path.relative_to(ROOT).as_posix().startswith(ROOTS)
        for name in imports_of(path)
        if name.startswith("activities.") and not name.startswith(PLAIN)
    ]
    assert wrong == []


def test_no_room_imports_tests_or_bench() -> None:
    names = {
        name.partition(".")[0] for room in ARROWS for path in modules_of(room) for name in imports_of(path)
    }
    assert names & {"tests", "bench"} == set()


def test_the_import_contracts_of_pyproject_hold() -> None:
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


HEAVY = {"sqlmodel", "sqlalchemy", "alembic", "httpx", "jinja2", "typer", "rich", "holidays", "yaml", "babel"}
BROUGHT_ALONG = {"dns", "idna", "annotated_types", "typing_extensions", "typing_inspection", "_cffi_backend"}
"""By the packages that the pure rooms may import."""

LOAD = """
import sys, temporalio.worker, temporalio.contrib.pydantic
before = set(sys.modules)
import workflows.temporal.definitions, workflows.temporal.guard, workflows.temporal.sandbox
print(*{name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_workflows_load_only_what_they_may_and_nothing_heavy() -> None:
    """In a fresh interpreter: what comes along costs every worker, and can change a replay."""
    ran = subprocess.run([sys.executable, "-c", LOAD], cwd=ROOT, capture_output=True, text=True, check=True)
    new, everything = (set(line.split()) for line in ran.stdout.splitlines())
    assert new - LIGHT["workflows"] - LIGHT["domain"] - BROUGHT_ALONG == {"workflows", "domain"}
    assert everything & HEAVY == set()


def test_every_activity_that_workflows_name_is_done_by_one() -> None:
    named = [value for value in vars(ports).values() if activity._Definition.from_callable(value)]
    assert named == list(DONE)


@pytest.mark.parametrize("asked", OF_A_DEAL_ASKS, ids=lambda asked: str(asked.name))
def test_what_a_deal_asks_for_is_carried_out_under_that_name(asked: Activity[Any, Any]) -> None:
    done = OF_A_DEAL[asked.name]
    assert name_of(done) == asked.name
    assert get_type_hints(done)["return"] is asked.answers


@pytest.mark.parametrize("port", DONE, ids=lambda port: str(port.__name__))
def test_an_activity_and_its_typed_name_agree(port: Callable[..., Any]) -> None:
    done = DONE[port]
    assert name_of(done) == name_of(port)
    assert parameters(done)[1:] == parameters(port), "without self"
    assert get_type_hints(done)["return"] == get_type_hints(port)["return"]


def name_of(function: Callable[..., Any]) -> str | None:
    definition = activity._Definition.from_callable(function)
    assert definition is not None
    return definition.name


def parameters(function: Callable[..., Any]) -> list[tuple[Any, object]]:
    hints = get_type_hints(function)
    found = inspect.signature(function).parameters.values()
    return [(hints.get(parameter.name), parameter.default) for parameter in found]


def test_every_activity_is_known_to_workflows() -> None:
    """Nothing in `activities/` is registered under a name that no workflow calls."""
    written = set[str]()
    for path in modules_of("activities"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "activity.defn":
                written |= {str(k.value.value) for k in node.keywords if isinstance(k.value, ast.Constant)}
    assert written == {name_of(port) for port in DONE} | set(OF_A_DEAL)


def test_types_have_names_that_survive_a_move() -> None:
    """A type named after its class or function would break every replay when that is renamed."""
    found = [
        (path.relative_to(ROOT), ast.unparse(decorator))
        for room in ("workflows", "activities")
        for path in modules_of(room)
        for node in ast.walk(ast.parse(path.read_text()))
        for decorator in getattr(node, "decorator_list", ())
        if re.match(r"(activity|workflow)\.defn", ast.unparse(decorator))
    ]
    assert len(found) >= 2 * len(DONE) + 2
    assert [(path, words) for path, words in found if "name=" not in words] == []


def test_the_rooms_that_are_imported_are_our_own() -> None:
    check_rooms()
    assert set(ROOMS) == set(ARROWS)


def test_the_deal_command_says_which_room_is_shadowed(tmp_path: Path) -> None:
    """By somebody else's package of the same name, earlier on the path."""
    (tmp_path / "domain.py").write_text("")
    ran = subprocess.run(
        [Path(sys.executable).with_name("deal"), "playbook", "show"],
        env=os.environ | {"PYTHONPATH": str(tmp_path), "DEALWRIGHT_LANG": "en"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == Exit.FAILED
    assert f"`import domain` finds {tmp_path / 'domain.py'}" in ran.stderr
