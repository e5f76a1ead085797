"""What samples and pages say of firms is plainly invented: no name and no INN is a real one's."""

import re
from pathlib import Path

import pytest
from stdnum.ru import inn

from starter.rooms import ROOT
from tests.docs.pages import pages

NOBODYS = {"9900000017", "9900000024"}
"""The client's, and that of another firm that pays for it."""
FIRM = re.compile(r"\b(?:ООО|ОАО|АО|ЗАО|ПАО)\s+[«\"“]([^»\"”]+)[»\"”]")
DIGITS = re.compile(r"(?<![\w.-])\d{10}(?:\d{2})?(?![\w.-])")
CODE = [
    path
    for room in ("domain", "starter", "activities", "adapters", "bench")
    for path in (ROOT / room).rglob("*.py")
]
SAMPLES = sorted({*pages(), *(ROOT / "playbooks").rglob("*.yaml"), *(ROOT / "docs").rglob("*.py"), *(ROOT / "docs").rglob("*.svg"), *CODE})  # fmt: skip


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: str(file.relative_to(ROOT)))
def test_firms_of_samples_are_plainly_invented(file: Path) -> None:
    text = file.read_text().replace("\N{NO-BREAK SPACE}", " ").replace("&#160;", " ")
    assert [name for name in FIRM.findall(text) if "Образец" not in name] == []
    assert [number for number in DIGITS.findall(text) if inn.is_valid(number) and number not in NOBODYS] == []
