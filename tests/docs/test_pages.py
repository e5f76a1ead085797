"""The documentation is whole: what a reader may look for is on its page, links lead somewhere, and nobody's paths are in it."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from domain.deal.messages import MESSAGES
from domain.facts import FACTS
from domain.playbook.kinds import APPROVAL_KINDS, ASSIGNMENT_KINDS
from domain.words import LineStatus, Role, Stage
from starter.cli.app import commands_app
from starter.errors import Exit
from starter.rooms import ROOT
from starter.settings import PREFIX, Settings
from tests.docs.pages import MAKEFILE, code, pages, text
from tests.docs.tables import (
    COMMANDS,
    MESSAGES_PAGE,
    OPERATIONS,
    PROCESS,
    README,
    SETTINGS,
    commands_of,
    refusal_codes,
)
from workflows import names
from workflows.temporal import search_attributes

PAGES = pages()
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TEMPORAL = ("ADDRESS", "NAMESPACE", "API_KEY", "TLS", "CONFIG_FILE", "PROFILE")


def missing(page: str, words: list[str]) -> list[str]:
    there = text(page)
    return [word for word in words if code(word) not in there]


def test_every_command_is_in_the_reference() -> None:
    assert (
        missing(COMMANDS, [f"deal {group}{command.name}" for group, command in commands_of(commands_app())])
        == []
    )


def test_every_setting_is_in_the_reference() -> None:
    ours = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    assert missing(SETTINGS, [*ours, *(f"TEMPORAL_{name}" for name in TEMPORAL)]) == []


def test_every_variable_the_code_reads_is_in_the_reference() -> None:
    rooms = [path for room in ("starter", "records", "activities") for path in (ROOT / room).rglob("*.py")]
    read = {name for path in rooms for name in re.findall(rf"\b{PREFIX}[A-Z_]+[A-Z]\b", path.read_text())}
    there = text(SETTINGS)
    assert sorted(name for name in read if name not in there) == []


def test_every_exit_code_is_in_the_reference() -> None:
    assert missing(COMMANDS, [str(end.value) for end in Exit]) == []


def test_every_make_target_is_told() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", MAKEFILE.read_text(), re.MULTILINE)
    there = text(README) + text("docs/explanation/architecture.md") + text(OPERATIONS)
    assert [name for name in targets if f"make {name}" not in there and name not in UNTOLD_TARGETS] == []


UNTOLD_TARGETS = ("help", "setup", "clean", "lock")
"""`make` alone lists them."""


def test_every_room_is_in_the_readme() -> None:
    rooms = [path.parent.name for path in ROOT.glob("*/__init__.py")]
    assert missing(README, [f"{room}/" for room in [*rooms, "playbooks", "tests", "docs", "deploy"]]) == []


def test_every_message_has_its_section_and_every_refusal_its_row() -> None:
    there = text(MESSAGES_PAGE)
    assert [name for name in MESSAGES if f"\n## {code(name)}\n" not in there] == []
    assert missing(MESSAGES_PAGE, list(refusal_codes())) == []


def test_every_fact_stage_status_role_and_question_is_in_the_process() -> None:
    words = [*FACTS, *Stage, *LineStatus, *Role, *ASSIGNMENT_KINDS, *APPROVAL_KINDS]
    assert missing(PROCESS, list(map(str, words))) == []


def test_every_search_attribute_queue_and_workflow_is_in_the_operations() -> None:
    keys = [key.name for key in search_attributes.SEARCH_ATTRIBUTES]
    queues = [names.TASK_QUEUE, names.CRM_QUEUE, names.MAIL_QUEUE]
    assert missing(OPERATIONS, [*keys, *queues, names.DEAL_WORKFLOW, names.LINE_WORKFLOW]) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_what_is_there(page: Path) -> None:
    inside = [link for link in LINK.findall(page.read_text()) if not link.startswith(("https:", "http:"))]
    assert [link for link in inside if not _leads_somewhere(page, link)] == []


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and target.is_relative_to(ROOT) and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    shown = page.read_text()
    assert str(ROOT) not in shown
    assert str(Path.home()) not in re.sub(r"https?://\S+", "", shown) or Path.home() == Path("/")
    assert re.findall(r"(?<![\w.:/])/(?:home|Users|root|tmp|work|mnt|private)/\S*", shown) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_named_in_code_marks_are_there(page: Path) -> None:
    folders = (
        "domain",
        "workflows",
        "activities",
        "adapters",
        "records",
        "starter",
        "playbooks",
        "tests",
        "bench",
        "deploy",
    )
    named = re.findall(rf"`((?:{'|'.join(folders)})/[\w./-]*)`", page.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_page_is_sorted_and_the_first_one_lists_it() -> None:
    docs = ROOT / "docs"
    assert [path.name for path in docs.glob("*.md")] == ["README.md"]
    first = docs / "README.md"
    listed = {(docs / link.partition("#")[0]).resolve() for link in LINK.findall(first.read_text())}
    shown = {path for path in docs.rglob("*.md") if path.parent.name != "adr"} - {first}
    assert sorted(path.name for path in shown - listed) == []


def test_decisions_are_numbered_listed_and_of_one_form() -> None:
    folder = ROOT / "docs" / "adr"
    decisions = sorted(folder.glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    listed = (folder / "README.md").read_text()
    for path in decisions:
        assert path.name in listed
        assert re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]
        assert re.search(r"^Status: \w+ · \d{4}-\d\d-\d\d$", path.read_text(), re.MULTILINE)
        assert len(path.read_text().splitlines()) <= 40


def test_the_changelog_begins_with_its_rule_and_what_is_unreleased() -> None:
    shown = text("CHANGELOG.md")
    assert shown.index("The rule:") < shown.index("## [Unreleased]")
    heads = set(re.findall(r"^### (.+)$", shown, re.MULTILINE))
    assert heads <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
