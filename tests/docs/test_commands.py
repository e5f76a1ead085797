"""Commands that the pages show are ones that `deal` takes, and what they offer to run runs."""

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import typer.core
import typer.main

from activities.files import parse_document, read_document
from activities.playbook import load_playbook
from starter.cli.app import commands_app
from starter.rooms import ROOT
from starter.web.signatures import verified
from tests.docs.pages import MAKEFILE, pages
from tests.factories import NOW

PAGES = [page for page in pages() if page.name != "CHANGELOG.md"]
FENCED = re.compile(r"^ *```sh\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(deal [^`]+)`")
OPTION = re.compile(r"(?<=[\s\[|])(--?[a-z][a-z-]*)")
MAKE = re.compile(r"(?:^|`)make ([a-z][a-z-]*)", re.MULTILINE)
HOW_TO = ROOT / "docs" / "how-to"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def shown(page: Path) -> Iterator[list[str]]:
    """The `deal` commands of its shell blocks, as a shell splits them."""
    for block in FENCED.findall(page.read_text()):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(re.sub(r"\$\([^)]*\)", "X", line), comments=True)
            if words[:1] == ["deal"]:
                yield words[1:]


def parse(words: list[str]) -> None:
    command: Any = typer.main.get_command(commands_app())
    context = command.make_context("deal", list(words))
    while isinstance(command, typer.core.TyperGroup):
        name, command, words = command.resolve_command(context, words)
        context = command.make_context(name, list(words), parent=context)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_parse(page: Path) -> None:
    for words in shown(page):
        parse(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_a_page_names_are_there(page: Path) -> None:
    known: Any = typer.main.get_command(commands_app())
    named = {words.split()[1] for words in INLINE.findall(page.read_text())}
    assert sorted(name for name in named if name[0].islower() and name not in known.commands) == []


def options_of(words: list[str]) -> set[str]:
    """Of the command that these words begin with, and of `deal` itself."""
    command: Any = typer.main.get_command(commands_app())
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    for word in words:
        if not isinstance(command, typer.core.TyperGroup) or word not in command.commands:
            break
        command = command.commands[word]
    params = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    return known | params | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_options_that_a_page_names_are_there(page: Path) -> None:
    named = [(words, OPTION.findall(words)) for words in INLINE.findall(page.read_text())]
    wrong = [(words, set(options) - options_of(words.split()[1:])) for words, options in named]
    assert [(words, options) for words, options in wrong if options] == []


def test_an_option_that_is_not_there_is_found() -> None:
    [words] = INLINE.findall("then `deal log N [--soon] -o json` says")
    assert set(OPTION.findall(words)) - options_of(words.split()[1:]) == {"--soon"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_that_a_page_names_are_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE.read_text(), re.MULTILINE))
    assert set(MAKE.findall(page.read_text())) - targets == set()


@pytest.mark.parametrize("words", [["list", "--no-such"], ["show"], ["shwo", "1"], ["decide", "1"]])
def test_a_command_that_deal_does_not_take_is_found(words: list[str]) -> None:
    with pytest.raises(Exception, match=r"No such|Missing"):
        parse(words)


class Desk(BaseHTTPRequestHandler):
    """Keeps what was sent, and says that it is stored."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.taken = (self.path, body, dict(self.headers))  # type: ignore[attr-defined]
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def desk() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Desk) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("program", [[sys.executable, "send_payment.py"], ["sh", "send_payment.sh"]], ids=str)
def test_the_samples_of_a_signed_webhook_are_taken(program: list[str]) -> None:
    if program[0] == "sh" and not (shutil.which("curl") and shutil.which("openssl")):
        pytest.skip("curl or openssl is missing")
    with desk() as server:
        argv = [*program, f"http://127.0.0.1:{server.server_port}", "1", "PP-318", "1250000.00"]
        subprocess.run(argv, cwd=HOW_TO, env=os.environ | {"SECRET": SECRET}, check=True, timeout=30)
        path, body, headers = server.taken  # type: ignore[attr-defined]
    assert path == "/webhooks/payments"
    assert (
        verified(body, {name.lower(): value for name, value in headers.items()}, [SECRET]) == "payment-PP-318"
    )


def test_the_payment_type_of_the_how_to_passes_the_check(tmp_path: Path) -> None:
    [block] = re.findall(r"```yaml\n(.*?)```", (HOW_TO / "payment-type.md").read_text(), re.DOTALL)
    book = read_document(ROOT / "playbooks" / "default.yaml")
    book["payments"] |= parse_document(block.encode(), "block.yaml")["payments"]
    (file := tmp_path / "default.json").write_text(json.dumps(book))
    shutil.copy(ROOT / "playbooks" / "people.yaml", tmp_path)
    assert "thirds" in load_playbook(file, today=NOW.date()).payments


def test_the_robot_is_short_and_answers_what_a_form_requires() -> None:
    spec = importlib.util.spec_from_file_location("robot", HOW_TO / "robot.py")
    assert spec
    assert spec.loader
    robot = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(robot)
    assert len((HOW_TO / "robot.py").read_text().splitlines()) <= 60
    form = [
        {"name": "outcome", "required": True, "required_when": {}, "example": "arrived"},
        {"name": "why", "required": True, "required_when": {"outcome": "late"}, "example": "x"},
        {"name": "day", "required": True, "required_when": {"outcome": "arrived"}, "example": "2026-12-01"},
        {"name": "note", "required": False, "required_when": {}, "example": "y"},
    ]
    assert robot.answered(form) == {"outcome": "arrived", "day": "2026-12-01"}
