"""Where this home has its records, playbook and people, as `settings_here()` says it, for commands that need no other setting.

Reading all settings takes longer than the whole of such a command.
"""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from starter.rooms import ROOT

PREFIX = "DEALWRIGHT_"


class Here(NamedTuple):
    home: Path
    database_url: str
    playbook: Path
    people: Path


def here() -> Here:
    """What was not set is as the stack that runs on this home was started with."""
    given = _given()
    home = _absolute(given.get("home") or _default_home())
    stack = running_stack(home) or {}
    playbook = _absolute(
        given.get("playbook") or stack.get("playbook") or ROOT / "playbooks" / "default.yaml"
    )
    people = _absolute(given.get("people") or stack.get("people") or playbook.with_name("people.yaml"))
    url = given.get("database_url") or stack.get("database_url") or f"sqlite:///{home / 'records.db'}"
    return Here(home, url, playbook, people)


def running_stack(home: Path) -> dict[str, Any] | None:
    """What `stack.json` says of the stack that runs on this home now."""
    note: Any = None
    try:
        note = json.loads((home / "stack.json").read_bytes())
        os.kill(note["pids"]["up"], 0)
    except PermissionError:
        pass  # it runs, and is somebody else's
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return note if isinstance(note, dict) else None


def _given() -> dict[str, str]:
    """Of the environment, whose names may be written in any case; what is empty is not set."""
    return {
        name.upper().removeprefix(PREFIX).lower(): value
        for name, value in os.environ.items()
        if value and name.upper().startswith(PREFIX)
    }


def _default_home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "dealwright"


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(Path(path).expanduser()))
