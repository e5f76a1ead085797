"""The files of tests/histories/. Whoever only reads them needs none of what records them."""

import gzip
from pathlib import Path

from temporalio.client import WorkflowHistory

from starter.rooms import ROOT

FOLDER = ROOT / "tests" / "histories"


def read(path: Path) -> WorkflowHistory:
    id = path.name.removesuffix(".json.gz")
    return WorkflowHistory.from_json(id, gzip.decompress(path.read_bytes()).decode())
