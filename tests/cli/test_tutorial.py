"""The tutorial, played line by line: its commands run as they stand there, and its pictures are what they print.

DOCS_REWRITE=1 draws the pictures anew, those of the other pages too (`make pictures`).
"""

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.console import Console
from rich.text import Text

from starter.rooms import ROOT
from tests.cli.test_robot import the_robot
from tests.starter.conftest import run_deal
from tests.support.memory_desk import MemoryDesk

PAGE = ROOT / "docs" / "tutorial" / "README.md"
PICTURES = ROOT / "docs" / "pictures"
REWRITE = bool(os.environ.get("DOCS_REWRITE"))
COLUMNS, CELL = 160, 12.2

SETUP = ("make setup", 'export PATH="$PWD/.venv/bin:$PATH"', "deal up --pace 1d=1m")
"""What makes a desk: the tests have one in memory."""
ROBOT = "python docs/how-to/robot.py 1"
SHOWN = {
    "lead": "show 1",
    "manager": "inbox --as ivanova",
    "why": "why 1",
    "director": "inbox --as petrov",
    "deal": "show 1 --lang en",
    "paid": "show 1",
    "log": "log 1",
}
"""The pictures that stand in the tutorial where their command prints just this."""
ON_THE_WAY = {
    "accountant": ("PREPAYMENT", "show 1"),
    "logistics": ("AT_WAREHOUSE", "inbox --as orlov"),
    "list": ("SHIPPED", "list"),
}
"""What the robot meets: when the deal first stands at a stage."""


class Line(NamedTuple):
    """A command of the page, or a picture on it."""

    command: str = ""
    picture: str = ""


def lines() -> Iterator[Line]:
    for block, picture in re.findall(r"^```sh\n(.*?)^```|^!\[[^\]]*\]\(\.\./pictures/(\w+)\.svg\)$", PAGE.read_text(), re.S | re.M):  # fmt: skip
        yield from (Line(command) for command in block.splitlines() if command.strip())
        if picture:
            yield Line(picture=picture)


class Gallery:
    """Compares pictures with what is printed, or draws them."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.wrong: dict[str, tuple[Counter[str], Counter[str]]] = {}

    def hang(self, name: str, command: str) -> None:
        outcome = run_deal(*shlex.split(command), COLUMNS=str(COLUMNS), FORCE_COLOR="1")
        assert outcome.code == 0, (command, outcome.err)
        printed = f"$ deal {command}\n{Text.from_ansi(outcome.out).plain}"
        self.seen.append(name)
        if REWRITE:
            draw(PICTURES / f"{name}.svg", command, outcome.out)
        on_page, now = words(text_of(PICTURES / f"{name}.svg")), words(printed)
        if on_page != now:
            self.wrong[name] = (on_page - now, now - on_page)


def draw(file: Path, command: str, printed: str) -> None:
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text(f"$ deal {command}", style="bold"))
    console.print(Text.from_ansi(printed))
    console.save_svg(str(file), title="Dealwright", unique_id=f"deal-{file.stem}")


def text_of(picture: Path) -> str:
    """What stands in an SVG, row by row; it has no element where a row has only spaces."""
    rows: dict[str, str] = {}
    for x, y, said in re.findall(r'<text class="[^"]*-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', picture.read_text()):  # fmt: skip
        rows[y] = rows.get(y, "").ljust(round(float(x) / CELL)) + unescape(said).removesuffix("\n")
    return "\n".join(rows.values())


DAY = r"\d\d\.\d\d\.\d{4}|\d{1,2} [A-Z][a-z]{2} \d{4}|\d{4}-\d\d-\d\d"
TIME = r"\d\d:\d\d(?::\d\d)?"


def words(screen: str) -> Counter[str]:
    """Of any day: dates are all the same, and where a line breaks, and in which order equally urgent things stand, does not count."""
    plain = screen.replace("\N{NO-BREAK SPACE}", " ")
    return Counter(re.sub(rf"({DAY})( {TIME})?", "DATE", plain).split())


@pytest.mark.usefixtures("recorded")
def test_the_tutorial_played_line_by_line_shows_what_its_pictures_show(
    desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    gallery = Gallery()
    for line in lines():
        if line.picture in SHOWN:
            gallery.hang(line.picture, SHOWN[line.picture])
        elif line.picture:
            assert line.picture in ON_THE_WAY
        elif line.command == ROBOT:
            play_the_robot(gallery)
        elif line.command not in SETUP:
            run(line.command)
    assert sorted(gallery.seen) == sorted([*SHOWN, *ON_THE_WAY]), "each once"
    assert gallery.wrong == {}
    assert desk.deal("1").state.stage == "PAID"
    assert "→" not in capsys.readouterr().out, "nothing that the robot did was refused"


def run(command: str) -> None:
    today = datetime.now(UTC).astimezone().date().isoformat()
    deal, *args = shlex.split(command.replace("$(date +%F)", today))
    assert deal == "deal", f"nobody plays {command}"
    outcome = run_deal(*args)
    assert outcome.code == 0, (command, outcome.err)


def play_the_robot(gallery: Gallery) -> None:
    robot = the_robot()
    look, seen = robot.look, set[str]()

    def looked(number: str) -> dict[str, object]:
        view: dict[str, object] = look(number)
        stage = str(view["stage"])
        for name, (when, command) in ON_THE_WAY.items():
            if when == stage and stage not in seen:
                gallery.hang(name, command)
        seen.add(stage)
        return view

    robot.look = looked  # type: ignore[attr-defined]
    robot.main("1")


def test_every_picture_is_drawn_of_the_tutorial_and_stands_on_a_page() -> None:
    there = {file.stem for file in PICTURES.glob("*.svg")}
    assert there == {*SHOWN, *ON_THE_WAY}
    pages = "".join(page.read_text() for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
    assert {name for name in there if f"pictures/{name}.svg" not in pages} == set()


@pytest.mark.parametrize("day", ["27.11.2026 17:18", "4 Dec 2026 17:18", "2026-11-27"])
def test_a_picture_is_of_any_day_and_of_no_other_words(day: str) -> None:
    assert words(f"до {day}") == words("до  01.01.2030")
    assert words(f"срок {day}") != words("до 01.01.2030")
