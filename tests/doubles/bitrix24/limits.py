"""The portal's two limits: a leaky bucket of requests per source address, and 480 s of work per method in ten minutes."""

import time
from collections import defaultdict, deque
from dataclasses import dataclass

WINDOW = 600.0
OPERATING = 480.0
COSTS = {"batch": 0.0, "add": 0.3, "update": 0.25, "set": 0.3, "delete": 0.2, "list": 0.06}
"""Simulated seconds of work, by the method's last word; other methods cost 0.02."""


@dataclass
class Limits:
    """`rate` 0 switches the bucket off, `operating` 0 the other limit."""

    rate: float = 2.0
    capacity: int = 50
    operating: float = OPERATING

    def __post_init__(self) -> None:
        self._level: dict[str, tuple[float, float]] = {}
        self._work: dict[str, deque[tuple[float, float]]] = defaultdict(deque)

    @classmethod
    def off(cls) -> "Limits":
        return cls(rate=0.0, operating=0.0)

    def admits(self, source: str) -> bool:
        if not self.rate:
            return True
        now = time.monotonic()
        level, since = self._level.get(source, (0.0, now))
        level = max(0.0, level - (now - since) * self.rate)
        if level + 1 > self.capacity:
            self._level[source] = (level, now)
            return False
        self._level[source] = (level + 1, now)
        return True

    def charge(self, method: str) -> None:
        if self.operating:
            cost = COSTS.get(method.rsplit(".", 1)[-1], 0.02)
            self._work[method].append((time.time(), cost))

    def spent(self, method: str) -> float:
        """Seconds of work in the window."""
        done = self._work[method]
        while done and done[0][0] < time.time() - WINDOW:
            done.popleft()
        return sum(cost for _, cost in done)

    def resets_at(self, method: str) -> int:
        done = self._work[method]
        return int((done[0][0] if done else time.time()) + WINDOW)

    def exhausted(self, method: str) -> bool:
        return bool(self.operating) and self.spent(method) >= self.operating
