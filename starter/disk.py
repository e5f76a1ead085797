"""How much room is left where the desk writes."""

import shutil
from pathlib import Path

from starter.settings import Settings

LITTLE_BYTES = 200_000_000


def folder_with_little_room(settings: Settings) -> Path | None:
    """The home, or the folder of the records' file, if its disk is nearly full. PostgreSQL's own disk is not seen from here."""
    from records.engine import sqlite_file

    file = sqlite_file(settings.database_url)
    folders = (settings.home, *([file.parent] if file else []))
    return next((folder for folder in folders if folder.is_dir() and _left(folder) < LITTLE_BYTES), None)


def _left(folder: Path) -> int:
    return shutil.disk_usage(folder).free
