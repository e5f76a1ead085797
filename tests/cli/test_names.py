"""Whatever clients and goods are called, commands say it as it was typed: names come from the CRM and the public form."""

import re
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import CLIENT, a_good, an_order

ODD = "Ромашка [/b] [red]:x:[link=http://x.example]"


@pytest.fixture
def order(desk: MemoryDesk, recorded: None) -> dict[str, object]:
    return an_order(a_good(name=f"Кабель {ODD}"), client=CLIENT | {"name": f"ООО {ODD}", "contact": ODD})


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("list", 1),
        ("inbox --as petrov", 1),
        ("show 1", 2),
        ("rehearse {file}", 2),
    ],
)
def test_a_name_is_no_command_to_the_terminal(
    order: dict[str, object], desk: MemoryDesk, done: Run, command: str, names: int, tmp_path: Path
) -> None:
    deal = desk.world.open(order)
    deal.to("contract")
    file = tmp_path / "order.yaml"
    file.write_text(yaml.safe_dump(order, allow_unicode=True))
    said = done(*command.format(file=file).split(), COLUMNS="400").out
    assert len(re.findall(re.escape(ODD), said)) >= names, said
