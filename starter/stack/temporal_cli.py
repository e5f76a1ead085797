"""Finding the Temporal CLI, which holds the dev server and its Web UI."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from domain.wording import worded
from domain.words import Text
from starter.errors import StackError
from starter.settings import Settings


@dataclass(frozen=True)
class TemporalCli:
    path: Path
    version: str  # "1.9.1 (Server 1.32.0, UI 2.54.1)"
    found: Text

    def words(self) -> Text:
        said = f"Temporal CLI {self.version}: {self.path}"
        return Text(ru=f"{said} ({self.found.ru})", en=f"{said} ({self.found.en})")


_BY_SETTING = Text(ru="из DEALWRIGHT_TEMPORAL_CLI", en="by DEALWRIGHT_TEMPORAL_CLI")
_ON_PATH = Text(ru="найден по PATH", en="on PATH")
_BUNDLED = Text(ru="из дополнения embedded", en="from the embedded extra")


def find_temporal(settings: Settings) -> TemporalCli:
    """The setting, then PATH, then what the `embedded` extra brought into this environment."""
    if settings.temporal_cli:
        return _given(settings.temporal_cli)
    bundled = Path(sys.executable).parent / "temporal"
    on_path = shutil.which("temporal")
    for path, found in ((on_path, _ON_PATH), (bundled, _BUNDLED)):
        if path and (version := _version(Path(path))):
            return TemporalCli(Path(path), version, found)
    raise StackError(
        Text(
            ru="Temporal CLI не найден: выполните make setup, установите его (https://docs.temporal.io/cli) "
            "или укажите путь в DEALWRIGHT_TEMPORAL_CLI.",
            en="No Temporal CLI was found: run make setup, install it (https://docs.temporal.io/cli), "
            "or set DEALWRIGHT_TEMPORAL_CLI to its path.",
        )
    )


def _given(path: Path) -> TemporalCli:
    if version := _version(path):
        return TemporalCli(path, version, _BY_SETTING)
    raise StackError(
        worded(
            ru="DEALWRIGHT_TEMPORAL_CLI указывает на {path}, а это не рабочий Temporal CLI: исправьте или уберите.",
            en="DEALWRIGHT_TEMPORAL_CLI names {path}, which is not a working Temporal CLI: correct or unset it.",
            path=path,
        )
    )


def _version(path: Path) -> str | None:
    """None if it is not there, or if it is something else of this name."""
    if not os.access(path, os.X_OK):
        return None
    try:
        run = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = re.match(r"temporal version (.+)", run.stdout.strip())
    return said.group(1) if said else None
