"""Pictures of the command line, of a real deal: python docs/pictures/make.py (some two minutes)

A desk runs in a home of its own, the robot of the how-to plays the people, and each picture is what a command prints.
"""

import asyncio
import importlib.util
import os
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from starter.settings import load_settings  # noqa: E402
from starter.stack.embedded import embedded_stack  # noqa: E402

LEAD, ORDER = (str(ROOT / "playbooks" / "orders" / name) for name in ("lead.yaml", "three-goods.yaml"))
COLUMNS = 160
SHOTS: list[tuple[str, str, list[str]]] = [
    ("NEW", "lead", ["show", "1"]),
    ("NEW", "manager", ["inbox", "--as", "ivanova"]),
    ("CONTRACT_APPROVAL", "why", ["why", "1"]),
    ("CONTRACT_APPROVAL", "director", ["inbox", "--as", "petrov"]),
    ("PREPAYMENT", "deal", ["show", "1", "--lang", "en"]),
    ("PREPAYMENT", "accountant", ["show", "1"]),
    ("AT_WAREHOUSE", "logistics", ["inbox", "--as", "orlov"]),
    ("SHIPPED", "list", ["list"]),
    ("PAID", "paid", ["show", "1"]),
    ("PAID", "log", ["log", "1"]),
]
"""The first time the deal stands at this stage: the picture's name, and the command."""


def robot() -> Any:
    spec = importlib.util.spec_from_file_location("robot", HERE.parent / "how-to" / "robot.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def picture(name: str, command: list[str]) -> None:
    env = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)}
    printed = subprocess.run(["deal", *command], env=env, capture_output=True, text=True, check=True).stdout
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text(f"$ deal {' '.join(command)}", style="bold"))
    console.print(Text.from_ansi(printed))
    console.save_svg(str(HERE / f"{name}.svg"), title="Dealwright", unique_id=f"deal-{name}")
    print(f"docs/pictures/{name}.svg", flush=True)


def play() -> None:
    people = robot()
    subprocess.run(["deal", "start", LEAD], check=True, capture_output=True)
    todo, seen = list(SHOTS), ""
    while todo:
        view = people.look("1")
        if not view["blockers"] and not view["closed"]:
            continue
        if view["stage"] != seen:
            seen = view["stage"]
            for _, name, command in [shot for shot in todo if shot[0] == seen]:
                picture(name, command)
            todo = [shot for shot in todo if shot[0] != seen]
        for command in list(people.acts(view, ORDER))[:1]:
            people.deal(*command)


async def main() -> None:
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as home:
        ports = {"temporal_port": 0, "ui_port": 0, "web_port": 0}
        os.environ["DEALWRIGHT_HOME"] = home
        async with embedded_stack(load_settings(**ports)):
            await asyncio.to_thread(play)


if __name__ == "__main__":
    asyncio.run(main())
