"""Files that belong to a checkout: what the desk writes over them would be somebody's uncommitted change."""

import shutil
import subprocess
from pathlib import Path

UNTRACKED = 1  # `git ls-files --error-unmatch`; any other failure means that git can't say
GIT_SECONDS = 10


def tracked(file: Path) -> bool:
    """Whether git tracks it. True too where it lies in a checkout and git can't say."""
    file = file.resolve()
    if not any((folder / ".git").exists() for folder in file.parents):
        return False
    git = shutil.which("git")
    if git is None:
        return True
    asked = [git, "-C", str(file.parent), "ls-files", "--error-unmatch", "--", file.name]
    try:
        return subprocess.run(asked, capture_output=True, timeout=GIT_SECONDS).returncode != UNTRACKED
    except (OSError, subprocess.TimeoutExpired):
        return True
