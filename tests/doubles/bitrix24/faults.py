"""What goes wrong, and when: switched on by tests, each kind counted when it really struck."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

RequestFault = Literal[
    "busy",  # 503 QUERY_LIMIT_EXCEEDED
    "blocked",  # 429 OPERATION_TIME_LIMIT: this method, until its reset time (seconds, `reset`)
    "overload",  # 503 OVERLOAD_LIMIT
    "dropped_before",  # the connection dies before anything was done
    "dropped_after",  # the write is done, and the connection dies instead of the answer
    "html",  # 502 with a page of HTML, nothing done
    "html_after",  # the same, although the write is done
    "slow",  # the answer comes after `seconds`
    "expired",  # 401 expired_token
    "nameless",  # 400 with an empty code
    "inner",  # one command of a batch fails: `method` names which, `code` and `text` say how
]
EventFault = Literal["event_lost", "event_twice", "event_late"]
AFTER = ("dropped_after", "html_after")
PASSING: tuple[str, ...] = (
    "busy", "blocked", "dropped_before", "dropped_after", "html", "html_after", "slow", *get_args(EventFault)
)  # fmt: skip
"""Those that a patient caller gets over."""


@dataclass
class Fault:
    kind: str
    times: int
    method: str = "*"
    details: dict[str, Any] = field(default_factory=dict)


class Faults:
    def __init__(self) -> None:
        self.fired: Counter[str] = Counter()
        self.log: list[tuple[str, str]] = []
        self._planned: list[Fault] = []
        self._random: tuple[random.Random, float, tuple[str, ...]] | None = None
        self._blocked: dict[str, float] = {}

    def add(self, kind: RequestFault | EventFault, times: int = 1, method: str = "*", **details: Any) -> None:
        """The next `times` calls of methods that fit `method` (or events of such a name) suffer it."""
        self._planned.append(Fault(kind, times, method.lower(), details))

    def random(self, seed: int, rate: float, kinds: Iterable[str] = PASSING) -> None:
        """Each call, and each event, fails with this probability, in one of these ways."""
        self._random = (random.Random(seed), rate, tuple(kinds))

    def clear(self) -> None:
        self._planned.clear()
        self._random = None
        self._blocked.clear()

    @property
    def pending(self) -> int:
        return sum(fault.times for fault in self._planned)

    def strikes(self, kind: str, method: str) -> dict[str, Any] | None:
        """The fault's details if it strikes now, else None."""
        for fault in self._planned:
            if fault.kind == kind and fault.times > 0 and fnmatchcase(method.lower(), fault.method):
                fault.times -= 1
                return self._strike(kind, method, fault.details)
        if self._random and kind.startswith("event_"):
            dice, rate, kinds = self._random
            if kind in kinds and dice.random() < rate:
                return self._strike(kind, method, {})
        return None

    def hits(self, kind: EventFault, name: str) -> bool:
        return self.strikes(kind, name) is not None

    def request(self, method: str, writes: bool) -> tuple[str, dict[str, Any]] | None:
        """What strikes this call, if anything. What needs a write to be done first spares calls that only read."""
        for kind in get_args(RequestFault):
            if kind == "inner" or (kind in AFTER and not writes):
                continue
            if (details := self.strikes(kind, method)) is not None:
                return kind, details
        if self._random:
            dice, rate, kinds = self._random
            fitting = [
                k
                for k in kinds
                if k in get_args(RequestFault) and k != "inner" and (writes or k not in AFTER)
            ]
            if fitting and dice.random() < rate:
                kind = dice.choice(fitting)
                return kind, self._strike(kind, method, {})
        return None

    def block(self, method: str, until: float) -> None:
        self._blocked[method.lower()] = until

    def blocked_until(self, method: str) -> float:
        return self._blocked.get(method.lower(), 0.0)

    def _strike(self, kind: str, method: str, details: dict[str, Any]) -> dict[str, Any]:
        self.fired[kind] += 1
        self.log.append((kind, method))
        return details
