"""What nobody should send: twice, with a stale or a stolen id, by somebody who may not, misspelt, empty, unreadable, forged."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

How = Literal["update", "signal", "terminate", "cancel"]
UNREADABLE = object()
"""A payload that is no JSON."""


@dataclass(frozen=True)
class Sending:
    """Something sent to a workflow: by `name`, with what it holds. `NOTHING` and `UNREADABLE` are payloads, too."""

    to: str
    name: str
    content: Any
    how: How


class Noise:
    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._count = 0
        self._kinds: tuple[Callable[[Sending], Sending], ...] = (
            self._again,
            self._again_otherwise,
            self._stolen_id,
            self._by_nobody,
            self._by_the_wrong_person,
            self._empty,
            self._not_readable,
            self._without_fields,
            self._of_something_else,
            self._forged,
        )

    def about(self, sending: Sending) -> Sending:
        return self._dice.choice(self._kinds)(sending)

    def misspelt(self, to: str) -> Sending:
        return Sending(to, "aprove", {"id": "m-1", "actor": "petrov"}, "signal")

    def _fresh(self) -> str:
        self._count += 1
        return f"noise-{self._count}"

    def _again(self, sending: Sending) -> Sending:
        return sending

    def _again_otherwise(self, sending: Sending) -> Sending:
        return replace(sending, how="signal" if sending.how == "update" else "update")

    def _stolen_id(self, sending: Sending) -> Sending:
        return replace(sending, content=sending.content | {"actor": "petrov"})

    def _by_nobody(self, sending: Sending) -> Sending:
        return replace(sending, content=sending.content | {"id": self._fresh(), "actor": "nobody"})

    def _by_the_wrong_person(self, sending: Sending) -> Sending:
        return replace(sending, content=sending.content | {"id": self._fresh(), "actor": "orlov"})

    def _empty(self, sending: Sending) -> Sending:
        return replace(sending, content=None)

    def _not_readable(self, sending: Sending) -> Sending:
        return replace(sending, content=UNREADABLE, how="signal")

    def _without_fields(self, sending: Sending) -> Sending:
        return replace(sending, content={"id": self._fresh(), "amount": "NaN"})

    def _of_something_else(self, sending: Sending) -> Sending:
        content = sending.content | {"id": self._fresh()}
        for name in ("assignment", "approval", "document"):
            content |= {name: "line-9:waybill"} if name in content else {}
        return replace(sending, content=content)

    def _forged(self, sending: Sending) -> Sending:
        """As if a line told its deal, or the deal its line."""
        name = "from_deal" if "-line-" in sending.to else "report"
        return Sending(sending.to, name, {"line": 1, "first": 0, "name": "wind down"}, "signal")
