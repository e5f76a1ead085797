"""All that one run has measured, and how it was taken."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel

from bench.figures import Part, Row

LATEST = Path(__file__).with_name("results") / "latest.json"


class Conditions(BaseModel):
    """`busy`: load of the machine before the run, per core. Above 0.2 something else ran."""

    taken_at: datetime
    rounds: int
    python: str
    sdk: str
    temporal: str
    system: str
    cores: int
    pinned: bool
    busy: float
    minutes: float = 0.0


class Results(BaseModel):
    conditions: Conditions
    rows: list[Row] = []
    parts: list[Part] = []

    def write(self) -> None:
        LATEST.parent.mkdir(exist_ok=True)
        LATEST.write_text(self.model_dump_json(indent=1) + "\n")


def conditions(rounds: int, temporal: str) -> Conditions:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Conditions(
        taken_at=datetime.now(UTC).replace(microsecond=0),
        rounds=rounds,
        python=platform.python_version(),
        sdk=version("temporalio"),
        temporal=temporal,
        system=platform.system(),
        cores=cores,
        pinned=hasattr(os, "sched_setaffinity") and cores > 1,
        busy=round(os.getloadavg()[0] / cores, 2),
    )
