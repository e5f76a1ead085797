"""The folder of all embedded state: who runs on it, and where its server answers."""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from domain.wording import worded
from domain.wording.system import system_words
from starter.errors import StackError
from starter.private import tighten

PORTS = "ports.json"


class Pids(BaseModel):
    up: int
    server: int
    worker: int
    web: int = 0


class StackInfo(BaseModel):
    """What `stack.json` says while the stack runs, so that nobody sets an address by hand.

    What came later has a default: a stack of an older version may still run, or have left its note behind.
    """

    address: str
    namespace: str
    ui: str
    web: str = ""
    pids: Pids
    pace: str | None
    playbook: Path
    people: Path | None = None
    home: Path
    database_url: str


def stack_file(home: Path) -> Path:
    return home / "stack.json"


def write_stack(info: StackInfo) -> None:
    """In one step, so that a reader never sees half of it."""
    draft = stack_file(info.home).with_suffix(".tmp")
    draft.write_text(info.model_dump_json(indent=2) + "\n")
    draft.replace(stack_file(info.home))


def read_stack(home: Path) -> StackInfo | None:
    """The stack that runs on this home now; None if there is none, or if it ended without tidying up."""
    info = left_behind(home)
    return info if info and _alive(info.pids.up) else None


def left_behind(home: Path) -> StackInfo | None:
    try:
        return StackInfo.model_validate_json(stack_file(home).read_text())
    except (OSError, ValidationError):
        return None


def last_ports(home: Path) -> tuple[int, ...]:
    """Where the last run answered: bookmarks and mailed links name these. Empty if none is known."""
    try:
        temporal, ui, web = map(int, json.loads((home / PORTS).read_text()))
    except (OSError, ValueError, TypeError):
        return ()
    return temporal, ui, web


def remember_ports(home: Path, ports: Sequence[int]) -> None:
    draft = (home / PORTS).with_suffix(".tmp")
    draft.write_text(f"{json.dumps(list(ports))}\n")
    draft.replace(home / PORTS)


def prepare_home(home: Path) -> None:
    """Makes the folder, and keeps it readable by its owner alone: it holds names and mail."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in ("logs", "mail"):
            (home / folder).mkdir(mode=0o700, exist_ok=True)
        tighten(home)
        probe = home / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StackError(
            worded(
                ru="В папку {home} нельзя писать ({why}): укажите в DEALWRIGHT_HOME папку, которая принадлежит вам.",
                en="The folder {home} can't be written ({why}): set DEALWRIGHT_HOME to a folder that belongs to you.",
                home=home,
                why=system_words(error),
            )
        ) from None


@contextmanager
def home_lock(home: Path) -> Iterator[None]:
    """Held as long as the stack runs; the system drops it even when the process is killed."""
    with (home / ".lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StackError(
                worded(
                    ru="На {home} уже работает стол (процесс {pid}): пользуйтесь им, остановите его (Ctrl-C) "
                    "или укажите в DEALWRIGHT_HOME другую папку.",
                    en="A desk already runs on {home} (process {pid}): "
                    "use that one, stop it with Ctrl-C, or set DEALWRIGHT_HOME to another folder.",
                    home=home,
                    pid=file.read().strip() or "?",
                )
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
