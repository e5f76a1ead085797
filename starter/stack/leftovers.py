"""What a killed stack has left running on a home: two servers on one database file would spoil it."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from starter.stack.home import left_behind, stack_file

GRACE_SECONDS = 5.0


def stop_leftovers(home: Path) -> bool:
    """True if something was still running. Only processes that name this home are touched."""
    info = left_behind(home)
    if info is None:
        return False
    children = (info.pids.web, info.pids.worker, info.pids.server)
    pids = [pid for pid in children if pid and str(home) in _command(pid)]
    for pid in pids:
        _end(pid, home)
    stack_file(home).unlink(missing_ok=True)
    return bool(pids)


def _end(pid: int, home: Path) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        patience = time.monotonic() + GRACE_SECONDS
        while str(home) in _command(pid):
            if time.monotonic() > patience:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)


def _command(pid: int) -> str:
    """Its command line; empty if there is no such process."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        return ""
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S607
    return shown.stdout
