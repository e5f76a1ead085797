"""The folder names are common words: another package in the same environment can shadow them."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from starter.errors import StackError

if TYPE_CHECKING:
    from domain.words import Language

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("domain", "workflows", "activities", "adapters", "records", "starter", "worker")


class Shadowed(StackError):
    """Has its words without a `Text`: that comes from `domain`, which may be what is shadowed."""

    def __init__(self, room: str, origin: str | None, own: Path) -> None:
        self._room, self._origin, self._own = room, origin, own
        Exception.__init__(self, self.to("en"))

    def to(self, language: "Language") -> str:
        if language == "ru":
            return (
                f"`import {self._room}` находит {self._origin or 'пустоту'}, а не {self._own}: его заслоняет другой пакет, "
                "поэтому дайте Dealwright отдельное окружение (make setup)."
            )
        return (
            f"`import {self._room}` finds {self._origin or 'nothing'} and not {self._own}: "
            "another package shadows it, so give Dealwright an environment of its own (make setup)."
        )


def check_rooms(root: Path = ROOT) -> None:
    """Raises Shadowed if a room would be imported from anywhere but this project."""
    for room in ROOMS:
        spec = find_spec(room)
        origin = spec.origin if spec else None
        if origin is None or not Path(origin).resolve().is_relative_to(root):
            raise Shadowed(room, origin, root / room)
