"""Asking the desk that runs on this home how a deal stands.

It has long imported what asking Temporal takes, three times as much as drawing the answer. What it can't answer, the caller
asks Temporal itself.
"""

import json
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from starter.errors import DealwrightError, Exit

if TYPE_CHECKING:
    from domain.view.model import DealView
    from domain.words import Language

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 30.0
_PROFILES = (".config", "Library/Application Support")


def socket_file(home: Path) -> Path:
    return home / "desk.sock"


def resident_view(home: Path, number: str, language: "Language") -> "DealView | None":
    """None where no desk answers, or where Temporal's own configuration may name another server than that desk's.

    Raises what the desk raised.
    """
    if temporal_configured():
        return None
    with suppress(OSError, ValueError, LookupError):  # nobody there; another version's desk
        return _view(_asked(socket_file(home), {"deal": number, "language": language}))
    return None


def temporal_configured() -> bool:
    if any(name.startswith("TEMPORAL_") for name in os.environ):
        return True
    folders = [os.environ.get("XDG_CONFIG_HOME"), *(Path.home() / folder for folder in _PROFILES)]
    return any(Path(folder, "temporalio", "temporal.toml").exists() for folder in folders if folder)


def _asked(file: Path, question: dict[str, str]) -> bytes:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(CONNECT_SECONDS)
        line.connect(str(file))
        line.settimeout(ANSWER_SECONDS)
        line.sendall(json.dumps(question).encode() + b"\n")
        return b"".join(iter(lambda: line.recv(65536), b""))


def _view(answer: bytes) -> "DealView":
    from domain.view.model import DealView
    from domain.words import Text

    kind, _, said = answer.partition(b"\n")
    if kind == b"error":
        error = json.loads(said)
        raise DealwrightError(Text(ru=error["ru"], en=error["en"]), Exit(error["exit_code"]))
    return DealView.model_validate_json(said)
