"""What a portal answers: its envelope, the outcomes of a batch, and lists, which PHP writes now so, now so."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from activities.errors import WorldError


class Answer(NamedTuple):
    result: Any
    total: int | None = None
    next: int | None = None


class Outcomes(NamedTuple):
    """Of a batch, by the names of its commands. One in neither was not run: an earlier one had failed, and `halt` was set."""

    answers: dict[str, Answer]
    errors: dict[str, WorldError]

    def result(self, name: str) -> Any:
        """Raises the command's error, if it had one."""
        if name in self.errors:
            raise self.errors[name]
        return self.answers[name].result

    def is_long(self, name: str) -> bool:
        """Whether there is more of the list than this page."""
        return name in self.answers and self.answers[name].next is not None

    def named(self, names: Mapping[str, str]) -> "Outcomes":
        """Some of them under other names: `names` of those here by those wanted."""
        return Outcomes(
            {wanted: self.answers[name] for wanted, name in names.items() if name in self.answers},
            {wanted: self.errors[name] for wanted, name in names.items() if name in self.errors},
        )


def answer(result: Any, total: Any, next: Any) -> Answer:
    return Answer(result, None if total is None else int(total), None if next is None else int(next))


def rows(result: Any, part: str = "") -> list[Any]:
    """A list that may be wrapped as `part`, and that comes as a map when its keys have gaps."""
    found = result.get(part, []) if part and isinstance(result, dict) else result
    return list(found.values()) if isinstance(found, dict) else list(found or [])


def by_name(part: Any, names: Iterable[str]) -> dict[str, Any]:
    """An empty map comes as []."""
    return {name: part[name] for name in names if name in part} if isinstance(part, dict) else {}


def operating(time: Any) -> float:
    """Seconds that the method has worked in the last ten minutes."""
    used = time.get("operating") if isinstance(time, dict) else None
    return float(used) if isinstance(used, int | float) else 0.0


def reset_at(time: Any) -> datetime | None:
    """When some of a method's time will be free again."""
    at = time.get("operating_reset_at") if isinstance(time, dict) else None
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None
