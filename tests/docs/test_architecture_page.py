"""The picture of the house is the imports, and whoever adds something finds the files that the page names."""

import re

import pytest

from starter.rooms import ROOMS, ROOT
from tests.docs.pages import text
from tests.test_architecture import imports_of, modules_of

PAGE = "docs/explanation/architecture.md"
INNER = ("workflows.temporal", "activities.projections")
"""Rooms within rooms that the picture shows; a module belongs to the innermost one."""
SECTIONS = {
    "A step": ("workflows/steps/customs.py", r"customs"),
    "An act": ("workflows/acts/reverse.py", r"Reverse|reverse"),
    "A fact": ("domain/facts/money.py", r"PaymentReversed|payment\.reversed"),
    "A question": ("workflows/steps/order.py", r"SupplierOrder|supplier-order|supplier_order"),
    "A field of the playbook": ("domain/playbook/book.py", r"routes?\b"),
}
"""Of each kind of addition: where its heart is, and what every file that the page names says of the example."""


def room_of(module: str) -> str | None:
    held = [room for room in (*ROOMS, *INNER) if module == room or module.startswith(f"{room}.")]
    return max(held, key=len, default=None)


def arrows_of_the_code() -> set[tuple[str, str]]:
    found = set()
    for path in (path for room in ROOMS for path in modules_of(room)):
        here = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        found |= {(here, there) for name in imports_of(path) if (there := room_of(name)) and there != here}
    return {(here, there) for here, there in found if here}


def arrows_of_the_picture() -> list[tuple[str, str]]:
    picture = text(PAGE).split("```mermaid\n")[1].split("```")[0]
    names = {
        box: words.split(":")[0].removesuffix(".py") for box, words in re.findall(r'(\w+)\["(.+)"\]', picture)
    }
    return [(names[a], names[b]) for a, b in re.findall(r"(\w+) --(?:[^\n>]*--)?> (\w+)", picture)]


def files_to_touch(section: str) -> list[str]:
    [part] = [part for part in text(PAGE).split("\n### ") if part.startswith(f"{section}, as")]
    return re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE)


def test_the_picture_shows_the_imports_all_of_them_and_no_other() -> None:
    drawn = arrows_of_the_picture()
    assert set(drawn) == arrows_of_the_code()
    assert len(drawn) == len(set(drawn))
    assert {room for arrow in drawn for room in arrow} == {*ROOMS, *INNER}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_files_to_touch_are_there_and_hold_the_example(section: str) -> None:
    heart, example = SECTIONS[section]
    files = files_to_touch(section)
    assert heart in files
    assert [name for name in files if not re.search(example, (ROOT / name).read_text())] == []


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:[\w.]+/)+[\w.]*|\w+\.(?:py|md|toml))`", text(PAGE))
    assert len(named) > 30
    assert [name for name in named if not (ROOT / name).exists()] == []
