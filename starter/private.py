"""The home is its owner's: it holds names, mail with live links, and secrets. Nobody else of this machine may read it."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

UMASK = 0o077
OWN_NAMES = ("logs", "mail", "demo", "secrets.json", "stack.json", "ports.json", "backup.json", ".lock")
OWN_ENDINGS = (".db", ".db-wal", ".db-shm", ".db-journal", ".tmp")


def keep_private() -> None:
    """What this process and its children make from now on is readable by its owner alone."""
    os.umask(UMASK)


def tighten(home: Path) -> None:
    """Takes from everybody else what a looser version, or a copy, gave them.

    The folder itself only where nothing but a desk's own is in it: a shared one (/tmp, somebody's home) must stay as it is.
    """
    names = os.listdir(home)
    if all(map(_is_ours, names)):
        _close(home)
    for name in filter(_is_ours, names):
        _close(home / name)
        for folder, folders, files in () if (home / name).is_symlink() else os.walk(home / name):
            for inner in (*folders, *files):
                _close(Path(folder, inner))


def open_to_others(home: Path) -> list[Path]:
    """What of a home others may read or change. What is in a closed folder is closed."""
    if not _is_open(home):
        return []
    ours = (home / name for name in os.listdir(home) if _is_ours(name))
    return [home, *(found for path in ours for found in _open_tree(path))]


def _open_tree(path: Path) -> Iterator[Path]:
    if _is_open(path):
        yield path
        for inner in sorted(path.iterdir()) if path.is_dir() else ():  # a link is no open path: not followed
            yield from _open_tree(inner)


def _is_ours(name: str) -> bool:
    return name in OWN_NAMES or name.endswith(OWN_ENDINGS)


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISLNK(mode) and bool(mode & UMASK)


def _close(path: Path) -> None:
    """One that is another user's, or has gone meanwhile, stays as it is: the doctor tells."""
    with suppress(FileNotFoundError, PermissionError):
        if _is_open(path):
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~UMASK)
