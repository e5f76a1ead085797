"""The folder names are common words: another package in the same environment can shadow them."""

from importlib.util import find_spec
from pathlib import Path

from starter.errors import StackError

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("domain", "workflows", "activities", "adapters", "records", "starter", "worker")


def check_rooms(root: Path = ROOT) -> None:
    """Raises StackError if a room would be imported from anywhere but this project."""
    for room in ROOMS:
        spec = find_spec(room)
        origin = spec.origin if spec else None
        if origin is None or not Path(origin).resolve().is_relative_to(root):
            raise StackError(
                f"`import {room}` finds {origin or 'nothing'} and not {root / room}: "
                "another package shadows it, so give Dealwright an environment of its own (make setup)."
            )
