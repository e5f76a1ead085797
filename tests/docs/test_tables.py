"""The tables of the documentation say what the code says. After a change: DOCS_REWRITE=1 pytest tests/docs/test_tables.py"""

import os
import re

import pytest

from tests.docs.pages import UNTOLD, Table, cells, pages
from tests.docs.tables import TABLES


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_the_table_is_as_the_code_has_it(table: Table) -> None:
    if os.environ.get("DOCS_REWRITE"):
        table.rewrite()
    assert table.on_page() == table.drawn()


@pytest.mark.parametrize("table", [table for table in TABLES if table.told], ids=str)
def test_every_row_is_told(table: Table) -> None:
    rows = [cells(line) for line in table.on_page().splitlines()[2:]]
    assert [row[0] for row in rows if UNTOLD in row[-len(table.told) :] or not all(row)] == []


def test_every_table_drawn_on_a_page_is_known() -> None:
    known = {table.name for table in TABLES}
    found = [name for page in pages() for name in re.findall(r"<!-- table: ([\w-]+) -->", page.read_text())]
    assert sorted(found) == sorted(known)
